<?php
// The page that runs cpapi2 for the same call, as scripts without the library do.

header('Content-Type: text/plain');
$words = [getenv('BENCH_CPAPI2'), '--output=json', 'PasswdStrength', 'get_required_strength', 'app=pop'];
$process = proc_open($words, [1 => ['pipe', 'w']], $pipes);
$answer = json_decode(stream_get_contents($pipes[1]), true);
proc_close($process);
echo $answer['cpanelresult']['data'][0]['strength'];
