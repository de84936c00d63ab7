<?php

// The class CPANEL, method by method. Prints the Test Anything Protocol. Expects the account bob with the
// mailbox user@example.com.

require __DIR__ . '/../../bindings/php/cpanel.php';

$tests = 0;
function ok(bool $good, string $what, $seen = null): void
{
    global $tests;
    echo $good ? 'ok ' : 'not ok ', ++$tests, " - $what", $good ? '' : ' # ' . json_encode($seen), "\n";
}

function thrown(callable $work): string
{
    try {
        $work();
    } catch (LiveApiException $e) {
        return $e->getMessage();
    }
    return '';
}

function forked(callable $work): bool
{
    $child = pcntl_fork();
    if ($child === 0) {
        pcntl_alarm(20);
        exit($work() ? 0 : 1);
    }
    pcntl_waitpid($child, $status);
    return pcntl_wifexited($status) && pcntl_wexitstatus($status) === 0;
}

$lists = fn($cpanel) => count($cpanel->api2('Email', 'listpops')['cpanelresult']['data']) === 2;
ok(forked(fn() => $lists(new CPANEL())), 'a child that loads the library itself');
$cpanel = new CPANEL();
ok(forked(fn() => $lists($cpanel)), 'a child that makes the first call');
$change = ['domain' => 'example.com', 'email' => 'user', 'password' => 'Php-Password-1'];

$r = $cpanel->api2('Email', 'passwdpop', $change);
ok($r['cpanelresult']['data'][0]['result'] === 1, 'result is the number 1', $r);
ok(!array_key_exists('error', $r['cpanelresult']), 'no key error on success', $r);
ok($r['cpanelresult']['data'][0]['reason'] === '', 'an empty reason on success', $r);
ok($cpanel->get_result() === [['reason' => '', 'result' => 1]], 'get_result gives the rows of API 2', $cpanel->get_result());

$r = $cpanel->api2('Email', 'passwdpop', ['email' => 'nosuch'] + $change);
ok($r['cpanelresult']['error'] === 'You do not have an email account named “nosuch@example.com”.', 'a refusal is returned', $r);
ok($r['cpanelresult']['data'][0]['result'] === 0, 'with result 0', $r);

$r = $cpanel->api2('Email', 'listpops');
ok(count($r['cpanelresult']['data']) === 2, 'no third argument', $r);
foreach ([[], null, new stdClass(), ''] as $none) {
    ok($cpanel->api2('Email', 'listpops', $none) === $r, 'no arguments as ' . var_export($none, true));
}
$r = $cpanel->api2('Email', 'passwdpop', ['email' => 'user@example.com', 'password' => 1827364518273645]);
ok($r['cpanelresult']['data'][0]['result'] === 1, 'a numeric password', $r);
$r = $cpanel->uapi('Email', 'verify_password', ['email' => 'user@example.com', 'password' => '1827364518273645']);
ok($r['cpanelresult']['result']['data'] === 1, 'is its decimal text', $r);
$r = $cpanel->api2('Email', 'passwdpop', ['password' => null] + $change);
ok($r['cpanelresult']['error'] === '"password" is a required argument.', 'null is missing', $r);
$r = $cpanel->api2('Email', 'passwdpop', ['password' => ['a']] + $change);
ok(strpos($r['cpanelresult']['error'], 'a list or an object') !== false, 'a nested value is refused', $r);
$r = $cpanel->api2('Email', 'passwdpop', ['password' => "p\xE4ss-Latin-1"] + $change);
ok(strpos($r['cpanelresult']['error'], 'UTF-8') !== false, 'Latin-1 is refused in words', $r);
$r = $cpanel->api2('Email', 'passwdpop', ['password' => "Nul\0Password-1"] + $change);
ok(strpos($r['cpanelresult']['error'], 'control character') !== false, 'NUL is refused, not cut', $r);
$r = $cpanel->api2("Email\0x", 'listpops');
ok(strpos($r['cpanelresult']['error'], 'Could not find function') === 0, 'NUL does not cut a name', $r);

$r = $cpanel->uapi('Email', 'passwd_pop', $change);
ok($r['cpanelresult']['result']['status'] === 1 && $r['cpanelresult']['result']['errors'] === null, 'uapi', $r);
$r = $cpanel->api1('Email', 'passwdpop', ['user', 'Php-Password-2', '0', 'example.com']);
ok($r['cpanelresult']['event']['result'] === 1, 'api1 is positional', $r);
ok($cpanel->get_result() === '', 'get_result gives what API 1 prints', $cpanel->get_result());
$r = $cpanel->api1('Email', 'addpop', ['second', 'Php-Password-3', 10, 'example.com']);
ok($cpanel->get_result() === 'second@example.com', 'addpop prints the address', $r);
foreach ([2, '2', 'uapi', 3, '1'] as $version) {
    ok(isset($cpanel->api('exec', $version, 'Email', 'nosuch')['cpanelresult']), "api with version $version");
}
ok(thrown(function () use ($cpanel) {
    $cpanel->api('exec', 7, 'Email', 'listpops');
}) !== '', 'api refuses other versions');

$other = new CPANEL(['user' => 'nosuch']);
$r = $other->api2('Email', 'listpops');
ok(strpos($r['cpanelresult']['error'], '“nosuch”') !== false, 'the account of an option', $r);
ok($r['cpanelresult']['event']['result'] === 0, 'a failure sets the event', $r);
ok(strpos(thrown(function () {
    new CPANEL(['usr' => 'bob']);
}), 'did you mean “user”') !== false, 'a mistyped option is named');

$item = fn($email) => ['module' => 'Email', 'func' => 'passwdpop', 'params' => ['email' => $email] + $change];
$rows = $cpanel->batch(['a' => $item('user'), 'b' => $item('nösuch'), 7 => ['family' => 'whm', 'func' => 'listaccts', 'params' => []]]);
ok(array_map(fn($row) => $row['status'], $rows) === ['a' => 'done', 'b' => 'refused', 7 => 'done'], 'batch keeps keys and order', $rows);
ok($rows['a']['answer'] === $cpanel->api2('Email', 'passwdpop', $change), 'with the answers of single calls', $rows);
ok($cpanel->batch([]) === [], 'no items, no rows');
foreach ([[[['func' => 'x']]], [[], ['inflight' => 1]], ['x'], [[["\xff"]]]] as $wrong) {
    $why = thrown(fn() => $cpanel->batch(...$wrong));
    ok(preg_match('/Item 1|in_flight|must be arrays|UTF-8/', $why) === 1, 'what is no batch is refused in words', $why);
}

ob_start();
$cpanel->end();
$cpanel->end();
unset($cpanel);
ok(ob_get_clean() === '', 'end prints nothing, twice');
ok(strpos(thrown(function () use ($other) {
    $other->end();
    $other->api2('Email', 'listpops');
}), 'end() was called') === 0, 'a call after end is refused');

$parent = new CPANEL();
$parent->api2('Email', 'listpops');
$changes = fn() => $parent->api2('Email', 'passwdpop', $change)['cpanelresult']['data'][0]['result'] === 1;
ok(forked($changes), 'a child after the first call changes a password');
ok($changes(), 'and so does the parent after it');
echo "1..$tests\n";
