<?php
// Reads answers line by line until one holds the end, and at the end of all drains the socket: the habit of PHP's
// classes. The new password comes on standard input; what the function answers is printed.
$socket = stream_socket_client('unix://' . getenv('CPANEL_PHPCONNECT_SOCKET'));
$read = function () use ($socket) {
    $all = '';
    while (($line = fgets($socket)) !== false) {
        $all .= $line;
        if (strpos($line, '</cpanelresult>') !== false) {
            break;
        }
    }
    return $all;
};
$ask = function ($request) use ($socket, $read) {
    fwrite($socket, strlen($request) . "\n" . $request);
    return $read();
};
$ask('<cpaneljson enable="1">') or exit('no handshake');
$call = ['reqtype' => 'exec', 'module' => 'Email', 'func' => 'passwdpop', 'apiversion' => '2',
    'args' => ['domain' => 'example.com', 'email' => 'user', 'password' => stream_get_contents(STDIN)]];
$answer = $ask("<cpanelaction>\n" . json_encode($call) . "\n</cpanelaction>");
$from = strpos($answer, '<cpanelresult>{') + strlen('<cpanelresult>');
$json = json_decode(trim(substr($answer, $from, strpos($answer, '</cpanelresult>') - $from)), true);
echo json_encode($json['cpanelresult']['data'][0]);
$shutdown = '<cpanelxml shutdown="1" />';
fwrite($socket, strlen($shutdown) . "\n" . $shutdown);
stream_set_timeout($socket, 10);
while (!feof($socket) && !stream_get_meta_data($socket)['timed_out']) {
    fgets($socket);
}
