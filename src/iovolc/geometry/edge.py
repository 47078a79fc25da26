"""How bright Io's limb is across its edge, as the light and a Gaussian blur make it, and where along an edge it fits.

Profiles run from inside to outside through the limb, one per direction. Not for images
(:mod:`iovolc.geometry.limb`).

Photometry: lunar-Lambert, ``L 2 mu0 / (mu0 + mu) + (1 - L) mu0`` (McEwen 1991, Icarus 92, 298), with L for a bright
body from 0.6 at full phase to 0.2 at 100 degrees. L is not fitted: a blurred edge hardly tells it from the radius.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import i0e

from iovolc.geometry.outline import Outline

Values = NDArray[np.float64]

REACH_SIGMAS: Final = 5.0
STEPS_PER_SIGMA: Final = 5.0
FINEST_PX: Final = 0.05
MIN_SEEN: Final = 0.7
SHARE_FULL: Final = 0.6
SHARE_PER_DEG: Final = 0.004
SHARE_LEAST: Final = 0.2


def edge_model(outline: Outline, depth: Values, *, radius_px: float, sigma_px: float) -> Values:
    """Profiles across the limb of a disc blurred by a Gaussian.

    The disc is taken as round and as bright around as along each direction, so that the blur in two dimensions is one
    integral over the radius.

    Parameters
    ----------
    outline : Outline
        The light along the limb.
    depth : ndarray, shape (depth,)
        Pixels outwards from the limb; negative inside.
    radius_px, sigma_px : float
        Of the disc and of the Gaussian.

    Returns
    -------
    ndarray, shape (direction, depth)
    """
    start = max(0.0, radius_px + float(depth[0]) - REACH_SIGMAS * sigma_px)
    count = int(np.ceil((radius_px - start) / max(sigma_px / STEPS_PER_SIGMA, FINEST_PX)))
    step = (radius_px - start) / count
    radius = start + (np.arange(count) + 0.5) * step
    at = np.maximum(radius_px + depth, 0.0)[:, None]
    blur = np.exp(-0.5 * ((at - radius) / sigma_px) ** 2) * i0e(at * radius / sigma_px**2) * radius * step / sigma_px**2
    sine = radius / radius_px
    mu = np.sqrt(1.0 - sine * sine)
    mu0 = np.maximum(sine * outline.sun_across[:, None] + mu * outline.sun_along, 0.0)
    phase_deg = math.degrees(math.acos(min(1.0, max(-1.0, outline.sun_along))))
    share = max(SHARE_FULL - SHARE_PER_DEG * phase_deg, SHARE_LEAST)
    return (share * 2.0 * mu0 / (mu0 + mu) + (1.0 - share) * mu0) @ blur.T


@dataclass(frozen=True, slots=True)
class EdgeFits:
    """Where and how well profiles fit, direction by direction.

    Parameters
    ----------
    shift : ndarray, shape (direction,)
        Pixels outwards from the expected limb; NaN where no shift within reach fits best.
    contrast : ndarray, shape (direction,)
        Brightness across the edge.
    unexplained : ndarray, shape (direction,)
        Root mean square that the edge leaves, as a share of the profile's own; 1 where nothing fits.
    """

    shift: Values
    contrast: Values
    unexplained: Values


def fit_edges(profiles: Values, models: Values, *, step_px: float) -> EdgeFits:
    """Fit ``background + contrast * model(depth - shift)`` to each profile.

    Parameters
    ----------
    profiles : ndarray, shape (direction, depth)
        Measured brightness; NaN where there is no data.
    models : ndarray, shape (direction, depth + 2 * n)
        Expected brightness, with n further steps at either end, so that shifts of up to n steps can be tried.
    step_px : float
        Step of the depths.
    """
    n_depth = profiles.shape[1]
    seen = np.isfinite(profiles)
    count = np.maximum(seen.sum(axis=1), 1)[:, None]
    enough = count[:, 0] >= MIN_SEEN * n_depth
    data = np.where(seen, profiles, 0.0)
    data = np.where(seen, data - data.sum(axis=1, keepdims=True) / count, 0.0)
    windows = np.lib.stride_tricks.sliding_window_view(models, n_depth, axis=1)[:, ::-1]
    total = np.einsum("tnd,td->tn", windows, seen.astype(np.float64))
    square = np.einsum("tnd,tnd,td->tn", windows, windows, seen.astype(np.float64)) - total**2 / count
    product = np.einsum("tnd,td->tn", windows, data)
    contrast = product / np.maximum(square, 1e-12)
    left = np.maximum(np.sum(data * data, axis=1)[:, None] - contrast * product, 0.0)
    left = np.where((contrast > 0.0) & enough[:, None], left, np.inf)
    best = np.argmin(left, axis=1)
    own = np.sum(data * data, axis=1)
    share = np.where(own > 0.0, np.minimum(left[np.arange(len(best)), best], own) / np.maximum(own, 1e-300), 1.0)
    return EdgeFits(_refined(left, best, step_px), contrast[np.arange(len(best)), best], np.sqrt(share))


def _refined(left: Values, best: NDArray[np.intp], step_px: float) -> Values:
    """The shift of least squares between those tried, by a parabola through the best three; NaN at either end."""
    last = left.shape[1] - 1
    row, middle = np.arange(len(best)), np.clip(best, 1, last - 1)
    before, at, after = (left[row, middle + k] for k in (-1, 0, 1))
    inside = (best > 0) & (best < last) & np.isfinite(before) & np.isfinite(at) & np.isfinite(after)
    with np.errstate(invalid="ignore", divide="ignore"):
        bend = before - 2.0 * at + after
        offset = np.where(inside & (bend > 0.0), 0.5 * (before - after) / bend, 0.0)
    return np.where(inside, (best - 0.5 * last + offset) * step_px, np.nan)
