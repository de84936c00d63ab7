<?php

// What a page of somebody else gets that tries to use FFI for itself.

header('Content-Type: application/json');
$page = [];
foreach (['cdef' => ['int getpid(void);'], 'scope' => ['LIVEAPI']] as $method => $params) {
    try {
        FFI::$method(...$params);
        $page[$method] = 'allowed';
    } catch (Throwable $refusal) {
        $page[$method] = $refusal->getMessage();
    }
}
echo json_encode($page);
