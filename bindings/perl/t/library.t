#!/usr/bin/perl
# Where the library is looked for, and what is said when it is not usable. Needs no store.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;
use Cpanel::LiveAPI ();
use File::Copy      ();
use File::Temp      ();

Cpanel::LiveAPI::Library::load(undef);
my $good = Cpanel::LiveAPI::Library::path();
delete @ENV{qw(LIVEAPI_LIBRARY FFI_CHECKLIB_PATH LD_LIBRARY_PATH)};
my $folder = File::Temp::tempdir( CLEANUP => 1 );

sub file {
    my ( $name, $text ) = @_;
    open my $file, '>', "$folder/$name" or die "$name: $!";
    print {$file} $text;
    close $file or die "$name: $!";
    return "$folder/$name";
}

# What a fresh process says: the path that it loaded, or the complaint. No warning may come with it.
sub said {
    my ( $options, %environment ) = @_;
    local @ENV{ keys %environment } = values %environment;
    my ( $status, $output, $errors ) = run_perl(
        'use Cpanel::LiveAPI (); eval { Cpanel::LiveAPI->new(@ARGV) }; print $@ || Cpanel::LiveAPI::Library::path()', @$options );
    is( $errors, '', 'nothing on standard error' );
    return $output;
}

my $missing = "$folder/nowhere.so";
my $text    = file( 'text.so',         "not a library\n" );
my $begin   = 'The liveapi library cannot be loaded. Tried: ';

like( said( [ library => $missing ] ), qr/\A\Q$begin$missing\E \(cannot open shared object file: No such file or directory\)\. Correct the option library of new\(\) at -e line 1\.\n\z/, 'an option' );
like( said( [ library => $missing ], LIVEAPI_LIBRARY => $good ), qr/\A\Q$begin$missing\E /, 'an option stands alone' );
like( said( [], LIVEAPI_LIBRARY => $missing ), qr/\A\Q$begin$missing\E \([^)]*\)\. Correct the environment variable LIVEAPI_LIBRARY, or unset it at/, 'the environment stands alone' );
like( said( [], LIVEAPI_LIBRARY => $text ),     qr/\Q$text\E \((?:file too short|invalid ELF header)/, 'a text file' );
like( said( [], LIVEAPI_LIBRARY => $folder ),   qr/\Q$folder\E \(cannot read file data/, 'a folder' );
like( said( [], LIVEAPI_LIBRARY => 'libc.so.6' ), qr/libc\.so\.6 \(it is no liveapi library: it has no liveapi_abi_version\)/, 'another library' );
is( said( [ library => $good ], LIVEAPI_LIBRARY => $missing ), $good, 'the option goes before the environment' );
is( said( [], LIVEAPI_LIBRARY => $good ), $good, 'the environment' );

# A folder with an unusable file first and a usable one behind.
file( 'libliveapi.so', "not a library\n" );
mkdir "$folder/second" or die "mkdir: $!";
File::Copy::copy( $good, "$folder/second/libliveapi.so.1" ) or die "copy: $!";
is( said( [], FFI_CHECKLIB_PATH => "$folder:$folder/second" ), "$folder/second/libliveapi.so.1", 'FFI::CheckLib passes over what is not usable' );
is( said( [], FFI_CHECKLIB_PATH => "$folder/second", LIVEAPI_LIBRARY => '' ), "$folder/second/libliveapi.so.1", 'an empty LIVEAPI_LIBRARY is none' );
is( said( [], LD_LIBRARY_PATH => "$folder/second" ), "$folder/second/libliveapi.so.1", 'LD_LIBRARY_PATH' );

# One library in a process.
my $cpliveapi = Cpanel::LiveAPI->new( library => $good );
symlink $good, "$folder/link.so" or die "symlink: $!";
ok( Cpanel::LiveAPI->new( library => "$folder/link.so" ), 'the same file by another name' );
for my $other ( "$folder/second/libliveapi.so.1", $missing ) {
    like( complaint_of( sub { Cpanel::LiveAPI->new( library => $other ) } ),
        qr/\AThe liveapi library \Q$good\E is in use, so \Q$other\E cannot be loaded: a process has one at \Q$0\E line/, 'another library' );
}
done_testing();
