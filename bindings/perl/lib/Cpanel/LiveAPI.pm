package Cpanel::LiveAPI;

use strict;
use warnings;

use Carp ();

use Cpanel::LiveAPI::Arguments ();
use Cpanel::LiveAPI::Client    ();
use Cpanel::LiveAPI::Library   ();

our $VERSION = '0.1.0';

# The families of liveapi.h.
use constant { API1 => 1, API2 => 2, UAPI => 3, WHM => 4 };

# All the JSON here is written and read by these two, the second without a character beyond ASCII.
my ( $json, $ascii ) = Cpanel::LiveAPI::Arguments::encoders();

my %METHOD = ( 1 => 'api1', 2 => 'api2', 3 => 'uapi', uapi => 'uapi' );

sub new {
    my ( $class, @options ) = @_;
    Carp::croak('new(): the options are names and values, as in new( user => \'bob\' )') if @options % 2;
    my %options = @options;
    Cpanel::LiveAPI::Library::load( delete $options{library} );
    my $client = Cpanel::LiveAPI::Client->new( Cpanel::LiveAPI::Arguments::encoded( \%options ) )
      or Carp::croak( Cpanel::LiveAPI::Library::last_error_message() );
    return bless { client => $client }, $class;
}

sub api2;
*api2 = _method(API2);

my ( $api1, $uapi ) = ( _method(API1), _method(UAPI) );

# The same as uapi, by its older name.
sub api3 { goto &uapi }

sub api1 { return { cpanelresult => $api1->(@_) } }

sub uapi { return { cpanelresult => $uapi->(@_) } }

# Ours: cPanel's class has no way to WHM API 1. Its functions belong to no module.
my $whm = _method(WHM);

sub whm {
    my ( $self, $func, $args ) = @_;
    return $whm->( $self, '', $func, $args );
}

