package Cpanel::LiveAPI::Arguments;

# Writes what a script passes as the texts that the library takes: JSON for arguments, UTF-8 for names. Private to
# Cpanel::LiveAPI.

use strict;
use warnings;

use Carp ();

use Cpanel::LiveAPI::Library ();

our $VERSION = '0.1.0';

# An exception names the line of the script, not one of the class.
our @CARP_NOT = ('Cpanel::LiveAPI');

# What JSON may hold only if a number that is no integer is in it (a point or an exponent), or a truth of Perl's own, as
# 1 == 1 is one since Perl 5.36. Texts may look so, too.
use constant PERHAPS_NO_TEXT => qr/[:,\[]\s*(?:-?[0-9]+(?:\.[0-9]|[eE])|true|false)/;

# What the JSON modules write at most without being told otherwise.
use constant MAX_DEPTH => 512;

# The library takes a JSON object for named and a list for positional arguments, in UTF-8 or in escapes.
my ( $json, $ascii ) = map { Cpanel::LiveAPI::Library::json()->$_->allow_nonref->max_depth(MAX_DEPTH) } qw(utf8 ascii);

sub encoders { return ( $json, $ascii ) }

# The first encoding says no to what characters would follow for ever.
sub encoded {
    my ($value) = @_;
    return eval { $json->encode($value) && $json->encode( characters($value) ) } // Carp::croak( fault($value) );
}

# A text for C, which sees it up to its first NUL.
sub text {
    my ($text) = @_;
    Carp::croak( 'A text belongs here, not ' . kind($text) ) if ref $text;
    return name($text);
}

# Perl does not know whether a string without the UTF-8 flag holds bytes or characters. The rule, see
# the documentation: what is valid UTF-8 is taken as UTF-8, everything else as Latin-1 characters.
# What comes here was encoded before, so it is nested at most MAX_DEPTH deep. A number that Perl prints as a whole one is
# that text: JSON modules write 0.5 * 1024 as 512, 512.0 or worse. So is a truth of Perl's own, 1 or the empty text, which
# newer ones write as true and false.
sub characters {
    my ($value) = @_;
    no warnings 'recursion';
    my $kind = ref $value;
    return { map { $_ => characters( $value->{$_} ) } keys %$value } if $kind eq 'HASH';
    return [ map { characters($_) } @$value ] if $kind eq 'ARRAY';
    return $value if $kind || !defined $value || utf8::is_utf8($value);
    my $copy = $value;
    return "$copy" if "$copy" =~ /\A(?:-?[0-9]{1,15})?\z/;
    return $value if $copy !~ /[\x80-\xff]/;
    utf8::decode($copy);
    return $copy;
}

# Says what cannot be written as JSON, and where. The encoder's own complaint is not repeated: it may
# hold the text of an object, which may be a password.
sub fault {
    my ($top) = @_;
    my @open = ( [ '', $top, 0 ] );
    while ( my $next = shift @open ) {
        my ( $path, $value, $depth ) = @$next;
        return "The arguments are nested deeper than @{[MAX_DEPTH]} levels, or hold themselves" if $depth > MAX_DEPTH;
        my $parts = parts( $path, $value );
        if ($parts) {
            unshift @open, map { [ @$_, $depth + 1 ] } @$parts;
        }
        elsif ( !eval { $json->encode( [$value] ) } ) {
            return "The argument$path is " . kind($value) . ', where a text or a number belongs';
        }
    }
    return 'The arguments cannot be written as JSON';
}

sub kind {
    my ($value) = @_;
    return 'a reference (' . ref($value) . ')' if ref $value;
    return 'a glob' if ref \$value eq 'GLOB';
    return 'a text that is not Unicode';
}

# The elements of a plain hash or list, each with its place; nothing for all other values.
sub parts {
    my ( $path, $value ) = @_;
    return [ map { [ step( $path, $_ ), $value->{$_} ] } sort keys %$value ] if ref $value eq 'HASH';
    return [ map { [ "$path\[$_]",       $value->[$_] ] } 0 .. $#$value ]     if ref $value eq 'ARRAY';
    return;
}

# Names a part of the arguments; a key that does not look like a name is not repeated.
sub step {
    my ( $path, $key ) = @_;
    return "$path " . ( $key =~ /\A[\w.:-]{1,64}\z/ ? qq("$key") : '(a key)' );
}

# A name for C: UTF-8, and no NUL, at which C would stop reading.
sub name {
    my ($name) = @_;
    Carp::croak( 'The name of a module or function is ' . kind($name) . ', where a text belongs' ) if ref $name;
    $name = characters( $name // '' );
    $name =~ s/\0/\x{FFFD}/g;
    utf8::encode($name);
    return $name;
}

1;

__END__

=encoding utf8

=head1 NAME

Cpanel::LiveAPI::Arguments - private to Cpanel::LiveAPI: what a script passes, as the library takes it

=head1 DESCRIPTION

Not for use by scripts; see L<Cpanel::LiveAPI>.

=cut
