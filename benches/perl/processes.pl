# A call inside a Perl script against a process per call, which is how scripts without a library do
# it: `cpapi2` itself, and for a change also a shell script around doveadm and sed.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use Bench;

use constant { ROUNDS => 41, REFUSALS => 50 };

# Runs a program without a shell in between, reads its answer and awaits its end.
sub run_program {
    my ( $expected, @argv ) = @_;
    open my $output, '-|', @argv or die "cannot start $argv[0]: $!\n";
    my $answer = do { local $/; <$output> };
    close $output or die "$argv[0] failed: $answer\n";
    index( $answer, $expected ) >= 0 or die "$argv[0]: unexpected answer $answer\n";
    return;
}

sub by_program {
    my ( $email, $expected ) = @_;
    my @argv = (
        Bench::setting('BENCH_CPAPI2'), qw(--user=bob --output=json Email passwdpop domain=example.com),
        "email=$email", 'password=Bench-Secret-15',
    );
    return sub { run_program( $expected, @argv ) };
}

my $api2 = Bench::wrapper_api2() || Bench::raw_api2();

sub in_process {
    my ( $email, $expected ) = @_;
    return sub {
        my $answer = $api2->(
            'Email', 'passwdpop', { domain => 'example.com', email => $email, password => 'Bench-Secret-15' }
        );
        $answer->{cpanelresult}{data}[0]{result} == $expected or die "unexpected answer\n";
    };
}

my %ns = Bench::take_turns(
    ROUNDS,
    ours   => [ in_process( 'missing', 0 ), REFUSALS ],
    cpapi2 => [ by_program( 'missing', '"result":0' ), 1 ],
);
Bench::print_row( 'perl-refusal-cpapi2', $ns{ours}, $ns{cpapi2} );

my %changes = ( ours => [ in_process( 'u1', 1 ), 1 ], cpapi2 => [ by_program( 'u1', '"result":1' ), 1 ] );
if ( my $script = Bench::setting('BENCH_SHELL') ) {
    my @shell = ( '/bin/sh', $script, Bench::setting('BENCH_SHADOW'), 'u1', 'Bench-Secret-15' );
    $changes{shell} = [ sub { run_program( "1\n", @shell ) }, 1 ];
}
%ns = Bench::take_turns( ROUNDS, %changes );
for my $name ( grep { $_ ne 'ours' } sort keys %ns ) {
    Bench::print_row( "perl-change-$name", $ns{ours}, $ns{$name} );
}
