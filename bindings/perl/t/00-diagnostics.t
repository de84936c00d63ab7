#!/usr/bin/perl
# What a report of a failure needs: which library, which Perl, which modules.
use strict;
use warnings;
use FindBin;
use lib ( grep { m{\bblib\b} } @INC ), "$FindBin::Bin/../lib";
use Test::More;

BEGIN { use_ok('Cpanel::LiveAPI') or BAIL_OUT('Cpanel::LiveAPI does not compile') }
if ( !eval { Cpanel::LiveAPI::Library::load(undef); 1 } ) {
    diag($@);
    BAIL_OUT('Without the liveapi library no test can run');
}
my $json = ref Cpanel::LiveAPI::Library::json();
my @facts = (
    [ 'library'         => Cpanel::LiveAPI::Library::path() ],
    [ 'library version' => Cpanel::LiveAPI::Library::version() ],
    [ 'ABI revision'    => Cpanel::LiveAPI::Library::ABI_REVISION() ],
    [ 'Cpanel::LiveAPI' => Cpanel::LiveAPI->VERSION ],
    [ 'Perl'            => sprintf '%vd, %s', $^V, $^X ],
    [ 'FFI::Platypus'   => FFI::Platypus->VERSION ],
    [ $json             => $json->VERSION ],
);
for my $fact (@facts) {
    my ( $name, $value ) = @$fact;
    ok( defined $value && length $value, "$name is known" );
    diag("$name: $value");
}
is( Cpanel::LiveAPI::Library::version(), Cpanel::LiveAPI->VERSION, 'module and library are of one version' );
done_testing();
