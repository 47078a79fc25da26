"""Hands: threads that share the work of one comparison while no other is at work beside it.

What is shared out is cut so that every part is computed as in one piece: the number of hands changes no bit. Work that
is done by a hand has no hands of its own. Not for tasks that need nothing of each other (:mod:`iovolc.parallel`).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
Result = TypeVar("Result")
One = TypeVar("One")
Other = TypeVar("Other")

_LEAST_SIZE: Final = 1 << 17
"""Smaller planes are done before a thread has begun."""
_CACHED_SIZE: Final = 1 << 17
"""So many pixels of a few planes stay in the cache; between smaller parts threads would wait for each other."""
_PARTS_EACH: Final = 2
"""So many parts for each hand, as hands are not always equally fast."""


@dataclass(frozen=True, slots=True)
class _Crew:
    count: int
    threads: ThreadPoolExecutor


_AT_HAND: Final[ContextVar[_Crew | None]] = ContextVar("at_hand", default=None)


@contextmanager
def hands(count: int) -> Iterator[None]:
    """Let what this thread does within the block be shared by so many threads.

    Parameters
    ----------
    count : int
        1 is this thread alone.
    """
    with ThreadPoolExecutor(max(count, 1)) as threads:
        before = _AT_HAND.set(_Crew(count, threads) if count > 1 else None)
        try:
            yield
        finally:
            _AT_HAND.reset(before)


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Results in the order of the items; like ``map``, but there is an item in each hand.

    Parameters
    ----------
    function : callable
        Needs nothing of what it does for other items.
    items : iterable
        What it is given; asked for by this thread, one for each hand at a time.
    """
    crew = _AT_HAND.get()
    if crew is None:
        yield from map(function, items)
        return
    begun: deque[Future[Result]] = deque()
    try:
        for item in items:
            begun.append(crew.threads.submit(function, item))
            if len(begun) == crew.count:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        wait(begun)  # nobody is at work any more when an error is told


def both(first: Callable[[], One], second: Callable[[], Other]) -> tuple[One, Other]:
    """What two works give that need nothing of each other; this thread does the first, a hand the second."""
    crew = _AT_HAND.get()
    if crew is None:
        return first(), second()
    later = crew.threads.submit(second)
    try:
        one = first()
    finally:
        wait([later])  # nobody is at work any more when an error is told
    return one, later.result()


def in_parts(work: Callable[[int, int], object], length: int, size: int, grain: int = 1) -> None:
    """Do the whole length of a work in parts.

    Parameters
    ----------
    work : callable of int, int
        Does its part from the first place to before the second, and nothing to what other parts read or write.
    length : int
        Number of places, for example rows.
    size : int
        Number of pixels in all, which tells whether parts are worth while.
    grain : int
        Parts begin at whole multiples of this.
    """
    crew = _AT_HAND.get()
    if crew is None or size < _LEAST_SIZE:
        work(0, length)
        return
    grains = -(-length // grain)
    step = grain * -(-grains // (_PARTS_EACH * crew.count))
    begun = [crew.threads.submit(work, first, min(first + step, length)) for first in range(0, length, step)]
    wait(begun)  # nobody is at work any more when an error is told
    for part in begun:
        part.result()


def in_rows(kernel: Callable[..., object], *planes: NDArray[Any]) -> None:
    """Give a kernel the same rows of all planes, some of them at a time, until it has had all.

    Parameters
    ----------
    kernel : callable
        Fills one or more of the planes from the others, row by row.
    *planes : ndarray
        Of as many rows each.
    """
    in_parts(
        lambda first, end: kernel(*(plane[first:end] for plane in planes)),
        planes[0].shape[0],
        max(plane.size for plane in planes),
    )


def by_rows(function: Callable[..., NDArray[Any]], *planes: NDArray[Any]) -> NDArray[np.float32]:
    """A plane from others, pixel by pixel; what is in between stays in the processor's cache.

    Parameters
    ----------
    function : callable
        Gives some rows from the same rows of all planes.
    *planes : ndarray, shape (row, col)
        Of one shape.
    """
    rows, cols = planes[0].shape
    out = np.empty((rows, cols), np.float32)
    step = max(1, _CACHED_SIZE // max(cols, 1))

    def some(first: int, end: int) -> None:
        for top in range(first, end, step):
            part = slice(top, min(top + step, end))
            out[part] = function(*(plane[part] for plane in planes))

    in_parts(some, rows, out.size)
    return out
