#!/bin/sh
# Installs the packages of a folder on this system, works with them from the shell, PHP, Perl and C, and purges them:
# for a throw-away system only, as scripts/on-debian.sh makes it. tests/packages/round.sh FOLDER, as root.
set -eu

folder=$(cd "${1:?usage: tests/packages/round.sh FOLDER}" && pwd)
export DEBIAN_FRONTEND=noninteractive
fail() {
    echo "round: $*" >&2
    exit 1
}

apt-get update -qq
# The archive has modules that these two need on every release.
apt-get install -y -qq --no-install-recommends gcc libc6-dev pkg-config php-cli libffi-platypus-perl libffi-checklib-perl \
    libcpanel-json-xs-perl "$folder"/*.deb >/dev/null

work=$(mktemp -d)
cd "$work"
chmod 755 "$work"
export LIVEAPI_URL="home://$work/homes" LIVEAPI_USER=bob
whmapi1 createacct username=bob domain=example.com | grep -q 'result: 1' || fail "no account"
cpapi2 Email addpop domain=example.com email=user password=Start-Password-1 | grep -q 'result: 1' || fail "no mailbox"

opens() { # password
    uapi --output=json Email verify_password email=user@example.com "password=$1" | grep -q '"data":1' ||
        fail "the password of $2 does not open"
}

cpapi2 Email passwdpop domain=example.com email=user password=From-The-Shell-1 | grep -q 'result: 1' || fail "shell"
opens From-The-Shell-1 "the shell"
cat >change.php <<'PHP'
<?php
require_once '/usr/share/php/liveapi/cpanel.php';
error_reporting(-1);
$cpanel = new CPANEL();
$answer = $cpanel->api2('Email', 'passwdpop', ['domain' => 'example.com', 'email' => 'user', 'password' => 'From-PHP-12345']);
exit($answer['cpanelresult']['data'][0]['result'] == 1 ? 0 : 1);
PHP
php -d ffi.enable=1 change.php || fail "PHP"
opens From-PHP-12345 PHP
perl -Mstrict -Mwarnings -MCpanel::LiveAPI -e 'my $answer = Cpanel::LiveAPI->new->api2("Email", "passwdpop",
    { domain => "example.com", email => "user", password => "From-Perl-12345" });
    exit !$answer->{cpanelresult}{data}[0]{result}' || fail "Perl"
opens From-Perl-12345 Perl
cat >change.c <<'C'
#include <liveapi.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    char *answer = api2("Email", "passwdpop", "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"From-C-12345678\"}");
    int done = answer != NULL && strstr(answer, "\"result\":1}]") != NULL;
    liveapi_free(answer);
    return !done;
}
C
# shellcheck disable=SC2046
cc -o change change.c $(pkg-config --cflags --libs liveapi)
./change || fail "C"
opens From-C-12345678 C
liveapid --version >/dev/null || fail "liveapid"

cd /
rm -r "$work"
apt-get purge -y -qq libliveapi1 libliveapi-dev liveapi-tools liveapid php-liveapi libcpanel-liveapi-perl >/dev/null
left=$(find / -xdev -name '*liveapi*' -not -path '/proc/*' -not -path '/root/*' -not -path "/home/*" -not -path "$folder/*" \
    -not -path '/var/cache/apt/*' -not -path '/tmp/*' 2>/dev/null || true)
[ -z "$left" ] || fail "left after the purge: $left"
. /etc/os-release
echo "round: installed, changed passwords from the shell, PHP $(php -r 'echo PHP_VERSION;'), Perl and C, and purged on $PRETTY_NAME"
