#!/usr/bin/perl
# Many calls and objects; prints how much the process grew after the first tenth, in kB.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../bindings/perl/lib";
use Cpanel::LiveAPI ();

sub resident_kb {
    open my $statm, '<', '/proc/self/statm' or die;
    return 4 * ( split / /, <$statm> )[1];
}

my $calls     = shift // 100000;
my $cpliveapi = Cpanel::LiveAPI->new();
my $start     = 0;
for my $i ( 0 .. $calls - 1 ) {
    $start     = resident_kb()          if $i == int( $calls / 10 );
    $cpliveapi = Cpanel::LiveAPI->new() if $i % 10 == 0;
    $cpliveapi->api2( 'Email', 'passwdpop', { domain => 'example.com', email => 'nosuch', password => "12345l\xfcggage" } );
}
print resident_kb() - $start, "\n";
