#!/usr/bin/env bash
# Measures the build that is packed side by side with its peers and prints one table: what, ours, peer,
# ratio, aim, met. Started by `make bench`; `cargo` and a C compiler are needed, and what else is
# missing leaves rows out and is named. Nothing fails for being slow. With ROWS only what makes those rows is
# built and run.
#
# The ratio is the figure to trust: subjects take turns in every round, and medians are compared.
#
# Started by root, everything is measured as `nobody`, because root's calls switch the thread's ids and
# most callers are not root. The stores are below /var/tmp: flushes to a memory disk would cost nothing.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$here")
. "$here/rows.sh"
check_rows "$here/rows.tsv"
work=$(mktemp -d /var/tmp/liveapi-bench.XXXXXX)
memory=''
server=''
trap '[ -z "$server" ] || kill "$server" || true; rm -rf "$work" ${memory:+"$memory"}' EXIT
results=$work/results.tsv
left_out=''
build_home=$HOME
: >"$results"

main() {
    leave_environment
    build
    build_c_peers
    copy_scripts
    export_settings
    hand_over
    make_stores
    for_rows remote- start_server
    local load
    load=$(load)
    measure
    printf '\nload average before and after: %s and %s, on %s processors\n\n' "$load" "$(load)" "$(nproc)"
    awk -f "$here/table.awk" "$here/rows.tsv" "$results"
    [ -z "$left_out" ] || printf '\nleft out: %s\n' "$left_out"
}

# Tells the reader how quiet the machine was; on a busy one waits for processor and disk count too.
load() { cut -d ' ' -f 1 /proc/loadavg; }

say() { printf '== %s\n' "$*" >&2; }

# Remembers why rows are missing; the reasons are printed below the table.
leave_out() { left_out="${left_out:+$left_out; }$*"; }

has() { command -v "$1" >/dev/null 2>&1; }

# Only what this file sets may configure the library.
leave_environment() {
    local name
    for name in $(compgen -e | grep -E '^(LIVEAPI_|CPANEL_|PERL5|PHP)' || true); do unset "$name"; done
    export HOME=$work XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work LC_ALL=C
}

as_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$work" && exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups -- "$@")
    else
        (cd "$work" && "$@")
    fi
}

build() {
    say "building what is packed"
    local target=${CARGO_TARGET_DIR:-$project/target} built='' program benches
    case $target in /*) ;; *) target=$project/$target ;; esac
    benches=$(rust_benches | sed 's/^/--bench /')
    # shellcheck disable=SC2086
    [ -z "$benches" ] || built=$(packed build $benches --message-format=json |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
    packed build
    mkdir -p "$work/lib" "$work/bin" "$work/stores"
    cp "$target/packed/libliveapi.so" "$work/lib/libliveapi.so.1"
    ln -s libliveapi.so.1 "$work/lib/libliveapi.so"
    cp "$target/packed/liveapi" "$target/packed/liveapid" "$work/bin/"
    "$project/scripts/names.sh" link "$work/bin"
    for program in $built; do
        case ${program##*/} in
        hash-*) cp "$program" "$work/bin/hash" ;;
        change-*) cp "$program" "$work/bin/change" ;;
        tags-*) cp "$program" "$work/bin/tags" ;;
        family-*) cp "$program" "$work/bin/family" ;;
        batch-*) cp "$program" "$work/bin/batch" ;;
        many-*) cp "$program" "$work/bin/many" ;;
        remote-*) cp "$program" "$work/bin/remote" ;;
        server-*) cp "$program" "$work/bin/server" ;;
        esac
    done
}

# The benchmarks of cargo that make wanted rows.
rust_benches() {
    local name
    for name in hash change tags batch many remote; do for_rows "$name-" echo "$name"; done
    for_rows "create copy list walk" echo family
    for_rows "server- live-" echo server
}

# Cargo keeps its caches in the caller's home.
packed() { (cd "$project" && HOME=$build_home cargo "$1" --profile packed --quiet "${@:2}"); }

