"""Processor time of contenders that do the same work, taken in turns so that a busy machine slows all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of processor time of one contender.

    Parameters
    ----------
    rounds : tuple of float
        One call each, in the order of the rounds.
    """

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.rounds)


def race(contenders: Mapping[str, Work], rounds: int) -> dict[str, Times]:
    """Call each contender once to warm it up, then all in turn, so many rounds.

    Parameters
    ----------
    contenders : mapping of str to callable
        By name.
    rounds : int
        How many.
    """
    for work in contenders.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            start = time.process_time()
            work()
            found[name].append(time.process_time() - start)
    return {name: Times(tuple(seconds)) for name, seconds in found.items()}


def ratio(own: Times, other: Times) -> tuple[float, float, float]:
    """How many times as long the other takes: median of the rounds' ratios, the least and the largest."""
    ratios = [theirs / max(mine, 1e-9) for mine, theirs in zip(own.rounds, other.rounds, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)
