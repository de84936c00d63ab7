# Which rows are measured: ROWS holds the beginnings of their keys in rows.tsv; without it, all are. Sourced by
# run.sh and server.sh.

# Whether one of the rows is wanted whose keys begin so.
wanted() { # the beginning of keys…
    local beginning word
    [ -n "${ROWS:-}" ] || return 0
    for beginning; do
        for word in $ROWS; do
            case $beginning in "$word"*) return 0 ;; esac
            case $word in "$beginning"*) return 0 ;; esac
        done
    done
    return 1
}

# Runs a command that makes such rows, if one of them is wanted.
for_rows() { # the beginnings of keys, as one word | COMMAND…
    # shellcheck disable=SC2086
    ! wanted $1 || "${@:2}"
}

# A word that no row begins with would measure nothing, after a long build.
check_rows() { # rows.tsv
    local word
    for word in ${ROWS:-}; do
        awk -v word="$word" 'index($0, word) == 1 { found = 1 } END { exit !found }' "$1" && continue
        printf 'ROWS: no row begins with “%s”; their keys are the first column of benches/rows.tsv\n' "$word" >&2
        return 2
    done
}
