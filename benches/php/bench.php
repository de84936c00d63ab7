<?php
// What the PHP benchmarks share: rounds in which the subjects take turns, medians, result lines
// (ROW <tab> OURS <tab> PEER, in nanoseconds), and our own call: raw FFI, or the class CPANEL.

declare(strict_types=1);

const API2 = 2;

function give_up(string $what, string $detail): never
{
    fwrite(STDERR, "benchmark stopped: $what: $detail\n");
    exit(1);
}

function setting(string $name): string
{
    $value = getenv($name);
    return $value === false ? give_up('this variable is not set; start it through benches/run.sh', $name) : $value;
}

/**
 * Every round asks every subject once, each second round in reverse order.
 *
 * @param array<string, array{callable(): mixed, int}> $subjects a call, and how many make a batch
 * @return array<string, float> median nanoseconds of one call
 */
function take_turns(array $subjects, int $rounds): array
{
    $ns = [];
    for ($round = -1; $round < $rounds; $round++) {
        foreach ($round % 2 ? array_reverse($subjects) : $subjects as $name => [$call, $calls]) {
            $start = hrtime(true);
            for ($i = 0; $i < $calls; $i++) {
                $call();
            }
            $took = hrtime(true) - $start;
            if ($round >= 0) { // Round -1 warms up.
                $ns[$name][] = $took / $calls;
            }
        }
    }
    return array_map(median(...), $ns);
}

function median(array $ns): float
{
    sort($ns);
    return (float) $ns[intdiv(count($ns), 2)];
}

function print_row(string $row, float $ours, float $peer): void
{
    printf("%s\t%.1f\t%.1f\n", $row, $ours, $peer);
}

function expect(string $answer, string $part): void
{
    if (!str_contains($answer, $part)) {
        give_up('unexpected answer', $answer);
    }
}

/** One FFI call whose text PHP copies by itself: nothing is left to free. */
function ffi_call(): Closure
{
    $ffi = FFI::cdef((string) file_get_contents(setting('BENCH_HEADER')), setting('LIVEAPI_LIBRARY'));
    $client = $ffi->liveapi_client_new('{}');
    return static fn(string $module, string $func, string $params): string =>
        $ffi->liveapi_client_call_borrowed($client, API2, $module, $func, $params);
}

/** The bare technique: json_encode, that call, json_decode. */
function raw_api2(): Closure
{
    $call = ffi_call();
    return static fn(string $module, string $func, array $params): array =>
        json_decode($call($module, $func, json_encode($params)), true);
}

/** The method of the class that pages use, where the class is there. */
function wrapper_api2(): ?Closure
{
    $class = setting('BENCH_PHP_CLASS');
    if (!is_file($class)) {
        return null;
    }
    require_once $class;
    $cpanel = new CPANEL();
    return static fn(string $module, string $func, array $params): array => $cpanel->api2($module, $func, $params);
}
