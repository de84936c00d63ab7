#!/usr/bin/perl
# Reads a JSON list of [local part, password] and changes each, with the password as characters or as
# UTF-8 bytes; prints 1, or the answer, a line each.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../bindings/perl/lib";
use Cpanel::LiveAPI ();
use JSON::PP ();

my $form = shift;
local $/;
my $cpliveapi = Cpanel::LiveAPI->new();
for my $change ( @{ JSON::PP->new->utf8->decode(<STDIN>) } ) {
    my ( $user, $password ) = @$change;
    utf8::encode($password) if $form eq 'bytes';
    my $answer = $cpliveapi->api2( 'Email', 'passwdpop', { domain => 'example.com', email => $user, password => $password } );
    print $answer->{cpanelresult}{data}[0]{result} == 1 ? 1 : JSON::PP->new->utf8->encode($answer), "\n";
}
$cpliveapi->end();
