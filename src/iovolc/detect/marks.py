"""Marks that cameras and mosaics leave on maps: thin tracks, flat patches, smears, blocks, and bands along an edge.

Each is a share from 0 to 1, measured in the surroundings of one change. Not for rivals that explain a difference as a
whole (:mod:`iovolc.detect.rivals`).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, grey_opening, maximum_filter, median_filter, minimum_filter

from iovolc.detect.cutout import Cutout
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import FWHM_PER_SIGMA

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

TRACK_CELLS = 5
"""Half of a window of this edge is wider than the widest track, and narrower than a change of the least area."""
_THIN_CELLS = 3
_SHARPEST_POINT = 0.9
"""Where a point is that thin, it is as sharp as a pixel."""
FLAT_RANGE = 0.05
"""In normal scores, about two of 256 grey levels: no ground is that even over three cells."""
_STEEP_CELLS = 1.0
_NEAR_RADII = 1.0
_NEAR_CELLS = 8.0
"""In less of Io's ground one of fourteen places looks drawn out by chance, in this one of a hundred and forty."""
_RIM_CELLS = 2
_LEAST_CELLS = 12
BLOCK_CELLS = (4.0, 16.0)
"""Sizes of blocks that are looked for."""
_BLOCK_STEP = 0.25
_LEAST_BLOCKS = 6
_AROUND_LINES = 8.0


def tracks(cutout: Cutout, contrast: float, optics_px: float = 0.0) -> float:
    """Share of a change that bright things thinner than three cells make, in whichever map is the brighter one.

    Optics spread what lies on the ground; a particle in the camera is as sharp as a pixel. So the share that a point on
    the ground would have through the optics does not count: 0 is as sharp as a point, 1 as sharp as a pixel. Told where
    the two differ.

    Parameters
    ----------
    cutout : Cutout
        The surroundings.
    contrast : float
        Mean difference over the footprint.
    optics_px : float
        Full width at half maximum of a point in the brighter map, in pixels; 0 where unknown.
    """
    if contrast == 0.0 or cutout.step > 1:
        return 0.0
    point = _point_share(optics_px)
    own = cutout.inside & np.isfinite(cutout.difference)
    if point > _SHARPEST_POINT or not own.any():
        return 0.0
    sharper = cutout.sharp if contrast > 0.0 else cutout.older
    filled = np.where(np.isfinite(sharper), sharper, float(np.median(sharper[own])))
    share = _thin_share(filled, own, np.abs(cutout.difference))
    return max(share - point, 0.0) / (1.0 - point)


def _thin_share(bright: Values, own: Mask, size: Values) -> float:
    """Share of a size over a footprint that stands out above what is wider than a track."""
    wide = np.minimum(median_filter(bright, TRACK_CELLS), grey_opening(bright, (_THIN_CELLS, _THIN_CELLS)))
    thin, mass = np.maximum(bright - wide, 0.0)[own], size[own]
    return float(np.minimum(thin, mass).sum() / mass.sum()) if mass.sum() > 0.0 else 0.0


def _point_share(optics_px: float) -> float:
    """The same of a point on the ground, within half of its height."""
    if optics_px <= 0.0:
        return 0.0
    offset = np.arange(-TRACK_CELLS, TRACK_CELLS + 1, dtype=np.float64) * FWHM_PER_SIGMA / optics_px
    point = np.exp(-0.5 * (offset[:, None] ** 2 + offset**2))
    return _thin_share(point, point >= 0.5, point)


def flat(cutout: Cutout) -> float:
    """Share of the footprint where one map has no detail at all at the brightest or darkest tone around, or is painted.

    A stretch that was clipped, and fill, look so; the other map has detail there.
    """
    own = cutout.inside & np.isfinite(cutout.difference)
    if not own.any():
        return 0.0
    shares = [float((_even(plane) & ~_even(other))[own].mean()) for plane, other in _both(cutout)]
    return max(shares)


