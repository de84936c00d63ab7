#!/usr/bin/perl
# Calls every method of Cpanel::LiveAPI and prints what each returned, as one JSON object by method names.
# A home directory without a debug log is expected in HOME.
use strict;
use warnings;
use Cpanel::JSON::XS ();
use Cpanel::LiveAPI  ();

my $cpliveapi = Cpanel::LiveAPI->new();
my %mailbox   = ( domain => 'example.com', email => 'user' );
my %returned  = ( new => ref $cpliveapi );

$returned{api2} = $cpliveapi->api2( 'Email', 'listpopssingle', { regex => '^user@' } );
$returned{api1} = $cpliveapi->api1( 'Email', 'getpopquota', [ 'user', 'example.com' ] );
$returned{uapi} = $cpliveapi->uapi( 'Email', 'get_pop_quota', \%mailbox );
$returned{api3} = $cpliveapi->api3( 'Email', 'get_pop_quota', \%mailbox );
$returned{api}  = $cpliveapi->api( 'exec', '2', 'Email', 'accountname', { account => 'user@example.com' } );
$returned{exec} = $cpliveapi->exec('<?cp Email::listpopssingle(%[br /], email) regex="^user@" ?>');
$returned{'exec, skip_return'}      = $cpliveapi->exec( '<cpanel print="$user">', 1 );
$returned{'exec, bad tag'}          = $cpliveapi->exec('<cpanelif $user>never closed');
$returned{fetch}                    = $cpliveapi->fetch('$user');
$returned{cpanelprint}              = $cpliveapi->cpanelprint('$domain');
$returned{'cpanelprint, unknown'}   = $cpliveapi->cpanelprint('$nosuch');
$returned{cpanellangprint}          = $cpliveapi->cpanellangprint('SOME_KEY');
$returned{cpanelif}                 = $cpliveapi->cpanelif('!$haspostgres');
$returned{'cpanelif, false'}        = $cpliveapi->cpanelif('$user==eve');
$returned{cpanelfeature}            = $cpliveapi->cpanelfeature('popaccts');
$returned{'cpanelfeature, unknown'} = $cpliveapi->cpanelfeature('nosuch');
$returned{header}                   = $cpliveapi->header( 'Mail & more', 'app' );
$returned{footer}                   = $cpliveapi->footer();

$returned{get_debug_level}             = $cpliveapi->get_debug_level();
$returned{'debug_log, off'}            = $cpliveapi->debug_log( 1, 'not written' );
$returned{set_debug}                   = $cpliveapi->set_debug(2);
$returned{'get_debug_level, set'}      = $cpliveapi->get_debug_level();
$returned{debug_log}                   = $cpliveapi->debug_log( 2, "a line\nof the log" );
$returned{'debug_log, below'}          = $cpliveapi->debug_log( 1, 'not written' );
$returned{'debug_log, standard error'} = $cpliveapi->debug_log( 0, 'to standard error only', 1 );
$returned{debug_log_json}              = $cpliveapi->debug_log_json('{"email":"user","password":"s3cret-1"}');
$returned{'debug_log_json, no JSON'}   = $cpliveapi->debug_log_json('s3cret-2');
$cpliveapi->api2( 'Email', 'passwdpop', { %mailbox, password => 's3cret-3' } );
my $log = $cpliveapi->get_debug_log();
( $returned{get_debug_log} = substr $log, length $ENV{HOME} ) =~ s/[0-9a-f]{16}\z/RANDOM/;
open my $file, '<', $log or die "$log: $!";
$returned{log} = [ map { chomp; s/\A\[\d+\] \[\d+\] //r } <$file> ];
$returned{'log, mode'} = sprintf '%o', ( stat $log )[2] & oct 777;
$returned{end} = $cpliveapi->end();

print Cpanel::JSON::XS->new->utf8->canonical->encode( \%returned );
