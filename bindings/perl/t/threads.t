#!/usr/bin/perl
# Threads: an object belongs to the thread that made it, and each thread may make its own.
use strict;
use warnings;
use utf8;
use Config;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;

use constant { THREADS => 4, CALLS => 200 };

BEGIN {
    if ( !$Config{useithreads} ) {
        plan tests => 1;
        ok( !eval { require threads; 1 } && $@ =~ /threads/, 'this Perl has no threads, and says so' );
        exit 0;
    }
    require threads;
}
use StoreForTests;
use Cpanel::LiveAPI ();

sub right_answers {
    my ($cpliveapi) = @_;
    my ( $thread, $right ) = ( threads->tid, 0 );
    for my $i ( 1 .. CALLS ) {
        my %change = ( domain => 'example.com', email => "none-$thread-$i", password => 'Thread-Password-1' );
        my $answer = $cpliveapi->api2( 'Email', 'passwdpop', \%change );
        $right++ if $answer->{cpanelresult}{error} eq "You do not have an email account named “none-$thread-$i\@example.com”.";
    }
    return $right;
}

sub in_threads {
    my ($work) = @_;
    return within( 120, sub { [ map { $_->join } map { threads->create( { context => 'scalar' }, $work ) } 1 .. THREADS ] } );
}

my $all_right = [ (CALLS) x THREADS ];
is_deeply( in_threads( sub { right_answers( Cpanel::LiveAPI->new() ) } ), $all_right, 'the library is first used in threads' );

# The thread that attached the functions first ends before the one that it started.
my $grandchild = threads->create(
    sub {
        Cpanel::LiveAPI->new()->whm('listaccts');
        return threads->create( sub { sleep 1; return right_answers( Cpanel::LiveAPI->new() ) } );
    }
)->join;
is( within( 60, sub { $grandchild->join } ), CALLS, 'a thread outlives the thread that started it' );

my $cpliveapi = Cpanel::LiveAPI->new();
is( right_answers($cpliveapi), CALLS, 'the first thread' );
is_deeply( in_threads( sub { right_answers( Cpanel::LiveAPI->new() ) } ), $all_right, 'each thread makes its own object' );

for my $method (qw(api2 api1 uapi)) {
    my $complaint = threads->create( sub { complaint_of( sub { $cpliveapi->$method( 'Email', 'listpops' ) } ) } )->join;
    like( $complaint, qr/was made in another thread; make one in this thread at \Q$0\E/, "$method of the parent's object" );
}
like( threads->create( sub { complaint_of( sub { $cpliveapi->whm('listaccts') } ) } )->join,
    qr/was made in another thread/, 'whm of the parent\'s object' );
is( threads->create( sub { $cpliveapi->end(); undef $cpliveapi; 1 } )->join, 1, 'a thread may end and drop its copy' );
is( right_answers($cpliveapi), CALLS, 'and the first thread goes on' );

# Threads that live while objects come and go in the first one.
my @threads = map { threads->create( { context => 'scalar' }, sub { right_answers( Cpanel::LiveAPI->new() ) } ) } 1 .. THREADS;
Cpanel::LiveAPI->new()->whm('listaccts') for 1 .. 50;
is_deeply( [ map { $_->join } @threads ], $all_right, 'while the first thread makes and drops objects' );
# A fork while other threads are inside calls: only the forking thread lives on in the child.
my $mine     = Cpanel::LiveAPI->new();
my @callers  = map { threads->create( { context => 'scalar' }, sub { right_answers( Cpanel::LiveAPI->new() ) } ) } 1 .. THREADS;
my @children = map {
    in_child( sub { right_answers($mine) == CALLS } )
} 1 .. 8;
is( within( 120, sub { scalar grep { $_->() } @children } ), 8, 'children that were forked under threads' );
is_deeply( [ map { $_->join } @callers ], $all_right, 'and the threads go on' );
done_testing();
