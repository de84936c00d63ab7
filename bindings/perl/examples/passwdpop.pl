#!/usr/bin/perl
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cpanel::LiveAPI ();

my $cpliveapi = Cpanel::LiveAPI->new();
my $update_email_passwd = $cpliveapi->api2(
    'Email', 'passwdpop',
    { 'domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage' }
);
# $update_email_passwd->{cpanelresult}{data}[0]{result} == 1

print $update_email_passwd->{cpanelresult}{data}[0]{result} == 1
  ? "changed\n"
  : "$update_email_passwd->{cpanelresult}{error}\n";
$cpliveapi->end();
