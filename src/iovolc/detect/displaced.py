"""How far maps are really displaced: by how much a difference scatters more where the ground slopes.

The registration's sigma is measured on tiles that were held out of its fit, so that it holds the tiles' own errors,
too, and overstates what is left. A displaced map shows itself: its differences grow with the slopes. Not for telling a
single change from a shift (:mod:`iovolc.detect.shift`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.pyramid import Scale, expand, reduce_weighted
from iovolc.detect.residual import CLIP, CLIPPED_VARIANCE
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import smooth
from iovolc.hands import by_rows, each, in_parts
from iovolc.model.grid import Grid, Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

REGION: Final = Scale(600.0)
"""Displacement is told for regions of this size: wider than what changes."""
_RATIOS: Final = np.geomspace(0.05, 500.0, 24)
_LEAST_PIXELS: Final = 200
_LEAST_BINS: Final = 4
_RANGE: Final = (0.01, 4.0)
"""Share of the stated variance that is believed at least and at most: a tenth of a stated sigma and twice of it."""
_LEAST_REGIONAL: Final = 0.25
"""A region is believed to be at most twice as well placed as the whole map."""


@dataclass(frozen=True, slots=True)
class Sloped:
    """What one sheet tells of displacement.

    Parameters
    ----------
    z2 : ndarray, shape (row, col), float32
        Squared difference in units of its variance were the maps in place.
    ratio : ndarray, shape (row, col), float32
        Variance that the stated registration sigma makes of the baseline's slope, in the same units; 0 where nothing
        is known.
    again : ndarray, shape (row, col), float32
        The same of the newer epoch's slope, whose noise is another.
    owned : ndarray, shape (row, col), bool
        Pixels that count.
    """

    z2: Plane
    ratio: Plane
    again: Plane
    owned: Mask


def displaced_shares(parts: Mapping[str, Sloped], grid: Grid, resolution_km: float) -> dict[str, Plane | float]:
    """Share of the stated variance of misregistration that the differences bear out, about each pixel.

    Parameters
    ----------
    parts : mapping of str to Sloped
        By sheet.
    grid : Grid
        The grid.
    resolution_km : float
        Of the difference: pixels within it are not independent.

    Returns
    -------
    dict of str to ndarray, shape (row, col), float32, or float
        1 where too little slopes to tell.

    Notes
    -----
    All over Io, the clipped mean square of the difference grows with the ratio by the share, from the level of the
    quietest bin: the variance of maps in place may be wrong as a whole, and the flattest ground may be noisier than it
    says. Noise in the slopes would dilute the regression; so pixels are binned, and weighted, by the slopes of one map,
    and the others' slopes are what the squares grow with (instrumental variable; Fuller 1987, Measurement error models,
    section 1.4). In a region it is the weighted regression of the same, drawn towards the share all over Io as if that
    were known to its own size. Real changes are few and clipped.
    """
    law = _whole(parts)
    if law is None:
        return dict.fromkeys(parts, 1.0)
    elements = max(1.0, (resolution_km / grid.pixel_km) ** 2)
    return {name: _regional(part, grid.sheet(name), law, elements) for name, part in parts.items()}


class _Law(NamedTuple):
    """How the squares grow: ``start + share * again``; ``quiet`` is the level of the quietest bin."""

    start: float
    share: float
    quiet: float


def _whole(parts: Mapping[str, Sloped]) -> _Law | None:
    """What is told all over Io; None where too little slopes to tell."""
    ratio, again, z2 = (
        np.concatenate([np.empty(0, np.float32), *(getattr(part, name)[part.owned] for part in parts.values())])
        for name in ("ratio", "again", "z2")
    )
    bins = _bins(ratio)

    def mean(number: int) -> tuple[float, float, float] | None:
        mine = bins == number
        count = int(mine.sum())
        return (float(again[mine].mean()), _clipped_mean(z2[mine]), float(count)) if count >= _LEAST_PIXELS else None

    means = [told for told in each(mean, range(len(_RATIOS) + 1)) if told is not None]
    if len(means) < _LEAST_BINS:
        return None
    quietest = min(range(len(means)), key=lambda k: means[k][1])
    x, y, count = np.array(means[quietest:]).T
    rise, weight = x - x[0], count / np.maximum(y, 1e-6) ** 2  # the variance of a mean square goes with its square
    spread = float((weight * rise) @ rise)
    share = float((weight * rise) @ (y - y[0])) / spread if spread > 0.0 else 0.0
    share = min(max(share, _RANGE[0]), _RANGE[1])
    return _Law(float(y[0] - share * x[0]), share, max(float(y[0]), 1e-6))


def _bins(ratio: Plane) -> NDArray[np.uint8]:
    out = np.zeros(ratio.shape, np.uint8)
    in_parts(lambda first, end: _add_passed(ratio[first:end], _RATIOS, out[first:end]), out.size, out.size)
    return out


@kernel
def _add_passed(ratio: Plane, ratios: NDArray[np.float64], bins: NDArray[np.uint8]) -> None:
    """Add to each bin how many of the ratios are not above: all are asked, since a search would guess wrong at each."""
    for i in range(ratio.size):
        own = np.float64(ratio[i])
        for k in range(ratios.size):
            bins[i] += np.uint8(own >= ratios[k])


def _clipped_mean(z2: Plane) -> float:
    bound = (CLIP * MAD_TO_SIGMA) ** 2 * float(np.median(z2))
    return float(np.minimum(z2, bound).mean()) / CLIPPED_VARIANCE


def _regional(part: Sloped, sheet: Sheet, law: _Law, elements: float) -> Plane:
    start, quiet, share = (np.float32(value) for value in (law.start, law.quiet, law.share))

    def excess(z2: Plane, again: Plane, known: Mask) -> NDArray[np.floating]:
        bound = np.float32(CLIP**2) * (quiet + share * again)
        above = np.minimum(z2, bound) / np.float32(CLIPPED_VARIANCE) - start
        return above / np.where(known, again, np.float32(1.0))

    def weight_of(ratio: Plane, again: Plane, known: Mask) -> NDArray[np.floating]:
        return np.where(known, ratio * again / (quiet + share * ratio) ** 2, np.float32(0.0))

    known = part.owned & (part.ratio > 0) & (part.again > 0)
    weight = by_rows(weight_of, part.ratio, part.again, known)
    factor = REGION.factor(sheet)
    products, weights, _ = reduce_weighted(by_rows(excess, part.z2, part.again, known), weight, factor)
    blocks = 4.0 * math.pi * (REGION.sigma_km / (sheet.pixel_km * factor)) ** 2
    prior = np.float32(2.0 * elements / law.share**2 / blocks)
    told = (smooth(products, sheet, REGION.sigma_km) + prior * share) / (
        smooth(weights, sheet, REGION.sigma_km) + prior
    )
    return expand(np.clip(told, max(_RANGE[0], _LEAST_REGIONAL * law.share), _RANGE[1]).astype(np.float32), factor)
