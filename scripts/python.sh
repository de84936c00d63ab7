#!/bin/sh
# Installs programs of Python where only this project sees them: scripts/python.sh REQUIREMENTS
# Prints the folder of the programs, below target/python. It is made anew when the file of requirements has changed.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
list=${1:?usage: scripts/python.sh REQUIREMENTS}
place=${CARGO_TARGET_DIR:-$project/target}/python/$(basename "$list" .txt)
mkdir -p "$(dirname "$place")"
# One at a time makes it.
exec 9>"$place.lock"
flock 9
if ! cmp -s "$list" "$place/done"; then
    rm -rf "$place"
    echo "python.sh: installing what $list names below $place" >&2
    # Debian's own, whose packages scripts/packages.sh installs.
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    "$python" -m venv "$place" >&2
    timeout -k 5 600 "$place/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$list" >&2
    cp "$list" "$place/done"
fi
echo "$place/bin"
