package Cpanel::LiveAPI;

use strict;
use warnings;

use Carp ();

use Cpanel::LiveAPI::Client  ();
use Cpanel::LiveAPI::Library ();

our $VERSION = '0.1.0';

# The families of liveapi.h.
use constant { API1 => 1, API2 => 2, UAPI => 3, WHM => 4 };

# What the JSON modules write at most without being told otherwise.
use constant MAX_DEPTH => 512;

# The library takes a JSON object for named and a list for positional arguments, in UTF-8 or in escapes.
my ( $json, $ascii ) = map { Cpanel::LiveAPI::Library::json()->$_->allow_nonref->max_depth(MAX_DEPTH) } qw(utf8 ascii);

my %METHOD = ( 1 => 'api1', 2 => 'api2', 3 => 'uapi', uapi => 'uapi' );

sub new {
    my ( $class, @options ) = @_;
    Carp::croak('new(): the options are names and values, as in new( user => \'bob\' )') if @options % 2;
    my %options = @options;
    Cpanel::LiveAPI::Library::load( delete $options{library} );

    # The first encoding says no to what _characters would follow for ever.
    my $text = eval { $json->encode( \%options ) && $json->encode( _characters( \%options ) ) }
      // Carp::croak( _fault( \%options ) );
    my $client = Cpanel::LiveAPI::Client->new($text)
      or Carp::croak( Cpanel::LiveAPI::Library::last_error_message() );
    return bless { client => $client }, $class;
}

sub api2;
*api2 = _method(API2);

my ( $api1, $uapi ) = ( _method(API1), _method(UAPI) );

sub api1 { return { cpanelresult => $api1->(@_) } }

sub uapi { return { cpanelresult => $uapi->(@_) } }

# Ours: cPanel's class has no way to WHM API 1. Its functions belong to no module.
my $whm = _method(WHM);

sub whm {
    my ( $self, $func, $args ) = @_;
    return $whm->( $self, '', $func, $args );
}

