package Cpanel::LiveAPI::Library;

# Finds the shared library and attaches its functions, once for the process. Private to Cpanel::LiveAPI.

use strict;
use warnings;

use Carp              ();
use English           qw(-no_match_vars);
use FFI::Platypus     ();
use FFI::Platypus::DL ();

our $VERSION = '0.1.0';

# Complaints name the line of the script, not one of ours.
our @CARP_NOT = qw(Cpanel::LiveAPI Cpanel::LiveAPI::Client);

# The ABI revision that this module was written for, and the soname that goes with it.
use constant { ABI_REVISION => 1, SONAME => 'libliveapi.so.1' };

# Our name => C name, arguments, result. Results are borrowed texts: Platypus copies them, and nothing is
# left to free.
my %function = (
    version            => [ 'liveapi_version',              [],                                   'string' ],
    client_new         => [ 'liveapi_client_new',           ['string'],                           'opaque' ],
    client_free        => [ 'liveapi_client_free',          ['opaque'],                           'void' ],
    client_call        => [ 'liveapi_client_call_borrowed', [qw(opaque sint32 string string string)], 'string' ],
    client_batch       => [ 'liveapi_client_batch_borrowed', [qw(opaque string string)],            'string' ],
    client_request     => [ 'liveapi_client_request_borrowed', [qw(opaque string string)],          'string' ],
    set_debug          => [ 'liveapi_client_set_debug',     [qw(opaque sint32)],                  'sint32' ],
    debug_level        => [ 'liveapi_client_debug_level',   ['opaque'],                           'sint32' ],
    debug_file         => [ 'liveapi_client_debug_file',    ['opaque'],                           'string' ],
    debug_write        => [ 'liveapi_client_debug_write',   [qw(opaque sint32 string sint32)],    'sint32' ],
    debug_write_json   => [ 'liveapi_client_debug_write_json', [qw(opaque string)],               'sint32' ],
    last_error_message => [ 'liveapi_last_error_message',   [],                                   'string' ],
);

# The path that was loaded. Not the FFI object: attached functions keep theirs as long as the process
# lives, and each thread that cloned one would close the library once more.
my $loaded;

sub path { return $loaded }

# The fastest decoder that is there: a pure Perl one takes thirty times as long for one answer.
sub json {
    for my $class (qw(Cpanel::JSON::XS JSON::XS JSON::PP)) {
        ( my $file = "$class.pm" ) =~ s{::}{/}g;
        next if !eval { require $file; 1 };
        my $json = $class->new;

        # Not null for an infinity: that would be a parameter that is not given.
        $json->stringify_infnan(2) if $json->can('stringify_infnan');

        # The JSON::PP of Perl 5.40 reads letters beyond ASCII ever more slowly the more there are; escapes it does not.
        bless $json, 'Cpanel::LiveAPI::Library::Escaping' if $class eq 'JSON::PP' && $class->VERSION > 4.07;
        return $json;
    }
    die "No JSON module is installed. Tried Cpanel::JSON::XS, JSON::XS, JSON::PP\n";
}

# A second library in a process would get the first one's clients to release.
sub load {
    my ($explicit) = @_;
    if ( defined $loaded ) {
        return if !defined $explicit || _same_file( $explicit, $loaded );
        Carp::croak("The liveapi library $loaded is in use, so $explicit cannot be loaded: a process has one");
    }
    my @tried;
    my $path = _find( $explicit, \@tried ) // Carp::croak(
        'The liveapi library cannot be loaded. Tried: ' . join( '; ', @tried ) . '. ' . _advice($explicit) );
    _attach($path);
    $loaded = $path;
    return;
}

sub _same_file {
    my ( $one, $other ) = @_;
    return 1 if $one eq $other;
    my @one   = stat $one   or return 0;
    my @other = stat $other or return 0;
    return $one[0] == $other[0] && $one[1] == $other[1];
}

# What the script or its environment names; an empty text counts as nothing. Whoever starts a program with more rights
# than he has must not choose its code.
sub _named {
    my ($explicit) = @_;
    my ($named) = grep { defined && length } $explicit, _is_raised() ? undef : $ENV{LIVEAPI_LIBRARY};
    return $named;
}

sub _is_raised {
    my ( $group, $effective ) = map { ( split q{ } )[0] } $REAL_GROUP_ID, $EFFECTIVE_GROUP_ID;
    return $REAL_USER_ID != $EFFECTIVE_USER_ID || $group != $effective;
}

