<?php
// The page without any call.

header('Content-Type: text/plain');
echo '50';
