"""Runs independent tasks in parallel: on threads of this process, processes of this machine, or Dask's workers.

Threads are the default: the kernels release the interpreter's lock. Tasks are coarse (an epoch each), results come back
in the order of the items, so neither the number of workers nor their speed can change what is computed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from dask.base import compute
from dask.callbacks import Callback
from dask.delayed import delayed
from dask.threaded import get as on_threads

from iovolc.cluster import Cluster, Limits, connected, processes
from iovolc.errors import ConfigError
from iovolc.progress import Progress, silent
from iovolc.spells import Reported

PROCESSES: Final = "processes"
"""In place of a scheduler's address: processes of this machine."""

NO_LIMITS: Final = Limits()

Item = TypeVar("Item")
Result = TypeVar("Result")


class Runner(Protocol):
    """Maps a function over items."""

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
        """Results in the order of the items; the first error is raised."""
        ...


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process.

    Parameters
    ----------
    workers : int
        How many.
    progress : callable
        Told of each finished task.
    """

    workers: int
    progress: Progress = silent

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
        """Results in the order of the items."""
        if not items:
            return []
        lazy = [delayed(function, pure=False)(item) for item in items]
        with _counting(self.progress, label, len(items)):
            # Named by its function: by a name Dask loads all of `distributed` first.
            return list(compute(*lazy, scheduler=on_threads, num_workers=self.workers, optimize_graph=False))


def at_most(chosen: Runner, workers: int) -> Runner:
    """A runner that has no more than so many tasks at work at a time."""
    if isinstance(chosen, Reported):
        return replace(chosen, runner=at_most(chosen.runner, workers))
    if isinstance(chosen, Cluster):
        return replace(chosen, ahead=min(chosen.ahead, workers))
    return replace(chosen, workers=min(chosen.workers, workers)) if isinstance(chosen, Threads) else chosen


def workers_of(chosen: Runner) -> int:
    """How many tasks a runner has at work at a time; of a scheduler's workers as many as there are now."""
    inner = unreported(chosen)
    if isinstance(inner, Cluster):
        return max(1, min(inner.ahead, inner.threads))
    return inner.workers if isinstance(inner, Threads) else 1


def hands_each(chosen: Runner, tasks: int) -> int:
    """How many of this process's threads so few tasks have for each of them: one, unless some would have nothing."""
    inner = unreported(chosen)
    return max(1, inner.workers // max(1, tasks)) if isinstance(inner, Threads) else 1


def unreported(chosen: Runner) -> Runner:
    """The runner that does the work, without what reports on it."""
    return unreported(chosen.runner) if isinstance(chosen, Reported) else chosen


@contextmanager
def runner(
    *,
    workers: int = 2,
    address: str | None = None,
    progress: Progress = silent,
    limits: Limits = NO_LIMITS,
    report: Path | None = None,
) -> Iterator[Runner]:
    """A runner for the time of a ``with`` block.

    Parameters
    ----------
    workers : int
        Threads, or processes.
    address : str or None
        None for threads of this process, :data:`PROCESSES` for processes of this machine, else the address of a Dask
        scheduler whose workers see the same store and have iovolc installed.
    progress : callable
        Told of each finished task.
    limits : Limits
        What a task, and the lack of workers, may cost with Dask.
    report : Path or None
        Table to which each task adds what it took.

    Raises
    ------
    ConfigError
        If the number of workers is below 1, or the address is none.
    TransientIOError
        If the scheduler does not answer.
    """
    if workers < 1 and address in {None, PROCESSES}:
        raise ConfigError(f"the number of workers must be at least 1, not {workers}")
    with ExitStack() as opened:
        if address is None:
            chosen: Runner = Threads(workers, progress)
        else:
            where = opened.enter_context(processes(workers, limits)) if address == PROCESSES else address
            chosen = Cluster(opened.enter_context(connected(where)), progress, limits)
        yield chosen if report is None else Reported(chosen, report)


@contextmanager
def _counting(progress: Progress, label: str, total: int) -> Iterator[None]:
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        progress(label, min(done, total), total)

    with Callback(posttask=count):
        yield
