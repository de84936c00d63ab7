#!/bin/bash
# Coverage-guided tests (fuzz/): scripts/fuzz.sh SECONDS [TARGET...]
# Compiles the targets and tries each for that many seconds, from its seeds and from what earlier runs found
# (target/fuzz/corpus). An input that breaks a promise stays in target/fuzz/found, with the command that repeats it.
# SEED, a number, makes runs alike: what a gate tries is the same on every machine. JOBS, how many targets run at a
# time (else one for each processor).
set -euo pipefail

project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project/fuzz"
seconds=${1:?usage: scripts/fuzz.sh SECONDS [TARGET...]}
shift
built=${CARGO_TARGET_DIR:-$project/target}/fuzz
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | tail -n +2)
host=$(rustc -vV | sed -n 's/^host: //p')

# What `-Z sanitizer` would say, in words that a stable compiler takes. The target is named so that build scripts and
# macros are compiled without them.
coverage=(-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing)
RUSTFLAGS="${coverage[*]}" CARGO_TARGET_DIR=$built cargo build --release --locked --quiet --target "$host"

# One target, its output in a log; a broken promise leaves a mark there.
try_target() {
    local target=$1 corpus=$built/corpus/$1
    mkdir -p "$corpus"
    if ! "$built/$host/release/$target" -max_total_time="$seconds" -seed="${SEED:-0}" -timeout=20 -rss_limit_mb=2048 -close_fd_mask=1 \
        -print_final_stats=1 -artifact_prefix="$built/found/$target-" "$corpus" "seeds/$target" >"$built/$target.log" 2>&1; then
        touch "$built/$target.broken"
    fi
}

mkdir -p "$built/found"
rm -f "$built"/*.broken
# As many at a time as there are processors.
for target in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-$(nproc)}" ]; do wait -n; done
    try_target "$target" &
done
wait

failed=
printf '%-16s %12s %8s %8s\n' target executions edges inputs
for target in "${targets[@]}"; do
    log=$built/$target.log
    if [ -e "$built/$target.broken" ]; then
        failed="$failed $target"
        grep -aE 'panicked|ERROR|assertion|Test unit written' -A 2 "$log" | head -n 20 || tail -n 20 "$log"
        echo "repeat it: $built/$host/release/$target $built/found/$target-…" >&2
    fi
    awk -v target="$target" '
        / cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") edges = $(i + 1); if ($i == "corp:") inputs = $(i + 1) } }
        /^stat::number_of_executed_units:/ { runs = $2 }
        END { printf "%-16s %12s %8s %8s\n", target, runs, edges, inputs }' "$log"
done
[ -z "$failed" ] || { echo "fuzz: broken:$failed" >&2; exit 1; }
