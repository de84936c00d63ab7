#!/bin/sh
# Lays the built files where a system looks for them: scripts/install.sh install|uninstall|compat|uncompat
#
# From the environment, all with defaults: PREFIX (/usr/local), DESTDIR (a staging folder in front of
# everything, for packagers), LIBDIR, PHPDIR, PERLDIR, UNITDIR, BUILT (what is laid), and ROOT for compat. `compat` lays the places of a
# cPanel server that scripts name, as links to the installed files, and refuses where cPanel is installed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ -e "$here/release" ]; then
    # The archive for systems without dpkg: everything stands beside this script, and `release` sets version and revision.
    project=$here
    built=$here/built
    . "$here/release"
else
    project=$(dirname "$here")
    built=${BUILT:-${CARGO_TARGET_DIR:-$project/target}/${PROFILE:-release}}
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$project/Cargo.toml" | head -n 1)
    revision=$(sed -n 's/^pub const LIVEAPI_ABI_REVISION: c_int = \(.*\);/\1/p' "$project/src/version.rs")
fi
PREFIX=${PREFIX:-/usr/local}
DESTDIR=${DESTDIR:-}
LIBDIR=${LIBDIR:-$PREFIX/lib}
PHPDIR=${PHPDIR:-$PREFIX/share/php/liveapi}
# systemd looks below /usr and /usr/local.
UNITDIR=${UNITDIR:-$PREFIX/lib/systemd/system}
# What is built, and the names of cPanel's programs that liveapi answers to.
programs="liveapi liveapid"
names=$("$here/names.sh" list)

# Where Perl looks by itself, if the prefix is one that it knows.
perl_folder() {
    case $PREFIX in
        /usr) name=vendorlib ;;
        /usr/local) name=sitelib ;;
        *) name= ;;
    esac
    if [ -n "$name" ] && command -v perl >/dev/null 2>&1; then
        perl -MConfig -e "print \$Config{$name}"
    else
        echo "$PREFIX/share/perl5"
    fi
}
PERLDIR=${PERLDIR:-$(perl_folder)}

# Every installed file: mode, source, place.
files() {
    echo "644 $built/libliveapi.so $LIBDIR/libliveapi.so.$version"
    for header in liveapi.h liveapi_ffi.h; do
        echo "644 $project/include/$header $PREFIX/include/$header"
    done
    for program in $programs; do
        echo "755 $built/$program $PREFIX/bin/$program"
    done
    (cd "$project/share" && find man completions -type f | sort) | while read -r file; do
        case $file in
            man/*) place=$file ;;
            completions/bash/*) place=bash-completion/completions/${file##*/} ;;
            completions/zsh/*) place=zsh/site-functions/${file##*/} ;;
        esac
        echo "644 $project/share/$file $PREFIX/share/$place"
    done
    echo "644 $project/share/liveapid.toml $PREFIX/share/doc/liveapid/examples/liveapid.toml"
    echo "644 $project/share/sysusers.d/liveapi.conf $PREFIX/lib/sysusers.d/liveapi.conf"
    for file in dovecot/auth.lua.in dovecot/hosting.conf.in dovecot/single-user.conf.in exim/exim.conf.in; do
        echo "644 $project/share/$file $PREFIX/share/liveapi/$file"
    done
    echo "755 $project/share/dovecot/configure.sh $PREFIX/share/liveapi/dovecot/configure.sh"
    for unit in "$project"/share/systemd/liveapid*.socket; do
        echo "644 $unit $UNITDIR/${unit##*/}"
    done
    # PHP's FFI needs its header beside the classes.
    echo "644 $project/include/liveapi_ffi.h $PHPDIR/liveapi_ffi.h"
    (cd "$project/bindings/php" && find cpanel.php preload.php src -name '*.php' 2>/dev/null) | while read -r file; do
        echo "644 $project/bindings/php/$file $PHPDIR/$file"
    done
    (cd "$project/bindings/perl/lib" && find . -name '*.pm' | sed 's|^\./||') | while read -r file; do
        echo "644 $project/bindings/perl/lib/$file $PERLDIR/$file"
    done
}

