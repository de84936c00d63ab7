# Subjects of benches/remote.rs: the module Cpanel::LiveAPI; HTTP::Tiny, which connects anew for each call with
# default settings of its day; and with keep_alive, whose requests wait for Nagle's algorithm.
use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;
use Bench;
use HTTP::Tiny ();
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($mode) = @ARGV;
my %params = ( domain => 'example.com', email => 'user', password => '12345luggage' );
my $json   = Bench::json();
my $keep   = $mode eq 'tiny-keep' ? 1 : 0;

sub tiny {
    my %frame = ( user => 'bob', module => 'Email', func => 'passwdpop', apiversion => 2 );
    my %form  = ( %params, map { +"cpanel_jsonapi_$_" => $frame{$_} } keys %frame );
    my $url   = 'https://localhost:' . Bench::setting('BENCH_REMOTE_PORT') . '/json-api/cpanel';
    my $http  = HTTP::Tiny->new(
        keep_alive      => $keep,
        verify_SSL      => 1,
        SSL_options     => { SSL_ca_file => Bench::setting('LIVEAPI_CA_FILE') },
        default_headers => { Authorization => 'whm root:' . Bench::setting('LIVEAPI_TOKEN') },
    );
    return sub {
        my $answer = $http->post_form( $url, \%form );
        $answer->{success} or die "$mode: $answer->{status} $answer->{content}\n";
        return $json->decode( $answer->{content} );
    };
}

sub ours {
    my $api2 = Bench::wrapper_api2() // die "Cpanel::LiveAPI is not there\n";
    return sub { $api2->( 'Email', 'passwdpop', \%params ) };
}

my $call = $mode eq 'ours' ? ours() : tiny();
$| = 1;
while ( my $calls = <STDIN> ) {
    my $start = clock_gettime(CLOCK_MONOTONIC);
    for ( 1 .. $calls ) {
        $call->()->{cpanelresult}{event}{result} == 1 or die "$mode: unexpected answer\n";
    }
    printf "%.1f\n", ( clock_gettime(CLOCK_MONOTONIC) - $start ) * 1e9 / $calls;
}
