"""What counts as found and as false: blobs against extents, curves over thresholds, Wilson intervals.

A blob finds a change if at least :data:`LEAST_SHARE` of its pixels lie within the change's extent (the hole of a ring
counts as inside), allowed for by a small margin; a blob that finds none is false. So a blob that covers half the map
finds nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from benchmarks.iobench.truth import SECTORS, STRATA, Truth, window
from numpy.typing import NDArray
from scipy.ndimage import label

LEAST_SHARE: Final = 0.3
FALSE_PER_MPX: Final = (1.0, 3.0, 10.0)
LEVELS: Final = 28
_Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Field:
    """Where things may be found on a map.

    Parameters
    ----------
    extent : ndarray, shape (row, col), int32
        1 + index of the change whose extent the pixel is in, else 0.
    sector : ndarray, shape (row, col), int8
        1 + index of the sector of a pixel that counts, else 0.
    pixel_share : ndarray, shape (row, 1)
        Area of a row's pixels in units of an equatorial pixel's.
    """

    extent: NDArray[np.int32]
    sector: NDArray[np.int8]
    pixel_share: NDArray[np.float64]

    def megapixels(self) -> tuple[float, ...]:
        """Area free of changes, in millions of equatorial pixels, by sector."""
        free = self.extent == 0
        return tuple(
            float(((free & (self.sector == k + 1)) * self.pixel_share).sum()) / 1e6 for k in range(len(SECTORS))
        )


@dataclass(frozen=True, slots=True)
class Point:
    """What one threshold gives: which changes (by index) are found, and how many blobs are false in each sector."""

    threshold: float
    found: frozenset[int]
    false: tuple[int, ...]


def judge(labels: NDArray[np.integer], field: Field, least_pixels: int = 1) -> tuple[frozenset[int], tuple[int, ...]]:
    """Changes found by labelled blobs, and the number of false ones by sector.

    Parameters
    ----------
    labels : ndarray, shape (row, col)
        0 outside.
    field : Field
        Where the changes are.
    least_pixels : int
        Smaller blobs are left out.
    """
    at = np.flatnonzero(labels)
    if not at.size:
        return frozenset(), (0,) * len(SECTORS)
    mine, extent = labels.ravel()[at].astype(np.int64), field.extent.ravel()[at].astype(np.int64)
    size = np.bincount(mine)
    first = np.full(len(size), np.iinfo(np.int64).max)
    np.minimum.at(first, mine, at)
    width = int(extent.max(initial=0)) + 1
    pairs, counts = np.unique(mine * width + extent, return_counts=True)
    blob, change = np.divmod(pairs, width)
    hits = (change > 0) & (counts >= LEAST_SHARE * size[blob]) & (size[blob] >= least_pixels)
    found = frozenset((change[hits] - 1).tolist())
    matched = np.zeros(len(size), bool)
    matched[blob[hits]] = True
    centre = _middle_pixel(mine, at, len(size))
    real = np.flatnonzero((size >= least_pixels) & ~matched)
    real = real[real > 0]
    sectors = np.bincount(field.sector.ravel()[centre[real]], minlength=len(SECTORS) + 1)
    return found, tuple(int(count) for count in sectors[1:])


def _middle_pixel(mine: NDArray[np.int64], at: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """A pixel in the middle of each blob's list of pixels, to say in which sector it lies."""
    order = np.argsort(mine, kind="stable")
    starts = np.searchsorted(mine[order], np.arange(count))
    ends = np.searchsorted(mine[order], np.arange(count), side="right")
    middle = np.minimum((starts + ends) // 2, max(len(order) - 1, 0))
    return at[order[middle]] if len(order) else np.zeros(count, np.int64)


def sweep(score: NDArray[np.float32], field: Field, least_pixels: Sequence[int]) -> dict[int, tuple[Point, ...]]:
    """The curve of a score map over thresholds, for each least size of a blob.

    Parameters
    ----------
    score : ndarray, shape (row, col), float32
        Higher means more likely changed; NaN or -inf where unknown.
    field : Field
        Where the changes are.
    least_pixels : sequence of int
        Least sizes.
    """
    values = np.where(np.isfinite(score), score, -np.inf)
    known = np.sort(values[(field.sector > 0) & np.isfinite(values)])
    if not known.size:
        return dict.fromkeys(least_pixels, ())
    shares = np.geomspace(3.0 / known.size, 0.08, LEVELS)
    levels = np.unique(known[np.minimum((known.size * (1.0 - shares)).astype(int), known.size - 1)])
    points: dict[int, list[Point]] = {least: [] for least in least_pixels}
    for level in levels[::-1]:
        labels, _ = label(values >= level, np.ones((3, 3)))
        for least in least_pixels:
            points[least].append(Point(float(level), *judge(labels, field, least)))
    return {least: tuple(curve) for least, curve in points.items()}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22, 209); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z95 / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def stratum_of(snr: float) -> int | None:
    """Index of the stratum of matched SNR; None below the first."""
    for index, (low, high) in enumerate(STRATA):
        if low <= snr < high:
            return index
    return None


def extents(
    truths: Sequence[Truth], lats: NDArray[np.float64], lons: NDArray[np.float64], margin_km: float
) -> NDArray[np.int32]:
    """1 + index of the change within whose outline, ``margin_km`` beyond it, a pixel lies; shape (row, col)."""
    out = np.zeros((len(lats), len(lons)), np.int32)
    for index, truth in enumerate(truths):
        rows, cols = window(truth, lats, lons, margin_km)
        lat, lon = np.meshgrid(lats[rows], lons[cols], indexing="ij")
        limit = 1.0 + 0.5 * truth.soft + margin_km / min(truth.length_km, truth.width_km) * 2.0
        part = out[np.ix_(rows, cols)]
        part[truth.reach(lat, lon) <= limit] = index + 1
        out[np.ix_(rows, cols)] = part
    return out