install_files() {
    if [ ! -e "$built/libliveapi.so" ] || [ ! -e "$built/liveapi" ]; then
        echo "install: $built holds no built library; run make build first, with the same PROFILE" >&2
        exit 1
    fi
    files | while read -r mode from to; do
        mkdir -p "$DESTDIR$(dirname "$to")"
        install -m "$mode" "$from" "$DESTDIR$to"
    done
    "$here/names.sh" link "$DESTDIR$PREFIX/bin"
    ln -sf "libliveapi.so.$version" "$DESTDIR$LIBDIR/libliveapi.so.$revision"
    ln -sf "libliveapi.so.$revision" "$DESTDIR$LIBDIR/libliveapi.so"
    mkdir -p "$DESTDIR$LIBDIR/pkgconfig"
    sed -e "s|@PREFIX@|$PREFIX|; s|@LIBDIR@|$LIBDIR|; s|@VERSION@|$version|" \
        "$project/bindings/c/liveapi.pc.in" > "$DESTDIR$LIBDIR/pkgconfig/liveapi.pc"
    chmod 644 "$DESTDIR$LIBDIR/pkgconfig/liveapi.pc"
    sed "s|@PREFIX@|$PREFIX|" "$project/share/systemd/liveapid.service" > "$DESTDIR$UNITDIR/liveapid.service"
    chmod 644 "$DESTDIR$UNITDIR/liveapid.service"
    renew_cache
}

# The loader's cache; a staged tree has none of its own. Two ldconfigs at once, ours or a package's, take each other's
# new file away, and one of them fails.
renew_cache() {
    [ -z "$DESTDIR" ] && [ "$(id -u)" = 0 ] || return 0
    ldconfig 2>/dev/null || { sleep 1 && ldconfig; }
}

# Removes a file and the folders that it leaves empty, up to the prefix.
remove() {
    rm -f "$DESTDIR$1"
    folder=$(dirname "$1")
    while [ "$folder" != "$PREFIX" ] && [ "$folder" != / ] && rmdir "$DESTDIR$folder" 2>/dev/null; do
        folder=$(dirname "$folder")
    done
}

uninstall_files() {
    for link in "$LIBDIR/libliveapi.so" "$LIBDIR/libliveapi.so.$revision" "$LIBDIR/pkgconfig/liveapi.pc" "$UNITDIR/liveapid.service"; do
        remove "$link"
    done
    for name in $names; do remove "$PREFIX/bin/$name"; done
    files | while read -r _ _ to; do remove "$to"; done
    renew_cache
}

# Every place of a cPanel server that scripts name: the place, and the installed file behind it.
compat_links() {
    echo "usr/local/cpanel/php/cpanel.php $PHPDIR/cpanel.php"
    echo "usr/local/cpanel/Cpanel/LiveAPI.pm $PERLDIR/Cpanel/LiveAPI.pm"
    echo "usr/local/cpanel/Cpanel/LiveAPI $PERLDIR/Cpanel/LiveAPI"
    for name in $names; do
        echo "usr/local/cpanel/bin/$name $PREFIX/bin/$name"
    done
}

compat() {
    root=${ROOT:-}
    # A real cPanel has its version file and its daemon there; ours has neither.
    for mark in version cpsrvd cpanel cpkeyclt; do
        if [ -e "$root/usr/local/cpanel/$mark" ]; then
            echo "install-compat: $root/usr/local/cpanel/$mark exists: cPanel is installed here, and its files are not touched" >&2
            exit 1
        fi
    done
    compat_links | while read -r place target; do
        if [ -e "$root/$place" ] && [ ! -L "$root/$place" ]; then
            echo "install-compat: $root/$place exists and is not a link of ours; move it away" >&2
            exit 1
        fi
    done
    compat_links | while read -r place target; do
        mkdir -p "$root/$(dirname "$place")"
        ln -sfn "$target" "$root/$place"
    done
}

uncompat() {
    root=${ROOT:-}
    compat_links | while read -r place target; do
        if [ "$(readlink "$root/$place" 2>/dev/null)" = "$target" ]; then rm -f "$root/$place"; fi
    done
    for folder in cpanel/php cpanel/Cpanel cpanel/bin cpanel; do
        rmdir "$root/usr/local/$folder" 2>/dev/null || true
    done
}

case ${1:-} in
    install) install_files ;;
    uninstall) uninstall_files ;;
    compat) compat ;;
    uncompat) uncompat ;;
    *)
        echo "usage: scripts/install.sh install|uninstall|compat|uncompat" >&2
        exit 2
        ;;
esac