build_c_peers() {
    say "building the peers"
    local cc=${CC:-cc} flags=(-std=gnu11 -O2 -Wall -Wextra) links
    "$cc" "${flags[@]}" -shared -fPIC "$here/peers/empty.c" -o "$work/lib/libempty.so"
    strip "$work/lib/libempty.so"
    "$cc" "${flags[@]}" "$here/peers/nothing.c" -o "$work/bin/nothing"
    "$cc" "${flags[@]}" "$here/c/load.c" -o "$work/bin/load"
    links=(-L"$work/lib" -Wl,-rpath,"$work/lib" -lliveapi -lempty)
    "$cc" "${flags[@]}" "$here/c/call.c" -o "$work/bin/call" "${links[@]}"
    "$cc" "${flags[@]}" "$here/c/processes.c" -o "$work/bin/processes" "${links[@]}"
    "$cc" "${flags[@]}" "$here/c/remote.c" -o "$work/bin/remote-calls" "${links[@]}" -pthread
    "$cc" "${flags[@]}" "$here/peers/curl.c" -o "$work/bin/curl" -lcurl 2>"$work/log" ||
        leave_out "remote calls against libcurl (install libcurl4-openssl-dev)"
    "$cc" "${flags[@]}" "$here/peers/crypt.c" -o "$work/bin/crypt" -lcrypt 2>"$work/log" ||
        leave_out "hash against libxcrypt (install libcrypt-dev)"
}

copy_scripts() {
    mkdir -p "$work/bindings" "$work/include"
    cp -r "$here" "$work/benches"
    cp "$project/include/liveapi_ffi.h" "$work/include/"
    [ ! -d "$project/bindings" ] || cp -r "$project/bindings/." "$work/bindings/"
}

export_settings() {
    export LIVEAPI_LIBRARY=$work/lib/libliveapi.so.1 LIVEAPI_URL=home://$work/stores/10 LIVEAPI_USER=bob
    export LIVEAPI_REQUIRED_STRENGTH=50
    export BENCH_CPAPI2=$work/bin/cpapi2 BENCH_WHMAPI1=$work/bin/whmapi1
    export BENCH_LIVEAPID=$work/bin/liveapid BENCH_SERVER=$work/bin/server
    export BENCH_SHADOW=$work/stores/10/bob/etc/example.com/shadow BENCH_STORES=$work/stores
    export BENCH_EMPTY=$work/lib/libempty.so BENCH_NOTHING=$work/bin/nothing
    export BENCH_HEADER=$work/include/liveapi_ffi.h BENCH_PHP_CLASS=$work/bindings/php/cpanel.php
    export BENCH_SHELL=''
    if has doveadm; then
        export BENCH_SHELL=$work/benches/peers/change.sh
    else
        leave_out "changes by a shell script (install dovecot-core)"
    fi
    [ ! -x "$work/bin/crypt" ] || export BENCH_LIBXCRYPT=$work/bin/crypt
    if has php; then
        BENCH_PHP=$(command -v php)
        export BENCH_PHP BENCH_PHP_CRYPT=$work/benches/peers/crypt.php BENCH_TAGS_PHP=$work/benches/php/tags.php
    fi
    ! has perl || { BENCH_PERL=$(command -v perl) && export BENCH_PERL; }
    if [ -x /usr/bin/python3 ]; then
        export BENCH_PYTHON=/usr/bin/python3
    else
        leave_out "the start of python3 (install python3)"
    fi
}

# Others must not be able to change what root is about to start, so root keeps nothing here to itself.
hand_over() {
    if [ "$(id -u)" = 0 ]; then chown -R "nobody:$(id -g nobody)" "$work"; fi
}

make_stores() {
    local size
    for size in $(sizes | sort -nu); do
        say "setting up a store with $size mailboxes"
        as_user "$work/benches/store.sh" "$work/stores/$size" "$size"
    done
    for_rows "change-memory server-change-memory" make_memory_store
    for_rows "create copy list walk" make_mail
    # Or the first flushes that are measured would write all of that.
    sync -f "$work"
}

# Of the stores: 10 mailboxes are those of everything that is not about their number.
sizes() {
    echo 10
    for_rows change- printf '%s\n' 1000 100000
    for_rows "create copy list walk" printf '%s\n' 100 1000 10000
    for_rows many- echo 10000
}

make_memory_store() {
    if [ -d /dev/shm ] && memory=$(as_user mktemp -d /dev/shm/liveapi-bench.XXXXXX); then
        as_user "$work/benches/store.sh" "$memory/1000" 1000
        export BENCH_MEMORY=$memory
    else
        leave_out "the change on a memory disk (mount a tmpfs at /dev/shm)"
    fi
}

# 10,000 mailboxes with mail.
make_mail() {
    as_user "$work/benches/store.sh" "$work/mail" 10000
    as_user "$work/benches/maildirs.sh" "$work/mail" 10000 10
    export BENCH_MAIL=$work/mail
}

