#!/bin/sh
# The names under which `liveapi` is one of cPanel's programs: scripts/names.sh list | link FOLDER
# `link` lays them as links beside a `liveapi` in that folder.
set -eu

names="cpapi1 cpapi2 uapi whmapi1 whmapi0"

case ${1:-} in
    list) echo "$names" ;;
    link)
        for name in $names; do
            # Laid once: a build with nothing to do changes nothing.
            [ "$(readlink "$2/$name" 2>/dev/null)" = liveapi ] || ln -sfn liveapi "$2/$name"
        done
        ;;
    *)
        echo "usage: scripts/names.sh list | link FOLDER" >&2
        exit 2
        ;;
esac
