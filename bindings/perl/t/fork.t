#!/usr/bin/perl
# Children of a process that has the module, that has an object, that has called, and that goes on calling.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();

use constant { CHILDREN => 24, CALLS => 50 };

# Whether each answer holds what was asked, so that a foreign one is noticed.
sub answers_right {
    my ($cpliveapi) = @_;
    for my $i ( 1 .. CALLS ) {
        my %change = ( domain => 'example.com', email => "none-$$-$i", password => 'Fork-Password-1' );
        my $answer = $cpliveapi->api2( 'Email', 'passwdpop', \%change );
        my $right  = "You do not have an email account named “none-$$-$i\@example.com”.";
        return 0 if $answer->{cpanelresult}{error} ne $right;
    }
    return 1;
}

sub all_good {
    my ( $name, @waiting ) = @_;
    my $good = within( 120, sub { scalar grep { $_->() } @waiting } );
    is( $good, scalar @waiting, $name );
    return;
}

all_good( 'the library is first used in the children',
    map { in_child( sub { answers_right( Cpanel::LiveAPI->new() ) } ) } 1 .. CHILDREN );
ok( !defined Cpanel::LiveAPI::Library::path(), 'and this process has not loaded it' );

my $cpliveapi = Cpanel::LiveAPI->new();
all_good( 'an object that was never used before the fork',
    map { in_child( sub { answers_right($cpliveapi) } ) } 1 .. CHILDREN );

ok( change( $cpliveapi, 'user', 'Fork-Password-2' ), 'the parent changes a password' );
my @children = map { in_child( sub { answers_right($cpliveapi) } ) } 1 .. CHILDREN;
ok( answers_right($cpliveapi), 'the parent calls while its children call' );
all_good( 'an object that was used before the fork', @children );

all_good( 'children that make their own object beside the parent\'s',
    map { in_child( sub { answers_right( Cpanel::LiveAPI->new() ) && answers_right($cpliveapi) } ) } 1 .. CHILDREN );
all_good( 'children that end the object', map { in_child( sub { $cpliveapi->end(); 1 } ) } 1 .. CHILDREN );
all_good( 'a child of a child', in_child( sub { in_child( sub { answers_right($cpliveapi) } )->() } ) );
all_good( 'children that all change one mailbox',
    map { my $i = $_; in_child( sub { change( $cpliveapi, 'user', "Fork-Password-$i" ) } ) } 10 .. 17 );
is( scalar( grep { password_is( $cpliveapi, 'user', "Fork-Password-$_" ) } 10 .. 17 ), 1, 'leave the password of one' );
ok( change( $cpliveapi, 'user', 'Fork-Password-3' ), 'and the parent goes on' );
ok( password_is( $cpliveapi, 'user', 'Fork-Password-3' ), 'as before' );
done_testing();