# Ours, too: many calls, to servers side by side.
sub batch {
    my ( $self, $items, $options ) = @_;
    my $client = _pointer($self);
    Carp::croak('batch(): the items are a reference to a list') if ref $items ne 'ARRAY';
    Carp::croak('batch(): the options are a reference to a hash') if defined $options && ref $options ne 'HASH';
    my @texts = map { Cpanel::LiveAPI::Arguments::encoded($_) } $items, $options // {};
    my $rows = Cpanel::LiveAPI::Library::client_batch( $client, @texts )
      // Carp::croak( Cpanel::LiveAPI::Library::last_error_message() );
    return $json->decode($rows);
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

# Evaluates a tag.
sub exec {
    my ( $self, $code, $skip_return ) = @_;
    my $answer = _request( $self, Cpanel::LiveAPI::Arguments::text($code) );
    return $skip_return ? undef : $answer;
}

sub fetch           { return _special( $_[0], 'exec', 'print', $_[1] ) }
sub cpanelprint     { return _result( _special( $_[0], 'exec',    'print',     $_[1] ) ) }
sub cpanellangprint { return _result( _special( $_[0], 'exec',    'langprint', $_[1] ) ) }
sub cpanelif        { return 0 + ( _result( _special( $_[0], 'if',      'if',      $_[1] ) ) || 0 ) }
sub cpanelfeature   { return 0 + ( _result( _special( $_[0], 'feature', 'feature', $_[1] ) ) || 0 ) }

sub header {
    my ( $self, $title, $app_key ) = @_;
    return _frame( $self, 'header', $title, $app_key );
}

sub footer {
    my ( $self, $title ) = @_;
    return _frame( $self, 'footer', $title );
}

sub set_debug {
    my ( $self, $level ) = @_;
    return Cpanel::LiveAPI::Library::set_debug( _pointer($self), _number($level) );
}

sub get_debug_level { return Cpanel::LiveAPI::Library::debug_level( _pointer( $_[0] ) ) }

sub get_debug_log { return Cpanel::LiveAPI::Library::debug_file( _pointer( $_[0] ) ) }

sub debug_log {
    my ( $self, $level, $message, $stderr ) = @_;
    my $pointer = _pointer($self);
    my $text = Cpanel::LiveAPI::Arguments::text($message);
    return Cpanel::LiveAPI::Library::debug_write( $pointer, _number($level), $text, $stderr ? 1 : 0 );
}

sub debug_log_json {
    my ( $self, $message ) = @_;
    return Cpanel::LiveAPI::Library::debug_write_json( _pointer($self), Cpanel::LiveAPI::Arguments::text($message) );
}

sub end {
    my ($self) = @_;
    delete $self->{client};
    return;
}

sub _pointer {
    my ($self) = @_;
    return ref $self && ${ $self->{client} || \undef } || _without_client($self);
}

# What is asked over LiveAPI beside plain calls. Every answer is below cpanelresult, also those that come
# without it.
sub _request {
    my ( $self, $request ) = @_;
    my $answer = $json->decode( Cpanel::LiveAPI::Library::client_request( _pointer($self), $request, _form() ) );
    return exists $answer->{cpanelresult} ? $answer : { cpanelresult => $answer };
}

sub _special {
    my ( $self, $type, $module, $argument ) = @_;
    $argument = $argument->[0] if ref $argument eq 'ARRAY';
    my @request = (
        reqtype    => $type,
        module     => $module,
        func       => $type eq 'exec' ? '' : $module,
        apiversion => '1',
        args       => '' . ( $argument // '' ),
    );

    # A hash would send them in any order, and some panels are read by eye.
    my @texts = map { $json->encode( Cpanel::LiveAPI::Arguments::characters($_) ) } @request;
    my @pairs = map { "$texts[2 * $_]:$texts[2 * $_ + 1]" } 0 .. $#texts / 2;
    return _request( $self, '{' . join( ',', @pairs ) . '}' );
}

sub _result {
    my ($answer) = @_;
    my $data = $answer->{cpanelresult}{data};
    return ref $data eq 'HASH' ? $data->{result} // '' : '';
}

sub _frame {
    my ( $self, $part, $title, $app_key ) = @_;
    my %args = ( page_title => $title // '', app_key => $app_key // '' );
    my $data = $self->uapi( 'Chrome', 'get_dom', \%args )->{cpanelresult}{result}{data};
    return ref $data eq 'HASH' ? $data->{$part} // '' : '';
}

# The fields of the page's query; the body of a form is the script's to read, so it is not taken from it.
sub _form {
    my %form;
    for my $pair ( split /[&;]/, $ENV{GATEWAY_INTERFACE} ? $ENV{QUERY_STRING} // '' : '' ) {
        my ( $name, $value ) = split /=/, $pair, 2;
        $form{ _decoded($name) } = _decoded($value) if defined $value;
    }
    return $json->encode( Cpanel::LiveAPI::Arguments::characters( \%form ) );
}

sub _decoded {
    my ($text) = @_;
    $text =~ tr/+/ /;
    $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    return $text;
}

sub _number {
    my ($number) = @_;
    no warnings qw(numeric uninitialized);
    return int $number;
}

# Makes the method that calls one family. All of a call is in one sub, because each further sub would
# cost a tenth of the whole call; what is unusual is in subs of its own.
sub _method {
    my ($family) = @_;
    return sub {
        my ( $self, $module, $func, $args ) = @_;
        my $client = ref $self && ${ $self->{client} || \undef } || _without_client($self);
        $module = Cpanel::LiveAPI::Arguments::name($module) if !defined $module || $module =~ tr/A-Za-z0-9_:-//c;
        $func   = Cpanel::LiveAPI::Arguments::name($func)   if !defined $func   || $func   =~ tr/A-Za-z0-9_:-//c;

        # Plain ASCII needs no decision about characters and bytes; nearly every call ends with this encoding.
        my $text = eval { $ascii->encode( $args // {} ) } // Carp::croak( Cpanel::LiveAPI::Arguments::fault($args) );
        if ( index( $text, '\u' ) >= 0 || $text =~ Cpanel::LiveAPI::Arguments::PERHAPS_NO_TEXT ) {
            $text = Cpanel::LiveAPI::Arguments::encoded($args);
        }
        return $json->decode( Cpanel::LiveAPI::Library::client_call( $client, $family, $module, $func, $text ) );
    };
}

sub _without_client {
    my ($self) = @_;
    Carp::croak('This is a method of an object: my $cpliveapi = Cpanel::LiveAPI->new()') if !ref $self;
    Carp::croak('This Cpanel::LiveAPI object was made in another thread; make one in this thread') if $self->{client};
    Carp::croak('end() was called on this Cpanel::LiveAPI object; make a new one');
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
from options of the constructor; in a page that a panel runs, without a URL, the panel answers over the socket that
C<CPANEL_PHPCONNECT_SOCKET> or C<CPANEL_CONNECT_SOCKET> names. What a function refuses is in its answer, never an exception. The
methods die only when the library or its configuration cannot be used, or when the arguments cannot be
written as JSON. Exceptions are texts in UTF-8 bytes, name the line of the script, and hold no password.

=head2 Characters and bytes

A string with Perl's UTF-8 flag is characters. A string without it is taken as UTF-8 if it is valid
UTF-8, else as Latin-1 characters. So C<"p\x{e4}ss">, the same text decoded, and its UTF-8 bytes set the
same password. Answers hold characters.

=head2 Arguments

A hash or, for API 1, a list. Values are texts, numbers, JSON booleans (1 and 0, for flags) and undef, which is as
good as absent; C<undef>, C<{}> and C<[]> mean no arguments. A number is the text that Perl prints for it:
C<0.5 * 1024> is C<512>, C<1 == 1> is C<1> and C<1 == 2> the empty text, whatever the version of Perl. A password, a domain or a name that is a number with a fraction or an exponent, a number beyond
2^53 or a JSON boolean is refused by name, and so is undef for one that may be left out: give texts there. Code, globs, objects and what is nested
deeper than 512 levels (also a structure that holds itself) are an exception that names the place. What is
not a number, an infinity, a NUL in a text and a text that is too long are refused in the answer.

=head1 METHODS

=head2 new

    C name  liveapi_client_new
    Call    $cpliveapi = Cpanel::LiveAPI->new( user => 'bob', url => 'home:///srv/homes' );

Meaning: makes an object from options, all of which may be left out: C<user>, C<url>,
C<required_strength>, C<default_quota>, C<virtual_user>, those of servers (C<token_file>, C<ca_file>, ...; C<servers>, a
hash of hashes, for many), and C<library>, the path of the shared library. Nothing is opened yet.

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

=head2 batch

    C name  liveapi_client_batch_borrowed
    Call    $rows = $cpliveapi->batch( \@items, { in_flight => 32 } );

Meaning: makes many calls, to servers side by side, on the embedded store in groups. Ours. An item is a
hash with C<module>, C<func> and C<params>, and if wanted C<family> (C<api1>, C<api2>, C<uapi>, C<whm>, C<whm0>),
C<user>, C<server> and C<id>. The answer is a list with a row for each item, in their order:
C<< { item => 1, status => 'done', code => 0, answer => {...} } >>, where C<answer> is the JSON that the single call
is answered with, C<status> is C<done>, C<refused>, C<failed>, C<unknown> or C<unsent>, and C<code> a number of
C<LiveapiStatus>. Options: C<in_flight> (1 to 256 to each server; 32), C<stop_on_error>, C<seconds> (no more is
sent after that time), C<family> (of items that name none). No thread is started and no signal is caught.

Errors: dies when nothing was sent, because an item or an option is wrong, and names it.

=head2 api3

    C name  liveapi_client_call_borrowed with LIVEAPI_UAPI
    Call    $answer = $cpliveapi->api3( $module, $func, \%args );

Meaning: the same as C<uapi>.

Errors: those of C<uapi>.

=head2 exec

    C name  liveapi_client_request_borrowed
    Call    $answer = $cpliveapi->exec( '<?cp Email::listpops(%,email) ?>', $skip_return );

Meaning: evaluates a cPanel tag. The answer is
C<< { cpanelresult => { data => { result => 'text' }, event => {...} } } >>, or undef with a true
C<$skip_return>. C<$FORM{'name'}> in a tag is a field of the query of a CGI script.

Errors: a tag that cannot be read has C<< $answer->{cpanelresult}{error} >>, with line and column. Dies as
said above.

=head2 fetch

    C name  liveapi_client_request_borrowed
    Call    $answer = $cpliveapi->fetch('$homedir');

Meaning: the whole answer to printing a variable, with the value in C<< {cpanelresult}{data}{result} >>.

Errors: as C<exec>.

=head2 cpanelprint

    C name  liveapi_client_request_borrowed
    Call    $value = $cpliveapi->cpanelprint('$homedir');

Meaning: the value of a variable; a name that is not known is returned as it is. Prints nothing.

Errors: the empty text where the account is not known. Dies as said above.

=head2 cpanellangprint

    C name  liveapi_client_request_borrowed
    Call    $text = $cpliveapi->cpanellangprint($key);

Meaning: the key itself; cPanel's own language files are gone since version 82.

Errors: dies as said above.

=head2 cpanelif

    C name  liveapi_client_request_borrowed
    Call    $holds = $cpliveapi->cpanelif('!$haspostgres');

Meaning: 1 if the condition holds, else 0.

Errors: 0 for a condition that cannot be read. Dies as said above.

=head2 cpanelfeature

    C name  liveapi_client_request_borrowed
    Call    $has = $cpliveapi->cpanelfeature('popaccts');

Meaning: 1 if the account has the feature, else 0.

Errors: 0 for a feature that is not known. Dies as said above.

=head2 header

    C name  liveapi_client_call_borrowed with LIVEAPI_UAPI
    Call    print $cpliveapi->header( $title, $app_key );

Meaning: the HTML in front of a page's content, by UAPI C<Chrome::get_dom>.

Errors: the empty text where there is none. Dies as said above.

=head2 footer

    C name  liveapi_client_call_borrowed with LIVEAPI_UAPI
    Call    print $cpliveapi->footer();

Meaning: the HTML behind a page's content.

Errors: as C<header>.

=head2 set_debug

    C name  liveapi_client_set_debug
    Call    $cpliveapi->set_debug(1);

Meaning: changes the level of the debug log; 0, at first, switches it off. While it is on, each call is logged
with the names of its parameters, never with their values.

Errors: returns 0 for a negative level, else 1. Dies as said above.

=head2 get_debug_level

    C name  liveapi_client_debug_level
    Call    $level = $cpliveapi->get_debug_level();

Meaning: the level of the debug log.

Errors: dies as said above.

=head2 get_debug_log

    C name  liveapi_client_debug_file
    Call    $path = $cpliveapi->get_debug_log();

Meaning: the path of the debug log, F<~/.cpanel/LiveAPI.log.RANDOM>, which is made now.

Errors: the empty text where no such file can be made. Dies as said above.

=head2 debug_log

    C name  liveapi_client_debug_write
    Call    $cpliveapi->debug_log( $level, $message, $stderr );

Meaning: logs a message if the log is on and the level is at least the log's; with a true C<$stderr> also to
standard error. A message of level 0 goes to standard error only. Returns 1 if anything was written, else 0.

Errors: dies as said above.

=head2 debug_log_json

    C name  liveapi_client_debug_write_json
    Call    $cpliveapi->debug_log_json('{"email":"user","password":"..."}');

Meaning: logs JSON while the log is on; what is named like a secret (pass, secret, token, hash) is masked.
Returns 1 if it was written, else 0, also for what is no JSON.

Errors: dies as said above.

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
