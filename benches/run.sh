#!/usr/bin/env bash
# Measures everything and writes benches/RESULTS.md, benches/results.svg and the figures in README.md.
#
#   benches/run.sh            all of it: leave the machine alone meanwhile
#   benches/run.sh report     writes anew from the figures of the last run, as after editing NOTES.md
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR="$target" CRITERION_HOME="$target/criterion"
peers=(--locked --manifest-path benches/peers/Cargo.toml --target-dir "$target/peers")
report=(--locked --release --quiet --manifest-path benches/report/Cargo.toml --target-dir "$target/report")

case "${1:-}" in
"")
    # No old figures among the new ones, and nothing is built while something is measured.
    rm -rf "$CRITERION_HOME"
    cargo bench --locked --features auth --no-run
    cargo bench "${peers[@]}" --no-run
    cargo build "${report[@]}"
    started=$SECONDS
    cargo bench --locked --features auth --bench engine --bench filter --bench identity --bench json -- --noplot
    cargo bench "${peers[@]}" -- --noplot
    cargo run "${report[@]}" -- "$CRITERION_HOME"
    echo "measured in $(((SECONDS - started) / 60)) minutes"
    ;;
report)
    cargo run "${report[@]}" -- "$CRITERION_HOME"
    ;;
*)
    echo "usage: benches/run.sh [report]" >&2
    exit 2
    ;;
esac
