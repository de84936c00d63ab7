#!/bin/sh
# Makes a release, or says what it lacks: scripts/release.sh versions | check | build
#
#   versions   every file that names the version names the same one
#   check      versions; the change logs have the day of the release; the tree is what is committed
#   build      check, then the packed build, the packages, and a list of what is in them (SBOM), in target/dist
#
# `make release` runs check, the tests, and build.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
target=${CARGO_TARGET_DIR:-$project/target}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

fail() {
    echo "release: $1" >&2
    exit 1
}

# The version that a file says, by a sed command that prints it.
same() { # file | sed command
    found=$(sed -n "$2" "$1" | head -n 1)
    [ "$found" = "$version" ] || fail "$1 says version “$found”, and Cargo.toml says $version; make them the same"
}

versions() {
    for file in $(find bindings/perl/lib -name '*.pm'); do
        if grep -q '^our \$VERSION' "$file"; then same "$file" "s/^our \$VERSION = '\(.*\)';/\1/p"; fi
    done
    same bindings/perl/Changes 's/^\([0-9][0-9.]*\), .*/\1/p'
    same CHANGELOG.md 's/^## \([0-9][0-9.]*\), .*/\1/p'
    for package in liveapi liveapi-core liveapi-programs; do
        same Cargo.lock "/^name = \"$package\"\$/{n;s/^version = \"\(.*\)\"/\1/p;}"
    done
    # C's headers, the pkg-config file and the packages take theirs from Cargo.toml.
}

check() {
    versions
    for file in CHANGELOG.md bindings/perl/Changes; do
        grep -q "^\(## \)\{0,1\}$version, [0-9]\{4\}-[0-9][0-9]-[0-9][0-9]\$" "$file" ||
            fail "$file has no day for $version (it wants “$version, YYYY-MM-DD”)"
    done
    changed=$(git status --porcelain)
    [ -z "$changed" ] || fail "these files are not committed; commit or remove them:
$changed"
    cargo cyclonedx --version >/dev/null 2>&1 ||
        fail "cargo-cyclonedx is not installed (cargo install --locked cargo-cyclonedx); it writes the list of what is in the release"
}

# What the library and the programs are made of, in CycloneDX, for those who look for known faults.
bill() {
    cargo cyclonedx --format json --all --target all --override-filename liveapi-sbom
    for folder in . crates/core crates/programs; do
        name=$(sed -n 's/^name = "\(.*\)"/\1/p' "$folder/Cargo.toml" | head -n 1)
        mv "$folder/liveapi-sbom.json" "$target/dist/$name-$version.cdx.json"
    done
    (cd "$target/dist" && rm SHA256SUMS && sha256sum -- * > SHA256SUMS)
}

build() {
    check
    # Built anew: what an earlier day left would stay in it.
    cargo clean --quiet --profile packed
    [ ! -d "$target/x86_64-unknown-linux-gnu" ] || cargo clean --quiet --profile packed --target x86_64-unknown-linux-gnu
    make --no-print-directory dist
    bill
    echo "release: liveapi $version is in $target/dist"
}

case ${1:-} in
    versions | check | build) "$1" ;;
    *)
        echo "usage: scripts/release.sh versions | check | build" >&2
        exit 2
        ;;
esac
