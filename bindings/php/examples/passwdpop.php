<?php

require_once __DIR__ . '/../cpanel.php';

$cpanel = new CPANEL();
$update_email_passwd = $cpanel->api2(
    'Email', 'passwdpop',
    array( 'domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage' )
);
// $update_email_passwd['cpanelresult']['data'][0]['result'] === 1

print $update_email_passwd['cpanelresult']['data'][0]['result'] === 1
    ? "changed\n"
    : $update_email_passwd['cpanelresult']['error'] . "\n";
$cpanel->end();
