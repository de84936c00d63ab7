#!/usr/bin/perl
# Changes the passwords of many mailboxes at once: lines of “address password” on standard input.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cpanel::LiveAPI ();

my @items;
while ( my $line = <STDIN> ) {
    chomp $line;
    my ( $address, $password ) = split / /, $line, 2;
    my ( $email, $domain ) = split /@/, $address;
    my %params = ( domain => $domain, email => $email, password => $password );
    push @items, { id => $address, module => 'Email', func => 'passwdpop', params => \%params };
}
my $rows = Cpanel::LiveAPI->new()->batch( \@items, { in_flight => 32 } );
for my $row (@$rows) {
    my $why = $row->{answer}{cpanelresult}{error};
    print "$row->{id}: $row->{status}", defined $why ? " ($why)" : '', "\n";
}
