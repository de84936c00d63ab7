#!/bin/sh
# Packs what was built as Debian packages, by dpkg's own tools: scripts/debian.sh FOLDER
# share/debian says which packages there are, and which of them has which file. SOURCE_DATE_EPOCH dates all of it.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
out=$1
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$project/Cargo.toml" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# What dpkg's tools read beside the packages: control, changelog, and the library that is packed here.
prepare() {
    mkdir "$work/debian"
    cp "$project/share/debian/control" "$work/debian/"
    printf 'liveapi (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- The liveapi authors <liveapi@example.com>  %s\n' \
        "$version" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" > "$work/debian/changelog"
    awk -v mit="$(tail -n +3 "$project/LICENSE-MIT" | sed 's/^$/./; s/^/ /')" \
        '$0 == "@MIT@" { print mit; next } { print }' "$project/share/debian/copyright" > "$work/debian/copyright"
    DESTDIR=$work/all PREFIX=/usr LIBDIR=/usr/lib/$(gcc -print-multiarch) PERLDIR=/usr/share/perl5 \
        "$project/scripts/install.sh" install
}

# Moves every installed file into its package.
divide() {
    (cd "$work/all" && find . ! -type d | sed 's|^\./||' | sort) | while read -r file; do
        package=$(package_of "$file")
        if [ -z "$package" ]; then
            echo "debian: share/debian/files gives $file to no package" >&2
            exit 1
        fi
        mkdir -p "$work/$package/$(dirname "$file")"
        case $file in
            */man/*) gzip -9n < "$work/all/$file" > "$work/$package/$file.gz" ;;
            *) mv "$work/all/$file" "$work/$package/$file" ;;
        esac
    done
}

package_of() {
    sed '/^#/d' "$project/share/debian/files" | while read -r package pattern; do
        # shellcheck disable=SC2254
        case $1 in $pattern) echo "$package" && break ;; esac
    done
}

documents() { # package
    folder=$work/$1/usr/share/doc/$1
    mkdir -p "$folder"
    cp "$work/debian/copyright" "$folder/"
    # What lintian must not call a fault, each with its reason.
    if [ -e "$project/share/debian/$1.lintian-overrides" ]; then
        mkdir -p "$work/$1/usr/share/lintian/overrides"
        cp "$project/share/debian/$1.lintian-overrides" "$work/$1/usr/share/lintian/overrides/$1"
    fi
    gzip -9n < "$project/CHANGELOG.md" > "$folder/changelog.gz"
    gzip -9n < "$work/debian/changelog" > "$folder/changelog.Debian.gz"
}

# The scripts and triggers of a package, and what a program that was linked with its library needs.
scripts() { # package
    for script in postinst prerm postrm triggers; do
        [ ! -e "$project/share/debian/$1.$script" ] || cp "$project/share/debian/$1.$script" "$work/$1/DEBIAN/$script"
    done
    find "$work/$1/DEBIAN" -type f ! -name triggers -exec chmod 755 {} +
    case $1 in lib*[0-9]) echo "libliveapi ${1#libliveapi} $1 (>= $version)" > "$work/$1/DEBIAN/shlibs" ;; esac
}

pack() { # package
    mkdir -p "$work/$1/DEBIAN"
    documents "$1"
    scripts "$1"
    # The links of programs are not looked at twice.
    programs=$(find "$work/$1/usr" -type f \( -path '*/bin/*' -o -name '*.so.*' \))
    substitutes=$work/debian/$1.substvars
    # No helper fills these in here.
    echo 'misc:Depends=' > "$substitutes"
    case $1 in *-perl) echo 'perl:Depends=perl' >> "$substitutes" ;; esac
    cd "$work"
    # shellcheck disable=SC2086
    if [ -n "$programs" ]; then
        # Older systems need libraries that this one has in libc: no fault here.
        dpkg-shlibdeps --warnings=1 -S"$work/$1" -T"$substitutes" $programs
        # dpkg knows symbols as this machine's glibc has them. Since 2.34 that has in one file what older ones have in
        # libpthread and libdl, so dpkg asks for 2.34 where the files do not.
        sed -i "s/libc6 (>= [0-9.]*)/libc6 (>= $("$project/scripts/glibc.sh" newest $programs))/" "$substitutes"
    fi
    (cd "$work/$1" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2) > "$work/$1/DEBIAN/md5sums"
    dpkg-gencontrol -p"$1" -P"$work/$1" -T"$substitutes" >/dev/null
    dpkg-deb --root-owner-group --build "$work/$1" "$out" >/dev/null
}

prepare
divide
for package in $(sed -n 's/^Package: //p' "$project/share/debian/control"); do
    pack "$package"
done
