package Cpanel::LiveAPI::Client;

# Owns one native client and releases it once. Private to Cpanel::LiveAPI.

use strict;
use warnings;

use Carp ();

use Cpanel::LiveAPI::Library ();

our $VERSION = '0.1.0';

sub new {
    my ( $class, $options ) = @_;
    my $pointer = Cpanel::LiveAPI::Library::client_new($options) or return;
    return bless \$pointer, $class;
}

sub DESTROY {
    my ($self) = @_;

    # While the interpreter ends, the functions may be gone before this object; the process ends anyway.
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT';
    local ( $@, $?, $! );
    Cpanel::LiveAPI::Library::client_free($$self);
    return;
}

# A thread would get a second owner of the same pointer; this way it gets a reference to undef.
sub CLONE_SKIP { return 1 }

# A copy would release what the original still uses.
sub STORABLE_freeze { Carp::croak('A Cpanel::LiveAPI object cannot be stored or copied; make a new one') }

1;

__END__

=encoding utf8

=head1 NAME

Cpanel::LiveAPI::Client - private to Cpanel::LiveAPI: the owner of a native client

=head1 DESCRIPTION

Not for use by scripts; see L<Cpanel::LiveAPI>.

=cut
