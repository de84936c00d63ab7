#!/usr/bin/perl

# A live page: changes the password of one of the account's mailboxes. Plain HTML, works without JavaScript.
#
# The page is behind a login of the account and the session's security token in its address, which no other site
# knows; it changes something only when its form is posted. Passwords are never written back into the page.

use strict;
use warnings;
use utf8;

use Encode ();

# The module: the panel's own, or where Perl finds what is installed.
BEGIN { unshift @INC, '/usr/local/cpanel' if -e '/usr/local/cpanel/Cpanel/LiveAPI.pm' }
use Cpanel::LiveAPI ();

# The longest form that is read, in bytes.
use constant MAX_FORM => 64 * 1024;

# Text for HTML.
sub text {
    my ($text) = @_;
    my %entity = ( '&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', q{'} => '&#39;' );
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

# The fields of the posted form, as characters; what is not UTF-8 is missing.
sub posted {
    my $length = $ENV{CONTENT_LENGTH} || 0;
    my $body   = '';
    read STDIN, $body, $length if $length <= MAX_FORM;
    my %field;
    for my $pair ( split /&/, $body ) {
        my ( $name, $value ) = map { defined $_ ? $_ : '' } split /=/, $pair, 2;
        for ( $name, $value ) {
            tr/+/ /;
            s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
        }
        my $decoded = eval { Encode::decode( 'UTF-8', $value, Encode::FB_CROAK ) };
        $field{$name} = $decoded if defined $decoded;
    }
    return \%field;
}

# The addresses of the account's mailboxes. The account's own has none; its password is the account's.
sub mailboxes {
    my ($cpanel) = @_;
    my $rows = $cpanel->api2( 'Email', 'listpops', {} )->{cpanelresult}{data} || [];
    return grep { /@/ } map { $_->{email} } @$rows;
}

# Changes the password; why not, by the field that it is about, or nothing if it is done.
sub change {
    my ( $cpanel, $mailboxes, $form ) = @_;
    my ( $address, $password, $repeated ) = map { defined $_ ? $_ : '' } @$form{qw(address password repeated)};
    return ( address  => 'Choose a mailbox, or type its address.' )             if $address eq '';
    return ( password => 'Type the new password.' )                             if $password eq '';
    return ( repeated => 'The two passwords differ. Type the same one twice.' ) if $password ne $repeated;
    my ( $email, $domain ) = $address =~ /\A(.*)@([^@]*)\z/s ? ( $1, $2 ) : ( $address, '' );
    my %arguments = ( email => $email, domain => $domain, password => $password );
    my $answer    = $cpanel->api2( 'Email', 'passwdpop', \%arguments )->{cpanelresult} || {};
    my $row       = ref $answer->{data} eq 'ARRAY' ? $answer->{data}[0] : {};
    return if $row->{result};
    my $why   = $answer->{error} || $row->{reason} || 'The server did not say why.';
    my $field = ( grep { lc eq lc $address } @$mailboxes ) ? 'password' : 'address';
    return ( $field => $why );
}

# A field with its label, its hint and what is wrong with it.
sub field {
    my ( $name, $label, $attributes, $hint, $errors ) = @_;
    my $error     = defined $errors->{$name} ? qq{<p class="error" id="$name-error">} . text( $errors->{$name} ) . "</p>\n" : '';
    my $described = join ' ', $hint ? "$name-hint" : (), $error ? "$name-error" : ();
    my $state     = ( $described ? qq{ aria-describedby="$described"} : '' ) . ( $error ? ' aria-invalid="true"' : '' );
    my $shown     = $hint ? qq{<p class="hint" id="$name-hint">} . text($hint) . "</p>\n" : '';
    return qq{<label for="$name">} . text($label) . qq{</label>\n$shown<input id="$name" name="$name" $attributes$state required>\n$error};
}

my $cpanel    = Cpanel::LiveAPI->new();
my @mailboxes = mailboxes($cpanel);
my $is_posted = $ENV{REQUEST_METHOD} eq 'POST';
my $form      = $is_posted ? posted() : {};
my $address   = defined $form->{address} ? $form->{address} : '';
$address =~ s/\A\s+|\s+\z//g;
$form->{address} = $address;
my %errors = $is_posted ? change( $cpanel, \@mailboxes, $form ) : ();
my $done = '';
( $done, $address ) = ( $address, '' ) if $is_posted && !%errors;
$cpanel->end();

my $title = %errors ? 'Not changed: ' : $done ? 'Changed: ' : '';
my $told =
    $done   ? '<p class="done" role="status">The password of <strong>' . text($done) . '</strong> was changed. Mail programs need the new one from now on.</p>'
  : %errors ? '<p class="error" role="alert">The password was not changed. What is wrong stands below the field.</p>'
  :           '';
my $options = join '', map { '<option value="' . text($_) . qq{"></option>\n} } @mailboxes;
my $address_attributes = 'type="text" inputmode="email" list="mailboxes" autocomplete="off" autocapitalize="none" spellcheck="false" value="' . text($address) . '"';
my $password_attributes = 'type="password" autocomplete="new-password"';
my @fields = (
    field( 'address', 'Mailbox', $address_attributes, 'One of the list, or its address.', \%errors ),
    field( 'password', 'New password',   $password_attributes, '', \%errors ),
    field( 'repeated', 'The same again', $password_attributes, '', \%errors ),
);

binmode STDOUT, ':encoding(UTF-8)';
print "Status: 422 Unprocessable Content\n" if %errors;
print <<"PAGE";
Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'

<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}Mail password</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Change a mail password</h1>
$told
<form method="post">
$fields[0]
<datalist id="mailboxes">
$options
</datalist>
$fields[1]
$fields[2]
<button type="submit">Change the password</button>
</form>
</main>
</body>
</html>
PAGE
