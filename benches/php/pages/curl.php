<?php
// The page with the same call to a server by PHP's curl, as pages make it without the library.

header('Content-Type: text/plain');
$frame = ['user' => 'bob', 'module' => 'Email', 'func' => 'passwdpop', 'apiversion' => '2'];
$fields = ['domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage'];
foreach ($frame as $name => $value) {
    $fields["cpanel_jsonapi_$name"] = $value;
}
$handle = curl_init('https://localhost:' . getenv('BENCH_REMOTE_PORT') . '/json-api/cpanel');
curl_setopt_array($handle, [
    CURLOPT_CAINFO => getenv('BENCH_REMOTE_CA'),
    CURLOPT_HTTPHEADER => ['Authorization: whm root:' . getenv('BENCH_REMOTE_TOKEN')],
    CURLOPT_POSTFIELDS => http_build_query($fields),
    CURLOPT_RETURNTRANSFER => true,
]);
$answer = json_decode((string) curl_exec($handle), true);
echo $answer['cpanelresult']['event']['result'] * 50;
