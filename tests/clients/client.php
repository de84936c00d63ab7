<?php

// Changes a mailbox's password by the addresses of a cPanel server, with PHP's curl: client.php WAY HOST:PORT CA-FILE
// SECRET is a token or a password, PASSWORD the mailbox's new one.

[, $way, $host, $ca] = $argv;
$secret = getenv('SECRET');
$password = getenv('PASSWORD');

function post(string $url, array $fields, array $options): string
{
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [CURLOPT_POSTFIELDS => http_build_query($fields), CURLOPT_RETURNTRANSFER => true]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        fwrite(STDERR, curl_error($curl) . "\n");
        exit(1);
    }
    return $answer;
}

function token(string $host, string $ca, string $token, string $password): string
{
    $curl = curl_init("https://$host/json-api/cpanel");
    curl_setopt_array($curl, [
        CURLOPT_CAINFO => $ca,
        CURLOPT_HTTPHEADER => ["Authorization: whm root:$token"],
        CURLOPT_POSTFIELDS => http_build_query([
            'cpanel_jsonapi_user' => 'bob',
            'cpanel_jsonapi_apiversion' => 2,
            'cpanel_jsonapi_module' => 'Email',
            'cpanel_jsonapi_func' => 'passwdpop',
            'domain' => 'example.com',
            'email' => 'user',
            'password' => $password,
        ]),
        CURLOPT_RETURNTRANSFER => true,
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return $answer;
}

function basic(string $host, string $ca, string $secret, string $password): string
{
    return post("https://$host/execute/Email/passwd_pop", ['email' => 'user@example.com', 'password' => $password], [
        CURLOPT_CAINFO => $ca,
        CURLOPT_USERPWD => "bob:$secret",
    ]);
}

function session(string $host, string $ca, string $secret, string $password): string
{
    $options = [CURLOPT_CAINFO => $ca, CURLOPT_COOKIEFILE => '', CURLOPT_SHARE => curl_share_init()];
    curl_share_setopt($options[CURLOPT_SHARE], CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    $login = post("https://$host/login/?login_only=1", ['user' => 'bob', 'pass' => $secret], $options);
    $token = json_decode($login, true)['security_token'];
    return post("https://$host$token/execute/Email/passwd_pop", ['email' => 'user@example.com', 'password' => $password], $options);
}

echo $way($host, $ca, $secret, $password);
