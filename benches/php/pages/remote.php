<?php
// The page with one call to a server, by the class that scripts use; its object is made anew in each page.

require_once getenv('BENCH_PHP_CLASS');
header('Content-Type: text/plain');
$cpanel = new CPANEL([
    'url' => getenv('BENCH_REMOTE_URL'),
    'token' => getenv('BENCH_REMOTE_TOKEN'),
    'ca_file' => getenv('BENCH_REMOTE_CA'),
]);
$params = ['domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage'];
$answer = $cpanel->api2('Email', 'passwdpop', $params);
echo $answer['cpanelresult']['event']['result'] * 50;
