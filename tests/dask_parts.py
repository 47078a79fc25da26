"""A Dask scheduler and workers, each a process of its own as in a laboratory, and tasks that try them.

The tasks lie here, since a worker that is no child of the test must be able to import them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

_ROOT = Path(__file__).parents[1]
_WAIT_S = 60.0


def double(number):
    return 2 * number


def die_once(marker):
    """Ends its process the first time."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def swallow(gib):
    """Takes memory slowly enough to be caught at it."""
    held = []
    while len(held) * 32 < gib * 1024:
        held.append(bytearray(os.urandom(1024)) * (32 * 1024))
        time.sleep(0.05)
    return len(held)


def pause(seconds):
    time.sleep(seconds)
    return seconds


class Scheduler:
    """The processes of a `with` block; `workers` holds those of its workers, with their nannies as parents."""

    def __init__(self, folder, *, memory="auto"):
        self.folder, self.memory, self.workers = folder, memory, []
        self.start()

    def start(self):
        """Start the scheduler; gives its new address."""
        file = self.folder / f"scheduler-{time.monotonic_ns()}.json"
        self.process = self._run("scheduler", "--port", "0", "--scheduler-file", str(file), "--no-dashboard")
        self._until(file.exists)
        self.address = _address(file)

    def add_worker(self):
        """Start a worker of one thread."""
        limits = ["--nthreads", "1", "--memory-limit", self.memory, "--death-timeout", "120"]
        place = ["--local-directory", str(self.folder), "--no-dashboard"]
        self.workers.append(self._run("worker", self.address, *limits, *place))

    def kill(self):
        """Kill the scheduler."""
        self.process.kill()
        self.process.wait()

    def close(self):
        """End all of them."""
        for process in (*self.workers, self.process):
            process.terminate()
        for process in (*self.workers, self.process):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _run(self, *arguments):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([sys.executable, "-m", "dask", *arguments], cwd=_ROOT, **quiet)

    def _until(self, true):
        deadline = time.monotonic() + _WAIT_S
        while not true():
            assert self.process.poll() is None, "the scheduler did not start"
            assert time.monotonic() < deadline, "the scheduler takes too long to start"
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_):
        self.close()


def _address(file):
    """From the scheduler's file, which may be seen before it is complete."""

    for _ in range(100):
        try:
            return json.loads(file.read_text())["address"]
        except (ValueError, KeyError):
            time.sleep(0.05)
    raise AssertionError(f"{file} names no address")
