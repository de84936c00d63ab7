#!/usr/bin/perl
# Threads: each makes an object of its own. Prints how many mailboxes each one sees.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use threads;
use Cpanel::LiveAPI ();

sub count_mailboxes {
    my $cpliveapi = Cpanel::LiveAPI->new( user => 'bob' );
    my $answer    = $cpliveapi->api2( 'Email', 'listpops' );
    return scalar @{ $answer->{cpanelresult}{data} };
}

print $_->join, "\n" for map { threads->create( \&count_mailboxes ) } 1 .. 3;
