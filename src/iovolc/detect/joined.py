"""Differences against several predecessors without steps where one predecessor takes over from another.

Each match of tone leaves smooth light behind, most of it near the limb of one of the maps: there the map ends, another
one is compared, and the difference jumps by what both matches err. A jump looks like a change's edge. Not for matching
one pair (:mod:`iovolc.light.match`).
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import zoom

from iovolc.detect.pyramid import Scale, reduce_weighted
from iovolc.detect.residual import CLIP, MAD_TO_SIGMA
from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]

_REACH: Final = Scale(600.0)
"""Levels are told within this width, as tones are matched: wider than what changes."""
_LEAST_SHARE: Final = 0.05
"""Where both are known under so little of the Gaussian, half of what they differ by is believed."""


def joined(differences: Iterable[Plane], sheet: Sheet) -> Iterator[Plane]:
    """Each difference less what it and the better ones, where they are known, differ by over large areas.

    Parameters
    ----------
    differences : iterable of ndarray, shape (row, col), float32
        Newest epoch minus each predecessor, best first; NaN where either has no data.
    sheet : Sheet
        The sheet of all.

    Yields
    ------
    ndarray, shape (row, col), float32
        The first as it is. Beyond the better ones' edge the level fades out.
    """
    factor = _REACH.factor(sheet)
    best: Plane | None = None
    for own in differences:
        levelled = own if best is None else _levelled(own, best, sheet, factor)
        yield levelled
        best = levelled if best is None else np.where(np.isfinite(best), best, levelled)


def _levelled(own: Plane, best: Plane, sheet: Sheet, factor: int) -> Plane:
    apart = best - own
    both = np.isfinite(apart)
    return own + _between(_level(apart, both, sheet, factor), factor, wraps=sheet.wraps) if both.any() else own


def _between(level: Plane, factor: int, *, wraps: bool) -> Plane:
    """Linearly between the blocks' middles, at full size."""
    padded = np.pad(level, [(0, 0), (1, 1)], mode="wrap" if wraps else "edge")
    padded = np.pad(padded, [(1, 1), (0, 0)], mode="edge")
    return zoom(padded, factor, order=1, mode="nearest", grid_mode=True)[factor:-factor, factor:-factor]


def _level(apart: Plane, both: NDArray[np.bool_], sheet: Sheet, factor: int) -> Plane:
    bound = CLIP * MAD_TO_SIGMA * float(np.median(np.abs(apart[both])))
    clipped = np.where(both, np.clip(apart, -bound, bound), np.float32(0.0)).astype(np.float32)
    sums, weights, _ = reduce_weighted(clipped, both.astype(np.float32), factor)
    share = smooth(weights, sheet, _REACH.sigma_km) / np.float32(factor * factor)
    total = smooth(sums, sheet, _REACH.sigma_km) / np.float32(factor * factor)
    return (total / (share + np.float32(_LEAST_SHARE))).astype(np.float32)
