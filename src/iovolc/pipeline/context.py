"""What every use-case is given: where, how, and with which workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from iovolc.cluster import Limits
from iovolc.config import Config
from iovolc.parallel import Runner, runner
from iovolc.progress import Progress, silent

ALGORITHM_VERSIONS: Final = MappingProxyType(
    {"ingest": "7", "detect": "23", "track": "15", "heat": "5", "publish": "10"}
)
"""Raised by one whenever a stage's results change for the same input; part of cache keys and of the run's identity."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where, how, and with which workers.

    Parameters
    ----------
    store : Path
        The store; made if it is not there.
    config : Config
        The configuration.
    runner : Runner
        Maps tasks over workers.
    """

    store: Path
    config: Config
    runner: Runner


@contextmanager
def working(
    store: Path, config: Config, *, workers: int, address: str | None = None, progress: Progress = silent
) -> Iterator[Context]:
    """A context for the time of a ``with`` block, with workers as the section ``cluster`` limits them.

    Parameters
    ----------
    store, config : Path, Config
        Where and how.
    workers, address, progress : int, str or None, callable
        As :func:`iovolc.parallel.runner` takes them.

    Raises
    ------
    ConfigError, TransientIOError
        Likewise.
    """
    costs = config.cluster
    limits = Limits(costs.task_memory_gib, costs.task_timeout_s, costs.lost_after_s)
    report = Path(costs.report) if costs.report else None
    with runner(workers=workers, address=address, progress=progress, limits=limits, report=report) as chosen:
        yield Context(store, config, chosen)
