#!/usr/bin/perl
# Numbers and booleans as passwords and as quotas: what opens is "$password", or the call was refused by name.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();

$ENV{LIVEAPI_REQUIRED_STRENGTH} = 0;
my $cpliveapi = Cpanel::LiveAPI->new( required_strength => 0 );
my %mailbox   = ( domain => 'example.com', email => 'user' );
my @values    = (
    12345678, 0.5 * 1024, 1000000 * 250 / 1, 1024 / 4, 2**8, 1.5, 0.1 + 0.2, 1 / 3, 1e14, 1e15, 1e25, 2**53, 2**53 + 1,
    18_446_744_073_709_551_615, -7, -0.0, 0.0, ( 0.1 + 0.7 ) * 10 * 1024, \1, \0, undef, !!1, !!0, '012', '1e3', '512.0',
    9**9**9, map { ( rand(2**31) / 2**int rand 40, int( rand 2**31 ) * 10**( int( rand 15 ) - 3 ) ) } 1 .. 40,
);
for my $value (@values) {
    my $text  = ref $value || !defined $value ? '' : "$value";
    my $shown = ref $value ? 'JSON ' . ( $$value ? 'true' : 'false' ) : $value // 'undef';
    my $answer = $cpliveapi->api2( 'Email', 'passwdpop', { %mailbox, password => $value } )->{cpanelresult};
    if ( $answer->{data}[0]{result} ) {
        ok( password_is( $cpliveapi, 'user', $text ), "$shown as password is what Perl prints" );
    }
    else {
        like( $answer->{error}, qr/password/, "$shown as password is refused by name" );
    }
    $answer = $cpliveapi->uapi( 'Email', 'edit_pop_quota', { %mailbox, quota => $value } )->{cpanelresult}{result};
    if ( $text =~ /\A[0-9]{1,6}\z/ ) {
        ok( $answer->{status}, "$shown as quota is taken" );
        my $kept = $cpliveapi->uapi( 'Email', 'get_pop_quota', \%mailbox )->{cpanelresult}{result}{data};
        is( $kept eq 'unlimited' ? 0 : $kept, 0 + $text, "$shown as quota is what Perl prints" );
    }
    elsif ( !$answer->{status} ) {
        like( $answer->{errors}[0], qr/quota/, "$shown as quota is refused by name" );
    }
}

my $answer = $cpliveapi->uapi( 'Email', 'passwd_pop', { email => 'user', domain => undef, password => 'Some-Password-1' } );
like( $answer->{cpanelresult}{result}{errors}[0], qr/domain.*null/, 'an undefined domain is not the main one' );
my $rows = $cpliveapi->batch( [ { module => 'Email', func => 'editquota', params => { %mailbox, quota => 0.5 * 1024 } } ] );
is( $rows->[0]{status}, 'done', 'a number in a batch' );
done_testing();
