package Bench;

# What the Perl benchmarks share: rounds in which the subjects take turns, medians, result lines
# (ROW <tab> OURS <tab> PEER, in nanoseconds), and our own call: raw FFI::Platypus, or the module
# Cpanel::LiveAPI.

use strict;
use warnings;

use FFI::Platypus ();
use Time::HiRes   qw(clock_gettime CLOCK_MONOTONIC);

use constant API2 => 2;

# The encoder that Cpanel::LiveAPI would choose, so that all subjects use the same.
my ($JSON) = grep { eval "require $_; 1" } qw(Cpanel::JSON::XS JSON::XS);

sub json { return $JSON->new->utf8 }

sub setting {
    my ($name) = @_;
    return $ENV{$name} // die "$name is not set; start it through benches/run.sh\n";
}

# Takes name => [call, calls in a batch]. Every round asks every subject once, each second round in
# reverse order; returns the median nanoseconds of one call by name.
sub take_turns {
    my ( $rounds, %subjects ) = @_;
    my @names = sort keys %subjects;
    my %ns;
    for my $round ( -1 .. $rounds - 1 ) {
        for my $name ( $round % 2 ? reverse @names : @names ) {
            my ( $call, $calls ) = @{ $subjects{$name} };
            my $start = clock_gettime(CLOCK_MONOTONIC);
            $call->() for 1 .. $calls;
            my $took = clock_gettime(CLOCK_MONOTONIC) - $start;

            # Round -1 warms up.
            push @{ $ns{$name} }, $took * 1e9 / $calls if $round >= 0;
        }
    }
    return map { $_ => median( $ns{$_} ) } @names;
}

sub median {
    my @sorted = sort { $a <=> $b } @{ $_[0] };
    return $sorted[ @sorted / 2 ];
}

sub print_row {
    my ( $row, $ours, $peer ) = @_;
    printf "%s\t%.1f\t%.1f\n", $row, $ours, $peer;
    return;
}

# One attached call whose text Platypus copies: nothing is left to free.
sub ffi_call {
    my $ffi = FFI::Platypus->new( api => 2, lib => setting('LIVEAPI_LIBRARY') );
    $ffi->attach( [ liveapi_client_new => 'new_client' ] => ['string'] => 'opaque' );
    $ffi->attach( [ liveapi_client_call_borrowed => 'borrowed' ] => [qw(opaque sint32 string string string)] => 'string' );
    my $client = new_client('{}');
    return sub { borrowed( $client, API2, @_ ) };
}

# The bare technique: encode, that call, decode.
sub raw_api2 {
    my $json = json();
    my $call = ffi_call();
    return sub { $json->decode( $call->( $_[0], $_[1], $json->encode( $_[2] ) ) ) };
}

# The method that scripts use, where the module is there.
sub wrapper_api2 {
    return unless eval { require Cpanel::LiveAPI; 1 };
    my $cpliveapi = Cpanel::LiveAPI->new();
    return sub { $cpliveapi->api2(@_) };
}

1;
