# Speaks XML both ways, as clients did before there was JSON: the answer goes through an XML parser as a whole. Leaves
# without a goodbye. The new password comes on standard input.
use strict;
use warnings;
use IO::Socket::UNIX;
use XML::LibXML;

my $password = do { local $/; <STDIN> };
my $socket = IO::Socket::UNIX->new(Peer => $ENV{CPANEL_CONNECT_SOCKET}) or die "no socket: $!";
my $escaped = $password;
$escaped =~ s/&/&amp;/g;
$escaped =~ s/</&lt;/g;
my $request = "<cpanelaction><module>Email</module><func>passwdpop</func><apiversion>2</apiversion>"
    . "<args><domain>example.com</domain><email>user</email><password>$escaped</password></args></cpanelaction>";
$socket->print(length($request), "\n", $request);
$socket->flush;
my $answer = '';
until ($answer =~ m{</cpanelresult>\n\z}) {
    defined(my $line = $socket->getline) or die "gone: $answer";
    $answer .= $line;
}
my $data = XML::LibXML->load_xml(string => $answer)->findnodes('/cpanelresult/data')->[0];
printf '{"reason":"%s","result":%d}', $data->findvalue('reason'), $data->findvalue('result');
