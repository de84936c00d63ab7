<?php

declare(strict_types=1);

// Changes a mailbox's password: POST with domain, email and password.
// Who may do that is for your page to decide, before anything below.

require_once '/usr/local/share/php/liveapi/cpanel.php';

header('Content-Type: text/plain; charset=utf-8');
try {
    $cpanel = new CPANEL();
    $answer = $cpanel->api2('Email', 'passwdpop', [
        'domain' => $_POST['domain'] ?? null,
        'email' => $_POST['email'] ?? null,
        'password' => $_POST['password'] ?? null,
    ]);
    $cpanel->end();
    echo $answer['cpanelresult']['error'] ?? 'changed';
} catch (LiveApiException $cause) {
    // What the host has to set is for its log, not for the visitor.
    error_log($cause->getMessage());
    http_response_code(500);
    echo 'Passwords cannot be changed at the moment.';
}
