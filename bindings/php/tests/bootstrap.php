<?php

declare(strict_types=1);

// As a page without Composer loads the classes. The driver tries Composer's way on its own.
require __DIR__ . '/../cpanel.php';
