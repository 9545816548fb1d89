# Shared by the test script of each binding: folders, the installed C library, and the numbers of tests.
# A script sources this file, counts its checks with `check`, and ends with `finish`. What a machine cannot test is a line
# "not tested: …", which `finish` repeats before the numbers.
set -euo pipefail
bindings=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$bindings/.." && pwd)
target=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-$root/target}")
export CARGO_TARGET_DIR=$target
# The library is installed here, and what the tests build goes to `built`.
prefix=$target/bindings/prefix
built=$target/bindings/built
mkdir -p "$built"
passed=0
failed=0
not_tested=()
if [[ -n ${ROLEGATE_VECTORS:-} ]]; then ROLEGATE_VECTORS=$(realpath "$ROLEGATE_VECTORS") && export ROLEGATE_VECTORS; fi

# Installs a Debian package if its command, or its file with an absolute path, is missing: need COMMAND-OR-FILE PACKAGE
need() {
    [[ $1 == /* && -e $1 ]] || command -v "$1" >/dev/null && return
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$2"; } \
        >"$built/apt.log" 2>&1 || { echo "$1 is missing and $2 cannot be installed" >&2 && exit 1; }
}

# Runs a command as a check: check NAME COMMAND…
# If the last line of its output is "N passed, N failed", these numbers count, and both cannot be 0. Otherwise it is one
# test.
check() {
    local name=$1 log=$built/check.log status=0 last
    shift
    echo "-- $name"
    "$@" 2>&1 | tee "$log" || status=$?
    last=$(tail -n 1 "$log")
    note_not_tested "$log"
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        # A program can fail after its tests have passed, such as with a leak.
        if [[ $last == "0 passed, 0 failed" || ($status != 0 && ${BASH_REMATCH[2]} == 0) ]]; then
            failed=$((failed + 1))
            echo "FAILED $name: status $status, $last"
        fi
    elif [[ $status == 0 ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $name"
    fi
}

# Remembers the lines "not tested: …" of a file.
note_not_tested() { mapfile -t -O "${#not_tested[@]}" not_tested < <(grep '^not tested: ' "$1"); }

# Runs each code block of README.md, and compares its output with the text block that follows:
# readme_examples LANGUAGE COUNT COMMAND. The command gets the file with the code.
readme_examples() {
    local language=$1 count=$2 command=$3 number=0 source
    rm -f "$built"/example-*
    awk -v start="\`\`\`$language" -v path="$built/example-" -v suffix=".$language" '
        $0 == start { file = path (++count) suffix; next }
        /^```text$/ { file = path count ".expected"; next }
        /^```/ { file = ""; next }
        file != "" { print > file }' README.md
    for source in "$built"/example-*."$language"; do
        number=$((number + 1))
        diff "${source%.*}.expected" <("$command" "$source") || return
    done
    [[ $number == "$count" ]] || { echo "expected $count examples, found $number" && return 1; }
}

# Builds the C library and installs it into the prefix.
install_c() { make --silent --directory "$bindings/c" install PREFIX="$prefix"; }

# Runs a command without a Rust toolchain and without the variables of the caller.
clean() {
    env -i PATH=/usr/bin:/bin LANG=C.UTF-8 PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib" \
        ${ROLEGATE_VECTORS:+ROLEGATE_VECTORS="$ROLEGATE_VECTORS"} "$@"
}

# Prints what was not tested and the numbers, and exits.
finish() {
    [[ ${#not_tested[@]} == 0 ]] || printf '%s\n' "${not_tested[@]}" | sort -u
    echo "$passed passed, $failed failed"
    [[ $failed == 0 ]] && exit 0 || exit 1
}
