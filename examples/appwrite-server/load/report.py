"""Prints a table of the medians, and the cost of permissions: the same pages with decisions and without."""

import os
import pathlib
import statistics
import sys

from cases import NAMES

work, cases = pathlib.Path(sys.argv[1]), sys.argv[2:]
TICKS = os.sysconf("SC_CLK_TCK")
rates, costs = {}, {}
print("| | requests a second | 99th percentile | processor time a request |\n| --- | --- | --- | --- |")
for case in cases:
    lines = (work / f"result.{case}").read_text().splitlines()
    rounds = [[float(number) for number in line.split()] for line in lines]
    assert not any(failed for _, _, failed, _, _ in rounds), f"{case}: requests failed"
    rates[case] = [rate for rate, *_ in rounds]
    costs[case] = [ticks / TICKS / requests * 1e6 for *_, requests, ticks in rounds]
    slowest = statistics.median(latency for _, latency, *_ in rounds) / 1000
    rate, cost = statistics.median(rates[case]), statistics.median(costs[case])
    print(f"| {NAMES[case]} | {rate:,.0f} | {slowest:.2f} ms | {cost:.0f} µs |")
print()
paired = []
for decided, bypassed in [("auditor@decided", "auditor@open"), ("users@decided", "users@open"), ("auditor@decided", "key@decided")]:
    # Pairs of adjacent rounds.
    pairs = zip(rates[decided], rates[bypassed], costs[decided], costs[bypassed])
    faster, dearer = zip(*((a / b - 1, c / d - 1) for a, b, c, d in pairs))
    change = f"{statistics.median(faster):+.1%} requests a second, {statistics.median(dearer):+.1%} processor time"
    paired.append(f"{NAMES[decided]}, against {NAMES[bypassed]}: {change}")
print("Medians of pairs: " + "; ".join(paired) + ".")
