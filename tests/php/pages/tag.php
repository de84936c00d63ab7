<?php

// A page of tags: changes the password that its form names, and tells what the tag printed and the account's
// domain, as JSON. POST: email, password.

declare(strict_types=1);

require_once '/usr/local/share/php/liveapi/cpanel.php';

header('Content-Type: application/json');
$cpanel = new CPANEL();
$tag = '<?cp Email::passwdpop(%, reason) domain="$domain", email="$FORM{\'email\'}", password="$FORM{\'password\'}" ?>';
echo json_encode(['printed' => $cpanel->exec($tag), 'domain' => $cpanel->cpanelprint('$domain')]);
$cpanel->end();
