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

/** Each process calls, makes the next one, waits for it, and calls again. */
function chain(CPANEL $cpanel, int $generation, int $count): int
{
    $wrong = calls($cpanel, "generation$generation", $count);
    if ($generation < 4) {
        if (pcntl_fork() === 0) {
            pcntl_alarm(30);
            exit(chain($cpanel, $generation + 1, $count) === 0 ? 0 : 1);
        }
        pcntl_wait($status);
        $wrong += pcntl_wifexited($status) && pcntl_wexitstatus($status) === 0 ? 0 : 1;
        $wrong += calls($cpanel, "generation$generation", $count);
    }
    return $wrong;
}

[, $mode, $count] = $argv;
$cpanel = new CPANEL();
if ($mode === 'chain') {
    printf("%d wrong, %d threads\n", chain($cpanel, 0, (int) $count), count(glob('/proc/self/task/*')));
    exit;
}
$wrong = $mode === 'forkfirst' ? 0 : calls($cpanel, 'parent', (int) $count);
for ($i = 0; str_starts_with($mode, 'fork') && $i < 4; $i++) {
    if (pcntl_fork() === 0) {
        pcntl_alarm(30);
        if ($mode === 'forkdrop') {
            $cpanel = null;
            $cpanel = new CPANEL();
        }
        exit(calls($cpanel, "child$i", (int) $count) === 0 ? 0 : 1);
    }
}
$wrong += calls($cpanel, 'parent', (int) $count);
while (pcntl_wait($status) > 0) {
    $wrong += pcntl_wifexited($status) && pcntl_wexitstatus($status) === 0 ? 0 : 1;
}
printf("%d wrong, %d threads\n", $wrong, count(glob('/proc/self/task/*')));
