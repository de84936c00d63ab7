#!/usr/bin/perl
# What no script should pass, and some do. Each case gets an answer or one clear exception, without a
# warning, a crash or a call that does not end; and no exception holds what may be a password.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();
use Storable ();

# A hang is what ends a call: the JSON::PP of Perl 5.40 reads an answer of 1 MiB for half a minute.
use constant { SECONDS => 120, MIB => 1024 * 1024, LEVELS => 10_000 };

my @warnings;
local $SIG{__WARN__} = sub { push @warnings, @_ };

{
    # An object that becomes its secret wherever it is used as a text.
    package Secret;
    use overload '""' => sub { return 'Secret-Text-1' }, fallback => 1;
}

my $cpliveapi = Cpanel::LiveAPI->new();
my %change    = ( domain => 'example.com', email => 'user', password => 'Bad-Input-Password-1' );

sub nested {
    my ( $levels, $value ) = @_;
    $value = $_ % 2 ? [$value] : { key => $value } for 1 .. $levels;
    return $value;
}

# Structures that hold themselves; taken apart at the end.
my ( $ring, $list_ring, $shared ) = ( { domain => 'example.com' }, [], { a => 1 } );
$ring->{ring} = $ring;
push @$list_ring, { list => $list_ring };

my $infinity = 9**9**9;
my $object   = bless { password => 'Secret-Text-1' }, 'Some::Class';
my $secret   = bless [], 'Secret';

# The name, the arguments of passwdpop, and what comes: "refused" and "done" are answers, a pattern is one
# for the exception.
my @arguments = (
    [ 'no arguments',               undef,                                    'refused' ],
    [ 'an empty list',              [],                                       'refused' ],
    [ 'an empty hash',              {},                                       'refused' ],
    [ 'a list with elements',       [ 'user', 'Some-Password-1' ],            'refused' ],
    [ 'a text',                     'domain=example.com',                     'refused' ],
    [ 'an empty text',              '',                                       'refused' ],
    [ 'a text of JSON',             '{"domain":"example.com"}',               'refused' ],
    [ 'a number',                   7,                                        'refused' ],
    [ 'a code reference',           sub { 1 },                                qr/\AThe argument is a reference \(CODE\)/ ],
    [ 'a glob',                     \*STDOUT,                                 qr/\AThe argument is a reference \(GLOB\)/ ],
    [ 'a reference to a text',      \'text',                                  qr/\AThe argument is a reference \(SCALAR\)/ ],
    [ 'a reference to a reference', \\'text',                                 qr/\AThe argument is a reference \(REF\)/ ],
    [ 'a pattern',                  qr/x/,                                    qr/\AThe argument is a reference \(Regexp\)/ ],
    [ 'an object',                  $object,                                  qr/\AThe argument is a reference \(Some::Class\)/ ],
    [ 'an object that is a text',   $secret,                                  qr/\AThe argument is a reference \(Secret\)/ ],
    [ 'a ring of hashes',           $ring,                                    qr/nested deeper than 512 levels, or hold themselves/ ],
    [ 'a ring of lists',            $list_ring,                               qr/nested deeper than 512 levels, or hold themselves/ ],
    [ 'a ring with umlauts',        { %$ring, name => 'ä' },                  qr/nested deeper than 512 levels, or hold themselves/ ],
    [ '10,000 levels',              nested( LEVELS, 'x' ),                    qr/nested deeper than 512 levels, or hold themselves/ ],
    [ '10,000 levels with umlauts', nested( LEVELS, 'ä' ),                    qr/nested deeper than 512 levels, or hold themselves/ ],
    [ '500 levels',                 nested( 500, 'x' ),                       'refused' ],
    [ '500 levels with bytes',      nested( 500, "\xe4" ),                    'refused' ],
    [ 'one hash in two places',     { %change, a => $shared, b => $shared },  'answer' ],
    [ 'keys with umlauts',          { %change, "schl\x{fc}ssel" => 1, 'ключ' => 1 }, 'done' ],
    [ 'keys with NUL',              { %change, "nul\0key" => 1 },             'answer' ],
    [ 'an empty key',               { %change, '' => 1 },                     'done' ],
    [ '10,000 keys',                { %change, map { ( "key$_" => $_ ) } 1 .. 10_000 }, 'answer' ],
);

