#!/bin/sh
# The day of all that is packed, in seconds since 1970: SOURCE_DATE_EPOCH, else the commit's, else the change log's. So
# two builds and two packings of one commit are equal.
set -eu

project=$(cd "$(dirname "$0")/.." && pwd)
echo "${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct 2>/dev/null || stat -c %Y "$project/CHANGELOG.md")}"
