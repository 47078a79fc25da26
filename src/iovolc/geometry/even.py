"""A coarse picture of the whole globe with even contrast, in which two maps of different light can be compared.

One pixel per degree in longitude and latitude, from 180 W and 90 N. Not for displacements below a degree
(:mod:`iovolc.geometry.matching`), nor for measuring light.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from iovolc import body
from iovolc.geometry.view import View, ground_pixel_km, reduced
from iovolc.geometry.warp import sample
from iovolc.model.observation import Placement

STEP_DEG: Final = 1.0
FINE_DEG: Final = 1.0
"""Sigma of the smoothing that takes out noise and the local offsets of real maps (half a degree)."""
BROAD_DEG: Final = 6.0
"""Sigma of the surroundings whose mean and spread are made even: shading, terminators and frames are broader."""
CONTRAST_FLOOR: Final = 0.1
"""A local spread under this share of the picture's own is not blown up further."""

Plane = NDArray[np.float64]


def lattice() -> tuple[Plane, Plane]:
    """Latitudes (from north) and east longitudes (from -180) of the pixel centres, in degrees."""
    half = 0.5 * STEP_DEG
    return np.arange(90.0 - half, -90.0, -STEP_DEG), np.arange(-180.0 + half, 180.0, STEP_DEG)


def even_plane(pixels: NDArray[np.float32], placement: Placement) -> Plane:
    """An image on the globe, less its surroundings' mean, over their spread.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        Any unit; NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where its label puts it.

    Returns
    -------
    ndarray, shape (180, 360), float64
        Of about unit spread; NaN where the image shows nothing. All NaN if the image has no contrast.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    view = reduced(View(pixels, placement, ground_pixel_km(pixels, placement)), body.KM_PER_DEGREE * STEP_DEG)
    lat, lon_e = lattice()
    values = sample(view.pixels, view.placement, lat[:, None], lon_e[None, :]).astype(np.float64)
    known = np.isfinite(values)
    if not known.any() or np.ptp(values[known]) == 0.0:
        return np.full(values.shape, np.nan)
    weight = known.astype(np.float64)
    centred = np.where(known, values - values[known].mean(), 0.0)
    around = np.maximum(_smooth(weight, BROAD_DEG), 1e-6)
    detail = _smooth(centred, FINE_DEG) / np.maximum(_smooth(weight, FINE_DEG), 1e-6)
    detail = np.where(known, detail - _smooth(centred, BROAD_DEG) / around, 0.0)
    spread = np.sqrt(_smooth(detail * detail, BROAD_DEG) / around)
    floor = CONTRAST_FLOOR * np.sqrt(np.mean(detail[known] ** 2)) + 1e-30
    return np.where(known, detail / (spread + floor), np.nan)


def _smooth(plane: Plane, sigma_deg: float) -> Plane:
    along = gaussian_filter1d(plane, sigma_deg / STEP_DEG, axis=1, mode="wrap")
    return gaussian_filter1d(along, sigma_deg / STEP_DEG, axis=0, mode="nearest")
