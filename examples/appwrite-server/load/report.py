"""A table of the medians, and what permissions cost: the same pages decided and not."""

import pathlib
import statistics
import sys

work, cases = pathlib.Path(sys.argv[1]), sys.argv[2:]
NAMES = {
    "auditor@decided": "JWT, sees all, document by document",
    "auditor@open": "JWT, sees all, the collection grants it",
    "users@decided": "200 JWTs, each its part, document by document",
    "users@open": "200 JWTs, see all, the collection grants it",
    "key@decided": "API key, permissions bypassed",
}
rates = {}
print("| | requests a second | 99th percentile | spread of the rounds |\n| --- | --- | --- | --- |")
for case in cases:
    rounds = [line.split() for line in (work / f"result.{case}").read_text().splitlines()]
    failed = sum(int(failed) for _, _, failed in rounds)
    assert failed == 0, f"{case}: {failed} requests failed"
    rates[case] = [float(rate) for rate, _, _ in rounds]
    slowest = statistics.median(int(latency) for _, latency, _ in rounds) / 1000
    spread = (max(rates[case]) - min(rates[case])) / statistics.median(rates[case])
    print(f"| {NAMES[case]} | {statistics.median(rates[case]):,.0f} | {slowest:.2f} ms | {spread:.0%} |")
print()
for decided, bypassed in [("auditor@decided", "auditor@open"), ("users@decided", "users@open"), ("auditor@decided", "key@decided")]:
    # Of rounds that stood beside each other.
    costs = [1 - one / other for one, other in zip(rates[decided], rates[bypassed])]
    print(f"{NAMES[decided]}, against {NAMES[bypassed]}: {statistics.median(costs):+.1%}")
