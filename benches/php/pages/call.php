<?php
// The page with one call that does no I/O, by the class that scripts use.

require_once getenv('BENCH_PHP_CLASS');
header('Content-Type: text/plain');
$cpanel = new CPANEL();
echo $cpanel->api2('PasswdStrength', 'get_required_strength', ['app' => 'pop'])['cpanelresult']['data'][0]['strength'];
