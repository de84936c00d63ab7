<?php
// PHP's SHA-512 crypt: for each line of standard input one hash, answered with the nanoseconds it
// took. benches/hash.rs asks in turn with our own hash; the pipe is outside what is timed.

declare(strict_types=1);

while (fgets(STDIN) !== false) {
    $start = hrtime(true);
    $hash = crypt('Bench-Secret-15', '$6$abcdefghijklmnop$');
    $took = hrtime(true) - $start;
    if (strlen($hash) !== 106) {
        exit("crypt answered $hash\n");
    }
    echo $took, "\n";
}
