<?php

// As tests/c/remote.c: calls a server alone, or in parent and children at once.

require __DIR__ . '/../../bindings/php/cpanel.php';

function calls(CPANEL $cpanel, string $who, int $count): int
{
    $wrong = 0;
    for ($i = 0; $i < $count; $i++) {
        $answer = $cpanel->api2('Email', 'passwdpop', ['domain' => 'example.com', 'email' => $who, 'password' => '12345luggage']);
        if (($answer['cpanelresult']['data'][0]['echo'] ?? null) !== $who) {
            fwrite(STDERR, $who . ': ' . json_encode($answer) . "\n");
            $wrong++;
        }
    }
    return $wrong;
}

[, $mode, $count] = $argv;
$cpanel = new CPANEL();
$wrong = $mode === 'forkfirst' ? 0 : calls($cpanel, 'parent', (int) $count);
for ($i = 0; str_starts_with($mode, 'fork') && $i < 4; $i++) {
    if (pcntl_fork() === 0) {
        pcntl_alarm(30);
        exit(calls($cpanel, "child$i", (int) $count) === 0 ? 0 : 1);
    }
}
$wrong += calls($cpanel, 'parent', (int) $count);
while (pcntl_wait($status) > 0) {
    $wrong += pcntl_wifexited($status) && pcntl_wexitstatus($status) === 0 ? 0 : 1;
}
printf("%d wrong, %d threads\n", $wrong, count(glob('/proc/self/task/*')));
