<?php

// Changes a password and tells, as JSON, which worker did it, the answer, and whether the new one is
// valid; or how the class refused to work. POST: email, password, and options of the class.

declare(strict_types=1);

require_once '/usr/local/share/php/liveapi/cpanel.php';

header('Content-Type: application/json');
$page = ['pid' => getmypid()];
try {
    $cpanel = new CPANEL($_POST['options'] ?? []);
    $mailbox = ['email' => ($_POST['email'] ?? 'user') . '@example.com', 'password' => $_POST['password'] ?? ''];
    $page['answer'] = $cpanel->api2('Email', 'passwdpop', $mailbox)['cpanelresult'];
    $verified = $cpanel->uapi('Email', 'verify_password', $mailbox)['cpanelresult']['result'];
    $page['verified'] = $verified['data'];
    $page['errors'] = $verified['errors'];
} catch (LiveApiException $refusal) {
    $page['refusal'] = $refusal->getMessage();
    $page['code'] = $refusal->getCode();
}
echo json_encode($page);
