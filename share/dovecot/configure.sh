#!/bin/sh
# Prints a file of this folder for the Dovecot that is installed:
#   configure.sh [--for 2.3|2.4] [--one-tenant] single-user.conf|hosting.conf|auth.lua [NAME=VALUE…]
# VALUE takes the place of @NAME@; a name without a value is an error. --one-tenant: everything as one ordinary user.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
fail() {
    echo "configure: $*" >&2
    exit 1
}

version='' tenant='/^#1# /d' file=
while [ $# -gt 0 ]; do
    case $1 in
        --for) version=${2:?a version} && shift ;;
        --one-tenant) tenant='s/^#1# //' ;;
        *) file=$1 && shift && break ;;
    esac
    shift
done
case $file in '' | */*) known= ;; *) known=1 ;; esac
[ -n "$known" ] && [ -f "$folder/$file.in" ] || fail "there is no $folder/${file:-FILE}.in; see the first lines of $0"

if [ -z "$version" ]; then
    PATH=$PATH:/usr/sbin:/usr/local/sbin
    command -v dovecot >/dev/null || fail "Dovecot is not installed, so its version is not known; name one by --for"
    version=$(dovecot --version)
fi
case $version in
    2.3 | 2.3.* | 2.4 | 2.4.*) version=$(echo "$version" | cut -d. -f1,2) ;;
    *) fail "Dovecot $version has a language of configuration that is not known here; 2.3 and 2.4 are (--for takes one of them)" ;;
esac
case $version in 2.3) other=2.4 ;; *) other=2.3 ;; esac

# Lines of the version and, where it is asked for, of one tenant; the other version's are left out.
text=$(sed -e "/^#$other# /d" -e "s/^#$version# //" -e "$tenant" "$folder/$file.in")
for pair in "$@"; do
    case $pair in *=*) ;; *) fail "“$pair” is not NAME=VALUE" ;; esac
    value=$(printf %s "${pair#*=}" | sed 's/[\\&|]/\\&/g')
    text=$(printf '%s\n' "$text" | sed "s|@${pair%%=*}@|$value|g")
done
# Comments name them, so they are filled in there too.
left=$(printf '%s\n' "$text" | grep -v '^ *#' | grep -o '@[A-Z][A-Z]*@' | sort -u | tr '\n' ' ')
[ -z "$left" ] || fail "$file needs a value for $left"
printf '%s\n' "$text"
