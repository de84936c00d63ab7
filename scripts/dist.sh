#!/bin/sh
# Packs what was built into target/dist: a Debian package, a Composer archive and a CPAN archive.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
dist=$target/dist
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$project/Cargo.toml" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dist"
mkdir -p "$dist"

# What the built files need, in the words of the Debian that they are built on: its glibc decides.
needed() {
    mkdir -p "$work/needed/debian"
    printf 'Source: liveapi\n\nPackage: liveapi\nArchitecture: any\n' > "$work/needed/debian/control"
    library=$(find "$work/deb/usr/lib" -name "libliveapi.so.$version")
    (cd "$work/needed" && dpkg-shlibdeps -O "-S$work/deb" "-e$work/deb/usr/bin/liveapi" "-e$work/deb/usr/bin/liveapid" "-e$library" 2>"$work/said") |
        sed -n 's/^shlibs:Depends=//p'
}

debian() {
    architecture=$(dpkg --print-architecture)
    DESTDIR=$work/deb PREFIX=/usr LIBDIR=/usr/lib/$(gcc -print-multiarch) PERLDIR=/usr/share/perl5 \
        "$project/scripts/install.sh" install
    documents=$work/deb/usr/share/doc/liveapi
    mkdir -p "$work/deb/DEBIAN" "$documents"
    cp "$project/README.md" "$project/CHANGELOG.md" "$project/LICENSE-MIT" "$project/LICENSE-APACHE" "$documents/"
    find "$documents" -type f -exec chmod 644 {} +
    depends=$(needed)
    [ -n "$depends" ] || { echo "dist: dpkg-shlibdeps does not say what the library needs:" >&2; cat "$work/said" >&2; exit 1; }
    cat > "$work/deb/DEBIAN/control" <<CONTROL
Package: liveapi
Version: $version
Architecture: $architecture
Maintainer: The liveapi authors <liveapi@example.com>
Depends: $depends
Recommends: publicsuffix, php-cli, libffi-platypus-perl, libffi-checklib-perl, libcpanel-json-xs-perl
Section: libs
Priority: optional
Description: cPanel's LiveAPI as a native library
 api2('Email', 'passwdpop', ...) and its relatives from PHP, Perl, C and the
 shell, on a machine without cPanel: the mailboxes live in cPanel-style home
 directories that Dovecot reads.
CONTROL
    # The loader's cache has to learn of the library.
    echo 'activate-noawait ldconfig' > "$work/deb/DEBIAN/triggers"
    dpkg-deb --root-owner-group --build "$work/deb" "$dist/liveapi_${version}_$architecture.deb" >/dev/null
}

composer() {
    name=liveapi-php-$version
    mkdir "$work/$name"
    cp -R "$project/bindings/php/." "$work/$name/"
    cp "$project/include/liveapi_ffi.h" "$project/LICENSE-MIT" "$project/LICENSE-APACHE" "$work/$name/"
    tar -C "$work" -czf "$dist/$name.tar.gz" "$name"
}

cpan() {
    cp -R "$project/bindings/perl" "$work/perl"
    (cd "$work/perl" && perl Makefile.PL >/dev/null && make -s dist >/dev/null)
    cp "$work"/perl/*.tar.gz "$dist/"
}

debian
composer
cpan
ls "$dist"
