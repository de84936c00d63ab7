#!/bin/bash
# Shows the documented call changing a real mailbox's password, from PHP, Perl, C and the shell. After
# each change a real Dovecot decides. Works in a temporary folder, as an ordinary user (as root: as
# nobody), and leaves neither files nor processes.
set -euo pipefail

project=$(cd "$(dirname "$0")/.." && pwd)
built=${CARGO_TARGET_DIR:-$project/target}/${PROFILE:-release}

# First part, with the rights of the caller: a folder with copies of what was built.
if [ "${1:-}" != inside ]; then
    place=$(mktemp -d /tmp/liveapi-demo.XXXXXX)
    trap 'rm -rf "$place"' EXIT
    mkdir -p "$place/lib" "$place/bin" "$place/scripts" "$place/run/state"
    cp "$built/libliveapi.so" "$place/lib/libliveapi.so.1"
    ln -s libliveapi.so.1 "$place/lib/libliveapi.so"
    cp "$built/liveapi" "$place/bin/"
    "$project/scripts/names.sh" link "$place/bin"
    cp -R "$project/bindings" "$project/include" "$place/"
    cp "$project/scripts/demo.sh" "$project/share/dovecot/"* "$place/scripts/"
    if [ "$(id -u)" = 0 ]; then
        chown -R nobody "$place"
        setpriv --reuid=nobody --regid=nogroup --clear-groups bash "$place/scripts/demo.sh" inside
    else
        bash "$place/scripts/demo.sh" inside
    fi
    exit
fi

place=$project
cd "$place"
export HOME=$place PATH=$place/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
export LIVEAPI_URL=home://$place/store LIVEAPI_USER=bob LIVEAPI_LIBRARY=$place/lib/libliveapi.so.1
# Bytes are counted for IMAP, not characters.
export LC_ALL=C
unset LIVEAPI_CONFIG LIVEAPI_REQUIRED_STRENGTH LIVEAPI_DEFAULT_QUOTA
address=user@example.com
summary=()

run() { # shows a command and runs it
    printf '$ %s\n' "$*"
    "$@"
}

free_port() {
    local port
    for port in $(seq 20143 20243); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
    echo "no free port between 20143 and 20243" >&2
    return 1
}

start_dovecot() {
    port=$(free_port)
    scripts/configure.sh single-user.conf "RUN=$place/run" "STORE=$place/store" "USER=$(id -un)" "GROUP=$(id -gn)" \
        "IMAPPORT=$port" > dovecot.conf
    dovecot -F -c "$place/dovecot.conf" &
    dovecot=$!
    trap 'kill $dovecot 2>/dev/null; wait $dovecot 2>/dev/null || true' EXIT
    local tries
    for tries in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    echo "Dovecot does not answer after $tries tries:" >&2
    cat run/dovecot.log >&2
    return 1
}

opens() { # whether an IMAP LOGIN with this password succeeds
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    read -r line <&3
    printf 'a LOGIN {%d+}\r\n%s {%d+}\r\n%s\r\n' "${#address}" "$address" "${#1}" "$1" >&3
    while read -r line <&3 && [ "${line:0:2}" != "a " ]; do :; done
    exec 3>&-
    [ "${line:0:4}" = "a OK" ]
}

# Dovecot looks at a file's time at most once a second, so the new password may need a second try.
prove() { # language, old password, new password
    local tries=0
    until opens "$3"; do
        tries=$((tries + 1))
        [ $tries -lt 15 ] || { echo "FAILED: $1: Dovecot refuses the new password" >&2; exit 1; }
        sleep 0.2
    done
    if opens "$2"; then
        echo "FAILED: $1: Dovecot still accepts the old password" >&2
        exit 1
    fi
    echo "  Dovecot: the new password opens $address, the old one does not."
    echo
    summary+=("$(printf '%-7s changed the password of %s: new accepted, old refused by Dovecot' "$1" "$address")")
}

echo "== An account and a mailbox"
run whmapi1 createacct username=bob domain=example.com
run cpapi2 Email addpop domain=example.com email=user password=Start-Password-1
start_dovecot
opens Start-Password-1 || { echo "FAILED: the first password does not open the mailbox" >&2; exit 1; }

echo "== PHP, in the words of cPanel's documentation"
sed -n '/new CPANEL/,/^);/p' bindings/php/examples/passwdpop.php
run php bindings/php/examples/passwdpop.php
prove PHP Start-Password-1 12345luggage

echo "== Perl"
cat > change.pl <<'PERL'
use Cpanel::LiveAPI ();
my $cpliveapi = Cpanel::LiveAPI->new();
my $answer = $cpliveapi->api2( 'Email', 'passwdpop',
    { 'domain' => 'example.com', 'email' => 'user', 'password' => 'Perl & <friends> 2' } );
print $answer->{cpanelresult}{data}[0]{result} == 1 ? "changed\n" : "$answer->{cpanelresult}{error}\n";
$cpliveapi->end();
PERL
cat change.pl
run perl -Ibindings/perl/lib change.pl
prove Perl 12345luggage 'Perl & <friends> 2'

echo "== C"
run cc -o passwdpop -Iinclude bindings/c/passwdpop.c -Llib -lliveapi "-Wl,-rpath,$place/lib"
printf '$ printf %%s %s | ./passwdpop %s\n' "'C says \"pässwörd\" 3'" "$address"
printf %s 'C says "pässwörd" 3' | ./passwdpop "$address"
prove C 'Perl & <friends> 2' 'C says "pässwörd" 3'

echo "== The shell"
run cpapi2 --user=bob Email passwdpop domain=example.com email=user password=Shell-Says-4
prove cpapi2 'C says "pässwörd" 3' Shell-Says-4

echo "== A refusal says why, and changes nothing"
run cpapi2 --user=bob Email passwdpop domain=example.com email=user password=weak
opens Shell-Says-4 || { echo "FAILED: a refusal changed the password" >&2; exit 1; }
echo "  Dovecot: the password is the same as before."
echo
printf '%s\n' "${summary[@]}" "A weak password was refused with its reason, and the old one still works."
