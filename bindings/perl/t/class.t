#!/usr/bin/perl
# Cpanel::LiveAPI, method by method.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();

my $cpliveapi = Cpanel::LiveAPI->new();
my %change = ( domain => 'example.com', email => 'user', password => 'Perl-Password-1' );

sub verifies {
    my ($password) = @_;
    my $answer = $cpliveapi->uapi( 'Email', 'verify_password', { email => 'user@example.com', password => $password } );
    return $answer->{cpanelresult}{result}{data};
}

my $r = $cpliveapi->api2( 'Email', 'passwdpop', \%change );
is( $r->{cpanelresult}{data}[0]{result}, 1, 'changed' );
ok( !exists $r->{cpanelresult}{error}, 'no key error on success' );
is( $r->{cpanelresult}{data}[0]{reason}, '', 'an empty reason on success' );

$r = $cpliveapi->api2( 'Email', 'passwdpop', { %change, email => 'nosuch' } );
is( $r->{cpanelresult}{error}, 'You do not have an email account named “nosuch@example.com”.', 'a refusal is returned, in characters' );

for my $none ( undef, {}, [] ) {
    $r = $cpliveapi->api2( 'Email', 'listpops', $none );
    is( scalar @{ $r->{cpanelresult}{data} }, 2, 'no arguments' );
}
is( scalar @{ $cpliveapi->api2( 'Email', 'listpops' )->{cpanelresult}{data} }, 2, 'no third argument' );

# The same password as characters, as UTF-8 bytes, and as Latin-1 without Perl's flag.
my $wide   = 'pässwörd-Perl-1';
my $bytes  = $wide;
utf8::encode($bytes);
my $latin1 = "p\xe4ssw\xf6rd-Perl-1";
utf8::downgrade($latin1);
for my $set ( $wide, $bytes, $latin1 ) {
    $cpliveapi->api2( 'Email', 'passwdpop', { %change, password => 'Something-Else-1' } );
    $r = $cpliveapi->api2( 'Email', 'passwdpop', { %change, password => $set } );
    is( $r->{cpanelresult}{data}[0]{result}, 1, 'set' );
    ok( verifies($_), 'is the same password' ) for $wide, $bytes, $latin1;
}
$cpliveapi->api2( 'Email', 'passwdpop', { %change, password => 1827364518273645 } );
ok( verifies('1827364518273645'), 'a number is its decimal text' );
$r = $cpliveapi->api2( 'Email', 'passwdpop', { %change, password => undef } );
is( $r->{cpanelresult}{error}, '"password" is a required argument.', 'undef is missing' );
$r = $cpliveapi->api2( 'Email', 'passwdpop', { %change, password => "Nul\0Password-1" } );
like( $r->{cpanelresult}{error}, qr/control character/, 'NUL is refused, not cut' );
$r = $cpliveapi->api2( "Email\0x", 'listpops' );
like( $r->{cpanelresult}{error}, qr/Could not find function/, 'NUL does not cut a name' );

$r = $cpliveapi->uapi( 'Email', 'passwd_pop', \%change );
is( $r->{cpanelresult}{result}{status}, 1, 'uapi' );
$r = $cpliveapi->api1( 'Email', 'passwdpop', [ 'user', 'Perl-Password-2', 0, 'example.com' ] );
is( $r->{cpanelresult}{event}{result}, 1, 'api1 is positional' );
ok( verifies('Perl-Password-2'), 'and changes the password' );
for my $version ( 1, 2, 3, 'uapi' ) {
    ok( $cpliveapi->api( 'exec', $version, 'Email', 'nosuch' )->{cpanelresult}, "api with version $version" );
}
ok( !eval { $cpliveapi->api( 'exec', 7, 'Email', 'listpops' ) }, 'api refuses other versions' );

$r = $cpliveapi->whm( 'listaccts', {} );
is( $r->{metadata}{result}, 1, 'whm' );
is_deeply( [ map { $_->{user} } @{ $r->{data}{acct} } ], ['bob'], 'lists the account' );
is( $cpliveapi->whm('nosuch')->{metadata}{result}, 0, 'whm has refusals' );

my @items = map { { id => $_, module => 'Email', func => 'passwdpop', params => { %change, email => $_ } } } qw(user nösuch);
$r = $cpliveapi->batch( [ @items, { family => 'whm', func => 'listaccts' } ], { in_flight => 2 } );
is_deeply( [ map { $_->{status} } @$r ], [qw(done refused done)], 'batch answers in order' );
is( $r->[1]{id}, 'nösuch', 'with the id of the item' );
is_deeply( $r->[0]{answer}, $cpliveapi->api2( 'Email', 'passwdpop', \%change ), 'and with the answer of the single call' );
is_deeply( $cpliveapi->batch( [] ), [], 'no items, no rows' );
for my $wrong ( [ {} ], [ [ $items[0], { func => 'x' } ] ], [ [], { inflight => 1 } ], [ [ { params => sub { 1 } } ] ] ) {
    ok( !eval { $cpliveapi->batch(@$wrong) }, 'what is no batch dies' );
    like( $@, qr/reference|Item 2|in_flight/, 'and is named' );
}

my $other = Cpanel::LiveAPI->new( user => 'nosuch' );
like( $other->api2( 'Email', 'listpops' )->{cpanelresult}{error}, qr/“nosuch”/, 'the account of an option' );
ok( !eval { Cpanel::LiveAPI->new( usr => 'bob' ) }, 'a mistyped option dies' );
my $complaint = $@;
utf8::decode($complaint);
like( $complaint, qr/did you mean “user”/, 'and is named' );
$other->end();
$other->end();
ok( !eval { $other->api2( 'Email', 'listpops' ) }, 'a call after end is refused' );
like( $@, qr/end\(\) was called/, 'in words' );

my $child = fork();
if ( $child == 0 ) {
    require POSIX;
    POSIX::_exit( $cpliveapi->api2( 'Email', 'passwdpop', \%change )->{cpanelresult}{data}[0]{result} == 1 ? 0 : 1 );
}
waitpid $child, 0;
is( $?, 0, 'a forked child changes a password' );
is( $cpliveapi->api2( 'Email', 'passwdpop', \%change )->{cpanelresult}{data}[0]{result}, 1, 'and so does the parent after it' );
done_testing();
