#!/usr/bin/perl
# As tests/c/remote.c: calls a server alone, or in parent and children at once, or with pauses.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../bindings/perl/lib";
use Cpanel::LiveAPI ();
use Time::HiRes ();

my ( $mode, $count ) = @ARGV;
my $cpanel = Cpanel::LiveAPI->new();

# One that may be repeated if it got lost, and one that may not.
my $func = $mode eq 'idle' ? 'addpop' : 'passwdpop';

sub calls {
    my $who   = shift;
    my $wrong = 0;
    for ( 1 .. $count ) {
        my $answer = $cpanel->api2( 'Email', $func, { domain => 'example.com', email => $who, password => '12345luggage' } );
        next if ( $answer->{cpanelresult}{data}[0]{echo} // '' ) eq $who;
        warn "$who: ", $answer->{cpanelresult}{error} // 'another answer', "\n";
        $wrong++;
    }
    continue {
        Time::HiRes::sleep(0.15) if $mode eq 'idle';
    }
    return $wrong;
}

my $wrong = $mode eq 'forkfirst' ? 0 : calls('parent');
if ( $mode =~ /^fork/ ) {
    for my $number ( 0 .. 3 ) {
        my $child = fork // die "fork: $!";
        next if $child;
        alarm 30;
        # The whole end of a program, destructors included.
        exit( calls("child$number") ? 1 : 0 );
    }
    $wrong += calls('parent');
    while ( wait > 0 ) { $wrong++ if $? }
}
my @tasks = glob '/proc/self/task/*';
printf "%d wrong, %d threads\n", $wrong, scalar @tasks;
