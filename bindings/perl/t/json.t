#!/usr/bin/perl
# The same answers with every JSON module that the class may find.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use StoreForTests;
use Test::More;

# JSON::PP comes with Perl; the others are tested where they are installed.
my @installed = grep { ( my $file = "$_.pm" ) =~ s{::}{/}g; eval { require $file; 1 } } qw(Cpanel::JSON::XS JSON::XS JSON::PP);
is( $installed[-1], 'JSON::PP', 'JSON::PP is there' );

for my $class (@installed) {
    note( "$class ", $class->VERSION );
    my ( $status, $chosen, $errors ) = run_perl( "use OnlyJSON '$class'; use Cpanel::LiveAPI (); print ref Cpanel::LiveAPI::Library::json()" );
    $chosen =~ s/\ACpanel::LiveAPI::Library::Escaping\z/JSON::PP/;
    is( $chosen, $class, "$class is chosen where it is the only one" );
    for my $test (qw(class bad-input numbers)) {
        my $script = "use OnlyJSON '$class'; \$0 = shift; do \$0 or die \$@";
        ( $status, my $output, $errors ) = run_perl( $script, "$FindBin::Bin/$test.t" );
        is( $status, 0, "$class: $test.t" ) or diag( ( grep { !/^ok/ } split /^/, $output ), $errors );
        like( $output, qr/^1\.\.\d{2,}$/m, "$class: $test.t ran to its end" );
    }
}
done_testing();
