<?php

// Calls every method of the class CPANEL and prints what each returned, as one JSON object by method names.
// A home directory without a debug log is expected in HOME.

declare(strict_types=1);

require $argv[1];

$cpanel = new CPANEL();
$mailbox = ['domain' => 'example.com', 'email' => 'user'];
$returned = ['new' => get_class($cpanel)];

$returned['api2'] = $cpanel->api2('Email', 'listpopssingle', ['regex' => '^user@']);
$returned['get_result'] = $cpanel->get_result();
$returned['api1'] = $cpanel->api1('Email', 'getpopquota', ['user', 'example.com']);
$returned['uapi'] = $cpanel->uapi('Email', 'get_pop_quota', $mailbox);
$returned['api3'] = $cpanel->api3('Email', 'get_pop_quota', $mailbox);
$returned['api'] = $cpanel->api('exec', '2', 'Email', 'accountname', ['account' => 'user@example.com']);
$returned['exec'] = $cpanel->exec('<?cp Email::listpopssingle(%[br /], email) regex="^user@" ?>');
$returned['exec, skip_return'] = $cpanel->exec('<cpanel print="$user">', 1);
$returned['exec, bad tag'] = $cpanel->exec("<cpanelif \$user>never closed");
$returned['fetch'] = $cpanel->fetch('$user');
$returned['cpanelprint'] = $cpanel->cpanelprint('$domain');
$returned['cpanelprint, unknown'] = $cpanel->cpanelprint('$nosuch');
$returned['cpanellangprint'] = $cpanel->cpanellangprint('SOME_KEY');
$returned['cpanelif'] = $cpanel->cpanelif('!$haspostgres');
$returned['cpanelif, false'] = $cpanel->cpanelif('$user==eve');
$returned['cpanelfeature'] = $cpanel->cpanelfeature('popaccts');
$returned['cpanelfeature, unknown'] = $cpanel->cpanelfeature('nosuch');
$returned['header'] = $cpanel->header('Mail & more', 'app');
$returned['footer'] = $cpanel->footer();

$returned['get_debug_level'] = $cpanel->get_debug_level();
$returned['debug_log, off'] = $cpanel->debug_log(1, 'not written');
$returned['set_debug'] = $cpanel->set_debug(2);
$returned['get_debug_level, set'] = $cpanel->get_debug_level();
$returned['debug_log'] = $cpanel->debug_log(2, "a line\nof the log");
$returned['debug_log, below'] = $cpanel->debug_log(1, 'not written');
$returned['debug_log, standard error'] = $cpanel->debug_log(0, 'to standard error only', true);
$returned['debug_log_json'] = $cpanel->debug_log_json('{"email":"user","password":"s3cret-1"}');
$returned['debug_log_json, no JSON'] = $cpanel->debug_log_json('s3cret-2');
$cpanel->api2('Email', 'passwdpop', $mailbox + ['password' => 's3cret-3']);
$log = $cpanel->get_debug_log();
$returned['get_debug_log'] = preg_replace('/[0-9a-f]{16}$/', 'RANDOM', substr($log, strlen(getenv('HOME'))));
$lines = preg_replace('/^\[\d+\] \[\d+\] /m', '', file_get_contents($log));
$returned['log'] = explode("\n", rtrim($lines));
$returned['log, mode'] = sprintf('%o', fileperms($log) & 0777);
$returned['end'] = $cpanel->end();

// An empty object is an empty array in PHP, and would come out as a list.
$json = json_encode($returned, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
echo str_replace('"metadata":[]', '"metadata":{}', $json);
