#!/usr/bin/env bash
# Runs the benches and writes benches/RESULTS.md, its charts and the table in README.md.
#
#   benches/run.sh [RUNS]        measures RUNS times, 5 unless given; leave the machine alone meanwhile
#   benches/run.sh index [RUNS]  measures the index at scale RUNS times, 5 unless given, and writes benches/INDEX.md and its chart
#   benches/run.sh query [ROUNDS] times each statement ROUNDS times, 15 unless given, and writes benches/QUERY.md
#   benches/run.sh audience [ROUNDS] measures events among many connections ROUNDS times, 7 unless given, and writes benches/AUDIENCE.md
#   benches/run.sh report        writes them again from the last figures, after a change of benches/report
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR="$target"
folder="$target/runs"
index="$target/index"
bench=(cargo bench --locked --all-features --bench engine --bench filter --bench identity --bench json)
peers=(cargo bench --locked --manifest-path benches/peers/Cargo.toml --target-dir "$target/peers")
# Short measurements, because each is made in every run.
criterion=(--noplot --warm-up-time 1 --measurement-time 2)
python="$target/peers/python"
report=(--locked --release --quiet --manifest-path benches/report/Cargo.toml --target-dir "$target/report")

# The rows of the table that describes the machine: processor and caches as Linux names them, and versions.
machine() {
    local vectors cache caches=()
    vectors=$(grep -owm 1 avx512f /proc/cpuinfo || grep -owm 1 avx2 /proc/cpuinfo || echo "no avx2")
    echo "| date | $(date -u +%F) |"
    awk -F '\t*: ' -v cores="$(nproc)" -v vectors="${vectors%%$'\n'*}" '
        !($1 in field) { field[$1] = $2 }
        END {
            # The numbers identify a processor whose name is hidden by a hypervisor.
            printf("| processor | %s (family %s, model %s, %s), %d cores; one is used |\n",
                field["model name"], field["cpu family"], field["model"], vectors, cores)
        }' /proc/cpuinfo
    for cache in /sys/devices/system/cpu/cpu0/cache/index*; do
        [[ $(<"$cache/type") == Instruction ]] || caches+=("L$(<"$cache/level") $(<"$cache/size")")
    done
    echo "| caches | $(printf '%s, ' "${caches[@]}" | sed 's/, $//') |"
    echo "| compiler | $(rustc --version) |"
    echo "| peers | $(awk -F '"' '
        /^name/ { name = $2 }
        /^version/ && name ~ /^(casbin|cedar-policy|gatehouse|oso|regorus|roaring|rusqlite|libsqlite3-sys|tantivy)$/ {
            printf("%s %s, ", name, $2)
        }' benches/peers/Cargo.lock)$(sed -n 's/==/ /; /^duckdb/p' benches/peers/requirements.txt) |"
}

# Measures the index at scale, and writes benches/INDEX.md.
index() {
    local runs=$1 scale="$target/scale/release/rolegate-scale" started=$SECONDS
    cargo build --locked --release --manifest-path benches/scale/Cargo.toml --target-dir "$target/scale"
    rm -rf "$index"
    mkdir -p "$index"
    "$scale" table documents=250_000 "runs=$runs" >"$index/1.md"
    "$scale" table documents=10_000_000 "runs=$runs" >"$index/2.md"
    "$scale" table documents=10_000_000 lists=shared:100_000 "runs=$runs" >"$index/3.md"
    "$scale" table documents=100_000_000 lists=shared:1_000_000 churn=no "runs=$runs" >"$index/4.md"
    "$scale" points benches/index.csv
    "$scale" chart benches/index.csv benches/index.svg
    {
        cat benches/scale/index.md
        echo "| | |"
        echo "| --- | --- |"
        machine | grep -v "^| peers"
        sed 's/^\([0-9]* documents\)/\n## \1\n\n\1/' "$index"/[1-4].md
    } >benches/INDEX.md
    echo "measured in $(((SECONDS - started) / 60)) minutes"
}

# Measures the conditions in databases, and writes benches/QUERY.md.
query() {
    local rounds=$1 bench="$target/query/release/rolegate-query-bench" started=$SECONDS
    cargo build --locked --release --manifest-path benches/query/Cargo.toml --target-dir "$target/query"
    mkdir -p "$target/query"
    "$bench" "rounds=$rounds" >"$target/query/figures.md"
    {
        cat benches/query/query.md
        echo "| | |"
        echo "| --- | --- |"
        machine | grep -v "^| peers" | sed 's/; one is used//'
        echo "| rounds | $rounds |"
        echo
        cat "$target/query/figures.md"
    } >benches/QUERY.md
    echo "measured in $(((SECONDS - started) / 60)) minutes"
}

# Measures events among many connections, and writes benches/AUDIENCE.md.
audience() {
    local rounds=$1 programs="$target/audience/release" started=$SECONDS
    cargo build --locked --release --manifest-path benches/audience/Cargo.toml --target-dir "$target/audience"
    "$programs/times" "rounds=$rounds" >"$target/audience/times.md"
    "$programs/memory" >"$target/audience/memory.md"
    {
        cat benches/audience/audience.md
        echo "| | |"
        echo "| --- | --- |"
        machine | grep -v "^| peers"
        awk -F '"' '/^name = "roaring"$/ { getline; print "| roaring | " $2 " |" }' benches/audience/Cargo.lock
        echo "| rounds | $rounds |"
        cat "$target/audience/times.md" "$target/audience/memory.md"
    } >benches/AUDIENCE.md
    echo "measured in $(((SECONDS - started) / 60)) minutes"
}

case "${1:-5}" in
report) ;;
audience)
    [[ ${2:-7} =~ ^[1-9][0-9]?$ ]] || { echo "expected 1 to 99 rounds, found $2" >&2 && exit 2; }
    audience "${2:-7}"
    exit
    ;;
query)
    [[ ${2:-15} =~ ^[1-9][0-9]?$ ]] || { echo "expected 1 to 99 rounds, found $2" >&2 && exit 2; }
    query "${2:-15}"
    exit
    ;;
index)
    [[ ${2:-5} == [1-9] ]] || { echo "expected 1 to 9 runs, found $2" >&2 && exit 2; }
    index "${2:-5}"
    exit
    ;;
[1-9])
    # Nothing is built while something is measured, and no figures of an earlier call remain.
    "${bench[@]}" --no-run
    "${peers[@]}" --no-run
    [[ -x $python/bin/python ]] || python3 -m venv "$python"
    timeout 300 "$python/bin/pip" install --quiet --disable-pip-version-check --requirement benches/peers/requirements.txt
    export ROLEGATE_PYTHON="$python/bin/python"
    cargo build "${report[@]}"
    rm -rf "$folder"
    mkdir -p "$folder"
    started=$SECONDS
    for ((run = 1; run <= ${1:-5}; run++)); do
        CRITERION_HOME="$folder/$run" "${bench[@]}" -- "${criterion[@]}"
        CRITERION_HOME="$folder/$run" "${peers[@]}" -- "${criterion[@]}"
    done
    {
        machine
        echo "| measured in | $(((SECONDS - started) / 60)) minutes |"
    } >"$folder/machine.md"
    ;;
*)
    echo "usage: benches/run.sh [RUNS|index [RUNS]|query [ROUNDS]|audience [ROUNDS]|report]" >&2
    exit 2
    ;;
esac
runs=("$folder"/[1-9])
cargo run "${report[@]}" -- "$folder" "${#runs[@]}"
