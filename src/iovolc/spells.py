"""A table of what each task took, on request: which stage, where, when, how long, how much memory.

Wraps any :class:`iovolc.parallel.Runner`; the results are the same with and without it.
"""

import csv
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_PER_MIB: Final = 1024**2 if sys.platform == "darwin" else 1024


class _Runner(Protocol):
    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]: ...


@dataclass(frozen=True, slots=True)
class Spell:
    """One task at work; its fields are the columns of the table.

    Parameters
    ----------
    worker : str
        Host and process.
    start_utc : str
        When it began.
    seconds : float
        How long it took.
    peak_mib : float
        The most memory that its process has held until its end, in MiB.
    """

    worker: str
    start_utc: str
    seconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class _Timed(Generic[Item, Result]):
    """A function that also says what it took; can be sent to other processes."""

    function: Callable[[Item], Result]

    def __call__(self, item: Item) -> tuple[Result, Spell]:
        start_utc, start = datetime.now(UTC), time.perf_counter()
        result = self.function(item)
        seconds = round(time.perf_counter() - start, 3)
        peak_mib = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_MIB, 1)
        spell = Spell(f"{socket.gethostname()}:{os.getpid()}", f"{start_utc:%Y-%m-%dT%H:%M:%S.%fZ}", seconds, peak_mib)
        return result, spell


@dataclass(frozen=True, slots=True)
class Reported:
    """A runner that adds a row per task to a CSV file.

    Parameters
    ----------
    runner : Runner
        Does the work.
    path : Path
        The table; begun if there is none, otherwise continued.
    """

    runner: _Runner
    path: Path

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
        """Results in the order of the items."""
        done = self.runner.map(_Timed(function), items, label)
        begun = self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if not begun:
                writer.writerow(("stage", "task", *(field.name for field in fields(Spell))))
            writer.writerows((label, place, *astuple(spell)) for place, (_, spell) in enumerate(done))
        return [result for result, _ in done]
