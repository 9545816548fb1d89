#!/usr/bin/env bash
# Counts the instructions of the hot paths with callgrind. Unlike times, the counts do not depend on other processes.
#
#   benches/counts.sh check     fails if a path takes over 5 % more than benches/counts.txt says
#   benches/counts.sh update    replaces benches/counts.txt
#   benches/counts.sh linear    fails if twice the input takes over 2.25 times the instructions
#
# Hash seeds differ from run to run and change the counts by less than 0.2 %. Another compiler, processor or C library
# changes them by more. `check` then prints the counts and succeeds.
set -euo pipefail
cd "$(dirname "$0")/.."
baseline=benches/counts.txt
target="${CARGO_TARGET_DIR:-target}/counts"

made_with() {
    local avx2=without
    grep -qsw avx2 /proc/cpuinfo && avx2=with
    echo "$(rustc --version), $(getconf GNU_LIBC_VERSION 2>/dev/null || echo another libc), $(uname -m) $avx2 AVX2"
}

program="$target/release/rolegate-counts"

# Prints the instructions of one run of the program with these arguments.
count() {
    local output count
    output=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no \
        --toggle-collect='rolegate_counts::measured*' "$program" "$@" 2>&1) ||
        { echo "$output" >&2; return 1; }
    count=$(awk '/Collected :/ { print $4 }' <<<"$output")
    if ! [[ $count =~ ^[1-9][0-9]*$ ]]; then
        echo "callgrind counted nothing for $*: was the measured function inlined?" >&2
        return 1
    fi
    echo "$count"
}

count_all() {
    local path counted
    for path in $("$program"); do
        counted=$(count "$path") || return 1
        echo "$path $counted"
    done
}

# Counts each case at its size and at twice its size. Sorting takes 2.1 times as long for twice a million elements. The
# rest up to 2.25 allows for hash tables, whose load factor depends on the size.
linear() {
    local cases name size growth once twice failed=0
    cases=$("$program" grow) || return 1
    [[ -n $cases ]] || { echo "no cases to count" >&2; return 1; }
    while read -r name size growth; do
        once=$(count grow "$name" "$size") || return 1
        twice=$(count grow "$name" $((2 * size))) || return 1
        awk -v name="$name" -v size="$size" -v once="$once" -v twice="$twice" -v growth="$growth" '
            BEGIN {
                most = growth == "None" ? 1.05 : 2.25
                ratio = twice / once
                verdict = ratio > most ? "  MORE THAN " most : ""
                printf("%-18s %8d %12d   twice %12d %6.2f%s\n", name, size, once, twice, ratio, verdict)
                exit (ratio > most)
            }' || failed=1
    done <<<"$cases"
    return $failed
}

# Compares the counts on standard input with the baseline. An empty `strict` only prints the differences.
compare() {
    awk -v strict="$1" '
        /^#/ { next }
        NR == FNR { before[$1] = $2; next }
        !($1 in before) { printf "%-12s %12d  not in the baseline yet\n", $1, $2; stale = 1; next }
        {
            change = ($2 / before[$1] - 1) * 100
            verdict = ""
            if (change > 5) { verdict = "  MORE THAN 5 % ABOVE THE BASELINE"; more = 1 }
            if (change < -5) { verdict = "  more than 5 % below the baseline"; less = 1 }
            printf "%-12s %12d %+7.2f %%%s\n", $1, $2, change, verdict
            delete before[$1]
        }
        END {
            for (path in before) { printf "%-12s no longer counted\n", path; stale = 1 }
            if (!strict) exit 0
            if (less || stale) print "run benches/counts.sh update and commit what it writes"
            exit more || stale
        }' "$baseline" -
}

build() {
    cargo build --quiet --release --locked --manifest-path benches/counts/Cargo.toml --target-dir "$target"
}

case "${1:-}" in
check)
    build
    counts=$(count_all)
    strict=yes
    if ! grep -qxF "# $(made_with)" "$baseline"; then
        strict=
        echo "differences are not an error: the counts are of $(made_with),"
        echo "and the baseline is of$(head -n 1 "$baseline" | tr -d '#')"
    fi
    compare "$strict" <<<"$counts"
    ;;
update)
    build
    counts=$(count_all)
    printf '# %s\n%s\n' "$(made_with)" "$counts" >"$baseline"
    cat "$baseline"
    ;;
linear)
    build
    linear
    ;;
*)
    echo "usage: benches/counts.sh check|update|linear" >&2
    exit 2
    ;;
esac
