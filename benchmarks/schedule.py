"""A simulated run of many tasks on workers that share a store and a scheduler; deterministic, driven by events.

A worker asks for a task, the scheduler hands it over (one at a time), the worker reads what it needs, computes, and
writes. All that read or write at a time share the store's bandwidth evenly; one alone has no more than a worker's own.
Not for what tasks cost (``scale.py``).
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

READ: Final = 0
COMPUTE: Final = 1
WRITE: Final = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A task: bytes read, processor seconds, bytes written."""

    read_bytes: float
    compute_s: float
    write_bytes: float


@dataclass(frozen=True, slots=True)
class Pool:
    """What the tasks run on.

    Parameters
    ----------
    workers : int
        One task each at a time.
    store_bytes_s : float
        Bandwidth of the store, of all workers together.
    worker_bytes_s : float
        The most that one worker reads or writes.
    dispatch_s : float
        Time of the scheduler for each task.
    """

    workers: int
    store_bytes_s: float
    worker_bytes_s: float
    dispatch_s: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of it.

    Parameters
    ----------
    seconds : float
        From the first task's start to the last one's end.
    busy : float
        Share of the workers' time in which they computed.
    store : float
        Share of the store's bandwidth that was used.
    scheduler : float
        Share of the time in which the scheduler was busy.
    """

    seconds: float
    busy: float
    store: float
    scheduler: float


def simulate(units: Sequence[Unit], pool: Pool) -> Ran:
    """Run all units, in their order, as workers become free.

    Transfers are kept by the amount that one of them would have got in all: since all get the same, the first to reach
    its own amount is the first to end, whoever joins later.
    """
    now = served = busy_s = moved = dispatched_s = scheduler_free = 0.0
    computing: list[tuple[float, int, Unit, int]] = []  # (time at which it ends, number, unit, phase)
    transfers: list[tuple[float, int, Unit, int]] = []  # (amount served at which it ends, number, unit, phase)
    waiting, serial = iter(units), 0

    def hand_over(at: float) -> None:
        nonlocal scheduler_free, dispatched_s, serial
        unit = next(waiting, None)
        if unit is not None:
            scheduler_free = max(scheduler_free, at) + pool.dispatch_s
            dispatched_s += pool.dispatch_s
            serial += 1
            heapq.heappush(computing, (scheduler_free, serial, unit, READ))

    for _ in range(pool.workers):
        hand_over(0.0)
    while computing or transfers:
        rate = min(pool.worker_bytes_s, pool.store_bytes_s / max(len(transfers), 1))
        next_transfer = now + (transfers[0][0] - served) / rate if transfers else math.inf
        next_event = computing[0][0] if computing else math.inf
        at = min(next_transfer, next_event)
        if transfers:
            served += (at - now) * rate
            moved += (at - now) * rate * len(transfers)
        now = at
        if next_event <= next_transfer:
            _, number, unit, phase = heapq.heappop(computing)
            if phase == COMPUTE:
                busy_s += unit.compute_s
            amount, after = (unit.read_bytes, READ) if phase == READ else (unit.write_bytes, WRITE)
            heapq.heappush(transfers, (served + amount, number, unit, after))
        else:
            _, number, unit, phase = heapq.heappop(transfers)
            if phase == READ:
                heapq.heappush(computing, (now + unit.compute_s, number, unit, COMPUTE))
            else:
                hand_over(now)
    whole = max(now, 1e-12)
    return Ran(now, busy_s / (pool.workers * whole), moved / (pool.store_bytes_s * whole), dispatched_s / whole)
