package LiveapiPeer;

# The XS peer of perl/call.pl: the least that a call from Perl into the library can cost.

use strict;
use warnings;

our $VERSION = '0.1';

require XSLoader;
XSLoader::load( 'LiveapiPeer', $VERSION );

1;
