#!/usr/bin/env bash
# Gives the mailboxes u1, u2, … of a store their mail: maildirs.sh FOLDER COUNT MESSAGES. Each gets a quota, a
# Maildir with so many messages of 100 bytes in `cur`, and the file in which Maildir++ software keeps the sum.

set -euo pipefail

store=$1 count=$2 messages=$3
mail=$store/bob/mail/example.com
for ((i = 1; i <= count; i++)); do echo "u$i:104857600"; done >"$store/bob/etc/example.com/quota"
for ((i = 1; i <= count; i++)); do printf '%s\n' "$mail/u$i/cur" "$mail/u$i/new" "$mail/u$i/tmp"; done |
    xargs mkdir -p
printf -v message '%100s' ''
for ((n = 1; n <= messages; n++)); do printf '%s' "$message" >"$store/$n.host,S=100,W=100:2,S"; done
for ((i = 1; i <= count; i++)); do
    cp "$store"/*,S=100,W=100:2,S "$mail/u$i/cur/"
    printf '104857600S\n%s %s\n' $((messages * 100)) "$messages" >"$mail/u$i/maildirsize"
done
rm "$store"/*,S=100,W=100:2,S
