"""Starts the example server on a free port, and always stops it."""

import os
import pathlib
import re
import signal
import subprocess
import time

START_SECONDS = 20
STOP_SECONDS = 10


class Server:
    """A server for a `with` block. It appends its log to `log`."""

    def __init__(self, log: pathlib.Path, *arguments: str):
        self.log = log
        self.arguments = arguments
        self.process = None

    def __enter__(self):
        environment = {**os.environ, "APPWRITE_SERVER_SECRET": "a secret of the tests"}
        command = [os.environ["SERVER"], "--listen", "127.0.0.1:0", *self.arguments]
        with self.log.open("ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            lines = self.log.read_bytes()[begin:].decode()
            found = re.search(r"listening on (http://127\.0\.0\.1:\d+/v1)\n", lines)
            if found:
                self.endpoint = found[1]
                return self
            time.sleep(0.02)
        self.__exit__()
        raise RuntimeError(f"the server has not started: {self.log.read_text()[-1000:]}")

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)

    def stop(self, how: int):
        """Stops the server, by force if it takes long, and returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait(STOP_SECONDS)
