#!/usr/bin/perl
# The end of objects and of scripts: in order, in silence, and without a trace in Perl's variables.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();

{
    my $cpliveapi = Cpanel::LiveAPI->new();
    $cpliveapi->api2( 'Email', 'listpops' );
    ( $@, $?, $! ) = ( "mine\n", 7, 13 );
    undef $cpliveapi;
    my @after = ( $@, $?, $! + 0 );
    is_deeply( \@after, [ "mine\n", 7, 13 ], 'an object that goes leaves $@, $? and $! alone' );
}
eval {
    my $cpliveapi = Cpanel::LiveAPI->new();
    die "the script's own\n";
};
is( $@, "the script's own\n", 'an exception passes an object that goes' );

my $start = 'use strict; use warnings; use Cpanel::LiveAPI (); ';
my $call  = '->api2( "Email", "listpops" )->{cpanelresult}{event}{result}';

# What a script says, what it prints, and how it ends.
my @scripts = (
    [ 'an object in a global',        "our \$o = Cpanel::LiveAPI->new(); print \$o$call", 1, 0 ],
    [ 'a lexical of the file',        "my \$o = Cpanel::LiveAPI->new(); print \$o$call", 1, 0 ],
    [ 'an object in a closed ring',   "my \$ring = { o => Cpanel::LiveAPI->new() }; \$ring->{ring} = \$ring; print \$ring->{o}$call", 1, 0 ],
    [ 'a call in an END block',       "my \$o = Cpanel::LiveAPI->new(); END { print \$o$call }", 1, 0 ],
    [ 'a first object in END',        "END { my \$o = Cpanel::LiveAPI->new(); print \$o$call }", 1, 0 ],
    [ 'a status in END',              'our $o = Cpanel::LiveAPI->new(); END { $? = 5; undef $o }', '', 5 << 8 ],
    [ 'exit inside a sub',            "sub stop { my \$o = Cpanel::LiveAPI->new(); print \$o$call; exit 3 } stop()", 1, 3 << 8 ],
    [ 'exit inside an eval',          'our $o = Cpanel::LiveAPI->new(); eval { my $p = Cpanel::LiveAPI->new(); exit 4 }; print "not here"', '', 4 << 8 ],
    [ 'end() in END, then the end',   'our $o = Cpanel::LiveAPI->new(); END { $o->end(); $o->end(); print "ended" }', 'ended', 0 ],
    [ 'a DESTROY that calls',         "my \$o = Cpanel::LiveAPI->new(); { package Holder; sub DESTROY { print \$_[0]{o}$call } } { my \$h = bless { o => \$o }, 'Holder' }", 1, 0 ],
    [ 'an object in a package\'s DESTROY at the end', "{ package Holder; sub DESTROY { delete \$_[0]{o} } } our \$h = bless { o => Cpanel::LiveAPI->new() }, 'Holder'; print \$h->{o}$call", 1, 0 ],
    [ 'many objects',                 'our @o = map { Cpanel::LiveAPI->new() } 1 .. 500; print scalar @o', 500, 0 ],
    [ 'a module that is loaded only', 'print "loaded"', 'loaded', 0 ],
);
for my $script (@scripts) {
    my ( $name, $code, $expected, $end ) = @$script;
    my ( $status, $output, $errors ) = run_perl("$start$code");
    is( $status, $end,      "$name: the status" );
    is( $output, $expected, "$name: the output" );
    is( $errors, '',        "$name: nothing on standard error" );
}

my ( $status, $output, $errors ) = run_perl("$start our \$o = Cpanel::LiveAPI->new(); \$! = 0; die qq(the end\\n)");
is( $status, 255 << 8,    'die: the status' );
is( $errors, "the end\n", 'die: only its own message' );
done_testing();