# The name, a value for one parameter, and what comes. "any" is an answer or an exception: JSON modules differ.
my @values = (
    [ 'undef',                     undef,                'refused' ],
    [ 'a hash',                    { a => 1 },           'refused' ],
    [ 'a list',                    [ 1, 2 ],             'refused' ],
    [ 'code',                      sub { 1 },            qr/\AThe argument "%s" is a reference \(CODE\), where a text or a number belongs at / ],
    [ 'code in a list in a hash',  { a => [ 1, sub { 1 } ] }, qr/\AThe argument "%s" "a"\[1\] is a reference \(CODE\)/ ],
    [ 'a glob',                    \*STDIN,              qr/\AThe argument "%s" is a reference \(GLOB\)/ ],
    [ 'an object',                 $object,              qr/\AThe argument "%s" is a reference \(Some::Class\)/ ],
    [ 'an object that is a text',  $secret,              qr/\AThe argument "%s" is a reference \(Secret\)/ ],
    [ 'a glob by value',           *STDOUT,              'any' ],
    [ 'a version',                 v1.2.3,               'refused' ],
    [ 'invalid UTF-8',             "\xff\xfe\x80-\xc3",  'answer' ],
    [ 'cut UTF-8',                 "Cut-Password-\xe2\x82", 'answer' ],
    [ 'a lone surrogate',          "x\x{D800}y-Password", 'any' ],
    [ 'beyond Unicode',            "x\x{110000}y-Password", 'any' ],
    [ 'a noncharacter',            "x\x{FFFF}y-Password", 'answer' ],
    [ 'a NUL',                     "Nul\0-Password-1",   'refused' ],
    [ 'only a NUL',                "\0",                 'refused' ],
    [ 'all control characters',    join( '', map { chr } 0 .. 31 ), 'refused' ],
    [ '1 MiB',                     'x' x MIB,            'refused' ],
    [ '1 MiB of umlauts',          'ä' x MIB,            'refused' ],
    [ '1 MiB of bytes',            "\xe4" x MIB,         'refused' ],
    [ '1 MiB of backslashes',      '\\u' x ( MIB / 2 ),  'refused' ],
    [ 'infinity',                  $infinity,            'answer' ],
    [ 'negative infinity',         -$infinity,           'answer' ],
    [ 'not a number',              $infinity - $infinity, 'answer' ],
    [ 'the largest integer',       18_446_744_073_709_551_615, 'answer' ],
    [ 'a larger one',              1.8446744073709552e19, 'answer' ],
    [ 'the smallest integer',      -9_223_372_036_854_775_808, 'answer' ],
    [ '1e308',                     1e308,                'answer' ],
    [ '1e-320',                    1e-320,               'answer' ],
    [ 'zero',                      0,                    'refused' ],
    [ 'true',                      \1,                   'refused' ],
);

# The kind of an answer.
sub kind {
    my ($answer) = @_;
    return 'no answer' if ref $answer ne 'HASH' || ref $answer->{cpanelresult} ne 'HASH';
    return succeeded($answer) ? 'done' : defined $answer->{cpanelresult}{error} ? 'refused' : 'no answer';
}

