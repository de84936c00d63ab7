#!/bin/bash
# Runs a command in this project on another release of Debian, as a fresh machine has it.
set -euo pipefail

usage() {
    cat <<'HELP'
scripts/on-debian.sh [OPTION…] SUITE COMMAND…    as root

SUITE is a release of Debian by its name: bullseye, bookworm, trixie. COMMAND runs by `sh -c` in a clone of this
project, what is changed and not committed included, on a minimal system of that release; its exit status is that of
the command. Processes and mounts end with it, also if this script is killed.

  --root         the command runs as root; without it as an ordinary user, who may use sudo without a password
  --keep         the system stays as the command leaves it and is used again: what was installed and built is there.
                 Without it every run begins with a fresh one.
  --mount PATH   a folder of this machine is there too, at the same place, writable; may be given several times
  --remove       removes what is kept of SUITE; no COMMAND
  --help         this text

Roots are made once by debootstrap from the mirror that this machine's apt uses, in LIVEAPI_ROOTS (default
/var/tmp/liveapi-roots); about 400 MB for each release, and what its commands install and build. The Rust toolchain is
this machine's own, mounted read-only at /opt/rust.
HELP
}

fail() {
    echo "on-debian: $*" >&2
    exit 1
}

roots=${LIVEAPI_ROOTS:-/var/tmp/liveapi-roots}
kept= user=builder removed=
mounts=()
while [ $# -gt 0 ]; do
    case $1 in
        --root) user=root ;;
        --keep) kept=1 ;;
        --mount) mounts+=("$(realpath -e "${2:?a folder}")") && shift ;;
        --remove) removed=1 ;;
        --help) usage && exit ;;
        --inside) break ;;
        -*) usage >&2 && exit 2 ;;
        *) break ;;
    esac
    shift
done

# What no other system can lend: the kernel's file systems, the toolchain, the registry that cargo filled here.
inside() { # the root, the user, the folder of the toolchain, the command, further folders
    local root=$1 user=$2 toolchain=$3 command=$4 folder home
    shift 4
    # A root of its own, not only a folder in ours: what a command mounts and unshares is as on a machine.
    mount --bind "$root" "$root"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mkdir -p "$root/run/lock" && chmod 1777 "$root/run/lock"
    # Not at its own place: that may be below a home that others may not enter.
    mkdir -p "$root/opt/rust" "$root/var/cache/apt/archives"
    mount --bind "$toolchain" "$root/opt/rust"
    mount -o remount,bind,ro "$root/opt/rust"
    mount --bind "$(dirname "$root")/archives" "$root/var/cache/apt/archives"
    for folder in "$@"; do
        mkdir -p "$root$folder"
        mount --bind "$folder" "$root$folder"
    done
    home=/root
    [ "$user" = root ] || home=/home/$user
    export HOME=$home USER=$user LOGNAME=$user SHELL=/bin/sh TERM=${TERM:-dumb} LANG=C.UTF-8
    export PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    # What this machine's shell sets is no part of the other one.
    local name
    for name in $(compgen -e); do
        case $name in HOME | USER | LOGNAME | SHELL | TERM | LANG | PATH) ;; *) unset "$name" ;; esac
    done
    cd "$root"
    pivot_root . .
    umount -l .
    cd /
    # This process is the first of its namespace: it ends last, and takes every other one along.
    local status=0
    chroot --userspec="$user" / /bin/sh -c "cd ~/liveapi || exit; $command" || status=$?
    exit "$status"
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
fi

suite=${1:-}
[ -n "$suite" ] || { usage >&2 && exit 2; }
shift
[ -n "$*" ] || [ -n "$removed" ] || { usage >&2 && exit 2; }
case $suite in *[!a-z]*) fail "“$suite” is no name of a release, as bullseye, bookworm and trixie are" ;; esac
[ "$(id -u)" = 0 ] || fail "only root can make and enter another system; use sudo"
project=$(cd "$(dirname "$0")/.." && pwd)
place=$roots/$suite
if [ -n "$removed" ]; then
    [ ! -e "$place/lock" ] || flock -n "$place/lock" true || fail "$place is in use"
    rm -rf --one-file-system "$place"
    exit
fi

# The mirror of this machine's own sources, if they are Debian's; one of old releases has them under another name.
mirror() {
    local own
    own=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(RELEASE) $(SITE)' 'Created-By: Packages' 2>/dev/null |
        awk '$1 == "Debian" && $2 == "main" && $3 !~ /-/ { print $4; exit }')
    local candidate
    for candidate in "${own:-http://deb.debian.org/debian}" http://archive.debian.org/debian; do
        if has "$candidate/dists/$suite/InRelease"; then
            echo "${candidate%/}"
            return
        fi
    done
    return 1
}

has() { # whether there is such a file on a mirror
    local helper
    helper=$(command -v curl || command -v wget) || fail "neither curl nor wget is here to ask a mirror"
    case $helper in
        */curl) curl -fsSL --retry 2 -o /dev/null "$1" 2>/dev/null ;;
        *) wget -q -O /dev/null "$1" ;;
    esac
}