# The server of the remote calls, and who calls it.
start_server() {
    if ! has nginx || ! has openssl; then
        leave_out "calls to a server (install nginx-light and openssl)"
        return
    fi
    as_user mkdir "$work/remote"
    as_user "$work/benches/remote.sh" "$work/remote"
    server=$(cat "$work/remote/nginx.pid")
    export BENCH_REMOTE_PORT=20308 BENCH_REMOTE_LARGE_PORT=20309 BENCH_REMOTE_SCRIPTS=$work/benches
    export BENCH_REMOTE_URL=whm://root@localhost:20308 BENCH_REMOTE_LARGE=whm://root@localhost:20309
    export BENCH_REMOTE_TOKEN=BENCHBENCHBENCHBENCHBENCHBENCHAA BENCH_REMOTE_CA=$work/remote/ca.pem
}

# A benchmark with that server's URL: its lines are results. Peers would ask a proxy of the environment.
run_remotely() { # URL COMMAND…
    as_user env no_proxy=localhost LIVEAPI_URL="$1" LIVEAPI_TOKEN="$BENCH_REMOTE_TOKEN" LIVEAPI_CA_FILE="$BENCH_REMOTE_CA" \
        "${@:2}" >>"$results"
}

# One benchmark: its lines are results.
run() {
    say "measuring: ${*##*/}"
    as_user "$@" >>"$results"
}

measure() {
    for_rows c- run "$work/bin/call"
    for_rows c- run "$work/bin/processes"
    for_rows php- measure_php
    for_rows "page- remote-page-" measure_page
    for_rows perl- measure_perl
    for_rows hash- run "$work/bin/hash"
    for_rows change- run "$work/bin/change"
    for_rows list-memory measure_memory
    for_rows "create copy list walk" measure_family
    for_rows flushes count_flushes
    for_rows size printf 'size\t%s\t%s\n' "$(stat -Lc %s "$LIVEAPI_LIBRARY")" "$(stat -c %s "$BENCH_EMPTY")" >>"$results"
    for_rows "load- start-" run "$work/bin/load"
    for_rows tags- run "$work/bin/tags"
    for_rows batch- run "$work/bin/batch"
    for_rows many- measure_many
    [ -z "$server" ] || for_rows "remote-ours remote-php remote-perl remote-8 remote-32 remote-large remote-first remote-idle remote-forks" measure_remote
    for_rows "server- live-" measure_server
}

measure_php() {
    if ! has php || ! php -r 'exit(extension_loaded("ffi") ? 0 : 1);'; then
        leave_out "everything in PHP (install php-cli with FFI)"
        return
    fi
    run php -d ffi.enable=1 "$work/benches/php/processes.php"
    if ! has phpize; then
        leave_out "PHP's whole call against an extension (install php-dev)"
        return
    fi
    say "building the PHP extension"
    as_user sh -c 'cd benches/peers/php && (phpize && ./configure && make) >build.log 2>&1'
    run php -d ffi.enable=1 -d "extension=$work/benches/peers/php/modules/liveapi_peer.so" \
        "$work/benches/php/call.php"
}

# As many clients as there are; each row needs ours and one.
measure_remote() {
    local calls=$work/bin/remote-calls
    export BENCH_REMOTE=$calls
    [ ! -x "$work/bin/curl" ] || export BENCH_CURL=$work/bin/curl
    if [ -n "${BENCH_PHP:-}" ] && php -r 'exit(extension_loaded("curl") && extension_loaded("ffi") ? 0 : 1);'; then
        export BENCH_PHP_CURL=$BENCH_PHP
    else
        leave_out "remote calls against PHP's curl (install php-curl)"
    fi
    if perl -MFFI::Platypus -MJSON::XS -MIO::Socket::SSL -MHTTP::Tiny -e 1 2>/dev/null; then
        export BENCH_PERL_REMOTE="$BENCH_PERL -I$work/bindings/perl/lib" BENCH_PERL_TINY=$BENCH_PERL
    else
        leave_out "remote calls against Perl's HTTP::Tiny (install libio-socket-ssl-perl)"
    fi
    if [ -n "${BENCH_PYTHON:-}" ] && "$BENCH_PYTHON" -c 'import requests' 2>/dev/null; then
        export BENCH_PYTHON_REQUESTS=$BENCH_PYTHON
    else
        leave_out "remote calls against Python's requests (install python3-requests)"
    fi
    say "measuring: calls to a server"
    run_remotely "$BENCH_REMOTE_URL" "$work/bin/remote"
    run_remotely whm://root@localhost:20310 "$calls" idle remote-idle
    run_remotely whm://root@localhost:20311 "$calls" forks remote-forks
}

