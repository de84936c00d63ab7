#!/bin/sh
# The service under a real systemd, from its Debian packages: socket activation, a change, restarts and a reload under
# load without a refused connection, a killed daemon, an upgrade, purge. To be run as root in a Debian that may be thrown
# away and whose first process is systemd (a virtual machine, a container): tests/systemd/service.sh FOLDER-OF-THE-PACKAGES
set -eu

packages=$1
seconds=14

fail() {
    echo "service: $*" >&2
    journalctl -u liveapid --no-pager 2>/dev/null | tail -n 20 >&2
    exit 1
}

whm() { # function and query
    curl -sSfk --max-time 20 -H "Authorization: whm root:$token" "https://127.0.0.1:2087/json-api/$1"
}

# Calls until the time is over; a line for each that failed, and at last how many there were.
load() {
    calls=0 end=$(($(date +%s) + seconds))
    while [ "$(date +%s)" -lt $end ]; do
        calls=$((calls + 1))
        whm 'version?api.version=1' >/dev/null 2>/tmp/said || echo "call $calls: $(cat /tmp/said)"
    done
    echo "calls: $calls"
}

failures() {
    grep -c '^call ' /tmp/load || true
}

ip link set lo up 2>/dev/null || true
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl "$packages"/*.deb >/dev/null
getent passwd liveapi >/dev/null || fail "the owner of the mail was not made"
! systemctl is-active --quiet liveapid || fail "the installation started the service"
whmapi1 createacct username=bob domain=example.com >/dev/null
cpapi2 --user=bob Email addpop domain=example.com email=user password=Start-Password-1 >/dev/null
printf 'Root-Password-1' | liveapid user add root >/dev/null
token=$(liveapid token create root portal | grep -E '^[A-Z0-9]{20,}$')

systemctl enable --quiet --now liveapid-whm.socket
! systemctl is-active --quiet liveapid || fail "the socket alone started the daemon"
whm 'version?api.version=1' >/dev/null || fail "the first connection did not start it"
systemctl is-active --quiet liveapid || fail "it answers and is not active"
call='cpanel?cpanel_jsonapi_user=bob&cpanel_jsonapi_apiversion=2&cpanel_jsonapi_module=Email'
whm "$call&cpanel_jsonapi_func=passwdpop&domain=example.com&email=user&password=New-Password-77" | grep -q '"result":1}]' ||
    fail "no password is changed below the sandbox"
whm "$call&cpanel_jsonapi_func=addpop&domain=example.com&email=more&password=New-Password-78" | grep -q '"result":1}]' ||
    fail "no mailbox is made below the sandbox"

load > /tmp/load &
working=$!
sleep 2 && systemctl restart liveapid
sleep 2 && systemctl reload liveapid
sleep 1 && systemctl restart liveapid
sleep 2
[ "$(failures)" = 0 ] || fail "calls failed while it was restarted and reloaded: $(cat /tmp/load)"
# What it has in hand goes with it: one of our calls at the most.
kill -9 "$(systemctl show -p MainPID --value liveapid)"
wait $working
[ "$(failures)" -le 1 ] || fail "calls failed after it was killed: $(cat /tmp/load)"
cat /tmp/load
journalctl -u liveapid --no-pager | grep -q 'The configuration was read again' || fail "the reload is not in the journal"
! journalctl -u liveapid --no-pager | grep -qE "Password|$token" || fail "the journal holds a secret"

# The same version once more: what runs goes on.
dpkg -i "$packages"/*.deb >/dev/null
systemctl is-active --quiet liveapid || fail "an upgrade ended the service"
# shellcheck disable=SC2046
apt-get purge -y -qq $(dpkg-query -W -f '${Package}\n' '*liveapi*') >/dev/null
! systemctl is-active --quiet liveapid liveapid-whm.socket || fail "the purge left it running"
left=$(find /etc /usr /var /run -xdev -iname '*liveapi*' ! -path '/var/lib/liveapi*' ! -path '/run/systemd/*' ! -path "$packages/*")
[ -z "$left" ] || fail "the purge left $left"
[ -s /var/lib/liveapi/bob/etc/example.com/shadow ] || fail "the purge took the mail store"
echo "service: socket activation, sandbox, restarts, reload, kill, upgrade and purge are as they should be"
