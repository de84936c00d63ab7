#!/bin/sh
# Builds library and programs so that older systems load them: scripts/glibc.sh build PROFILE | check FOLDER
# A linker takes the newest symbols that its machine's glibc has, and older systems then refuse the file. zig links
# against any glibc from its own description of it. GLIBC says which, 2.28 if it does not; `own` builds as `make build`
# does, against the glibc of this machine. The files are laid where `make build` lays them. `check` fails for a file
# that needs a newer glibc than GLIBC says.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
target=${CARGO_TARGET_DIR:-$project/target}
glibc=${GLIBC:-2.28}
triple=x86_64-unknown-linux-gnu
files="libliveapi.so liveapi liveapid"

# Tools of their own for this build: nothing is installed beside them.
tools() { # folder
    if [ -e "$1/done" ] && cmp -s scripts/glibc.txt "$1/done"; then return; fi
    rm -rf "$1"
    echo "glibc: installing zig and cargo-zigbuild below $1, as scripts/glibc.txt names them"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r scripts/glibc.txt
    cp scripts/glibc.txt "$1/done"
}

check() { # folder
    for file in $files; do
        newest=$(objdump -T "$1/$file" | sed -n 's/.*(GLIBC_\([0-9.]*\)).*/\1/p; s/.* GLIBC_\([0-9.]*\) .*/\1/p' | sort -uV | tail -n 1)
        if [ -z "$newest" ] || [ "$(printf '%s\n%s\n' "$newest" "$glibc" | sort -V | tail -n 1)" != "$glibc" ]; then
            echo "glibc: $1/$file needs glibc ${newest:-of an unknown version}, which is newer than $glibc" >&2
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
    tools "$target/glibc"
    PATH=$target/glibc/bin:$PATH cargo zigbuild --profile "$1" --locked --target "$triple.$glibc"
    check "$target/$triple/$1"
    mkdir -p "$target/$1"
    for file in $files; do
        cp -p "$target/$triple/$1/$file" "$target/$1/"
    done
}

case ${1:-},${2:-} in
    build,?*) build "$2" ;;
    check,?*) check "$2" ;;
    *)
        echo "usage: scripts/glibc.sh build PROFILE | check FOLDER" >&2
        exit 2
        ;;
esac
