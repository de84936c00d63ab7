#!/bin/sh
# The names under which `liveapi` is one of cPanel's programs: scripts/names.sh list | link FOLDER [PROGRAMS]
# `link` lays them as links beside a `liveapi` in that folder; with PROGRAMS, where the programs are seen from
# there, that `liveapi` and `liveapid` are links too.
set -eu

names="cpapi1 cpapi2 uapi whmapi1 whmapi0"

case ${1:-} in
    list) echo "$names" ;;
    link)
        # Laid once: a build with nothing to do changes nothing.
        link() { [ "$(readlink "$2" 2>/dev/null)" = "$1" ] || ln -sfn "$1" "$2"; }
        if [ $# -gt 2 ]; then
            for program in liveapi liveapid; do link "$3/$program" "$2/$program"; done
        fi
        for name in $names; do link liveapi "$2/$name"; done
        ;;
    *)
        echo "usage: scripts/names.sh list | link FOLDER [PROGRAMS]" >&2
        exit 2
        ;;
esac