def smeared(cutout: Cutout) -> float:
    """How far the slopes of either map around here point one way: length of their mean vector at doubled angles.

    Every slope counts alike, so that one steep edge does not make a smear; about 0.2 on Io's ground, 1 in polar fill.
    """
    near = cutout.distance <= max(_NEAR_RADII, _NEAR_CELLS / cutout.radius_px)
    found: list[float] = []
    for plane, _ in _both(cutout):
        known = np.isfinite(plane)
        down, right = np.gradient(gaussian_filter(np.where(known, plane, 0.0), _STEEP_CELLS))
        right = right / (cutout.east[0, 1] - cutout.east[0, 0])
        good = near & ~binary_dilation(~known, iterations=2)
        good &= np.hypot(right, down) > 0.0
        if good.sum() < _LEAST_CELLS:
            continue
        angle = 2.0 * np.arctan2(down[good], right[good])
        found.append(float(np.hypot(np.cos(angle).mean(), np.sin(angle).mean())))
    return max(found, default=0.0)


def along_edge(cutout: Cutout, contrast: float) -> float:
    """Share of the edge of what was compared along which the change goes, within the window.

    A crescent goes all along. 0 where less of the edge is near than the change is wide.
    """
    unseen = ~np.isfinite(cutout.difference)
    edge = binary_dilation(unseen, iterations=_RIM_CELLS) & ~unseen & cutout.near
    if contrast == 0.0 or edge.sum() < max(_LEAST_CELLS, 2.0 * _RIM_CELLS * cutout.radius_px):
        return 0.0
    return float((np.sign(contrast) * cutout.difference[edge] > 0.5 * abs(contrast)).mean())


def _both(cutout: Cutout) -> tuple[tuple[Values, Values], tuple[Values, Values]]:
    return (cutout.newer, cutout.older), (cutout.older, cutout.newer)


def _even(plane: Values) -> Mask:
    """Where a map is flat and at an end of the tones around."""
    filled = np.where(np.isfinite(plane), plane, 0.0)
    flat_here = maximum_filter(filled, 3) - minimum_filter(filled, 3) <= FLAT_RANGE
    return binary_dilation(flat_here) & np.isfinite(plane)


def blocks(plane: Values) -> float:
    """How much larger the steps at the edges of square blocks are than the other steps, less 1; at most 1.

    A lattice of blocks shows along rows and along columns; what shows along one of them alone is none.

    Parameters
    ----------
    plane : ndarray, shape (row, col)
        A part of one map, several blocks wide; NaN where there is no data.
    """
    return min(_comb(np.abs(np.diff(plane, axis=0))), _comb(np.abs(np.diff(plane, axis=1)).T), 1.0)


def _comb(steps: Values) -> float:
    """Excess of the mean step on the best comb of lines over the mean of the others."""
    known = np.isfinite(steps)
    count = known.sum(axis=1)
    lines = (np.where(known, steps, 0.0).sum(axis=1) / np.maximum(count, 1))[count >= _LEAST_CELLS]
    if lines.size < _LEAST_BLOCKS * BLOCK_CELLS[0]:
        return 0.0
    lines = lines / (gaussian_filter(lines, _AROUND_LINES) + 1e-9)
    return float(_best_comb(lines, BLOCK_CELLS[0], min(BLOCK_CELLS[1], lines.size / _LEAST_BLOCKS), _BLOCK_STEP))


@kernel
def _best_comb(lines: Values, smallest: float, largest: float, step: float) -> float:
    """Largest ratio, less 1, of the mean at places a size apart to the mean elsewhere, over sizes and phases."""
    total, best, size = lines.sum(), 0.0, smallest
    while size <= largest + 1e-9:
        teeth = int(lines.size / size)
        for phase in range(math.ceil(size)):
            on, count = 0.0, 0
            for k in range(teeth):
                at = round(k * size + phase)
                if at < lines.size:
                    on += lines[at]
                    count += 1
            off = (total - on) / max(lines.size - count, 1)
            if count > 0 and off > 0.0:
                best = max(best, on / count / off - 1.0)
        size += step
    return best