sub api {
    my ( $self, $type, $version, $module, $func, $args ) = @_;
    ( $type, $version ) = map { $_ // 'undef' } $type, $version;
    my $method = $METHOD{$version};
    if ( $type ne 'exec' || !$method ) {
        Carp::croak("api(): the type must be exec and the version 1, 2 or uapi, not $type and $version");
    }
    return $self->$method( $module, $func, $args );
}

sub end {
    my ($self) = @_;
    delete $self->{client};
    return;
}

# Makes the method that calls one family. All of a call is in one sub, because each further sub would
# cost a tenth of the whole call; what is unusual is in subs of its own.
sub _method {
    my ($family) = @_;
    return sub {
        my ( $self, $module, $func, $args ) = @_;
        my $client = ref $self && ${ $self->{client} || \undef } || _without_client($self);
        $module = _name($module) if !defined $module || $module =~ tr/A-Za-z0-9_:-//c;
        $func   = _name($func)   if !defined $func   || $func   =~ tr/A-Za-z0-9_:-//c;

        # Plain ASCII needs no decision about characters and bytes; nearly every call ends with this encoding.
        my $text = eval { $ascii->encode( $args // {} ) } // Carp::croak( _fault($args) );
        $text = $json->encode( _characters($args) ) if index( $text, '\u' ) >= 0;
        return $json->decode( Cpanel::LiveAPI::Library::client_call( $client, $family, $module, $func, $text ) );
    };
}

sub _without_client {
    my ($self) = @_;
    Carp::croak('This is a method of an object: my $cpliveapi = Cpanel::LiveAPI->new()') if !ref $self;
    Carp::croak('This Cpanel::LiveAPI object was made in another thread; make one in this thread') if $self->{client};
    Carp::croak('end() was called on this Cpanel::LiveAPI object; make a new one');
}

# Perl does not know whether a string without the UTF-8 flag holds bytes or characters. The rule, see
# the documentation: what is valid UTF-8 is taken as UTF-8, everything else as Latin-1 characters.
# What comes here was encoded before, so it is nested at most MAX_DEPTH deep.
sub _characters {
    my ($value) = @_;
    no warnings 'recursion';
    my $kind = ref $value;
    return { map { $_ => _characters( $value->{$_} ) } keys %$value } if $kind eq 'HASH';
    return [ map { _characters($_) } @$value ] if $kind eq 'ARRAY';
    return $value if $kind || !defined $value || utf8::is_utf8($value);
    my $copy = $value;
    return $value if $copy !~ /[\x80-\xff]/;
    utf8::decode($copy);
    return $copy;
}

# Says what cannot be written as JSON, and where. The encoder's own complaint is not repeated: it may
# hold the text of an object, which may be a password.
sub _fault {
    my ($top) = @_;
    my @open = ( [ '', $top, 0 ] );
    while ( my $next = shift @open ) {
        my ( $path, $value, $depth ) = @$next;
        return "The arguments are nested deeper than @{[MAX_DEPTH]} levels, or hold themselves" if $depth > MAX_DEPTH;
        my $parts = _parts( $path, $value );
        if ($parts) {
            unshift @open, map { [ @$_, $depth + 1 ] } @$parts;
        }
        elsif ( !eval { $json->encode( [$value] ) } ) {
            return "The argument$path is " . _kind($value) . ', where a text or a number belongs';
        }
    }
    return 'The arguments cannot be written as JSON';
}

sub _kind {
    my ($value) = @_;
    return 'a reference (' . ref($value) . ')' if ref $value;
    return 'a glob' if ref \$value eq 'GLOB';
    return 'a text that is not Unicode';
}

# The elements of a plain hash or list, each with its place; nothing for all other values.
sub _parts {
    my ( $path, $value ) = @_;
    return [ map { [ _step( $path, $_ ), $value->{$_} ] } sort keys %$value ] if ref $value eq 'HASH';
    return [ map { [ "$path\[$_]",       $value->[$_] ] } 0 .. $#$value ]     if ref $value eq 'ARRAY';
    return;
}

# Names a part of the arguments; a key that does not look like a name is not repeated.
sub _step {
    my ( $path, $key ) = @_;
    return "$path " . ( $key =~ /\A[\w.:-]{1,64}\z/ ? qq("$key") : '(a key)' );
}

# A name for C: UTF-8, and no NUL, at which C would stop reading.
sub _name {
    my ($name) = @_;
    Carp::croak( 'The name of a module or function is ' . _kind($name) . ', where a text belongs' ) if ref $name;
    $name = _characters( $name // '' );
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
from options of the constructor. What a function refuses is in its answer, never an exception. The
methods die only when the library or its configuration cannot be used, or when the arguments cannot be
written as JSON. Exceptions are texts in UTF-8 bytes, name the line of the script, and hold no password.

=head2 Characters and bytes

A string with Perl's UTF-8 flag is characters. A string without it is taken as UTF-8 if it is valid
UTF-8, else as Latin-1 characters. So C<"p\x{e4}ss">, the same text decoded, and its UTF-8 bytes set the
same password. Answers hold characters.

=head2 Arguments

A hash or, for API 1, a list. Values are texts, numbers, JSON booleans (1 and 0) and undef, which is as
good as absent; C<undef>, C<{}> and C<[]> mean no arguments. Code, globs, objects and what is nested
deeper than 512 levels (also a structure that holds itself) are an exception that names the place. What is
not a number, an infinity, a NUL in a text and a text that is too long are refused in the answer.

=head1 METHODS

=head2 new

    C name  liveapi_client_new
    Call    $cpliveapi = Cpanel::LiveAPI->new( user => 'bob', url => 'home:///srv/homes' );

Meaning: makes an object from options, all of which may be left out: C<user>, C<url>,
C<required_strength>, C<default_quota>, C<virtual_user>, and C<library>, the path of the shared library. Nothing is opened
yet.

Errors: dies when the library cannot be loaded (and says what was tried), when another library is in use
in this process, when an option is unknown (and names the nearest one) or wrong.

=head2 api2

    C name  liveapi_client_call_borrowed with LIVEAPI_API2
    Call    $answer = $cpliveapi->api2( $module, $func, \%args );

Meaning: calls cPanel API 2. The answer is C<< { cpanelresult => { data => [...], event => {...} } } >>.

Errors: a refusal or failure has C<< $answer->{cpanelresult}{error} >>, and C<result> and C<reason> in
C<< $answer->{cpanelresult}{data}[0] >>. Dies as said above.

=head2 api1

    C name  liveapi_client_call_borrowed with LIVEAPI_API1
    Call    $answer = $cpliveapi->api1( $module, $func, \@args );

Meaning: calls cPanel API 1 with positional arguments. The answer is
C<< { cpanelresult => { data => { result => 'text' }, event => {...} } } >>.

Errors: a refusal or failure has C<< $answer->{cpanelresult}{event}{result} >> 0 and its C<reason>. Dies as
said above.

=head2 uapi

    C name  liveapi_client_call_borrowed with LIVEAPI_UAPI
    Call    $answer = $cpliveapi->uapi( $module, $func, \%args );

Meaning: calls UAPI. The answer is
C<< { cpanelresult => { result => { status => 1, errors => undef, data => ... } } } >>.

Errors: a refusal or failure has C<< $answer->{cpanelresult}{result}{status} >> 0 and the list C<errors>.
Dies as said above.

=head2 api

    C name  liveapi_client_call_borrowed
    Call    $answer = $cpliveapi->api( 'exec', $version, $module, $func, $args );

Meaning: calls the family of that version: 1, 2, or C<uapi>, also written 3. The answer is that of the
family's own method.

Errors: those of the family's own method. Dies also for another type than C<exec> and for another version.

=head2 whm

    C name  liveapi_client_call_borrowed with LIVEAPI_WHM
    Call    $answer = $cpliveapi->whm( $func, \%args );

Meaning: calls WHM API 1, for example C<createacct>. Ours: cPanel's own class has no such method. The
answer is C<< { metadata => { result => 1, reason => 'OK', ... }, data => {...} } >>.

Errors: a refusal or failure has C<< $answer->{metadata}{result} >> 0 and its C<reason>. Dies as said above.

=head2 end

    C name  liveapi_client_free
    Call    $cpliveapi->end();

Meaning: releases the client; an object that goes out of scope does the same. Prints nothing. Calling it
again does nothing.

Errors: none. A call of the object afterwards dies and says so.

=head1 WHERE THE LIBRARY IS LOOKED FOR

The option C<library>, else the environment variable C<LIVEAPI_LIBRARY>; a path that is named there stands
alone. Else the folders that L<FFI::CheckLib> knows (C<FFI_CHECKLIB_PATH>, C<LD_LIBRARY_PATH>, the system's),
else C<libliveapi.so.1> where the system's loader looks, else C<target/release> of the project's folder if
the module lies in it. A library of another ABI revision is passed over. A process uses one library.

=head1 FORK AND THREADS

The object may be made before or after a fork, and used on both sides; nothing is shared but memory. It
is not for other threads: a thread that was started after it was made gets an object whose calls die and
say so, and makes its own.

=head1 LICENSE

MIT or Apache-2.0.

=cut
