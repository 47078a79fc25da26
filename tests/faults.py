"""What faults have in common: an inbox, what a clean run makes of it, instants, and a job that can be killed."""

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.inbox import drops, overrides, published

from iovolc.config import load
from iovolc.cube.audit import verify
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.run import run

ROOT = Path(__file__).parents[1]
PROGRAM = "from iovolc.cli import main; main()"
_COUNT = int(os.environ.get("IOVOLC_SOAK_KILLS", "20"))
_SOAK = [pytest.mark.soak]

at_every_instant = pytest.mark.parametrize(
    "instant", [pytest.param(place, marks=_SOAK if place >= 2 else ()) for place in range(2 + _COUNT)]
)
"""Two instants with the other tests, others in `make soak`."""


@dataclass(frozen=True)
class Whole:
    """An inbox, the settings that go with it, what one clean run publishes of it, and how long a job takes."""

    folder: Path
    settings: tuple[str, ...]
    files: dict[str, bytes]
    seconds: float

    @property
    def inbox(self):
        return self.folder / "inbox" / "*.csv"

    @property
    def store(self):
        """The store of the clean run."""
        return self.folder / "store"

    def run(self, store, out, runner=None):
        """The job in this process."""
        return run([self.inbox], Context(store, load(None, self.settings), runner or Threads(2)), out)

    def job(self, store, out, **environment):
        """The job as a process of its own."""
        pairs = [part for pair in self.settings for part in ("--set", pair)]
        command = ["run", str(self.inbox), "--store", str(store), "--out", str(out), "--workers", "2", *pairs]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        everything = {**os.environ, **environment}
        return subprocess.Popen([sys.executable, "-c", PROGRAM, *command], cwd=ROOT, env=everything, **quiet)

    def check(self, store, out):
        """Nothing is lost, and the outputs are those of the clean run."""
        assert verify(store) == ()
        assert published(out) == self.files


def prepare(folder):
    """Two epochs and a broken file in an inbox, and a clean run of them."""
    settings = overrides(folder)
    for drop in drops(3):
        drop.into(folder / "inbox")
    whole = Whole(folder, settings, {}, 0.0)
    whole.run(folder / "store", folder / "out")
    start = time.monotonic()
    job = whole.job(folder / "timed", folder / "timed-out")
    _, told = job.communicate()
    assert job.returncode == 4, told
    whole = Whole(folder, settings, published(folder / "out"), time.monotonic() - start)
    whole.check(folder / "timed", folder / "timed-out")
    return whole


def chance(fault, instant):
    """A generator of its own for each fault and instant, so that one can be repeated alone."""
    return random.Random(f"{fault} {instant}")
