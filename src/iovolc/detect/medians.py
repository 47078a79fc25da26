"""Compiled median and median deviation over a few planes with gaps, by sorting networks.

A few hundred columns are sorted side by side, each exchange the same for all, so that they stay in the processor's
cache; what is missing is sorted behind the rest, as infinity. Not for which planes count
(:mod:`iovolc.detect.residual`).

Networks: merge exchange (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M); bitonic merge of any length
(Lang 1998).
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Pairs = NDArray[np.int64]
"""Places to compare and to exchange if need be, in order, the smaller value to the first; shape (n, 2)."""

LANES: Final = 512
"""Columns that are sorted side by side."""


@lru_cache
def networks(size: int) -> tuple[Pairs, Pairs]:
    """What sorts so many values, and what sorts them if they fall first and then rise."""
    pairs: list[tuple[int, int]] = []
    top = 1 << max(size - 1, 1).bit_length() - 1
    p = top
    while p > 0:
        q, r, step = top, 0, p
        while True:
            pairs += [(i, i + step) for i in range(size - step) if i & p == r]
            if q == p:
                break
            step, q, r = q - p, q // 2, p
        p //= 2
    return _as_pairs(pairs), _as_pairs(_merge(0, size))


def _merge(first: int, size: int) -> list[tuple[int, int]]:
    if size < 2:
        return []
    step = 1 << (size - 1).bit_length() - 1
    here = [(i, i + step) for i in range(first, first + size - step)]
    return here + _merge(first, step) + _merge(first + step, size - step)


def _as_pairs(pairs: list[tuple[int, int]]) -> Pairs:
    return np.array(pairs, np.int64).reshape(-1, 2)


@kernel
def medians(
    stack: Plane, sorting: Pairs, merging: Pairs, median: Plane, spread: Plane, count: NDArray[np.uint8]
) -> None:
    """Fill the last three wherever ``count`` is still 0 and a plane has a value.

    Parameters
    ----------
    stack : ndarray, shape (plane, row, col), float32
        What is not finite is missing.
    sorting, merging : ndarray
        From :func:`networks`, of as many values as there are planes.
    median, spread : ndarray, shape (row, col), float32
        Median, and 1.4826 times the median distance from it.
    count : ndarray, shape (row, col), uint8
        Number of values.
    """
    size, rows, cols = stack.shape
    parts = (cols + LANES - 1) // LANES
    lanes = (cols + parts - 1) // parts  # all parts alike
    values, number = np.empty((size, lanes), np.float32), np.empty(lanes, np.int32)
    middle, around = np.empty(lanes, np.float32), np.empty(lanes, np.float32)
    for row in range(rows):
        for left in range(0, cols, lanes):
            right = min(left + lanes, cols)
            number[:] = 0
            for k in range(size):
                _take(stack[k, row, left:right], values[k], number)
            _exchange_all(values, sorting)
            _pick(values, number, middle)
            for k in range(size):
                _away(values[k], middle)
            _exchange_all(values, merging)
            _pick(values, number, around)
            _keep(
                middle, around, number, median[row, left:right], spread[row, left:right], count[row, left:right]
            )  # fmt: skip


@kernel
def _take(line: Plane, out: Plane, number: NDArray[np.int32]) -> None:
    for col in range(line.size):
        known = np.isfinite(line[col])
        out[col] = line[col] if known else np.float32(np.inf)
        number[col] += known


@kernel
def _exchange_all(values: Plane, pairs: Pairs) -> None:
    for e in range(pairs.shape[0]):
        _exchange(values[pairs[e, 0]], values[pairs[e, 1]])


@kernel
def _exchange(first: Plane, second: Plane) -> None:
    for i in range(first.size):
        low, high = min(first[i], second[i]), max(first[i], second[i])
        first[i], second[i] = low, high


@kernel
def _pick(values: Plane, number: NDArray[np.int32], out: Plane) -> None:
    """The middle of the first ``number`` sorted values of each column; 0 of none."""
    for i in range(out.size):
        n = max(number[i], 1)
        middle = np.float32(0.5) * (values[np.uint64(n - 1) >> 1, i] + values[np.uint64(n) >> 1, i])
        out[i] = middle if number[i] > 0 else np.float32(0.0)


@kernel
def _away(line: Plane, middle: Plane) -> None:
    for i in range(line.size):
        line[i] = abs(line[i] - middle[i])


@kernel
def _keep(
    middle: Plane, around: Plane, number: NDArray[np.int32], median: Plane, spread: Plane, count: NDArray[np.uint8]
) -> None:
    for i in range(median.size):
        new = (count[i] == 0) & (number[i] > 0)
        median[i] = middle[i] if new else median[i]
        spread[i] = np.float32(MAD_TO_SIGMA * around[i]) if new else spread[i]
        count[i] = np.uint8(number[i]) if new else count[i]


@kernel
def mean_variance(stack: Plane, variance: Plane, count: NDArray[np.uint8], power: int, out: Plane) -> None:
    """Sum of the variances of the planes with a value over their number to a power, wherever ``count`` is still 0.

    Parameters
    ----------
    stack : ndarray, shape (plane, row, col), float32
        As for :func:`medians`.
    variance : ndarray, shape (plane, row or 1, col or 1), float32
        Of each plane.
    count : ndarray, shape (row, col), uint8
        Number of values found so far.
    power : int
        1 where the planes err alike, 2 where each errs for itself.
    out : ndarray, shape (row, col), float32
        Written.
    """
    for row in range(stack.shape[1]):
        of_row = variance[:, min(row, variance.shape[1] - 1)]
        many = int(variance.shape[2] > 1)
        for col in range(stack.shape[2]):
            total, n = np.float32(0.0), 0
            for k in range(stack.shape[0]):
                if np.isfinite(stack[k, row, col]):
                    total += of_row[k, col * many]
                    n += 1
            if n > 0 and count[row, col] == 0:
                out[row, col] = total / n**power


@kernel
def first_known(stack: Plane, start: int, count: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Number of the first plane with a value, wherever ``count`` is still 0.

    Parameters
    ----------
    stack : ndarray, shape (plane, row, col), float32
        As for :func:`medians`.
    start : int
        Number of the stack's first plane.
    count : ndarray, shape (row, col), uint8
        Number of values found so far.
    out : ndarray, shape (row, col), uint8
        Written.
    """
    for k in range(stack.shape[0] - 1, -1, -1):
        for row in range(out.shape[0]):
            for col in range(out.shape[1]):
                if count[row, col] == 0 and np.isfinite(stack[k, row, col]):
                    out[row, col] = start + k
