"""Forced photometry: what the other channels of a visit show over the footprint of a change.

A change that one channel finds is often too faint in another to be found there; measured at its known place, it still
tells its colour. Not for finding changes, nor for what colour they stand for (:mod:`iovolc.track.colour`).
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.looks import LEAST_VALID
from iovolc.model.detection import Footprint

Plane = NDArray[np.float32]
Maps = Mapping[str, tuple[Plane, Plane]]
"""Difference and its standard deviation per pixel, by sheet; NaN where not compared."""


def forced_contrast(footprint: Footprint, sigma: float, own: Maps, other: Maps) -> tuple[float, float] | None:
    """Mean difference that another channel shows over a change's footprint, and its standard deviation.

    Parameters
    ----------
    footprint : Footprint
        The change.
    sigma : float
        Standard deviation of its contrast in the channel that found it. How errors hang together over the footprint is
        taken to be the same in both: it scales with the median standard deviation per pixel.
    own, other : mapping of str to tuple of ndarray, shape (row, col), float32
        The maps of the channel that found it and of the other one.

    Returns
    -------
    tuple of float or None
        None where the other channel shows less than 80 % of the footprint.
    """
    contrast, spread = (_over(footprint, other, part) for part in (0, 1))
    mine = _over(footprint, own, 1)
    seen = np.isfinite(contrast)
    if seen.mean() < LEAST_VALID or not np.isfinite(mine).any():
        return None
    ratio = float(np.nanmedian(spread)) / float(np.nanmedian(mine))
    return (float(contrast[seen].mean(dtype=np.float64)), sigma * ratio) if math.isfinite(ratio) else None


def _over(footprint: Footprint, maps: Maps, part: int) -> Plane:
    """Values of a map at the pixels of a footprint; NaN on sheets without a map."""
    return np.concatenate(
        [
            maps[name][part].ravel()[pixels] if name in maps else np.full(len(pixels), np.nan, np.float32)
            for name, pixels in footprint.pixels
        ]
    )
