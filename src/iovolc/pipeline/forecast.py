"""What a run will cost before it begins: time, memory and bytes; and how many workers the memory has room for.

From measured constants (:mod:`iovolc.archive.costs`), for the default search; a narrower one costs less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from iovolc.archive.costs import Costs
from iovolc.model.grid import Grid

TRUE_WITHIN: Final = 2.0
"""Factor within which ``benchmarks/archive_growth.py`` finds forecasts of time, memory and bytes true."""
HAND_SHARE: Final = 0.15
"""Memory that a worker without a comparison of its own adds to that whose work it shares (a tenth was measured)."""
_GIB: Final = 1024.0**3
_MEGA: Final = 1e6


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done.

    Parameters
    ----------
    ingest : int
        New epochs.
    compare : tuple of int
        Number of predecessors of each comparison to be made.
    follow : int
        Epochs whose part in tracking and on the page is to be made.
    publish : bool
        Whether outputs are to be written.
    """

    ingest: int = 0
    compare: tuple[int, ...] = ()
    follow: int = 0
    publish: bool = True


@dataclass(frozen=True, slots=True)
class Forecast:
    """What it will cost.

    Parameters
    ----------
    processor_s : float
        Processor time.
    seconds : float
        By the clock, if all workers have a processor each.
    memory_mib : float
        Peak memory of the process, or with processes of all of them together.
    store_bytes, run_bytes : int
        What is added to the store, and the size of the outputs.
    workers : int
        How many may work at a time.
    asked : int
        How many were asked for.
    """

    processor_s: float
    seconds: float
    memory_mib: float
    store_bytes: int
    run_bytes: int
    workers: int
    asked: int

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def text(self) -> str:
        """A line for people."""
        fewer = f" (of {self.asked}: there is no memory for more)" if self.workers < self.asked else ""
        disk = (self.store_bytes + self.run_bytes) / _GIB
        return (
            f"expected: about {_duration(self.seconds)} with {self.workers} workers{fewer}, "
            f"{_duration(self.processor_s)} of processor time, {self.memory_mib / 1024.0:.1f} GiB of memory, "
            f"{disk:.2f} GiB on disk"
        )


def forecast(work: Work, pixels_per_degree: int, costs: Costs, *, workers: int, free_mib: float) -> Forecast:
    """What work will cost.

    Parameters
    ----------
    work : Work
        What is to be done.
    pixels_per_degree : int
        Of the grid.
    costs : Costs
        What single steps cost.
    workers : int
        How many are asked for.
    free_mib : float
        Memory that may be taken.
    """
    pixels = grid_pixels(pixels_per_degree)
    mpx = pixels / _MEGA
    chosen = affordable(work.compare, pixels_per_degree, costs, workers=workers, free_mib=free_mib)
    shared = work.ingest * _linear(costs.ingest_s, mpx) + sum(
        _linear(costs.compare_s, mpx, mpx * partners) for partners in work.compare
    )
    alone = costs.start_s + work.follow * _linear(costs.follow_s, mpx)
    alone += _linear(costs.publish_s, mpx) if work.publish else 0.0
    return Forecast(
        round(shared + alone, 1),
        round(shared / chosen + alone, 1),
        round(memory_mib(work.compare, mpx, costs, chosen), 1),
        round(pixels * (work.ingest * costs.epoch_bytes_px + len(work.compare) * costs.kept_bytes_px)),
        round(pixels * costs.run_bytes_px) if work.publish else 0,
        chosen,
        workers,
    )


def affordable(compare: Sequence[int], pixels_per_degree: int, costs: Costs, *, workers: int, free_mib: float) -> int:
    """How many workers may compare at a time within the memory that there is; at least one."""
    mpx = grid_pixels(pixels_per_degree) / _MEGA
    fitting = (count for count in range(workers, 1, -1) if memory_mib(compare, mpx, costs, count) <= free_mib)
    return next(fitting, 1)


def memory_mib(compare: Sequence[int], mpx: float, costs: Costs, workers: int) -> float:
    """Peak memory of so many comparisons at a time, those with the most predecessors, in MiB.

    Workers without a comparison of their own share the work of others.
    """
    largest = sorted(compare, reverse=True)[:workers] or [0]
    each = [_linear((0.0, *costs.memory_mib[1:]), mpx, mpx * partners) for partners in largest]
    sharing = max(workers - len(compare), 0) if compare else 0
    return costs.memory_mib[0] + sum(each) + HAND_SHARE * each[0] * sharing


def grid_pixels(pixels_per_degree: int) -> int:
    """Pixels of the three sheets."""
    return sum(sheet.shape[0] * sheet.shape[1] for sheet in Grid.at(pixels_per_degree).sheets)


def _linear(cost: Sequence[float], *sizes: float) -> float:
    return cost[0] + sum(each * size for each, size in zip(cost[1:], sizes, strict=True))


def _duration(seconds: float) -> str:
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 5400.0 else f"{seconds / 3600.0:.1f} h"
