#!/usr/bin/env bash
# Fuzzes each target for a number of seconds. Fails if an input crashes, hangs or takes more than 2 GB.
# Needs a nightly toolchain and cargo-fuzz.
#
#   fuzz/run.sh 20            all targets for 20 seconds each
#   fuzz/run.sh 600 token     one target for 600 seconds
#
# Every run starts from the seeds and regressions in git and does not change them. New inputs go to `corpus` in the
# target folder, and the next run starts from those too.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
targets=("$@")
[[ $# -gt 0 ]] || mapfile -t targets < <(cargo +nightly fuzz list)
found="${CARGO_TARGET_DIR:-target}/corpus"

cargo +nightly fuzz build

fuzz() {
    local target=$1 log
    log=$(mktemp)
    mkdir -p "$found/$target" "artifacts/$target"
    # libFuzzer stops an input after 10 seconds. `timeout` stops libFuzzer if that fails.
    if timeout --kill-after=10 $((seconds + 120)) cargo +nightly fuzz run "$target" \
        "$found/$target" "corpus/$target" "regressions/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 >"$log" 2>&1; then
        echo "$target: $(grep '^Done ' "$log")"
        rm "$log"
        return
    fi
    tail -n 60 "$log"
    echo "$target FAILED: $(grep -o 'artifacts/[^ ]*' "$log" | tail -n 1 || true)"
    echo "to minimise it: cargo +nightly fuzz tmin $target FILE; then move it to fuzz/regressions/$target"
    return 1
}

# One target for each processor at a time.
export -f fuzz
export found seconds
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -n 1 bash -c 'set -euo pipefail; fuzz "$1"' --
