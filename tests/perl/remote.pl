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

# Each process calls, makes the next one, waits for it, and calls again.
sub chain {
    my $generation = shift;
    my $wrong      = calls("generation$generation");
    if ( $generation < 4 ) {
        my $child = fork // die "fork: $!";
        if ( !$child ) {
            alarm 30;
            exit( chain( $generation + 1 ) ? 1 : 0 );
        }
        waitpid $child, 0;
        $wrong += ( $? ? 1 : 0 ) + calls("generation$generation");
    }
    return $wrong;
}

# Each thread has an object of its own, made there.
sub threads_call {
    require threads;
    my $work = sub {
        $cpanel = Cpanel::LiveAPI->new();
        return calls( 'thread' . threads->tid );
    };
    my $wrong = 0;
    $wrong += $_->join for map { threads->create( { context => 'scalar' }, $work ) } 1 .. 8;
    return $wrong;
}

my %first = ( forkfirst => sub { 0 }, chain => sub { chain(0) }, threads => \&threads_call );
my $wrong = ( $first{$mode} // sub { calls('parent') } )->();
if ( $mode =~ /^fork/ ) {
    for my $number ( 0 .. 3 ) {
        my $child = fork // die "fork: $!";
        next if $child;
        alarm 30;
        if ( $mode eq 'forkdrop' ) {
            undef $cpanel;
            $cpanel = Cpanel::LiveAPI->new();
        }
        # The whole end of a program, destructors included.
        exit( calls("child$number") ? 1 : 0 );
    }
    $wrong += calls('parent');
    while ( wait > 0 ) { $wrong++ if $? }
}
my @tasks = glob '/proc/self/task/*';
printf "%d wrong, %d threads\n", $wrong, scalar @tasks;
