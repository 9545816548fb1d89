#!/usr/bin/env bash
# Sends NDJSON through `rolegate filter` and measures its peak memory. Fails if that is 32 MB or more.
#
#   benches/stream.sh            sends 1 GB
#   benches/stream.sh 100        sends 100 MB
set -euo pipefail
cd "$(dirname "$0")/.."
megabytes=${1:-1000}
limit_kb=$((32 * 1024))
target="${CARGO_TARGET_DIR:-target}"

cargo build --quiet --release --locked --features cli --bin rolegate --target-dir "$target"

# Prints documents of about 360 bytes. `user:u7` sees one in ten.
lines() {
    awk -v bytes="$((megabytes * 1000 * 1000))" 'BEGIN {
        for (i = 0; sent < bytes; i++) {
            owner = sprintf("user:%020x", i)
            reader = i % 10 == 7 ? "user:u7" : owner
            line = sprintf("{\"$id\":\"%020d\",\"$permissions\":[\"read(\\\"%s\\\")\",\"update(\\\"%s\\\")\",\"delete(\\\"%s\\\")\"],\"$createdAt\":\"2024-03-11T08:12:00.000+00:00\",\"$collectionId\":\"birthdays\",\"name\":\"Ann-Katrin %d\",\"birthday\":\"1985-02-03\",\"age\":%d,\"score\":1.5,\"tags\":[\"a\",\"b c\"],\"active\":true}", i, reader, owner, owner, i, i % 100)
            print line
            sent += length(line) + 1
        }
    }'
}

# Prints the peak of the resident set in kB, the seconds and the exit status of a command.
measure='
import resource, subprocess, sys, time
start = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f"{peak} {seconds:.1f} {status}")
'
read -r peak seconds status < <(lines | python3 -c "$measure" "$target/release/rolegate" filter --roles user:u7)
echo "filtered $megabytes MB in $seconds s, generation included; peak memory: $peak kB"
((status == 0 && peak < limit_kb))
