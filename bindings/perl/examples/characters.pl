#!/usr/bin/perl
# One password in the three forms that Perl has for it; each sets and verifies the same.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use Cpanel::LiveAPI ();

my $cpliveapi = Cpanel::LiveAPI->new();

my $latin1     = "p\xe4ssw\xf6rd-of-mine-1";          # Latin-1, without Perl's UTF-8 flag
my $bytes      = "p\xc3\xa4ssw\xc3\xb6rd-of-mine-1";  # UTF-8 bytes: what a form, a file or @ARGV holds
my $characters = "p\x{e4}ssw\x{f6}rd-of-mine-1";      # characters: what decode() or "use utf8" makes
utf8::upgrade($characters);

for my $password ( $latin1, $bytes, $characters ) {
    $cpliveapi->api2( 'Email', 'passwdpop', { domain => 'example.com', email => 'user', password => $password } );
    my @same = grep { verifies($_) } $latin1, $bytes, $characters;
    print scalar(@same), " of 3 are this password\n";
}

sub verifies {
    my ($password) = @_;
    my $answer = $cpliveapi->uapi( 'Email', 'verify_password', { email => 'user@example.com', password => $password } );
    return $answer->{cpanelresult}{result}{data};
}

# Answers hold characters: encode them where they leave the program.
binmode STDOUT, ':encoding(UTF-8)';
my $refused = $cpliveapi->api2( 'Email', 'passwdpop', { domain => 'example.com', email => "m\xfcller", password => $latin1 } );
print "$refused->{cpanelresult}{error}\n";
