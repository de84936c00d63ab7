<?php
// Subjects of benches/remote.rs: the class CPANEL; PHP's curl as existing clients use it, with a new handle for
// each call; and with one handle that is used again.

declare(strict_types=1);

require __DIR__ . '/bench.php';
require_once setting('BENCH_PHP_CLASS');

$params = ['domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage'];

function handle(array $params): CurlHandle
{
    $frame = ['user' => 'bob', 'module' => 'Email', 'func' => 'passwdpop', 'apiversion' => '2'];
    $fields = [];
    foreach ($frame as $name => $value) {
        $fields["cpanel_jsonapi_$name"] = $value;
    }
    $handle = curl_init('https://localhost:' . setting('BENCH_REMOTE_PORT') . '/json-api/cpanel');
    curl_setopt_array($handle, [
        CURLOPT_CAINFO => setting('LIVEAPI_CA_FILE'),
        CURLOPT_HTTPHEADER => ['Authorization: whm root:' . setting('LIVEAPI_TOKEN')],
        CURLOPT_POSTFIELDS => http_build_query($fields + $params),
        CURLOPT_RETURNTRANSFER => true,
    ]);
    return $handle;
}

function answer(CurlHandle $handle): array
{
    $text = curl_exec($handle);
    return $text === false ? give_up('curl', curl_error($handle)) : json_decode($text, true);
}

$cpanel = new CPANEL();
$kept = $argv[1] === 'reused' ? handle($params) : null;
$call = [
    'ours' => static fn(): array => $cpanel->api2('Email', 'passwdpop', $params),
    'new' => static fn(): array => answer(handle($params)),
    'reused' => static fn(): array => answer($kept),
][$argv[1]];
while (($line = fgets(STDIN)) !== false) {
    $calls = (int) $line;
    $start = hrtime(true);
    for ($i = 0; $i < $calls; $i++) {
        if ($call()['cpanelresult']['event']['result'] !== 1) {
            give_up('unexpected answer', $argv[1]);
        }
    }
    printf("%.1f\n", (hrtime(true) - $start) / $calls);
}
