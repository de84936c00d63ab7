package OnlyJSON;

# perl -MOnlyJSON=JSON::PP: the other JSON modules count as not installed.

use strict;
use warnings;

sub import {
    my ( undef, $only ) = @_;
    my %hidden = map { ( "$_.pm" =~ s{::}{/}gr => 1 ) } grep { $_ ne $only } qw(Cpanel::JSON::XS JSON::XS JSON::PP);
    unshift @INC, sub { die "$_[1] is hidden from this test\n" if $hidden{ $_[1] }; return };
    return;
}

1;
