<?php

// Many calls and objects; prints how much the process grew after the first tenth, in kB.

require __DIR__ . '/../../bindings/php/cpanel.php';

function resident_kb(): int
{
    return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
}

$calls = (int) ($argv[1] ?? 100000);
$start = 0;
$cpanel = new CPANEL();
for ($i = 0; $i < $calls; $i++) {
    if ($i === intdiv($calls, 10)) {
        $start = resident_kb();
    }
    if ($i % 10 === 0) {
        $cpanel = new CPANEL(['user' => 'bob']);
    }
    $cpanel->api2('Email', 'passwdpop', ['domain' => 'example.com', 'email' => 'nosuch', 'password' => '12345lüggage']);
}
echo resident_kb() - $start, "\n";
