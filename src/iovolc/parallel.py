"""Runs independent tasks in parallel: the one module that knows Dask.

Threads of this process by default (the kernels release the interpreter's lock), or the workers of a Dask scheduler by
address. Tasks are coarse (an epoch each), results come back in the order of the items, so neither the number of
workers nor their speed can change what is computed.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from dask.base import compute
from dask.callbacks import Callback
from dask.delayed import delayed

from iovolc.errors import ConfigError, TransientIOError
from iovolc.progress import Progress, silent

CONNECT_S: Final = 5.0
"""How long a scheduler may take to answer, in seconds."""

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
            return list(compute(*lazy, scheduler="threads", num_workers=self.workers, optimize_graph=False))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers of a Dask scheduler.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    progress : callable
        Told of each finished task.
    """

    client: Any
    progress: Progress = silent

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
        """Results in the order of the items."""
        from distributed import as_completed  # noqa: PLC0415

        futures = self.client.map(function, list(items), pure=False)
        for done, _ in enumerate(as_completed(futures, loop=self.client.loop), start=1):
            self.progress(label, done, len(futures))
        return self.client.gather(futures)


@contextmanager
def runner(*, workers: int = 2, address: str | None = None, progress: Progress = silent) -> Iterator[Runner]:
    """A runner for the time of a ``with`` block.

    Parameters
    ----------
    workers : int
        Threads, if there is no address.
    address : str or None
        Address of a Dask scheduler whose workers see the same store and have iovolc installed.
    progress : callable
        Told of each finished task.

    Raises
    ------
    ConfigError
        If the number of workers is below 1, or the address is none.
    TransientIOError
        If the scheduler does not answer.
    """
    if address is None:
        if workers < 1:
            raise ConfigError(f"the number of workers must be at least 1, not {workers}")
        yield Threads(workers, progress)
        return
    from distributed import Client  # noqa: PLC0415

    try:
        # A client that never connects lingers for a minute, so the address is tried without one first.
        asyncio.run(_reach(address))
        client = Client(address, set_as_default=False)
    except ValueError as error:
        raise ConfigError(f"`{address}` is no address of a Dask scheduler: {error}") from error
    except OSError as error:
        raise TransientIOError(
            f"the Dask scheduler at {address} does not answer: {error}; start it and try again"
        ) from error
    with client:
        yield Cluster(client, progress)


async def _reach(address: str) -> None:
    from distributed import Security  # noqa: PLC0415
    from distributed.comm.core import connect  # noqa: PLC0415

    comm = await connect(address, timeout=CONNECT_S, **Security().get_connection_args("client"))
    await comm.close()


@contextmanager
def _counting(progress: Progress, label: str, total: int) -> Iterator[None]:
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        progress(label, min(done, total), total)

    with Callback(posttask=count):
        yield
