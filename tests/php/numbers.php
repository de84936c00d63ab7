<?php

// Sets numbers and booleans as passwords and as quotas. What opens is (string) $password, or the call was refused by
// name. Prints a line for each value that goes another way, and how many values there were.

require __DIR__ . '/../../bindings/php/cpanel.php';

$cpanel = new CPANEL();
$mailbox = ['domain' => 'example.com', 'email' => 'user'];
$values = [
    12345678, 0.5 * 1024, 1000000 * 250 / 1, 512.0, 1024 / 4, 2 ** 8, 1.5, 0.1 + 0.2, 1 / 3, 1e14, 1e15, 1e25, 2 ** 53,
    2.0 ** 53, 2 ** 53 + 1, 2 ** 60, PHP_INT_MAX, -7, -0.0, 0.0, (0.1 + 0.7) * 10 * 1024, true, false, null,
    '012', '1e3', '512.0',
];
for ($n = 0; $n < 40; $n++) {
    $values[] = mt_rand() / (1 << mt_rand(0, 40));
    $values[] = (float) mt_rand() * 10 ** mt_rand(-3, 12);
}
foreach ($values as $value) {
    $shown = var_export($value, true);
    $answer = $cpanel->api2('Email', 'passwdpop', $mailbox + ['password' => $value])['cpanelresult'];
    if ($answer['data'][0]['result'] === 1) {
        $check = ['email' => 'user@example.com', 'password' => (string) $value];
        if ($cpanel->uapi('Email', 'verify_password', $check)['cpanelresult']['result']['data'] !== 1) {
            echo "$shown: another password was stored\n";
        }
    } elseif (strpos($answer['error'], 'password') === false) {
        echo "$shown: {$answer['error']}\n";
    }
    $answer = $cpanel->uapi('Email', 'edit_pop_quota', $mailbox + ['quota' => $value])['cpanelresult']['result'];
    if ($value === null) {
        // As good as not given, which a quota of UAPI may be: then it is the default.
        echo $answer['status'] === 1 ? '' : "nothing as quota: {$answer['errors'][0]}\n";
        continue;
    }
    $whole = is_string($value) || is_int($value) || is_float($value) ? preg_match('/^[0-9]{1,6}$/D', (string) $value) : 0;
    if ($answer['status'] !== $whole && strlen((string) $value) < 7) {
        echo "$shown as quota: ", json_encode($answer), "\n";
    } elseif ($answer['status'] === 1) {
        $kept = $cpanel->uapi('Email', 'get_pop_quota', $mailbox)['cpanelresult']['result']['data'];
        if ($kept != (int) (string) $value && !((int) $value === 0 && $kept === 'unlimited')) {
            echo "$shown as quota: kept as ", json_encode($kept), "\n";
        }
    } elseif (strpos($answer['errors'][0], 'quota') === false) {
        echo "$shown as quota: {$answer['errors'][0]}\n";
    }
}
$reference = 512.0;
$cpanel->api2('Email', 'passwdpop', $mailbox + ['password' => &$reference]);
echo is_float($reference) ? '' : "the caller's own value was changed\n";
echo count($values), " values\n";
