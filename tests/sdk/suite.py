"""Runs every driver against a server of its own, kills a server while it writes, and counts what passed."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import durability
from server import Server

HERE = pathlib.Path(__file__).parent
DRIVER_SECONDS = 60
DRIVERS = {
    "node-appwrite": ["node", HERE / "node.mjs"],
    "appwrite (web)": ["node", HERE / "web.mjs"],
    "appwrite (web) in Chromium": ["node", HERE / "chromium.mjs"],
    "appwrite (Python)": [sys.executable, HERE / "python.py"],
}

# The secrets of the seed, and the form of tokens and sessions, which are made while the tests run.
SECRETS = r"password-|standard_|eyJ|a secret of the tests|\b[0-9a-f]{64}\b"
FAILURES = r".*(?:ERROR|panicked).*"
SAID = ["user `user-a` by JWT of session", "user `user-a` by session", "standard key `Backend`"]


def drive(command, log):
    """Returns the lines that a driver prints: `ok NAME` or `not ok NAME: WHY`."""
    with Server(log) as server:
        environment = {**os.environ, "ENDPOINT": server.endpoint}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DRIVER_SECONDS)
        except subprocess.TimeoutExpired:
            return [f"not ok the driver: not done after {DRIVER_SECONDS} seconds"]
        lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "not ok "))]
        if done.returncode != 0 or not lines:
            lines.append(f"not ok the driver: exit status {done.returncode}: {done.stderr[-2000:]}")
        return lines


def logged(log):
    """Checks that the log of a run has the expected lines, and no secrets or failures."""
    text = log.read_text()
    for what, pattern in [("secret", SECRETS), ("failure", FAILURES)]:
        found = re.findall(pattern, text)[:5]
        yield f"not ok the log has no {what}: {found}" if found else f"ok the log has no {what}"
    for what in SAID:
        yield f"ok the log says {what}" if what in text else f"not ok the log says {what}: {text[-500:]}"


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        suites = {name: lambda log, command=command: drive(command, log) for name, command in DRIVERS.items()}
        suites["restart and kill -9"] = lambda log: durability.run(directory, log)
        for number, (name, suite) in enumerate(suites.items()):
            log = directory / f"{number}.log"
            for line in [*suite(log), *logged(log)]:
                good = line.startswith("ok ")
                passed, failed = passed + good, failed + (not good)
                print(f"{name}: {line}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed != 0 or passed == 0


sys.exit(main())
