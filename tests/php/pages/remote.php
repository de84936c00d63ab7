<?php

// Makes one call to the server of the pool's settings and tells, as JSON, which worker did it, whether the
// answer was the one to this very page, and what the library says. POST: word, func.

declare(strict_types=1);

require_once '/usr/local/share/php/liveapi/cpanel.php';

header('Content-Type: application/json');
$who = 'worker' . getmypid() . '-' . $_POST['word'];
$cpanel = new CPANEL();
$params = ['domain' => 'example.com', 'email' => $who, 'password' => '12345luggage'];
$result = $cpanel->api2('Email', $_POST['func'], $params)['cpanelresult'];
echo json_encode([
    'pid' => getmypid(),
    'right' => ($result['data'][0]['echo'] ?? null) === $who,
    'error' => $result['error'] ?? '',
]);
