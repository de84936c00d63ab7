<?php
// A call inside a PHP script against a process per call, which is how pages without a library do it:
// `cpapi2` itself, and for a change also a shell script around doveadm and sed.

declare(strict_types=1);

require __DIR__ . '/bench.php';

const ROUNDS = 41;
const REFUSALS = 50;

/** Runs a program without a shell in between, reads its answer and awaits its end. */
function run_program(array $argv, string $expected): void
{
    $process = proc_open($argv, [1 => ['pipe', 'w']], $pipes);
    if ($process === false) {
        give_up('cannot start', $argv[0]);
    }
    $answer = (string) stream_get_contents($pipes[1]);
    fclose($pipes[1]);
    if (proc_close($process) !== 0) {
        give_up($argv[0], $answer);
    }
    expect($answer, $expected);
}

function by_program(string $email, string $expected): Closure
{
    $argv = [
        setting('BENCH_CPAPI2'), '--user=bob', '--output=json', 'Email', 'passwdpop',
        'domain=example.com', "email=$email", 'password=Bench-Secret-15',
    ];
    return static fn() => run_program($argv, $expected);
}

$api2 = wrapper_api2() ?? raw_api2();
$in_process = static function (string $email, int $expected) use ($api2): Closure {
    return static function () use ($api2, $email, $expected): void {
        $params = ['domain' => 'example.com', 'email' => $email, 'password' => 'Bench-Secret-15'];
        $answer = $api2('Email', 'passwdpop', $params);
        if ($answer['cpanelresult']['data'][0]['result'] !== $expected) {
            give_up('unexpected answer', json_encode($answer));
        }
    };
};

$ns = take_turns([
    'ours' => [$in_process('missing', 0), REFUSALS],
    'cpapi2' => [by_program('missing', '"result":0'), 1],
], ROUNDS);
print_row('php-refusal-cpapi2', $ns['ours'], $ns['cpapi2']);

$changes = ['ours' => [$in_process('u1', 1), 1], 'cpapi2' => [by_program('u1', '"result":1'), 1]];
if (setting('BENCH_SHELL') !== '') {
    $shell = ['/bin/sh', setting('BENCH_SHELL'), setting('BENCH_SHADOW'), 'u1', 'Bench-Secret-15'];
    $changes['shell'] = [static fn() => run_program($shell, "1\n"), 1];
}
$ns = take_turns($changes, ROUNDS);
foreach (array_diff_key($ns, ['ours' => 0]) as $name => $peer) {
    print_row("php-change-$name", $ns['ours'], $peer);
}
