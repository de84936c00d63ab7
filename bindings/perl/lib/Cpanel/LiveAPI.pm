package Cpanel::LiveAPI;

use strict;
use warnings;

use Cpanel::LiveAPI::Library ();

our $VERSION = '0.1.0';

# The families of liveapi.h.
use constant { API1 => 1, API2 => 2, UAPI => 3 };

# The library takes a JSON object for named and a list for positional arguments.
my $json = Cpanel::LiveAPI::Library::json()->utf8->allow_nonref;

sub new {
    my ( $class, %options ) = @_;
    my $path = delete $options{library};
    Cpanel::LiveAPI::Library::load($path);
    my $client = Cpanel::LiveAPI::Library::client_new( $json->encode( \%options ) );
    if ( !$client ) {
        require Carp;
        Carp::croak( Cpanel::LiveAPI::Library::last_error_message() );
    }
    return bless { client => $client }, $class;
}

sub api2 {
    my ( $self, $module, $func, $args ) = @_;
    return $self->_call( API2, $module, $func, $args );
}

sub api1 {
    my ( $self, $module, $func, $args ) = @_;
    return { cpanelresult => $self->_call( API1, $module, $func, $args ) };
}

sub uapi {
    my ( $self, $module, $func, $args ) = @_;
    return { cpanelresult => $self->_call( UAPI, $module, $func, $args ) };
}

sub api {
    my ( $self, $type, $version, $module, $func, $args ) = @_;
    my %method = ( 1 => 'api1', 2 => 'api2', 3 => 'uapi', uapi => 'uapi' );
    if ( $type ne 'exec' || !$method{$version} ) {
        require Carp;
        Carp::croak("api(): the type must be exec and the version 1, 2 or uapi, not $type and $version");
    }
    my $name = $method{$version};
    return $self->$name( $module, $func, $args );
}

sub end {
    my ($self) = @_;
    my $client = delete $self->{client};
    Cpanel::LiveAPI::Library::client_free($client) if $client;
    return;
}

sub DESTROY {
    my ($self) = @_;

    # While the interpreter ends, the functions may be gone before this object; the process ends anyway.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    local ( $@, $?, $! );
    $self->end();
    return;
}

# A thread must not get a second owner of the same native client.
sub CLONE_SKIP { return 1 }

sub _call {
    my ( $self, $family, $module, $func, $args ) = @_;
    if ( !$self->{client} ) {
        require Carp;
        Carp::croak('end() was called on this Cpanel::LiveAPI object; make a new one');
    }
    $module = _name($module);
    $func   = _name($func);
    $args //= {};
    my $text = $json->encode($args);

    # Plain ASCII needs no decision about characters and bytes; nearly every call ends here.
    $text = $json->encode( _characters($args) ) if $text =~ /[\x80-\xff]/;
    return $json->decode( Cpanel::LiveAPI::Library::client_call( $self->{client}, $family, $module, $func, $text ) );
}

# Perl does not know whether a string without the UTF-8 flag holds bytes or characters. The rule, see
# the documentation: what is valid UTF-8 is taken as UTF-8, everything else as Latin-1 characters.
sub _characters {
    my ($value) = @_;
    my $kind = ref $value;
    return { map { $_ => _characters( $value->{$_} ) } keys %$value } if $kind eq 'HASH';
    return [ map { _characters($_) } @$value ] if $kind eq 'ARRAY';
    return $value if $kind || !defined $value || utf8::is_utf8($value);
    my $copy = $value;
    return $value if $copy !~ /[\x80-\xff]/;
    utf8::decode($copy);
    return $copy;
}

# A name for C: UTF-8, and no NUL, at which C would stop reading.
sub _name {
    my $name = $_[0] // '';
    return $name if $name !~ /[^\x01-\x7f]/;
    $name = _characters($name);
    $name =~ s/\0/\x{FFFD}/g;
    utf8::encode($name);
    return $name;
}

1;

__END__

=encoding utf8

=head1 NAME

Cpanel::LiveAPI - cPanel's LiveAPI on the native library

=head1 SYNOPSIS

    use Cpanel::LiveAPI ();

    my $cpliveapi = Cpanel::LiveAPI->new();
    my $answer    = $cpliveapi->api2( 'Email', 'passwdpop',
        { 'domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage' } );
    print "changed\n" if $answer->{cpanelresult}{data}[0]{result};
    $cpliveapi->end();

=head1 DESCRIPTION

The account and the mail store come from C<LIVEAPI_USER>, C<LIVEAPI_URL> and the configuration file, or
from options of the constructor. What a function refuses is in its answer; the methods die only when
the library or its configuration cannot be used.

=head2 Characters and bytes

A string with Perl's UTF-8 flag is characters. A string without it is taken as UTF-8 if it is valid
UTF-8, else as Latin-1 characters. So C<"p\x{e4}ss">, the same text decoded, and its UTF-8 bytes set the
same password. Answers hold characters.

=head1 METHODS

=head2 new( %options )

Options: C<user>, C<url>, C<required_strength>, C<virtual_user>, and C<library>, the path of the shared
library. Dies when the library cannot be loaded (and says what was tried) or an option is wrong.

=head2 api2( $module, $func, \%args )

Calls cPanel API 2. Returns a hash reference with the key C<cpanelresult>.

=head2 api1( $module, $func, \@args )

Calls cPanel API 1. Returns C<< { cpanelresult => { data => { result => 'text' }, event => {...} } } >>.

=head2 uapi( $module, $func, \%args )

Calls UAPI. Returns C<< { cpanelresult => { result => { status => 1, errors => undef, data => ... } } } >>.

=head2 api( 'exec', $version, $module, $func, $args )

Calls the family of that version: 1, 2 or uapi.

=head2 end()

Releases the client. Prints nothing.

=head1 FORK AND THREADS

The object may be used in a forked child. It is not cloned into new threads: make one there.

=head1 LICENSE

MIT or Apache-2.0.

=cut
