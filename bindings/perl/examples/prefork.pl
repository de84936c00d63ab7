#!/usr/bin/perl
# A parent with workers, as in mod_perl, Starman and their like. Reads lines "MAILBOX PASSWORD"; prints
# how many passwords each worker changed.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cpanel::LiveAPI ();

# In the parent, before it forks: the workers share the loaded library and this object.
my $cpliveapi = Cpanel::LiveAPI->new();

# In a worker: nothing has to be opened again.
sub handle {
    my ( $email, $password ) = @_;
    my $answer = $cpliveapi->api2( 'Email', 'passwdpop', { domain => 'example.com', email => $email, password => $password } );
    return $answer->{cpanelresult}{data}[0]{result};
}

my @jobs    = map { [split] } <STDIN>;
my $workers = 3;
for my $worker ( 1 .. $workers ) {
    my $pid = fork // die "fork: $!\n";
    next if $pid;
    my @mine = grep { $_ % $workers == $worker - 1 } 0 .. $#jobs;
    print scalar( grep { handle( @{ $jobs[$_] } ) } @mine ), "\n";
    exit 0;
}
1 while wait != -1;
