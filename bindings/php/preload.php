<?php

/**
 * For opcache.preload: compiles the classes, so that their methods may use FFI in every page.
 *
 * A host that has such a script already adds a line to it: require '…/preload.php';
 * cpanel.php is not compiled here, because pages load it by its path.
 */

declare(strict_types=1);

foreach (['Exception', 'Installation', 'Library', 'Client'] as $class) {
    opcache_compile_file(__DIR__ . "/src/$class.php");
}
