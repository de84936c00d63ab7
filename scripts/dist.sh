#!/bin/sh
# Packs what was built into target/dist: Debian packages, a Composer archive, a CPAN archive, and an archive for
# systems without dpkg.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$project/target}
dist=$target/dist
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$project/Cargo.toml" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dist"
mkdir -p "$dist"

SOURCE_DATE_EPOCH=$("$project/scripts/epoch.sh")
export SOURCE_DATE_EPOCH

# Packs a folder of $work as NAME.tar.gz, the same bytes each time.
archive() { # name
    tar -C "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go=rX \
        -cf - "$1" | gzip -9n > "$dist/$1.tar.gz"
}

composer() {
    name=liveapi-php-$version
    mkdir "$work/$name"
    cp -R "$project/bindings/php/." "$work/$name/"
    cp "$project/include/liveapi_ffi.h" "$project/LICENSE-MIT" "$project/LICENSE-APACHE" "$work/$name/"
    archive "$name"
}

cpan() {
    name=Cpanel-LiveAPI-$version
    cp -R "$project/bindings/perl" "$work/perl"
    (cd "$work/perl" && perl Makefile.PL >/dev/null && make -s distdir >/dev/null)
    mv "$work/perl/$name" "$work/"
    archive "$name"
}

# What install.sh lays, with install.sh: for systems without dpkg.
plain() {
    name=liveapi-$version-$(uname -m)-linux
    folder=$work/$name
    built=$target/${PROFILE:-release}
    mkdir -p "$folder/built" "$folder/bindings/c" "$folder/bindings/perl"
    cp "$built/libliveapi.so" "$built/liveapi" "$built/liveapid" "$folder/built/"
    cp -R "$project/include" "$project/share" "$project/README.md" "$project/CHANGELOG.md" "$project"/LICENSE-* "$folder/"
    rm -r "$folder/share/debian"
    cp "$project/bindings/c/liveapi.pc.in" "$project/bindings/c/passwdpop.c" "$folder/bindings/c/"
    cp -R "$project/bindings/php" "$folder/bindings/"
    cp -R "$project/bindings/perl/lib" "$project/bindings/perl/examples" "$folder/bindings/perl/"
    cp "$project/scripts/install.sh" "$project/scripts/names.sh" "$folder/"
    revision=$(sed -n 's/^pub const LIVEAPI_ABI_REVISION: c_int = \(.*\);/\1/p' "$project/src/version.rs")
    printf 'version=%s\nrevision=%s\n' "$version" "$revision" > "$folder/release"
    (cd "$folder" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + | LC_ALL=C sort -k 2 > SHA256SUMS)
    archive "$name"
}

"$project/scripts/debian.sh" "$dist"
composer
cpan
plain
(cd "$dist" && sha256sum -- * > SHA256SUMS)
ls "$dist"
