"""Runs tasks on Dask's workers and watches over them; beside :mod:`iovolc.parallel` the only module that knows Dask.

A lost worker's tasks are run again by another one. What cannot be helped ends with an error instead of waiting for
ever: a scheduler or all workers that are gone, a task that nobody ends, a task that its workers do not survive.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from iovolc.errors import AlgorithmError, ConfigError, TransientIOError
from iovolc.progress import Progress, silent

CONNECT_S: Final = 5.0
"""How long a scheduler may take to answer, in seconds."""

AHEAD: Final = 128
"""By default: the scheduler's memory does not grow with the archive."""

_LOOK_S: Final = 1.0
_GIB: Final = 1024**3

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task, and the lack of workers, may cost.

    Parameters
    ----------
    task_memory_gib : float
        Memory of one task on processes of this machine, in GiB; 0 gives each its share of the machine.
    task_timeout_s : float
        How long nothing may end though there are workers, in seconds.
    lost_after_s : float
        How long there may be no worker, in seconds.
    """

    task_memory_gib: float = 0.0
    task_timeout_s: float = 4 * 3600.0
    lost_after_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers of a Dask scheduler.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    progress : callable
        Told of each finished task.
    limits : Limits
        When to give up.
    ahead : int
        So many tasks are handed over at a time.
    """

    client: Any
    progress: Progress = silent
    limits: Limits = Limits()
    ahead: int = AHEAD

    @property
    def threads(self) -> int:
        """How many tasks the workers that there are now can do at a time; 0 where the scheduler does not answer."""
        try:
            return sum(self.client.nthreads().values())
        except OSError:
            return 0

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], label: str) -> list[Result]:
        """Results in the order of the items; the first error is raised, and what has not begun is left.

        Raises
        ------
        TransientIOError
            If the scheduler or all its workers are lost, or nothing ends any more.
        AlgorithmError
            If a task's workers die of it, as they do for want of memory.
        """
        waiting, running, results = deque(enumerate(items)), dict[int, Any](), dict[int, Result]()
        moved, watch = threading.Event(), _Watch.begun()
        with _told(label), self._left(running):
            while waiting or running:
                self._hand_over(function, waiting, running, moved)
                ended = {place: found for place, future in running.items() for found in _fetched(future)}
                for place, result in ended.items():
                    results[place] = result
                    del running[place]
                    self.progress(label, len(results), len(items))
                watch = _Watch.begun() if ended else watch.looked(self.client, label, self.limits)
                if not ended:
                    moved.wait(_LOOK_S)
                    moved.clear()
        return [results[place] for place in range(len(items))]

    def _hand_over(
        self,
        function: Callable[[Item], Result],
        waiting: deque[tuple[int, Item]],
        running: dict[int, Any],
        moved: threading.Event,
    ) -> None:
        while waiting and len(running) < self.ahead:
            place, item = waiting.popleft()
            running[place] = self.client.submit(function, item, pure=False)
            running[place].add_done_callback(lambda _: moved.set())

    @contextmanager
    def _left(self, running: dict[int, Any]) -> Iterator[None]:
        """Take back what has not ended when the block ends."""
        try:
            yield
        finally:
            if running and self.client.status == "running":
                with suppress(OSError):
                    self.client.cancel(list(running.values()))


@dataclass(frozen=True, slots=True)
class _Watch:
    """When something last ended, and when a worker was last seen, on the monotonic clock in seconds."""

    ended_s: float
    seen_s: float

    @classmethod
    def begun(cls) -> "_Watch":
        now = time.monotonic()
        return cls(now, now)

    def looked(self, client: Any, label: str, limits: Limits) -> "_Watch":
        """The same after a look at the workers; raises if it has lasted too long."""
        now = time.monotonic()
        if _any_worker(client):
            if now - self.ended_s > limits.task_timeout_s:
                raise TransientIOError(
                    f"no task of `{label}` has ended for {limits.task_timeout_s:g} s; restart the workers that hang, "
                    "or raise cluster.task_timeout_s"
                )
            return replace(self, seen_s=now)
        if now - self.seen_s > limits.lost_after_s:
            raise TransientIOError(
                f"the Dask scheduler has had no worker for `{label}` for {limits.lost_after_s:g} s; start workers and "
                "try again"
            )
        return self


def _fetched(future: Any) -> tuple[Any, ...]:
    """The result of a task, alone in a tuple; empty if it has not ended, or was lost with its worker or scheduler."""
    if future.status == "pending":
        return ()
    try:
        return (future.result(timeout=CONNECT_S),)
    except OSError:  # of the connection, or too late
        if future.status == "error":  # the task's own
            raise
        return ()


def _any_worker(client: Any) -> bool:
    try:
        known = client.sync(client.scheduler.identity, n_workers=1, callback_timeout=CONNECT_S)
    except OSError:
        return False
    return bool(known["workers"])


@contextmanager
def _told(label: str) -> Iterator[None]:
    """Turn what Dask says of lost schedulers and workers into our errors."""
    from distributed import KilledWorker  # noqa: PLC0415
    from distributed.client import ClosedClientError, FutureCancelledError  # noqa: PLC0415

    try:
        yield
    except KilledWorker as error:
        raise AlgorithmError(
            f"`{label}` cannot be done: {error.allowed_failures + 1} workers ended while they were at the same task, "
            "most likely for want of memory; give each more (cluster.task_memory_gib, or --memory-limit of a worker "
            "with one thread)",
            workers=error.allowed_failures + 1,
        ) from error
    except (FutureCancelledError, ClosedClientError) as error:
        raise TransientIOError(f"the Dask scheduler was lost during `{label}`; start it and try again") from error


@contextmanager
def processes(workers: int, limits: Limits) -> Iterator[str]:
    """Worker processes of this machine, one task each at a time; the address of their scheduler.

    Parameters
    ----------
    workers : int
        How many.
    limits : Limits
        A process that takes more memory than a task may is ended, and its task tried again elsewhere.
    """
    from distributed import LocalCluster  # noqa: PLC0415

    memory = int(limits.task_memory_gib * _GIB) or "auto"
    cluster: Any = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        memory_limit=memory,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )
    with cluster:
        yield cluster.scheduler_address


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address.

    Raises
    ------
    ConfigError
        If the address is none.
    TransientIOError
        If the scheduler does not answer.
    """
    from distributed import Client  # noqa: PLC0415

    try:
        # A client that never connects lingers for a minute, so the address is tried without one first.
        asyncio.run(_reach(address))
        client = Client(address, set_as_default=False, timeout=CONNECT_S)
    except ValueError as error:
        raise ConfigError(f"`{address}` is no address of a Dask scheduler: {error}") from error
    except OSError as error:
        raise TransientIOError(
            f"the Dask scheduler at {address} does not answer: {error}; start it and try again"
        ) from error
    with client:
        yield client


async def _reach(address: str) -> None:
    from distributed import Security  # noqa: PLC0415
    from distributed.comm.core import connect  # noqa: PLC0415

    comm = await connect(address, timeout=CONNECT_S, **Security().get_connection_args("client"))
    await comm.close()
