#!/usr/bin/env bash
# Makes a store with one account, bob, whose domain example.com has so many mailboxes: store.sh FOLDER COUNT.
#
# The first mailbox is made by the library; the others are lines written after its example, since making
# 100,000 mailboxes one by one would take longer than all measurements.

set -euo pipefail

store=$1 count=$2
export LIVEAPI_URL=home://$store
"$BENCH_WHMAPI1" --output=json createacct username=bob domain=example.com | grep '"result":1' >/dev/null
"$BENCH_CPAPI2" --user=bob --output=json Email addpop domain=example.com email=u1 password=Start-Pass-1 |
    grep '"result":1' >/dev/null

# Written through the existing files, which keeps their owner and mode. In `passwd` the name stands twice:
# as the first field and at the end of the Maildir's path.
for file in passwd shadow; do
    path=$store/bob/etc/example.com/$file
    first=$(cat "$path")
    FILE=$file FIRST=$first awk -v count="$count" 'BEGIN {
        rest = substr(ENVIRON["FIRST"], 3)
        at = ENVIRON["FILE"] == "passwd" ? index(rest, "/u1:") : 0
        for (i = 1; i <= count; i++) {
            if (at) {
                print "u" i substr(rest, 1, at) "u" i substr(rest, at + 3)
            } else {
                print "u" i rest
            }
        }
    }' >"$path"
    [ "$(wc -l <"$path")" = "$count" ]
done
