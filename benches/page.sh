#!/usr/bin/env bash
# A page under php-fpm behind nginx, preloaded as it is deployed: with one call, without any, and with
# the same call by a process; and, where there is a server to call, with one call to it, by the class and by
# PHP's curl. Prints rows of nanoseconds a request. Started by run.sh with its settings; $1 is an empty folder.

set -euo pipefail

place=$1
benches=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$benches/nginx.sh"
fpm=$(ls /usr/sbin/php-fpm* | tail -n 1)
port=20307
rounds=5
names='call without process'
[ -z "${BENCH_REMOTE_URL:-}" ] || ! php -r 'exit(extension_loaded("curl") ? 0 : 1);' || names+=' remote curl'

configure() {
    local pool
    mkdir -p "$place/conf.d"
    # Not LIVEAPI_LIBRARY: a page takes what was preloaded.
    pool=$(env | grep -E '^(LIVEAPI_(URL|USER)|BENCH_[A-Z0-9_]*)=' | sed 's/^\([A-Z_0-9]*\)=\(.*\)$/env[\1] = "\2"/')
    cat >"$place/fpm.conf" <<CONF
[global]
error_log = $place/fpm.log
daemonize = no
[www]
listen = $place/fpm.sock
pm = static
pm.max_children = 2
$pool
CONF
    cat >"$place/conf.d/99-bench.ini" <<INI
ffi.enable=preload
ffi.preload=$BENCH_HEADER
opcache.preload=$(dirname "$BENCH_PHP_CLASS")/preload.php
INI
    cat >"$place/nginx.conf" <<CONF
daemon off;
pid $place/nginx.pid;
worker_processes 1;
events {}
http {
    access_log off;
$(nginx_places "$place")
    server {
        listen 127.0.0.1:$port;
        root $benches/php/pages;
        location / {
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
            fastcgi_pass unix:$place/fpm.sock;
        }
    }
}
CONF
}

start() {
    PHP_INI_SCAN_DIR=":$place/conf.d" LD_LIBRARY_PATH=$(dirname "$LIVEAPI_LIBRARY") \
        "$fpm" -y "$place/fpm.conf" >"$place/fpm.out" 2>&1 &
    local master=$!
    nginx -p "$place" -e "$place/nginx.log" -c "$place/nginx.conf" >"$place/nginx.out" 2>&1 &
    trap 'kill $! '"$master"' 2>/dev/null; wait' EXIT
    local tries name good
    for tries in $(seq 100); do
        good=1
        for name in $names; do [ "$(page "$name")" = 50 ] || good=; done
        [ -z "$good" ] || return 0
        sleep 0.1
    done
    echo "the pages do not answer after $tries tries:" >&2
    cat "$place"/*.log "$place"/*.out >&2
    return 1
}

# The body of a page.
page() {
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET /%s.php HTTP/1.0\r\n\r\n' "$1" >&3
    sed '1,/^\r$/d' <&3
    exec 3>&-
} 2>/dev/null

# Nanoseconds a request, from wrk's requests a second; 4 connections, so that both workers are busy.
measure() {
    wrk -t1 -c4 -d1s "http://127.0.0.1:$port/$1.php" | awk '/Requests\/sec/ { printf "%d", 1e9 / $2 }'
}

median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

configure
start
for round in $(seq $rounds); do
    for name in $names; do
        measure $name >>"$place/$name.ns"
        echo >>"$place/$name.ns"
    done
done
call=$(median <"$place/call.ns")
printf 'page-without\t%s\t%s\n' "$call" "$(median <"$place/without.ns")"
printf 'page-process\t%s\t%s\n' "$call" "$(median <"$place/process.ns")"
[ ! -e "$place/curl.ns" ] || printf 'remote-page-curl\t%s\t%s\n' "$(median <"$place/remote.ns")" "$(median <"$place/curl.ns")"
