#!/usr/bin/perl
# A plain CGI page: POST with email and password changes the password of that mailbox in example.com.
use strict;
use warnings;
use Cpanel::LiveAPI ();

read( STDIN, my $body, $ENV{CONTENT_LENGTH} // 0 );
my %form;
for my $pair ( split /&/, $body ) {
    my ( $name, $value ) = split /=/, $pair, 2;
    $value =~ tr/+/ /;
    $value =~ s/%([0-9A-Fa-f]{2})/chr hex $1/eg;
    $form{$name} = $value;
}

my $cpliveapi = Cpanel::LiveAPI->new();
my $answer    = $cpliveapi->api2( 'Email', 'passwdpop',
    { 'domain' => 'example.com', 'email' => $form{email}, 'password' => $form{password} } );
$cpliveapi->end();

binmode STDOUT, ':encoding(UTF-8)';
print "Content-Type: text/plain; charset=utf-8\r\n\r\n", $answer->{cpanelresult}{error} // 'changed';
