<?php

// Changes the passwords of many mailboxes at once: lines of “address password” on standard input.

require_once __DIR__ . '/../cpanel.php';

$items = [];
while (($line = fgets(STDIN)) !== false) {
    [$address, $password] = explode(' ', rtrim($line, "\n"), 2);
    [$email, $domain] = explode('@', $address, 2);
    $params = ['domain' => $domain, 'email' => $email, 'password' => $password];
    $items[$address] = ['module' => 'Email', 'func' => 'passwdpop', 'params' => $params];
}
$cpanel = new CPANEL();
foreach ($cpanel->batch($items, ['in_flight' => 32]) as $address => $row) {
    $why = $row['answer']['cpanelresult']['error'] ?? null;
    print "$address: {$row['status']}" . ($why === null ? '' : " ($why)") . "\n";
}