sub check {
    my ( $name, $expected, $call ) = @_;
    @warnings = ();
    my ( $answer, $complaint );
    $complaint = complaint_of( sub { $answer = within( SECONDS, $call ) } );
    if ( ref $expected ) {
        like( $complaint // 'no exception', $expected, "$name: the exception" );
        like( $complaint // '', qr/ at \Q$0\E line \d+\.\n\z/, "$name: names the line of the script, and nothing follows" );
        unlike( $complaint // '', qr/Secret-Text/, "$name: holds no secret" );
    }
    else {
        my $kind = defined $complaint ? "an exception: $complaint" : kind($answer);
        my $good = $expected eq 'any' ? $kind =~ /\A(?:refused|done|an exception: The argument )/ : $expected eq 'answer' ? $kind =~ /\A(?:refused|done)\z/ : $kind eq $expected;
        ok( $good, "$name: $expected" ) or diag($kind);
    }
    is( "@warnings", '', "$name: no warning" );
    return;
}

for my $case (@arguments) {
    my ( $name, $arguments, $expected ) = @$case;
    check( $name, $expected, sub { $cpliveapi->api2( 'Email', 'passwdpop', $arguments ) } );
}
for my $case (@values) {
    my ( $name, $value, $expected ) = @$case;
    for my $param (qw(password email)) {
        my $wanted = ref $expected ? "$expected" =~ s/%s/$param/r : $param eq 'password' || $expected eq 'any' ? $expected : 'refused';
        $wanted = qr/$wanted/ if ref $expected;
        check( "$name as $param", $wanted, sub { $cpliveapi->api2( 'Email', 'passwdpop', { %change, $param => $value } ) } );
    }
}

# Names of modules and functions.
my @names = ( undef, '', ' ', "\0", "Email\0", "E\x{e4}", 'Ä', "\xff", "x\x{D800}", 'x' x MIB, 7, -1.5, 'Email::Email', '../Email', "a\nb", '%s%n' );
for my $name (@names) {
    my $shown = defined $name ? sprintf( '%vd', substr $name, 0, 9 ) : 'undef';
    check( "module $shown",   'refused', sub { $cpliveapi->api2( $name,   'listpops' ) } );
    check( "function $shown", 'refused', sub { $cpliveapi->api2( 'Email', $name ) } );
}
check( 'a name that is an object with a text', 'refused', sub { $cpliveapi->api2( $secret, $secret ) } );
for my $reference ( {}, [], sub { 1 }, $object ) {
    my $kind = ref $reference;
    check( "module $kind",   qr/\AThe name of a module or function is a reference \(\Q$kind\E\)/, sub { $cpliveapi->api2( $reference, 'listpops' ) } );
    check( "function $kind", qr/\AThe name of a module or function is a reference \(\Q$kind\E\)/, sub { $cpliveapi->api2( 'Email',    $reference ) } );
}

# The other methods.
check( 'api without anything', qr/\Aapi\(\): the type must be exec .* not undef and undef at/, sub { $cpliveapi->api() } );
check( 'api with undef',       qr/not exec and undef at/,  sub { $cpliveapi->api( 'exec', undef, 'Email', 'listpops' ) } );
check( 'api with a list',      qr/not exec and ARRAY/,     sub { $cpliveapi->api( 'exec', [],    'Email', 'listpops' ) } );
check( 'api2 without anything', 'refused', sub { $cpliveapi->api2() } );
check( 'uapi without anything', 'answer',  sub { { cpanelresult => { error => $cpliveapi->uapi()->{cpanelresult}{result}{errors}[0] } } } );
check( 'api1 without anything', 'answer',  sub { { cpanelresult => { error => $cpliveapi->api1()->{cpanelresult}{event}{reason} } } } );
check( 'whm without anything',  'answer',  sub { { cpanelresult => { error => $cpliveapi->whm()->{metadata}{reason} } } } );
check( 'whm with code', qr/\AThe argument "a" is a reference \(CODE\)/, sub { $cpliveapi->whm( 'createacct', { a => sub { 1 } } ) } );
check( 'a method of the class', qr/\AThis is a method of an object/, sub { Cpanel::LiveAPI->api2( 'Email', 'listpops' ) } );
check( 'a function',            qr/\AThis is a method of an object/, sub { Cpanel::LiveAPI::api2( 'Email', 'listpops' ) } );
check( 'nothing at all',        qr/\AThis is a method of an object/, sub { Cpanel::LiveAPI::api2() } );
check( 'a copy by Storable',    qr/\AA Cpanel::LiveAPI object cannot be stored or copied/, sub { Storable::dclone($cpliveapi) } );

# The constructor.
my $pairs = qr/\Anew\(\): the options are names and values/;
check( 'new with a name only',   $pairs,                              sub { Cpanel::LiveAPI->new('user') } );
check( 'new with a hash',        $pairs,                              sub { Cpanel::LiveAPI->new( { user => 'bob' } ) } );
check( 'new with undef',         $pairs,                              sub { Cpanel::LiveAPI->new(undef) } );
check( 'new with a code value',  qr/\AThe argument "user" is a reference \(CODE\)/, sub { Cpanel::LiveAPI->new( user => sub { 1 } ) } );
check( 'new with a ring',        qr/hold themselves/,                 sub { Cpanel::LiveAPI->new( user => $ring ) } );
check( 'new with a list',        qr/user/,                            sub { Cpanel::LiveAPI->new( user => [1] ) } );
check( 'new with undef as name', qr/option/,                          sub { Cpanel::LiveAPI->new( '' => 1 ) } );
check( 'new with a bad URL',     qr/nothing/,                         sub { Cpanel::LiveAPI->new( url => 'nothing://x' ) } );

# After all that, the object works.
ok( change( $cpliveapi, 'user', 'After-All-That-1' ), 'the object still changes a password' );
ok( password_is( $cpliveapi, 'user', 'After-All-That-1' ), 'as it should' );
undef $ring->{ring};
pop @$list_ring;
done_testing();
