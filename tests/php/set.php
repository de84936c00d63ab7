<?php

// Reads a JSON list of [local part, password] and changes each; prints 1, or the reason, a line each.

require __DIR__ . '/../../bindings/php/cpanel.php';

$cpanel = new CPANEL();
foreach (json_decode(file_get_contents('php://stdin'), true) as [$user, $password]) {
    $answer = $cpanel->api2('Email', 'passwdpop', ['domain' => 'example.com', 'email' => $user, 'password' => $password]);
    echo $answer['cpanelresult']['data'][0]['result'] === 1 ? 1 : json_encode($answer), "\n";
}
$cpanel->end();
