"""The median of very many sizes: they are counted by their leading bits, and only those about the middle are sorted.

Not for medians at each pixel (:mod:`iovolc.detect.medians`).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.hands import in_parts

Sizes = NDArray[np.float32]
Bits = NDArray[np.uint32]

_LOW_BITS: Final = 16
"""What is left of a number's bits tells its size to a 128th."""
_BINS: Final = 0x7F80
"""Leading bits of infinity, which is left out like NaN."""


def middle_size(sizes: Sequence[Sizes], unit: float = 1.0) -> float:
    """Median of sizes in a unit, to the bit that of :func:`numpy.median`; nan of none.

    Parameters
    ----------
    sizes : sequence of ndarray of float32
        Not negative; what is not finite is left out.
    unit : float
        By which each is divided, at single precision.
    """
    bits = [np.ascontiguousarray(plane, np.float32).reshape(-1).view(np.uint32) for plane in sizes]
    counts = _counts(bits)
    below = np.cumsum(counts)
    total = int(below[-1])
    if total == 0:
        return math.nan
    ranks = np.array([(total - 1) // 2, total // 2])
    low, high = (int(found) for found in np.searchsorted(below, ranks, side="right"))
    about = np.sort(_held(bits, low, high, int(counts[low : high + 1].sum())))
    pair = about[ranks - (int(below[low]) - int(counts[low]))].view(np.float32)
    return float(np.median(pair / np.float32(unit)))


def grouped(
    sizes: Sequence[Sizes], codes: Sequence[NDArray[np.uint16]], count: int
) -> tuple[list[Sizes], NDArray[np.int64]]:
    """The finite sizes of each code, and how many they are.

    Parameters
    ----------
    sizes : sequence of ndarray of float32
        Not negative. C-contiguous.
    codes : sequence of ndarray of uint16
        Of the same shapes.
    count : int
        Number of codes.
    """
    flat = [(plane.reshape(-1), code.reshape(-1)) for plane, code in zip(sizes, codes, strict=True)]
    pixels = np.zeros(count, np.int64)
    for plane, code in flat:
        _count_codes(plane, code, pixels)
    ends = np.cumsum(pixels)
    out, places = np.empty(int(ends[-1]), np.float32), ends - pixels
    for plane, code in flat:
        _put_by_code(plane, code, places, out)
    return np.split(out, ends[:-1]), pixels


def _counts(bits: Sequence[Bits]) -> NDArray[np.int64]:
    parts: list[NDArray[np.int64]] = []
    for plane in bits:

        def some(first: int, end: int, plane: Bits = plane) -> None:
            own = np.zeros(_BINS, np.int64)
            _count(plane[first:end], own)
            parts.append(own)

        in_parts(some, plane.size, plane.size)
    return np.sum(parts, axis=0) if parts else np.zeros(_BINS, np.int64)


def _held(bits: Sequence[Bits], low: int, high: int, most: int) -> Bits:
    """All that lie in two bins, between which there is nothing."""
    parts: list[Bits] = []
    for plane in bits:

        def some(first: int, end: int, plane: Bits = plane) -> None:
            own = np.empty(min(most, end - first), np.uint32)
            parts.append(own[: _gather(plane[first:end], low, high, own)])

        in_parts(some, plane.size, plane.size)
    return np.concatenate(parts)


@kernel
def _count(bits: Bits, counts: NDArray[np.int64]) -> None:
    for i in range(bits.size):
        lead = bits[i] >> _LOW_BITS
        if lead < _BINS:
            counts[lead] += 1


@kernel
def _gather(bits: Bits, low: int, high: int, out: Bits) -> int:
    held, least, most = 0, np.uint32(low), np.uint32(high - low)
    for i in range(bits.size):
        # One comparison, hardly ever true: which side of the middle a number lies on no processor can guess.
        if np.uint32((bits[i] >> np.uint32(_LOW_BITS)) - least) <= most:
            out[held] = bits[i]
            held += 1
    return held


@kernel
def _count_codes(sizes: Sizes, codes: NDArray[Any], pixels: NDArray[np.int64]) -> None:
    for i in range(sizes.size):
        if np.isfinite(sizes[i]):
            pixels[codes[i]] += 1


@kernel
def _put_by_code(sizes: Sizes, codes: NDArray[Any], places: NDArray[np.int64], out: Sizes) -> None:
    for i in range(sizes.size):
        if np.isfinite(sizes[i]):
            out[places[codes[i]]] = sizes[i]
            places[codes[i]] += 1
