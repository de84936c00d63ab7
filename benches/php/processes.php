<?php
// A call inside a PHP script against a process per call, which is how pages without a library do it:
// `cpapi2` itself, and for a change also a shell script around doveadm and sed. The calls are those of
// c/processes.c.

declare(strict_types=1);

require __DIR__ . '/bench.php';

const ROUNDS = 101;
const CALLS = 50;

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

/** A call as the class takes it, and as a command line. */
function in_process(Closure $api2, string $module, string $func, array $params, string $expected): Closure
{
    return static fn() => expect(json_encode($api2($module, $func, $params)), $expected);
}

function by_program(string $module, string $func, array $params, string $expected): Closure
{
    $words = array_map(static fn($name, $value) => "$name=$value", array_keys($params), $params);
    $argv = [setting('BENCH_CPAPI2'), '--user=bob', '--output=json', $module, $func, ...$words];
    return static fn() => run_program($argv, $expected);
}

function change_of(string $email): array
{
    return ['domain' => 'example.com', 'email' => $email, 'password' => 'Bench-Secret-15'];
}

$api2 = wrapper_api2() ?? raw_api2();
$calls = [
    'question' => ['PasswdStrength', 'get_required_strength', ['app' => 'pop'], '"strength"'],
    'refusal' => ['Email', 'passwdpop', change_of('missing'), '"result":0'],
];
foreach ($calls as $name => $call) {
    $ns = take_turns(['ours' => [in_process($api2, ...$call), CALLS], 'cpapi2' => [by_program(...$call), 1]], ROUNDS);
    print_row("php-$name-cpapi2", $ns['ours'], $ns['cpapi2']);
}

$change = ['Email', 'passwdpop', change_of('u1'), '"result":1'];
$changes = ['ours' => [in_process($api2, ...$change), 1], 'cpapi2' => [by_program(...$change), 1]];
if (setting('BENCH_SHELL') !== '') {
    $shell = ['/bin/sh', setting('BENCH_SHELL'), setting('BENCH_SHADOW'), 'u1', 'Bench-Secret-15'];
    $changes['shell'] = [static fn() => run_program($shell, "1\n"), 1];
}
$ns = take_turns($changes, ROUNDS);
foreach (array_diff_key($ns, ['ours' => 0]) as $name => $peer) {
    print_row("php-change-$name", $ns['ours'], $peer);
}
