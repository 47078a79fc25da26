"""Normal scores: what remains of a stretched picture once its unknown stretch is taken out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Plane = NDArray[np.float32]

_BINS = 4096


def normal_scores(values: Mapping[str, Plane], areas: Mapping[str, NDArray[np.floating]]) -> dict[str, Plane]:
    """Standard normal quantile of each pixel's area-weighted rank over the whole map.

    Parameters
    ----------
    values : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where there is no data.
    areas : mapping of str to ndarray, shape (row, col)
        Weight of each pixel (its area, 0 where it belongs to another sheet).

    Returns
    -------
    dict of str to ndarray, shape (row, col), float32
        Mean 0 and standard deviation 1 over the map; ties share their mid rank; NaN where there is no data.
    """
    known = {name: np.isfinite(plane) for name, plane in values.items()}
    everything = np.concatenate([plane[known[name]] for name, plane in values.items()])
    if everything.size == 0:
        return {name: plane.astype(np.float32) for name, plane in values.items()}
    low, high = float(everything.min()), float(everything.max())
    scale = (_BINS - 1) / max(high - low, 1e-12)
    mass = np.zeros(_BINS)
    for name, plane in values.items():
        bins = np.rint((plane[known[name]] - low) * scale).astype(np.int64)
        mass += np.bincount(bins, weights=areas[name][known[name]], minlength=_BINS)
    rank: NDArray[np.float64] = (np.cumsum(mass) - 0.5 * mass) / max(mass.sum(), 1e-300)
    score = ndtri(np.clip(rank, 1e-6, 1.0 - 1e-6)).astype(np.float32)
    out: dict[str, Plane] = {}
    for name, plane in values.items():
        bins = np.rint((np.where(known[name], plane, low) - low) * scale).astype(np.int64)
        out[name] = np.where(known[name], score[bins], np.float32(np.nan))
    return out
