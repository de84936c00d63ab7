# Joins rows.tsv with the results (ROW <tab> OURS <tab> PEER) and prints the table:
#   awk -f table.awk rows.tsv results.tsv
# Verdicts are printed, never enforced: a slow machine is no defect.

BEGIN {
    FS = "\t"
    line("what", "ours", "peer", "", "ratio", "aim", "met?")
}

/^#/ { next }

FNR == NR {
    order[++rows] = $1
    what[$1] = $2
    peer[$1] = $3
    kind[$1] = $4
    aim[$1] = $5
    next
}

{ ours[$1] = $2; theirs[$1] = $3 }

END {
    for (i = 1; i <= rows; i++) {
        if (order[i] in ours) {
            show(order[i], ours[order[i]], theirs[order[i]])
        }
    }
}

function show(row, our, their,    value, limit, verdict) {
    if (kind[row] == "gain") {
        value = their / our
    } else if (kind[row] == "cost") {
        value = our / their
    } else {
        value = our
    }
    limit = (kind[row] == "gain" ? ">= " : kind[row] == "count" ? "= " : "<= ")
    limit = limit (kind[row] == "time" || kind[row] == "size" ? quantity(row, aim[row]) : aim[row])
    if (aim[row] == "-") {
        limit = verdict = "-"
    } else if (kind[row] == "gain") {
        verdict = value >= aim[row] ? "met" : "missed"
    } else if (kind[row] == "count") {
        verdict = value == aim[row] ? "met" : "missed"
    } else {
        verdict = value <= aim[row] ? "met" : "missed"
    }
    line(what[row], quantity(row, our), quantity(row, their), peer[row], ratio(row, our, their), limit, verdict)
}

function ratio(row, our, their) {
    if (kind[row] == "gain") {
        return sprintf(their / our < 10 ? "%.1fx faster" : "%.0fx faster", their / our)
    }
    return sprintf("%.2f", our / their)
}

function quantity(row, value) {
    if (kind[row] == "count" || kind[row] == "most") {
        return value + 0
    }
    if (kind[row] == "size") {
        return sprintf("%.0f KB", value / 1000)
    }
    return value < 1e3 ? sprintf("%.3g ns", value) : value < 1e6 ? sprintf("%.4g us", value / 1e3) : sprintf("%.2f ms", value / 1e6)
}

function line(a, b, c, d, e, f, g) {
    printf "%-48s %9s  %9s %-33s %12s  %-10s %s\n", a, b, c, d, e, f, g
}
