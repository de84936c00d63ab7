# A call inside a Perl script against a process per call, which is how scripts without a library do
# it: `cpapi2` itself, and for a change also a shell script around doveadm and sed. The calls are those
# of c/processes.c.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use Bench;

use constant { ROUNDS => 101, CALLS => 50 };

# Runs a program without a shell in between, reads its answer and awaits its end.
sub run_program {
    my ( $expected, @argv ) = @_;
    open my $output, '-|', @argv or die "cannot start $argv[0]: $!\n";
    my $answer = do { local $/; <$output> };
    close $output or die "$argv[0] failed: $answer\n";
    index( $answer, $expected ) >= 0 or die "$argv[0]: unexpected answer $answer\n";
    return;
}

my $api2 = Bench::wrapper_api2() || Bench::raw_api2();

sub in_process {
    my ( $part, $expected, @call ) = @_;
    return sub {
        my $answer = $api2->(@call);
        $answer->{cpanelresult}{data}[0]{$part} == $expected or die "unexpected answer\n";
    };
}

sub by_program {
    my ( $part, $expected, $module, $func, $params ) = @_;
    my @words = map { "$_=$params->{$_}" } sort keys %$params;
    my @argv  = ( Bench::setting('BENCH_CPAPI2'), qw(--user=bob --output=json), $module, $func, @words );
    return sub { run_program( qq("$part":$expected), @argv ) };
}

sub change_of {
    my ( $email, $expected ) = @_;
    my %params = ( domain => 'example.com', email => $email, password => 'Bench-Secret-15' );
    return ( 'result', $expected, 'Email', 'passwdpop', \%params );
}

my %calls = (
    question => [ 'strength', 50, 'PasswdStrength', 'get_required_strength', { app => 'pop' } ],
    refusal  => [ change_of( 'missing', 0 ) ],
);
my %ns;
for my $name ( sort keys %calls ) {
    my @call = @{ $calls{$name} };
    %ns = Bench::take_turns( ROUNDS, ours => [ in_process(@call), CALLS ], cpapi2 => [ by_program(@call), 1 ] );
    Bench::print_row( "perl-$name-cpapi2", $ns{ours}, $ns{cpapi2} );
}

my @change = change_of( 'u1', 1 );
my %changes = ( ours => [ in_process(@change), 1 ], cpapi2 => [ by_program(@change), 1 ] );
if ( my $script = Bench::setting('BENCH_SHELL') ) {
    my @shell = ( '/bin/sh', $script, Bench::setting('BENCH_SHADOW'), 'u1', 'Bench-Secret-15' );
    $changes{shell} = [ sub { run_program( "1\n", @shell ) }, 1 ];
}
%ns = Bench::take_turns( ROUNDS, %changes );
for my $name ( grep { $_ ne 'ours' } sort keys %ns ) {
    Bench::print_row( "perl-change-$name", $ns{ours}, $ns{$name} );
}
