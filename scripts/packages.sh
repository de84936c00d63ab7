#!/bin/sh
# Makes sure that what a target of the Makefile needs is there: scripts/packages.sh demo|test|bench|dist, and `root`
# for scripts/on-debian.sh. On Debian and Ubuntu it installs what is missing, as root or through sudo, and says so;
# elsewhere it lists what is missing. It starts no service of what it installs. A second run finds everything and does
# nothing.
set -eu

# Runs a check and prints the packages that satisfy it when it fails.
need() { # what it is for | the packages | the check
    sh -c "$3" >/dev/null 2>&1 || { missing="$missing $2"; list="$list
  $1 (Debian: $2)"; }
}

# As `need`, for a lint: a release that has no such package is told, and goes without it.
want() { # what it is for | the package | the check
    sh -c "$3" >/dev/null 2>&1 || lints="$lints $2"
    need "$@"
}

# Leaves lints out that this release has no package for, which is known once apt has its lists.
spare() {
    ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || return 0
    for package in $lints; do
        if [ -z "$(apt-cache madison "$package" 2>/dev/null)" ]; then
            echo "liveapi: this release has no package $package: its lint is left out" >&2
            missing=$(printf %s "$missing" | sed "s/ $package\\($\\| \\)/\\1/")
        fi
    done
}

look() {
    missing= list= lints=
    if [ "$purpose" = root ]; then
        need "debootstrap, which makes a root of another release" debootstrap 'command -v debootstrap'
        need "git" git 'command -v git'
        need "curl" curl 'command -v curl'
        return 0
    fi
    need "a C compiler" "gcc libc6-dev" 'command -v cc && test -e /usr/include/stdio.h'
    need "certificates, for cargo's downloads" ca-certificates 'test -e /etc/ssl/certs/ca-certificates.crt'
    if [ "$purpose" = dist ]; then
        need "Debian's tools for packages" dpkg-dev 'command -v dpkg-shlibdeps && command -v dpkg-gencontrol'
        need "Perl's own tools" "perl make" 'command -v make && perl -MExtUtils::MakeMaker -e 1'
        need "Python with its environments, for the linker of older systems" python3-venv '/usr/bin/python3 -c "import venv, ensurepip"'
        return 0
    fi
    need "PHP with FFI" php-cli 'php -r "exit(extension_loaded(\"ffi\") ? 0 : 1);"'
    need "Perl's FFI::Platypus" libffi-platypus-perl 'perl -MFFI::Platypus -e 1'
    need "Perl's FFI::CheckLib" libffi-checklib-perl 'perl -MFFI::CheckLib -e 1'
    need "Perl's Cpanel::JSON::XS" libcpanel-json-xs-perl 'perl -MCpanel::JSON::XS -e 1'
    need "Dovecot's IMAP server" dovecot-imapd 'test -x /usr/sbin/dovecot && test -x /usr/lib/dovecot/imap'
    [ "$purpose" != demo ] || return 0
    need "Dovecot's LMTP server" dovecot-lmtpd 'test -x /usr/lib/dovecot/lmtp'
    need "the list of public suffixes" publicsuffix 'test -e /usr/share/publicsuffix/public_suffix_list.dat'
    need "Dovecot's Lua" dovecot-auth-lua 'test -e /usr/lib/dovecot/modules/auth/libauthdb_lua.so'
    need "Exim with Dovecot's passwords" exim4-daemon-heavy 'PATH=/usr/sbin:$PATH exim4 -bV | grep -q "^Authenticators:.* dovecot"'
    need "a C++ compiler" g++ 'command -v c++'
    need "valgrind" "valgrind libc6-dbg" 'valgrind --error-exitcode=1 true'
    need "strace" strace 'command -v strace'
    need "pkg-config" pkg-config 'command -v pkg-config'
    need "Debian's tools for packages" dpkg-dev 'command -v dpkg-shlibdeps && command -v dpkg-gencontrol'
    need "openssl, to look at certificates" openssl 'command -v openssl'
    need "an HTTP proxy" tinyproxy-bin 'command -v tinyproxy'
    need "access control lists" acl 'command -v setfacl'
    need "Perl's own tools" perl 'command -v prove && command -v podchecker && perl -MExtUtils::MakeMaker -e 1'
    need "Perl's JSON::XS" libjson-xs-perl 'perl -MJSON::XS -e 1'
    need "perlcritic" libperl-critic-perl 'command -v perlcritic'
    need "php-fpm with opcache" "php-fpm php-cli" 'ls /usr/sbin/php-fpm* && php -m | grep -qx "Zend OPcache"'
    need "php-cgi" php-cgi 'command -v php-cgi'
    need "nginx" nginx-light 'test -x /usr/sbin/nginx && test -e /etc/nginx/snippets/fastcgi-php.conf'
    need "Apache" apache2-bin 'test -x /usr/sbin/apache2 && test -e /usr/lib/apache2/modules/mod_proxy_fcgi.so'
    need "fcgiwrap" fcgiwrap 'test -x /usr/sbin/fcgiwrap'
    need "PHPUnit" phpunit 'phpunit --version'
    want "PHP_CodeSniffer" php-codesniffer 'phpcs --version'
    need "zsh" zsh 'command -v zsh'
    need "man" "man-db groff-base" 'command -v man && command -v groff'
    need "Composer" composer 'command -v composer'
    need "Roundcube with its plugins" "roundcube-core roundcube-sqlite3 roundcube-plugins" 'test -e /usr/share/roundcube/plugins/password/drivers/cpanel.php && command -v sqlite3'
    need "PHP's curl" php-curl 'php -m | grep -qx curl'
    need "Perl's TLS" libio-socket-ssl-perl 'perl -MIO::Socket::SSL -e 1'
    need "Python with its environments, for schemathesis" python3-venv '/usr/bin/python3 -c "import venv, ensurepip"'
    need "Python with requests" python3-requests '/usr/bin/python3 -c "import requests"'
    need "Ruby" ruby 'command -v ruby'
    need "Node.js" nodejs 'command -v node'
    need "Perl's XML::LibXML" libxml-libxml-perl 'perl -MXML::LibXML -e 1'
    need "curl" curl 'command -v curl'
    need "programs that pack, for mail and archives in all forms" "bzip2 xz-utils zstd" 'command -v bzip2 && command -v xz && command -v zstd'
    need "systemd's tools" systemd 'command -v systemd-analyze && command -v systemd-socket-activate && command -v systemd-sysusers'
    need "lintian" lintian 'lintian --version'
    need "Chromium, its driver, and a tool for its authorities" "chromium chromium-driver libnss3-tools" 'command -v chromium && command -v chromedriver && command -v certutil'
    [ "$purpose" = bench ] || return 0
    need "PHP's headers, for a native extension to compare with" php-dev 'command -v phpize'
    need "Perl's headers, for an XS module to compare with" libperl-dev 'test -e "$(perl -MConfig -e "print \$Config{archlib}")/CORE/perl.h"'
    need "libxcrypt's headers" libcrypt-dev 'test -e /usr/include/crypt.h'
    need "GNU time" time 'test -x /usr/bin/time'
    need "wrk" wrk 'command -v wrk'
    need "libcurl's headers, for remote calls to compare with" libcurl4-openssl-dev 'test -e "/usr/include/$(cc -print-multiarch)/curl/curl.h" || test -e /usr/include/curl/curl.h'
    need "PHP's curl" php-curl 'php -m | grep -qx curl'
    need "TLS for Perl's HTTP::Tiny" libio-socket-ssl-perl 'perl -MIO::Socket::SSL -e 1'
    need "Python's requests" python3-requests '/usr/bin/python3 -c "import requests"'
}

install() {
    if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
    # Tells Debian's package scripts not to start what they install, unless this machine has its own rule.
    rule=/usr/sbin/policy-rc.d
    if [ ! -e $rule ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root sh -c "cat > $rule && chmod 755 $rule"
        trap '$as_root rm -f $rule' EXIT
    fi
    # What apt knew may be old, or nothing yet.
    $as_root apt-get update -qq
    spare 2>/dev/null
    [ -n "$missing" ] || return 0
    echo "liveapi: installing with apt-get:$missing"
    # A machine has one mail server: apt-get would take Postfix away to install Exim. The light Exim it may.
    # shellcheck disable=SC2086
    lost=$(apt-get install -s --no-install-recommends $missing | sed -n 's/^Remv \([^ ]*\).*/\1/p' | grep -vx exim4-daemon-light || true)
    if [ -n "$lost" ]; then
        echo "liveapi: that would remove" $lost "from this machine; install by hand what you can do without it" >&2
        exit 1
    fi
    # Roundcube's package would make a database in whatever server it finds here; ours are the tests' own.
    case $missing in
        *roundcube*) echo "roundcube-core roundcube/dbconfig-install boolean false" | $as_root debconf-set-selections ;;
    esac
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

purpose=${1:?demo, test, bench, dist or root}
if ! command -v cargo >/dev/null 2>&1; then
    echo "liveapi: Rust is missing; install it (https://rustup.rs), version 1.95 or newer" >&2
    exit 1
fi
look
spare
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "liveapi: these are missing, and there is no apt-get to install them:$list" >&2
    exit 1
fi
if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    echo "liveapi: these are missing; install them as root (sudo asks for a password here):$list" >&2
    exit 1
fi
install
look
spare 2>/dev/null
if [ -n "$missing" ]; then
    echo "liveapi: still missing after the installation:$list" >&2
    exit 1
fi
