# A whole call from Perl data to Perl data, by FFI::Platypus and by the module Cpanel::LiveAPI, against
# an XS module that makes the same call into the same library. The function does no I/O, so the way of
# calling is what is compared.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use Bench;
use LiveapiPeer;

use constant { ROUNDS => 101, CALLS => 400 };

my %params = ( app => 'pop', domain => 'example.com', email => 'user1', note => '0123456789abcdefghij' );
my $json   = Bench::json();
LiveapiPeer::open_library( Bench::setting('LIVEAPI_LIBRARY') );

my %api2 = (
    native  => sub { $json->decode( LiveapiPeer::call( $_[0], $_[1], $json->encode( $_[2] ) ) ) },
    raw     => Bench::raw_api2(),
    wrapper => Bench::wrapper_api2(),
);
my %subjects;
for my $name ( grep { $api2{$_} } keys %api2 ) {
    my $api2 = $api2{$name};
    my $call = sub { $api2->( 'PasswdStrength', 'get_required_strength', \%params ) };
    defined $call->()->{cpanelresult}{data}[0]{strength} or die "$name: unexpected answer\n";
    $subjects{$name} = [ $call, CALLS ];
}

# Where the time of a whole call goes.
my $ffi    = Bench::ffi_call();
my $text   = $json->encode( \%params );
my $answer = $ffi->( 'PasswdStrength', 'get_required_strength', $text );
my %parts  = (
    encode => sub { $json->encode( \%params ) },
    call   => sub { $ffi->( 'PasswdStrength', 'get_required_strength', $text ) },
    decode => sub { $json->decode($answer) },
);
$subjects{$_} = [ $parts{$_}, CALLS ] for keys %parts;
my %ns = Bench::take_turns( ROUNDS, %subjects );
for my $name ( grep { $_ ne 'native' } sort keys %ns ) {
    Bench::print_row( "perl-$name-native", $ns{$name}, $parts{$name} ? $ns{raw} : $ns{native} );
}
