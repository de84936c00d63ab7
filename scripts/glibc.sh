#!/bin/sh
# Builds library and programs so that older systems load them: scripts/glibc.sh build PROFILE | check FOLDER | newest FILE...
# A linker takes the newest symbols that its machine's glibc has, and older systems then refuse the file. zig links
# against any glibc from its own description of it. GLIBC says which, 2.28 if it does not; `own` builds as `make build`
# does, against the glibc of this machine. The files are laid where `make build` lays them. `check` fails for a file
# that needs a newer glibc than GLIBC says, and `newest` prints the newest version that files need.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
target=${CARGO_TARGET_DIR:-$project/target}
glibc=${GLIBC:-2.28}
triple=x86_64-unknown-linux-gnu
files="libliveapi.so liveapi liveapid"

newest() { # files
    for file in "$@"; do objdump -T "$file"; done | sed -n 's/.*[( ]GLIBC_\([0-9.]*\).*/\1/p' | sort -uV | tail -n 1
}

check() { # folder
    for file in $files; do
        needed=$(newest "$1/$file")
        if [ -z "$needed" ] || [ "$(printf '%s\n%s\n' "$needed" "$glibc" | sort -V | tail -n 1)" != "$glibc" ]; then
            echo "glibc: $1/$file needs glibc ${needed:-of an unknown version}, which is newer than $glibc" >&2
            exit 1
        fi
    done
}

build() { # profile
    if [ "$glibc" = own ] || [ "$(uname -m)" != x86_64 ]; then
        [ "$glibc" = own ] || echo "glibc: only x86-64 is built for an older glibc; this is $(uname -m), so its own is taken"
        cargo build --profile "$1" --locked
        return
    fi
    tools=$(scripts/python.sh scripts/glibc.txt)
    PATH=$tools:$PATH cargo zigbuild --profile "$1" --locked --target "$triple.$glibc"
    check "$target/$triple/$1"
    mkdir -p "$target/$1"
    for file in $files; do
        cp -p "$target/$triple/$1/$file" "$target/$1/"
    done
}

case ${1:-},${2:-} in
    build,?*) build "$2" ;;
    check,?*) check "$2" ;;
    newest,?*) shift && newest "$@" ;;
    *)
        echo "usage: scripts/glibc.sh build PROFILE | check FOLDER | newest FILE..." >&2
        exit 2
        ;;
esac
