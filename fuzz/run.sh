#!/usr/bin/env bash
# Fuzzes every target for so many seconds each, and fails if one of them crashes, hangs or takes more
# than 2 GB. Needs a nightly toolchain and cargo-fuzz.
#
#   fuzz/run.sh 20            a minute on two processors, as .ci/run does
#   fuzz/run.sh 7200          a night
#   fuzz/run.sh 600 token     one target
#
# It starts from the seeds and regressions that are in git and leaves them alone: what it finds goes to
# target/corpus, where the next run goes on from it.
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
    # An input that hangs is given up after 10 seconds, and the whole if even that does not help.
    if timeout --kill-after=10 $((seconds + 120)) cargo +nightly fuzz run "$target" \
        "$found/$target" "corpus/$target" "regressions/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 >"$log" 2>&1; then
        echo "$target: $(grep '^Done ' "$log")"
        rm "$log"
        return
    fi
    tail -n 60 "$log"
    echo "$target FAILED: $(grep -o 'artifacts/[^ ]*' "$log" | tail -n 1 || true)"
    echo "minimise it with \`cargo +nightly fuzz tmin $target FILE\` and put it into fuzz/regressions/$target"
    return 1
}

# As many at once as there are processors.
export -f fuzz
export found seconds
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -n 1 bash -c 'set -euo pipefail; fuzz "$1"' --
