#!/bin/bash
# scripts/bounded.sh PROGRAM [ARGUMENT...]: runs a program of tests, which waits for servers and children, for at most
# SECONDS (1,500). One that hangs says what it waits for and fails, where a gate would show nothing for an hour.
set -uo pipefail

seconds=${SECONDS_OF_TESTS:-1500}

# All below a process, the deepest last.
below() {
    local child
    for child in $(pgrep -P "$1"); do
        echo "$child"
        below "$child"
    done
}

"$@" <&0 &
tested=$!
trap 'kill -TERM "$tested" 2>/dev/null' TERM INT HUP
{
    sleep "$seconds" &
    trap 'kill $!; exit' TERM
    wait $!
    mapfile -t left < <(echo "$tested"; below "$tested")
    echo "$1 did not end within $seconds seconds. The tests that hang are those said to run for over 60 seconds; what is left of them:"
    ps -o pid,ppid,stat,wchan:24,comm -p "$(IFS=,; echo "${left[*]}")"
    kill -KILL "${left[@]}" 2>/dev/null
} >&2 &
watch=$!
wait "$tested"
code=$?
kill "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$code"
