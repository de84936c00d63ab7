# Changes a mailbox's password by the addresses of a cPanel server, with Perl's own HTTP::Tiny:
# client.pl WAY HOST:PORT CA-FILE; SECRET is a token or a password, PASSWORD the mailbox's new one.
use strict;
use warnings;

use Encode       qw(decode);
use HTTP::Tiny;
use JSON::PP     qw(decode_json);
use MIME::Base64 qw(encode_base64);

my ( $way, $host, $ca ) = @ARGV;

# HTTP::Tiny takes characters and encodes them by itself; the environment has bytes.
my ( $secret, $password ) = map { decode( 'UTF-8', $_ ) } @ENV{qw(SECRET PASSWORD)};

sub token {
    my ($token) = @_;
    my $http = HTTP::Tiny->new( verify_SSL => 1, SSL_options => { SSL_ca_file => $ca } );
    my $answer = $http->post_form(
        "https://$host/json-api/cpanel",
        {
            cpanel_jsonapi_user       => 'bob',
            cpanel_jsonapi_apiversion => 2,
            cpanel_jsonapi_module     => 'Email',
            cpanel_jsonapi_func       => 'passwdpop',
            domain                    => 'example.com',
            email                     => 'user',
            password                  => $password,
        },
        { headers => { Authorization => "whm root:$token" } }
    );
    die "$answer->{status} $answer->{content}\n" if !$answer->{success};
    return $answer->{content};
}

# Posts to an address with these header fields.
sub post {
    my ( $path, $fields, %headers ) = @_;
    my $http = HTTP::Tiny->new( verify_SSL => 1, SSL_options => { SSL_ca_file => $ca } );
    my $answer = $http->post_form( "https://$host$path", $fields, { headers => \%headers } );
    die "$answer->{status} $answer->{content}\n" if !$answer->{success};
    return $answer;
}

my %fields = ( email => 'user@example.com', password => $password );

sub basic {
    my $login = encode_base64( "bob:$secret", q{} );
    return post( '/execute/Email/passwd_pop', \%fields, Authorization => "Basic $login" )->{content};
}

sub session {
    my $login    = post( '/login/?login_only=1', { user => 'bob', pass => $secret } );
    my $token    = decode_json( $login->{content} )->{security_token};
    my ($cookie) = split /;/, $login->{headers}{'set-cookie'};
    return post( "$token/execute/Email/passwd_pop", \%fields, Cookie => $cookie )->{content};
}

my %ways = ( token => \&token, basic => \&basic, session => \&session );
print $ways{$way}->($secret);
