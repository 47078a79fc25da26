"""Rival explanations of a difference: that one map was displaced, blurred or toned otherwise around here.

Each rival is fitted to the surroundings and the footprint together; its share is what it explains of the difference in
both. Not for rivals with a shape of their own (:mod:`iovolc.detect.artefacts`, :mod:`iovolc.detect.marks`).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from iovolc.detect.cutout import Cutout

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

FARTHEST_PX = 5
"""Displacements up to this are tried: mosaics switch frames by 20 km."""
_BLURS_CELLS = (0.7, 1.0, 1.5, 2.2, 3.2)
_NOISE_CELLS = 1.0
_LEAST_CELLS = 24
_TONE_REFITS = 2
_TONE_CLIP = 3.0


def displaced(cutout: Cutout) -> float:
    """Share of the difference that goes away if the older map is moved as a whole by up to five pixels."""
    region, filled = _region(cutout)
    if region.sum() < _LEAST_CELLS:
        return 0.0
    older, difference = filled
    far = max(1, FARTHEST_PX // cutout.step)
    padded, newer = np.pad(older, far, mode="edge"), older + difference
    height, width = older.shape
    best, at = np.inf, older
    for down in range(2 * far + 1):
        for right in range(2 * far + 1):
            moved = padded[down : down + height, right : right + width]
            left = float((((newer - moved) * region) ** 2).sum())
            if left < best:
                best, at = left, moved
    rest = difference - at + older
    down, right = _slopes(at)
    fraction, *_ = np.linalg.lstsq(np.stack([down[region], right[region]], axis=1), rest[region], rcond=None)
    rest = rest - float(np.clip(fraction[0], -1.0, 1.0)) * down - float(np.clip(fraction[1], -1.0, 1.0)) * right
    return _explained(difference, rest, region, cutout.inside)


def blurred(cutout: Cutout, most_px: float = math.inf) -> float:
    """Share of the difference that goes away if the sharper map is blurred further, whichever it is.

    By no more than is in doubt: a wide blur does away with any compact change. Told of what is left under a Gaussian of
    one cell: any blur does away with noise.
    """
    region, (older, difference) = _region(cutout)
    if region.sum() < _LEAST_CELLS:
        return 0.0
    newer = older + difference
    seen = gaussian_filter(difference, _NOISE_CELLS)
    best = 0.0
    most = most_px / cutout.step
    for sigma in (*(sigma for sigma in _BLURS_CELLS if sigma < most), min(most, _BLURS_CELLS[-1])):
        for made in (gaussian_filter(older, sigma) - older, newer - gaussian_filter(newer, sigma)):
            left = seen - gaussian_filter(made, _NOISE_CELLS)
            best = max(best, _explained(seen, left, region, cutout.inside))
    return best


def retoned(cutout: Cutout) -> float:
    """Share of the difference that goes away if the older map is given another gain and offset around here.

    The line is fitted to what lies around the change and is not another change, so that a deposit cannot make it.
    """
    region, (older, difference) = _region(cutout)
    rest = region & ~cutout.inside & ~cutout.others
    if rest.sum() < _LEAST_CELLS:
        return 0.0
    design = np.stack([older, np.ones_like(older)], axis=-1)
    keep = rest.copy()
    left = difference
    for _ in range(_TONE_REFITS):
        line, *_ = np.linalg.lstsq(design[keep], difference[keep], rcond=None)
        left = difference - design @ line
        keep = rest & (np.abs(left) <= _TONE_CLIP * float(np.std(left[keep])) + 1e-9)
    return _explained(difference, left, cutout.inside & region, cutout.inside)


def _region(cutout: Cutout) -> tuple[Mask, tuple[Values, Values]]:
    """Where both maps are known near the change; the older map and the difference, without gaps."""
    known = np.isfinite(cutout.difference)
    level = float(np.median(cutout.older[known])) if known.any() else 0.0
    return known & cutout.near, (np.where(known, cutout.older, level), np.where(known, cutout.difference, 0.0))


def _slopes(values: Values) -> tuple[Values, Values]:
    down, right = np.gradient(values)
    return np.asarray(down, np.float64), np.asarray(right, np.float64)


def _explained(difference: Values, left: Values, region: Mask, inside: Mask) -> float:
    """What is gone of the sum of squares, over the region or over the footprint, whichever is less."""
    shares: list[float] = []
    for where in (region, inside & region):
        before = float((difference[where] ** 2).sum())
        shares.append(1.0 - float((left[where] ** 2).sum()) / before if before > 0.0 else 0.0)
    return max(min(shares), 0.0)