# The path of the first usable library; what is not usable goes to the list with its reason. A path that
# was named stands alone: falling back would hide a typing mistake.
sub _find {
    my ( $explicit, $tried ) = @_;
    my $usable = sub {
        my ($path) = @_;
        my $fault = _fault($path) // return 1;
        push @$tried, "$path ($fault)";
        return 0;
    };
    my $named = _named($explicit);
    return $usable->($named) ? $named : undef if defined $named;

    my $found = _search( $usable, $tried );
    return $found if defined $found;

    # The loader knows folders that FFI::CheckLib does not: those of /etc/ld.so.conf.
    my @last = ( SONAME, _checkout() );
    for my $path (@last) {
        return $path if $usable->($path);
    }
    return;
}

# Looks through the folders of FFI_CHECKLIB_PATH, LD_LIBRARY_PATH and the system. Symbols are a matter of
# the verification too: find_lib's own look at them ends the whole search at the first file that lacks one.
sub _search {
    my ( $usable, $tried ) = @_;
    require FFI::CheckLib;
    my $before = @$tried;
    my $found  = FFI::CheckLib::find_lib( lib => 'liveapi', verify => sub { $usable->( $_[1] ) } );
    push @$tried, 'FFI::CheckLib (it found no file libliveapi.so)' if !defined $found && @$tried == $before;
    return $found;
}

# The library that cargo built, if this file lies in the project's folder: also by a link, also in blib.
sub _checkout {
    require Cwd;
    my $here = Cwd::realpath(__FILE__) // return;
    my ($project) = $here =~ m{\A(.*)/bindings/perl/(?:blib/)?lib/Cpanel/LiveAPI/Library\.pm\z}s;
    return defined $project ? "$project/target/release/libliveapi.so" : ();
}

# Why a file is not usable; nothing if it is. FFI::Platypus itself would print a warning.
sub _fault {
    my ($path) = @_;
    my $handle = FFI::Platypus::DL::dlopen( $path, FFI::Platypus::DL::RTLD_PLATYPUS_DEFAULT() );
    if ( !$handle ) {
        my $why = FFI::Platypus::DL::dlerror() // 'it cannot be opened';
        $why =~ s/\A\Q$path\E: //;
        return $why;
    }
    my $fault = _misfit($handle);
    FFI::Platypus::DL::dlclose($handle);
    return $fault;
}

# What an opened library lacks. The revision comes first: another one may well lack functions.
sub _misfit {
    my ($handle) = @_;
    my $address = FFI::Platypus::DL::dlsym( $handle, 'liveapi_abi_version' );
    return 'it is no liveapi library: it has no liveapi_abi_version' if !$address;
    my $revision = FFI::Platypus->new( api => _interface() )->function( $address => [] => 'sint32' )->call;
    return "its ABI revision is $revision, this module needs " . ABI_REVISION if $revision != ABI_REVISION;
    my @missing = grep { !FFI::Platypus::DL::dlsym( $handle, $_ ) } sort map { $_->[0] } values %function;
    return @missing ? "it lacks @missing" : undef;
}

sub _advice {
    my ($explicit) = @_;
    return 'Correct the option library of new()' if defined $explicit && length $explicit;
    return 'Correct the environment variable LIVEAPI_LIBRARY, or unset it' if defined _named(undef);
    return 'Install ' . SONAME . ' where the system looks for libraries, or set LIVEAPI_LIBRARY to its path';
}

# The interface of FFI::Platypus: before version 2 the second one was a draft, which it warns of. What is used here is
# the same in both.
sub _interface { return FFI::Platypus->VERSION < 2 ? 1 : 2 }

sub _attach {
    my ($path) = @_;
    my $ffi = FFI::Platypus->new( api => _interface(), lib => $path );
    for my $name ( keys %function ) {
        my ( $c_name, $arguments, $result ) = @{ $function{$name} };
        $ffi->attach( [ $c_name => $name ] => $arguments => $result );
    }
    return;
}

package    # private, and so not indexed
    Cpanel::LiveAPI::Library::Escaping;

our @ISA = ('JSON::PP');

sub decode {
    my ( $self, $text ) = @_;
    if ( $text =~ tr/\x80-\xff// && utf8::decode($text) ) {
        $text =~ s{([^\x00-\x7f])}{ join q{}, map { sprintf '\\u%04x', $_ } _units( ord $1 ) }ge;
    }
    return $self->SUPER::decode($text);
}

# A character as JSON writes it: beyond the first 65536 in two parts.
sub _units {
    my ($number) = @_;
    return $number if $number < 0x10000;
    return ( 0xd800 + ( ( $number - 0x10000 ) >> 10 ), 0xdc00 + ( ( $number - 0x10000 ) & 0x3ff ) );
}

1;

__END__

=encoding utf8

=head1 NAME

Cpanel::LiveAPI::Library - private to Cpanel::LiveAPI: finds and loads the shared library

=head1 DESCRIPTION

Not for use by scripts; L<Cpanel::LiveAPI/"WHERE THE LIBRARY IS LOOKED FOR"> has what users need to know.

=cut
