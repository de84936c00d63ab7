#!/usr/bin/perl
# The search for the library among ones of another revision, incomplete ones and the project's own. Needs a
# C compiler, and LIVEAPI_LIBRARY as a usable one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../bindings/perl/t/lib";
use Test::More;
use File::Copy ();
use File::Path ();
use File::Temp ();

# Without a store: the library is all that is asked for here.
BEGIN { @ENV{qw(LIVEAPI_URL LIVEAPI_USER)} = ( 'home:///nonexistent', 'bob' ) }
use StoreForTests;

my $good = delete $ENV{LIVEAPI_LIBRARY} // die "LIVEAPI_LIBRARY is not set\n";
delete @ENV{qw(LD_LIBRARY_PATH FFI_CHECKLIB_PATH)};
my $folder = File::Temp::tempdir( CLEANUP => 1 );

# A library of which only the revision is known.
sub fake {
    my ( $name, $revision ) = @_;
    File::Path::make_path("$folder/$name");
    open my $source, '>', "$folder/$name.c" or die "$name.c: $!";
    print {$source} "int liveapi_abi_version(void) { return $revision; }\n";
    close $source or die "$name.c: $!";
    system( 'cc', '-shared', '-fPIC', '-o', "$folder/$name/libliveapi.so", "$folder/$name.c" ) == 0 or die "cc failed\n";
    return "$folder/$name";
}

# What a fresh process loads, or says. Debian's folders are emptied for it, so that a library which is
# installed on this machine does not answer instead.
sub said {
    my ( $modules, %environment ) = @_;
    local @ENV{ keys %environment } = values %environment;
    my ( $status, $output, $errors ) = run_perl(
        'use lib shift; use Cpanel::LiveAPI (); require FFI::CheckLib; $FFI::CheckLib::system_path = [];'
          . ' eval { Cpanel::LiveAPI->new() }; print $@ || Cpanel::LiveAPI::Library::path()',
        $modules
    );
    is( $errors, '', 'nothing on standard error' );
    return $output;
}

# The modules as they are installed: not in the project's folder.
sub copy_modules {
    my ($to) = @_;
    File::Path::make_path("$to/Cpanel/LiveAPI");
    my $from = "$FindBin::Bin/../../bindings/perl/lib";
    for my $file ( glob("$from/Cpanel/LiveAPI.pm $from/Cpanel/LiveAPI/*.pm") ) {
        ( my $installed = $file ) =~ s/\A\Q$from\E/$to/;
        File::Copy::copy( $file, $installed ) or die "$file: $!";
    }
    return $to;
}

my $installed = copy_modules("$folder/installed");
my ( $newer, $poor ) = ( fake( newer => 2 ), fake( poor => 1 ) );
mkdir "$folder/good" or die "mkdir: $!";
File::Copy::copy( $good, "$folder/good/libliveapi.so.1" ) or die "copy: $!";

is( said( $installed, FFI_CHECKLIB_PATH => "$newer:$poor:$folder/good" ), "$folder/good/libliveapi.so.1",
    'another revision and an incomplete library are passed over' );

my $complaint = said( $installed, FFI_CHECKLIB_PATH => "$newer:$poor" );
like( $complaint, qr/\AThe liveapi library cannot be loaded\. Tried: \Q$newer\E\/libliveapi\.so \(its ABI revision is 2, this module needs 1\); /, 'the complaint has the revision' );
like( $complaint, qr/; \Q$poor\E\/libliveapi\.so \(it lacks liveapi_client_batch_borrowed [^)]*\); /, 'and what is lacking' );
like( $complaint, qr/; libliveapi\.so\.1 \(cannot open shared object file: No such file or directory\)\. /, 'and the loader\'s answer' );
like( $complaint, qr/\. Install libliveapi\.so\.1 where the system looks for libraries, or set LIVEAPI_LIBRARY to its path at -e line 1\.\n\z/, 'and what to do' );
unlike( $complaint, qr/target/, 'an installed module looks for no project' );
like( said($installed), qr/Tried: FFI::CheckLib \(it found no file libliveapi\.so\); libliveapi\.so\.1 /, 'nothing is anywhere' );

for my $named ( "$newer/libliveapi.so", "$poor/libliveapi.so" ) {
    my $said = said( $installed, LIVEAPI_LIBRARY => $named, FFI_CHECKLIB_PATH => "$folder/good" );
    like( $said, qr/Tried: \Q$named\E \([^)]*\)\. Correct the environment variable LIVEAPI_LIBRARY/, 'a named library stands alone' );
}

# The project's folder, directly, in blib, and by a link from elsewhere.
my $project = "$folder/project";
my $lib     = copy_modules("$project/bindings/perl/lib");
my $blib    = copy_modules("$project/bindings/perl/blib/lib");
like( said($lib), qr{; \Q$project\E/target/release/libliveapi\.so \(cannot open}, 'before cargo built it' );
File::Path::make_path("$project/target/release");
File::Copy::copy( $good, "$project/target/release/libliveapi.so" ) or die "copy: $!";
symlink $lib, "$folder/linked" or die "symlink: $!";
for my $modules ( $lib, $blib, "$folder/linked" ) {
    is( said($modules), "$project/target/release/libliveapi.so", 'what cargo built is found' );
}
is( said( $lib, FFI_CHECKLIB_PATH => "$folder/good" ), "$folder/good/libliveapi.so.1", 'after what is installed' );
done_testing();
