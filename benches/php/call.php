<?php
// A whole call from PHP arrays to PHP arrays, by FFI and by the class CPANEL, against a native PHP
// extension that makes the same call into the same library. The function does no I/O, so the way of
// calling is what is compared.

declare(strict_types=1);

require __DIR__ . '/bench.php';

const ROUNDS = 101;
const CALLS = 400;
const PARAMS = ['app' => 'pop', 'domain' => 'example.com', 'email' => 'user1', 'note' => '0123456789abcdefghij'];

liveapi_peer_open(setting('LIVEAPI_LIBRARY'));
$native = static fn(string $module, string $func, array $params): array =>
    json_decode(liveapi_peer_call($module, $func, json_encode($params)), true);

$subjects = [];
foreach (array_filter(['native' => $native, 'raw' => raw_api2(), 'wrapper' => wrapper_api2()]) as $name => $api2) {
    $call = static fn(): array => $api2('PasswdStrength', 'get_required_strength', PARAMS);
    expect(json_encode($call()), '"strength"');
    $subjects[$name] = [$call, CALLS];
}
// Where the time of a whole call goes.
$ffi = ffi_call();
$text = json_encode(PARAMS);
$answer = $ffi('PasswdStrength', 'get_required_strength', $text);
$parts = [
    'encode' => static fn(): string => json_encode(PARAMS),
    'call' => static fn(): string => $ffi('PasswdStrength', 'get_required_strength', $text),
    'decode' => static fn(): array => json_decode($answer, true),
];
foreach ($parts as $name => $part) {
    $subjects[$name] = [$part, CALLS];
}
$ns = take_turns($subjects, ROUNDS);
foreach (array_diff_key($ns, ['native' => 0]) as $name => $ours) {
    print_row("php-$name-native", $ours, isset($parts[$name]) ? $ns['raw'] : $ns['native']);
}
