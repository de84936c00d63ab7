#!/usr/bin/perl
# A CGI program with which the owner of a mailbox changes its password. POST email, old and new.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cpanel::LiveAPI ();

use constant LONGEST_FORM => 10_000;

# The fields of the form as UTF-8 bytes, just as the browser sent them; the class takes bytes.
sub form {
    my $length = $ENV{CONTENT_LENGTH} // 0;
    return if ( $ENV{REQUEST_METHOD} // '' ) ne 'POST' || $length !~ /\A[0-9]+\z/ || $length > LONGEST_FORM;
    read( STDIN, my $body, $length );
    my %form;
    for my $pair ( split /&/, $body ) {
        my ( $name, $value ) = map { s/\+/ /gr =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger } ( split( /=/, $pair, 2 ), '', '' )[ 0, 1 ];
        $form{$name} = $value;
    }
    return \%form;
}

# The reason why nothing was changed, or nothing.
sub change {
    my ($form) = @_;
    my $cpliveapi = Cpanel::LiveAPI->new();
    my $old       = $cpliveapi->uapi( 'Email', 'verify_password', { email => $form->{email}, password => $form->{old} } );
    return 'The old password is not right.' if !$old->{cpanelresult}{result}{data};
    my $answer = $cpliveapi->api2( 'Email', 'passwdpop', { email => $form->{email}, password => $form->{new} } );
    return $answer->{cpanelresult}{error};
}

my $form   = form();
my $reason = $form ? eval { change($form) // 'Your password was changed.' } : 'Please send the form.';

# What an exception says is for the server's log; it holds no password.
warn $@ if !defined $reason;
binmode STDOUT, ':encoding(UTF-8)';
print "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\r\n";
print $reason // 'The mail store cannot be used now.', "\n";
