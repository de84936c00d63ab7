<?php

// A billing system's round, written from the public documentation of WHM's API 0 and API 1.
// billing.php SHAPE PART HOST:PORT CA-FILE USER    SHAPE: api0, api1, xml; PART: open, close
// WHM_TOKEN is root's token. The part open prints, as JSON, where the customer's browser is to go.

[, $shape, $part, $host, $ca, $user] = $argv;
const PASSWORD = 'First-Pass & 1%';
const NEXT = 'Second+Pass=2 ü';
$gold = "{$user}_gold";
$silver = "{$user}_silver";

function check(bool $good, ...$what): void
{
    if (!$good) {
        fwrite(STDERR, json_encode($what, JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR) . "\n");
        exit(1);
    }
}

/** The status and the text of an answer. */
function send(string $path, array $fields, ?string $token = null): array
{
    global $host, $ca;
    $curl = curl_init("https://$host/$path");
    curl_setopt_array($curl, [
        CURLOPT_CAINFO => $ca,
        CURLOPT_HTTPHEADER => ['Authorization: whm root:' . ($token ?? getenv('WHM_TOKEN'))],
        CURLOPT_POSTFIELDS => http_build_query($fields),
        CURLOPT_RETURNTRANSFER => true,
    ]);
    $text = curl_exec($curl);
    check($text !== false, curl_error($curl));
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $text];
}

/** WHM API 1, as JSON or XML: whether it was done, why or why not, and the whole answer. */
function one(string $function, array $fields): array
{
    global $shape;
    $fields = ['api.version' => 1] + $fields;
    [, $text] = send(($shape === 'xml' ? 'xml-api/' : 'json-api/') . $function, $fields);
    $answer = $shape === 'xml' ? read($text, 'result') : json_decode($text, true);
    check(isset($answer['metadata']), $text);
    return [$answer['metadata']['result'] == 1, $answer['metadata']['reason'], $answer];
}

/** WHM API 0, as JSON or XML. */
function zero(string $function, array $fields): array
{
    global $shape;
    [, $text] = send(($shape === 'xml' ? 'xml-api/' : 'json-api/') . $function, $fields);
    $answer = $shape === 'xml' ? read($text, $function) : json_decode($text, true);
    check(is_array($answer), $text);
    $row = $answer['result'] ?? $answer['passwd'] ?? $answer;
    $row = $row[0] ?? $row;
    return [($row['status'] ?? 1) == 1, $row['statusmsg'] ?? '', $answer];
}

/** An XML document as arrays; a list of one is that one. */
function read(string $text, string $root): array
{
    $document = simplexml_load_string($text);
    check($document !== false && $document->getName() === $root, $text);
    return json_decode(json_encode($document), true);
}

function call(string $function, array $fields = []): array
{
    global $shape;
    return $shape === 'api1' ? one($function, $fields) : zero($function, $fields);
}

function done(string $function, array $fields = []): array
{
    [$done, $why, $answer] = call($function, $fields);
    check($done, $function, $why);
    return $answer;
}

function refused(string $words, string $function, array $fields): void
{
    [$done, $why] = call($function, $fields);
    check(!$done && str_contains($why, $words), $function, $why);
}

/** The one account of a list, by all the shapes. */
function account(): array
{
    global $shape, $user;
    $answer = done('accountsummary', ['user' => $user]);
    $list = $shape === 'api1' ? $answer['data']['acct'] : $answer['acct'];
    return $list[0] ?? $list;
}

$new = ['username' => $user, 'domain' => "$user.example", 'password' => PASSWORD, 'contactemail' => 'owner@elsewhere.example'];
if ($part === 'open') {
    done('addpkg', ['name' => $gold, 'maxpop' => 2, 'quota' => 100]);
    done('addpkg', ['name' => $silver, 'maxpop' => 5, 'quota' => 'unlimited']);
    $packages = done('listpkgs');
    $packages = $shape === 'api1' ? $packages['data']['pkg'] : $packages['package'];
    check(in_array($silver, array_column($packages, 'name'), true), $packages);
    refused('nosuch', 'createacct', $new + ['plan' => 'nosuch']);
    refused('does not exist', 'accountsummary', ['user' => $user]);
    $made = done('createacct', $new + ['plan' => $gold]);
    $result = $made['result'][0] ?? $made['result'] ?? [];
    $raw = $shape === 'api1' ? $made['metadata']['output']['raw'] : $result['rawout'];
    $package = $shape === 'api1' ? $made['data']['package'] : $result['options']['package'];
    check(str_contains($raw, 'New Account Info') && !str_contains($raw, PASSWORD) && $package === $gold, $made);
    refused('already exists', 'createacct', $new + ['plan' => $gold]);
    $known = account();
    check([$known['plan'], $known['maxpop'], $known['disklimit']] === [$gold, '2', '100M'], $known);
    check($known['suspended'] == 0 && $known['email'] === 'owner@elsewhere.example', $known);
    done('suspendacct', ['user' => $user, 'reason' => 'unpaid']);
    check(account()['suspended'] == 1, account());
    done('unsuspendacct', ['user' => $user]);
    check(account()['suspended'] == 0, account());
    refused('nosuch', 'changepackage', ['user' => $user, 'pkg' => 'nosuch']);
    done('changepackage', ['user' => $user, 'pkg' => $silver]);
    $known = account();
    check([$known['plan'], $known['maxpop'], $known['disklimit']] === [$silver, '5', 'unlimited'], $known);
    done('passwd', ['user' => $user, 'password' => NEXT]);
    // Only API 1 has sessions.
    [$done, $why, $answer] = one('create_user_session', [
        'user' => $user,
        'service' => 'cpaneld',
        'preferred_domain' => 'localhost',
    ]);
    check($done && str_contains($answer['data']['url'], $answer['data']['cp_security_token']), $why);
    echo json_encode(['url' => $answer['data']['url'], 'user' => $user, 'password' => NEXT]), "\n";
} else {
    [$status, $text] = send($shape === 'xml' ? 'xml-api/listaccts' : 'json-api/listaccts', [], 'WRONG-TOKEN');
    check(in_array($status, [401, 403], true) && !str_contains($text, 'acct'), $status, $text);
    done('removeacct', [$shape === 'api1' ? 'username' : 'user' => $user]);
    refused('does not exist', 'accountsummary', ['user' => $user]);
    foreach ([$gold, $silver] as $package) {
        done('killpkg', [$shape === 'api1' ? 'pkgname' : 'pkg' => $package]);
    }
}
