#!/usr/bin/perl
# A small server as mod_perl and Starman are built: the parent loads the module and makes the object, its
# workers serve jobs.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();
use IO::Handle ();

use constant { WORKERS => 4, JOBS => 12 };

my $cpliveapi = Cpanel::LiveAPI->new();
my @mailboxes = map { "pre$_" } 1 .. WORKERS;

# Answers each line "mailbox password" with a line "mailbox done" until its input ends.
sub serve {
    my ( $jobs, $answers ) = @_;
    while ( my $job = <$jobs> ) {
        chomp $job;
        my ( $email, $password ) = split / /, $job;
        print {$answers} $email, change( $cpliveapi, $email, $password ) ? " done\n" : " failed\n";
        $answers->flush;
    }
    return 1;
}

sub start_worker {
    pipe my $job_reader,    my $job_writer    or die "pipe: $!";
    pipe my $answer_reader, my $answer_writer or die "pipe: $!";
    my $wait = in_child( sub { close $job_writer; close $answer_reader; serve( $job_reader, $answer_writer ) } );
    close $job_reader;
    close $answer_writer;
    $job_writer->autoflush(1);
    return { jobs => $job_writer, answers => $answer_reader, wait => $wait };
}

for my $email (@mailboxes) {
    my %mailbox = ( domain => 'example.com', email => $email, password => 'Start-Password-1' );
    ok( succeeded( $cpliveapi->api2( 'Email', 'addpop', \%mailbox ) ), "the parent makes $email" );
}
my @workers = map { start_worker() } 1 .. WORKERS;

# Each mailbox goes to another worker in every round, so that no worker knows what the last one did.
for my $round ( 1 .. JOBS ) {
    for my $i ( 0 .. $#workers ) {
        my $email = $mailboxes[ ( $i + $round ) % @mailboxes ];
        print { $workers[$i]{jobs} } "$email Prefork-$round-$email\n";
    }
    my $done = within( 60, sub { scalar grep { readline( $_->{answers} ) =~ / done\n\z/ } @workers } );
    is( $done, WORKERS, "round $round: every worker changed a password" );
    my @right = grep { password_is( $cpliveapi, $_, "Prefork-$round-$_" ) } @mailboxes;
    is_deeply( \@right, \@mailboxes, "round $round: the parent verifies every one" );
}
close $_->{jobs} for @workers;
ok( within( 60, sub { $_->{wait}->() } ), 'a worker ends well' ) for @workers;
for my $email (@mailboxes) {
    ok( succeeded( $cpliveapi->api2( 'Email', 'delpop', { domain => 'example.com', email => $email } ) ), "$email goes" );
}
done_testing();
