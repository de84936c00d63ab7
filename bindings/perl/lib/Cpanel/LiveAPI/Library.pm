package Cpanel::LiveAPI::Library;

# Finds the shared library and attaches its functions, once for the process. Private to Cpanel::LiveAPI.

use strict;
use warnings;

use File::Basename  ();
use FFI::Platypus   ();

# The ABI revision that this module was written for.
use constant ABI_REVISION => 1;

my $loaded;

# The fastest decoder that is there: a pure Perl one takes thirty times as long for one answer.
sub json {
    for my $class (qw(Cpanel::JSON::XS JSON::XS JSON::PP)) {
        ( my $file = "$class.pm" ) =~ s{::}{/}g;
        return $class->new if eval { require $file; 1 };
    }
    die "No JSON module is installed. Tried Cpanel::JSON::XS, JSON::XS, JSON::PP\n";
}

# A path that was named explicitly stands alone: falling back would hide a typing mistake.
sub candidates {
    my ($explicit) = @_;
    my $named = $explicit // $ENV{LIVEAPI_LIBRARY};
    return $named if defined $named && length $named;
    my $project = File::Basename::dirname(__FILE__) . '/../../../../..';
    return ( 'libliveapi.so.1', "$project/target/release/libliveapi.so" );
}

sub load {
    my ($explicit) = @_;
    return if $loaded;
    my @tried;
    for my $path ( candidates($explicit) ) {
        my $ffi = FFI::Platypus->new( api => 2, lib => $path );
        my $revision = eval { $ffi->function( liveapi_abi_version => [] => 'sint32' )->call };
        if ( !defined $revision ) {
            push @tried, "$path (not found, or no liveapi library)";
        }
        elsif ( $revision != ABI_REVISION ) {
            push @tried, "$path (ABI revision $revision instead of " . ABI_REVISION . ')';
        }
        else {
            attach($ffi);
            $loaded = $ffi;
            return;
        }
    }
    require Carp;
    Carp::croak( 'The liveapi library cannot be loaded. Tried: '
          . join( '; ', @tried )
          . '. Install libliveapi.so.1, or set LIVEAPI_LIBRARY to its path' );
}

# Results are borrowed texts: Platypus copies them, and nothing is left to free.
sub attach {
    my ($ffi) = @_;
    $ffi->attach( [ liveapi_client_new         => 'client_new' ]         => ['string']  => 'opaque' );
    $ffi->attach( [ liveapi_client_free        => 'client_free' ]        => ['opaque']  => 'void' );
    $ffi->attach( [ liveapi_last_error_message => 'last_error_message' ] => []          => 'string' );
    $ffi->attach( [ liveapi_client_call_borrowed => 'client_call' ] => [qw(opaque sint32 string string string)] => 'string' );
    return;
}

1;
