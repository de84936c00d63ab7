<?php

/**
 * A live page: changes the password of one of the account's mailboxes. Plain HTML, works without JavaScript.
 *
 * The page is behind a login of the account and the session's security token in its address, which no other site
 * knows; it changes something only when its form is posted. Passwords are never written back into the page.
 */

declare(strict_types=1);

/** The class: the panel's own, or where liveapi is installed. */
const CLASSES = [
    '/usr/local/cpanel/php/cpanel.php',
    '/usr/local/share/php/liveapi/cpanel.php',
    '/usr/share/php/liveapi/cpanel.php',
];

/** Text for HTML. */
function text(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** The addresses of the account's mailboxes. */
function mailboxes(CPANEL $cpanel): array
{
    $rows = $cpanel->api2('Email', 'listpops', [])['cpanelresult']['data'] ?? [];
    $addresses = array_column($rows, 'email');
    // The account's own mailbox has no address; its password is the account's.
    return array_values(array_filter($addresses, fn ($address) => str_contains($address, '@')));
}

/** What was posted under a name; null if it is missing or no text. */
function posted(string $name): ?string
{
    $value = $_POST[$name] ?? null;
    return is_string($value) && mb_check_encoding($value, 'UTF-8') ? $value : null;
}

/**
 * Changes the password.
 *
 * @return array why not, by the field that it is about; empty if it is done
 */
function change(CPANEL $cpanel, array $mailboxes, string $address, #[\SensitiveParameter] array $passwords): array
{
    [$password, $repeated] = $passwords;
    if ($address === '') {
        return ['address' => 'Choose a mailbox, or type its address.'];
    }
    if ($password === null || $password === '') {
        return ['password' => 'Type the new password.'];
    }
    if ($password !== $repeated) {
        return ['repeated' => 'The two passwords differ. Type the same one twice.'];
    }
    $at = strrpos($address, '@');
    $answer = $cpanel->api2('Email', 'passwdpop', [
        'email' => $at === false ? $address : substr($address, 0, $at),
        'domain' => $at === false ? '' : substr($address, $at + 1),
        'password' => $password,
    ])['cpanelresult'] ?? [];
    if (($answer['data'][0]['result'] ?? 0) == 1) {
        return [];
    }
    $why = $answer['error'] ?? $answer['data'][0]['reason'] ?? 'The server did not say why.';
    $is_known = in_array(mb_strtolower($address), array_map('mb_strtolower', $mailboxes), true);
    return [$is_known ? 'password' : 'address' => $why];
}

/** A field with its label, its hint and what is wrong with it. */
function field(string $name, string $label, string $attributes, string $hint, array $errors): string
{
    $error = isset($errors[$name])
        ? "<p class=\"error\" id=\"$name-error\">" . text($errors[$name]) . "</p>\n"
        : '';
    $described = trim(($hint ? "$name-hint " : '') . ($error ? "$name-error" : ''));
    $state = ($described ? " aria-describedby=\"$described\"" : '') . ($error ? ' aria-invalid="true"' : '');
    $shown_hint = $hint ? "<p class=\"hint\" id=\"$name-hint\">" . text($hint) . "</p>\n" : '';
    return "<label for=\"$name\">" . text($label) . "</label>\n$shown_hint"
        . "<input id=\"$name\" name=\"$name\" $attributes$state required>\n$error";
}

header('Content-Type: text/html; charset=utf-8');
header("Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'");

foreach (CLASSES as $class) {
    if (is_file($class)) {
        require_once $class;
        break;
    }
}
$cpanel = new CPANEL();
$mailboxes = mailboxes($cpanel);
$address = trim(posted('address') ?? '');
$errors = [];
$done = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $errors = change($cpanel, $mailboxes, $address, [posted('password'), posted('repeated')]);
    if ($errors) {
        http_response_code(422);
    } else {
        [$done, $address] = [$address, ''];
    }
}
$cpanel->end();

$options = implode('', array_map(fn ($known) => '<option value="' . text($known) . "\"></option>\n", $mailboxes));
$address_attributes = 'type="text" inputmode="email" list="mailboxes" autocomplete="off" autocapitalize="none" spellcheck="false" value="' . text($address) . '"';
$password_attributes = 'type="password" autocomplete="new-password"';
?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title><?= $errors ? 'Not changed: ' : ($done ? 'Changed: ' : '') ?>Mail password</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Change a mail password</h1>
<?php if ($done) : ?>
<p class="done" role="status">The password of <strong><?= text($done) ?></strong> was changed. Mail programs need the new one from now on.</p>
<?php elseif ($errors) : ?>
<p class="error" role="alert">The password was not changed. What is wrong stands below the field.</p>
<?php endif ?>
<form method="post">
<?= field('address', 'Mailbox', $address_attributes, 'One of the list, or its address.', $errors) ?>
<datalist id="mailboxes">
<?= $options ?>
</datalist>
<?= field('password', 'New password', $password_attributes, '', $errors) ?>
<?= field('repeated', 'The same again', $password_attributes, '', $errors) ?>
<button type="submit">Change the password</button>
</form>
</main>
</body>
</html>