# Most memory that a list of 10,000 mailboxes with mail takes, in KiB, against du.
measure_memory() {
    if ! [ -x /usr/bin/time ]; then
        leave_out "the memory of the list (install time)"
        return
    fi
    local ours peer
    as_user env LIVEAPI_URL="home://$BENCH_MAIL" /usr/bin/time -f %M -o "$work/ours" \
        "$BENCH_CPAPI2" --user=bob --output=json Email listpopswithdisk >/dev/null
    as_user sh -c "cd '$BENCH_MAIL/bob/mail/example.com' && /usr/bin/time -f %M -o '$work/peer' du -s --apparent-size -B1 -- */" >/dev/null
    ours=$(cat "$work/ours") peer=$(cat "$work/peer")
    printf 'list-memory\t%s\t%s\n' "$((ours * 1024))" "$((peer * 1024))" >>"$results"
}

# Flushes, and most memory in KiB, of a batch of 10,000 changes with a journal; `many` has left its calls.
measure_many() {
    run "$work/bin/many"
    local calls=$work/stores/10000/passwords.jsonl
    local batch=("$BENCH_CPAPI2" --user=bob --batch "$calls" --resume)
    export LIVEAPI_URL=home://$work/stores/10000
    if has strace; then
        as_user strace -f -qq -o "$work/flushes" -e trace=fsync,fdatasync,sync,syncfs,sync_file_range,msync \
            "${batch[@]}" "$calls.counted" >/dev/null
        printf 'many-flushes\t%s\t20000\n' "$(grep -cE '^[0-9]+ +[a-z_]+\(' "$work/flushes")" >>"$results"
    fi
    if [ -x /usr/bin/time ]; then
        as_user /usr/bin/time -f %M -o "$work/ours" "${batch[@]}" "$calls.measured" >/dev/null
        as_user /usr/bin/time -f %M -o "$work/peer" "$BENCH_NOTHING" >/dev/null
        printf 'many-memory\t%s\t%s\n' "$(($(cat "$work/ours") * 1024))" "$(($(cat "$work/peer") * 1024))" >>"$results"
    fi
    export LIVEAPI_URL=home://$work/stores/10
}

# Dovecot reads the list of mailboxes itself: `doveadm -A` asks its running userdb.
measure_family() {
    local dovecot=''
    if has dovecot; then
        dovecot=$work/dovecot.conf
        as_user mkdir -p "$work/run/state"
        "$work/benches/dovecot.sh" "$work" "$BENCH_MAIL" >"$dovecot"
        as_user dovecot -F -c "$dovecot" &
        for _ in $(seq 100); do [ -e "$work/run/auth-userdb" ] && break; sleep 0.1; done
        export BENCH_DOVECOT=$dovecot
    else
        leave_out "the list against doveadm (install dovecot-core)"
    fi
    run "$work/bin/family"
    [ -z "$dovecot" ] || as_user doveadm -c "$dovecot" stop
}

# At least 90 % of the requests of the page without a call: at most 1.11 times its time.
measure_page() {
    if ! has wrk || ! has nginx || ! ls /usr/sbin/php-fpm* >/dev/null 2>&1; then
        leave_out "the page under php-fpm (install wrk, nginx-light and php-fpm)"
        return
    fi
    as_user mkdir "$work/page"
    run "$work/benches/page.sh" "$work/page"
}

measure_server() {
    if ! has wrk || ! has nginx; then
        leave_out "the daemon against nginx (install wrk and nginx-light)"
        return
    fi
    as_user mkdir "$work/server"
    run "$work/benches/server.sh" "$work/server"
}

measure_perl() {
    if ! perl -MFFI::Platypus -MJSON::XS -e 1 2>/dev/null; then
        leave_out "everything in Perl (install libffi-platypus-perl and libjson-xs-perl)"
        return
    fi
    run perl -I"$work/bindings/perl/lib" "$work/benches/perl/processes.pl"
    say "building the XS module"
    if ! as_user sh -c 'cd benches/peers/perl && (perl Makefile.PL && make) >build.log 2>&1'; then
        leave_out "Perl's whole call against an XS module (install libperl-dev and make)"
        return
    fi
    run perl -Mblib="$work/benches/peers/perl/blib" -I"$work/bindings/perl/lib" "$work/benches/perl/call.pl"
}

# Flushes are counted, not timed: this disk may flush in 50 us and the next one in 10 ms.
count_flushes() {
    if ! has strace; then
        leave_out "the number of flushes (install strace)"
        return
    fi
    as_user strace -f -qq -o "$work/flushes" -e trace=fsync,fdatasync,sync,syncfs,sync_file_range,msync \
        "$BENCH_CPAPI2" --user=bob --output=json Email passwdpop domain=example.com email=u1 \
        password=Bench-Secret-15 | grep '"result":1' >/dev/null
    printf 'flushes\t%s\t2\n' "$(grep -cE '^[0-9]+ +[a-z_]+\(' "$work/flushes")" >>"$results"
}

main
