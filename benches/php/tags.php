<?php
// Renders a page of 10 KiB with twenty questions to LiveAPI again and again, and prints the nanoseconds of one:
// what a page of tags is compared with (see ../tags.rs, whose page this is).

declare(strict_types=1);

require getenv('BENCH_PHP_CLASS');

const PAGES = 50;

$cpanel = new CPANEL();
$text = str_repeat('Mailboxes of this account, what they take up, and how to change their passwords. ', 25);
$page = static function () use ($cpanel, $text): string {
    ob_start();
    for ($part = 0; $part < 5; $part++) {
        $strength = $cpanel->api2('PasswdStrength', 'get_required_strength', ['app' => 'pop']);
        ?>
<?= $text ?><p>user <?= htmlspecialchars($cpanel->cpanelprint('$user')) ?>, strength <?=
        $strength['cpanelresult']['data'][0]['strength'] ?>, <?php if ($cpanel->cpanelif('$user==bob')) {
            ?>yes<?php
        } ?>, <?php if ($cpanel->cpanelfeature('popaccts')) {
            ?>yes<?php
        } ?>.
</p>
        <?php
    }
    return ob_get_clean();
};
if (strpos($page(), 'user bob, strength 50, yes, yes.') === false) {
    fwrite(STDERR, "the page is not as expected\n");
    exit(1);
}
$start = hrtime(true);
for ($n = 0; $n < PAGES; $n++) {
    $page();
}
echo (hrtime(true) - $start) / PAGES, "\n";