sources() { # the mirror
    echo "deb $1 $suite main"
    ! has "$1/dists/$suite-updates/InRelease" || echo "deb $1 $suite-updates main"
    local security=${1%/debian}/debian-security
    ! has "$security/dists/$suite-security/InRelease" || echo "deb $security $suite-security main"
}

never() { # as fail, for a root that was not begun
    rm -f "$place/lock"
    rmdir "$place"
    fail "$@"
}

make_base() {
    command -v debootstrap >/dev/null || "$project/scripts/packages.sh" root >&2
    local mirror scripts=/usr/share/debootstrap/scripts
    [ -e "$scripts/$suite" ] || never "debootstrap knows no release “$suite” (it looks in $scripts)"
    mirror=$(mirror) || never "no mirror has “$suite”, or none can be reached: look at this machine's apt sources and network"
    echo "on-debian: making a root of $suite from $mirror in $place" >&2
    rm -rf --one-file-system "$place/part"
    mkdir -p "$place/archives/partial"
    # In namespaces of its own too: what it mounts goes with it.
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
        debootstrap --variant=minbase --include=ca-certificates,make,sudo "$suite" "$place/part" "$mirror" \
        >"$place/debootstrap.log" 2>&1 || fail "debootstrap failed: $(tail -n 3 "$place/debootstrap.log" | tr '\n' ' ')(all of it: $place/debootstrap.log)"
    sources "$mirror" >"$place/part/etc/apt/sources.list"
    # A release that is only kept has lists that nobody renews; packages stay, for the next fresh system.
    printf '%s\n' 'Acquire::Check-Valid-Until "false";' 'APT::Keep-Downloaded-Packages "true";' \
        'Binary::apt::APT::Keep-Downloaded-Packages "true";' >"$place/part/etc/apt/apt.conf.d/90on-debian"
    chroot "$place/part" useradd --create-home --shell /bin/bash builder
    echo 'builder ALL=(ALL) NOPASSWD: ALL' >"$place/part/etc/sudoers.d/builder"
    chmod 440 "$place/part/etc/sudoers.d/builder"
    mv "$place/part" "$place/base"
}

# The project in the root, with what is changed here; the file times of what did not change stay for cargo.
clone() { # the root
    local to=$1/root/liveapi safe=(git -c safe.directory='*')
    [ "$user" = root ] || to=$1/home/$user/liveapi
    if [ -e "$to/.git" ]; then
        "${safe[@]}" -C "$to" fetch -q "$project" HEAD
        "${safe[@]}" -C "$to" reset -q --hard FETCH_HEAD
        "${safe[@]}" -C "$to" clean -fdq
    else
        "${safe[@]}" clone -q --no-local "$project" "$to"
    fi
    "${safe[@]}" -C "$project" diff --quiet HEAD ||
        "${safe[@]}" -C "$project" diff --binary HEAD | "${safe[@]}" -C "$to" apply
    local others
    others=$("${safe[@]}" -C "$project" ls-files --others --exclude-standard | wc -l)
    [ "$others" = 0 ] || echo "on-debian: $others files here are unknown to git, so they are not there" >&2
    local cargo=${to%/liveapi}/.cargo
    mkdir -p "$cargo/registry"
    for folder in index cache; do
        [ ! -d "$registry/$folder" ] || cp -au "$registry/$folder" "$cargo/registry/"
    done
    chroot "$1" chown -R "$user:" "${to#"$1"}" "${cargo#"$1"}"
}

command -v git >/dev/null || fail "git is missing"
command -v rustc >/dev/null || fail "Rust is missing; install it (https://rustup.rs)"
toolchain=$(rustc --print sysroot)
registry=${CARGO_HOME:-$HOME/.cargo}/registry
mkdir -p "$place"
case ,$(findmnt -n -o OPTIONS -T "$place"), in
    *,nosuid,* | *,noexec,* | *,nodev,*) fail "$place is on a file system without set-user-id, devices or programs; set LIVEAPI_ROOTS to another" ;;
esac

# What a run leaves: its namespaces end with their first process, and that one with this script, so no mount stays.
child= system=
cleanup() {
    [ -z "$child" ] || { kill -KILL "$child" && wait "$child"; } 2>/dev/null || true
    [ -n "$kept" ] || [ -z "$system" ] || rm -rf --one-file-system "$system"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

exec 8>"$place/lock"
flock 8
[ -d "$place/base" ] || make_base
# Systems of runs that were killed.
for old in "$place"/run.*; do
    [ ! -d "$old" ] || ! flock -n "$old" true || rm -rf --one-file-system "$old"
done
if [ -n "$kept" ]; then
    system=$place/kept
    [ -d "$system" ] || { cp -a "$place/base" "$system.part" && mv "$system.part" "$system"; }
else
    system=$(mktemp -d "$place/run.XXXXXX")
    cp -aT "$place/base" "$system"
fi
exec 9<"$system"
flock -n 9 || fail "$system is in use by another run"
cp /etc/resolv.conf /etc/hosts "$system/etc/"
clone "$system"
flock -u 8

status=0
setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
    "$0" --inside "$system" "$user" "$toolchain" "$*" ${mounts[@]+"${mounts[@]}"} 8>&- 9>&- &
child=$!
wait "$child" || status=$?
exit "$status"
