"""Asks a server under callgrind for pages, and prints the instructions per page."""

import http.client
import pathlib
import re
import subprocess
import sys
import urllib.parse

from cases import NAMES

url, work, server, requests = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
address = urllib.parse.urlsplit(url)
client = http.client.HTTPConnection(address.hostname, address.port, timeout=60)


def control(*arguments):
    subprocess.run(["callgrind_control", *arguments, server], check=True, capture_output=True, timeout=60)


def ask(case, count):
    who, collection = case.split("@")
    project = ["X-Appwrite-Project", "birthdays"]
    headers = [dict([project, line.split(": ")]) for line in (work / who).read_text().splitlines()]
    for number in range(count):
        path = f"{address.path}/databases/load/collections/{collection}/documents"
        client.request("GET", path, headers=headers[number % len(headers)])
        answer = client.getresponse()
        body = answer.read()
        assert answer.status == 200 and body.count(b'"$id"') == 25, (case, answer.status, body[:200])


counts = {}
control("-i", "on")
for part, case in enumerate(NAMES, 1):
    ask(case, 10)
    control("-z")
    ask(case, requests)
    control("-d")
    dump = (work / f"count.{part}").read_text()
    counts[case] = int(re.search(r"^(?:summary|totals): (\d+)", dump, re.MULTILINE)[1]) / requests
print("| | instructions a request |\n| --- | --- |")
for case, name in NAMES.items():
    print(f"| {name} | {counts[case]:,.0f} |")
print()
for decided, bypassed in [("auditor@decided", "auditor@open"), ("users@decided", "users@open")]:
    print(f"{NAMES[decided]}, against {NAMES[bypassed]}: {counts[decided] / counts[bypassed] - 1:+.1%}")
