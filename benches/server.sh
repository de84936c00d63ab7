#!/usr/bin/env bash
# The daemon against nginx, over TLS with the same certificate and key: calls without a hash against a fixed
# body of the same size, the API Shell's page, and the memory of 10,000 idle connections; changes of passwords
# against the hashes that the processors can make meanwhile. Prints rows. Started by run.sh with its settings; $1 is an empty folder.

set -euo pipefail

place=$1
benches=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$benches/nginx.sh"
. "$benches/rows.sh"
daemon=20320 nginx=20322 in_memory=20323
rounds=5
idle=10000

started=()
trap 'kill "${started[@]}"; wait' EXIT

start_daemon() { # its port | its store | its state
    "$BENCH_LIVEAPID" --url "$2" --state "$3" --whm off --webmail off --cpanel "127.0.0.1:$1" --monitor off \
        --connections-per-address 12000 --live-sockets "$3-live" >"$3.trust" 2>"$3.log" &
    started+=($!)
    wait_for "$1"
    TOKEN=$("$BENCH_LIVEAPID" --url "$2" --state "$3" token create cpanel:bob bench | head -n 1)
    export TOKEN
}

wait_for() {
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    cat "$place"/*.log >&2
    return 1
}

body() { "$BENCH_SERVER" body $daemon "$place/state/tls/ca.pem" "$1" "cpanel bob:$TOKEN"; }

# A session of bob: its path and its cookie, and the page that it gets.
log_in() {
    "$BENCH_WHMAPI1" passwd user=bob password=Bench-Secret-15 >/dev/null
    IFS=$'\t' read -r shell cookie < <("$BENCH_SERVER" login $daemon "$place/state/tls/ca.pem" bob Bench-Secret-15)
    curl --silent --fail --cacert "$place/state/tls/ca.pem" --header 'Accept: text/html' --cookie "$cookie" \
        "https://localhost:$daemon$shell" >"$place/shell.html"
}

compare_page() {
    printf 'server-page\t%s\t%s\n' \
        "$("$BENCH_SERVER" page $daemon "$place/state/tls/ca.pem" "$shell" "$cookie")" \
        "$("$BENCH_SERVER" page $nginx "$place/state/tls/ca.pem" /shell.html "$cookie")"
}

start_nginx() {
    body "$question" >"$place/question"
    body "$list" >"$place/list"
    body "$disk" >"$place/disk"
    # Or only refusals would be measured.
    grep -q '"status":1' "$place/question"
    grep -q '"status":1.*u10@example.com' "$place/list"
    grep -q '"status":1.*u10@example.com' "$place/disk"
    cat >"$place/nginx.conf" <<CONF
daemon off;
pid $place/nginx.pid;
worker_processes $(nproc);
worker_rlimit_nofile 16384;
events { worker_connections 12000; }
http {
    access_log off;
$(nginx_places "$place")
    ssl_certificate $place/state/tls/server.pem;
    ssl_certificate_key $place/state/tls/server.key;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    default_type application/json;
    server {
        listen 127.0.0.1:$nginx ssl;
        location / { return 200 '$(cat "$place/question")'; }
        location = /shell.html { root $place; }
        location = $list { return 200 '$(cat "$place/list")'; }
        location = $disk { return 200 '$(cat "$place/disk")'; }
    }
}
CONF
    nginx -p "$place" -e "$place/nginx.log" -c "$place/nginx.conf" >"$place/nginx.out" 2>&1 &
    nginx_pid=$!
    started+=($nginx_pid)
    wait_for $nginx
}

# One second of requests; nanoseconds each, and their p50 and p99.
load() { # how many connections | the port | the path
    wrk -t1 -c"$1" -d1s -s "$benches/server.lua" "https://127.0.0.1:$2$3" | sed -n 's/^took\t//p'
}

column_median() { cut -f "$2" "$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }

compare() { # the row's name | how many connections | the path
    local round ours=$place/$1-$2.ours peer=$place/$1-$2.peer
    for round in $(seq $rounds); do
        load "$2" $daemon "$3" >>"$ours"
        load "$2" $nginx "$3" >>"$peer"
    done
    printf 'server-%s-%s\t%s\t%s\n' "$1" "$2" "$(column_median "$ours" 1)" "$(column_median "$peer" 1)"
    printf 'server-%s-%s-p50\t%s\t%s\n' "$1" "$2" "$(column_median "$ours" 2)" "$(column_median "$peer" 2)"
    printf 'server-%s-%s-p99\t%s\t%s\n' "$1" "$2" "$(column_median "$ours" 3)" "$(column_median "$peer" 3)"
}

# Changes and bare hashes take turns.
compare_changes() { # the row's name | the port
    local round ours=$place/$1.ours peer=$place/$1.peer
    for round in $(seq $rounds); do
        CHANGE=1 load 16 "$2" / >>"$ours"
        "$BENCH_SERVER" hash >>"$peer"
    done
    printf '%s\t%s\t%s\n' "$1" "$(column_median "$ours" 1)" "$(column_median "$peer" 1)"
}

# The LiveAPI socket of an account, and 1,000 of them.
compare_live() {
    ulimit -n 16384
    for _ in $(seq 100); do [ -S "$place/state-live/bob/liveapi.sock" ] && break; sleep 0.1; done
    env -u LIVEAPI_USER "$BENCH_SERVER" live "$place/state-live/bob/liveapi.sock" "$place/state/tls/ca.pem" $daemon "cpanel bob:$TOKEN"
}

compare_idle() {
    ulimit -n 16384
    # shellcheck disable=SC2046
    printf 'server-idle\t%s\t%s\n' "$("$BENCH_SERVER" idle $idle "$place/state/tls/ca.pem" $daemon "${started[0]}")" \
        "$("$BENCH_SERVER" idle $idle "$place/state/tls/ca.pem" $nginx $(pgrep -P $nginx_pid))"
}

question='/execute/PasswdStrength/get_required_strength?app=pop'
list=/execute/Email/list_pops
disk=/execute/Email/list_pops_with_disk
start_daemon $daemon "$LIVEAPI_URL" "$place/state"
log_in
start_nginx
for_rows server-question-1 compare question 1 "$question"
for_rows server-question-64 compare question 64 "$question"
for_rows server-list-1 compare list 1 $list
for_rows server-list-64 compare list 64 $list
for_rows server-disk-1 compare disk 1 $disk
for_rows live- compare_live
for_rows server-change compare_changes server-change $daemon
for_rows server-page compare_page
for_rows server-idle compare_idle
if [ -n "${BENCH_MEMORY:-}" ]; then
    start_daemon $in_memory "home://$BENCH_MEMORY/1000" "$place/state-in-memory"
    for_rows server-change-memory compare_changes server-change-memory $in_memory
fi
