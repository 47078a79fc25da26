"""What an image would show without hot spots: sunlight reflected by the disc, or the median around each place.

Not for what stands out (:mod:`iovolc.detect.heatfilter`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc.detect.heatframe import SIGMA_OF_FWHM, HeatFrame, Mask
from iovolc.robust import MAD_TO_SIGMA

Values = NDArray[np.float64]

RING_PSF: Final = (3.0, 6.0)
"""Inner and outer radius of the ring around a place, in FWHM."""
LEAST_OUTER_PX: Final = 12.0
"""Rings of narrow points are wider: told by fewer pixels the noise is off, and one image in twenty has a false spot."""
LEAST_SHARE: Final = 0.25
"""The ring grows until this share of it holds data."""
_GROWTH: Final = 1.5
_GROWTHS: Final = 3
_LEAST_PIXELS: Final = 12
STEP_PSF: Final = 2.5
"""Distance of the nodes at which rings are measured, in FWHM."""
_NODES: Final = 256
_DISC_PIXELS: Final = 200
_TUKEY: Final = 4.685
_ROUNDS: Final = 20


@dataclass(frozen=True, slots=True)
class Rings:
    """Median and robust standard deviation in the ring around each pixel; NaN where there is too little."""

    median: Values
    sigma: Values


def background(frame: HeatFrame) -> Values:
    """The image without hot spots; NaN where there is nothing to tell it from.

    Parameters
    ----------
    frame : HeatFrame
        Discs are fitted by a cubic in the cosine of emission and two slopes, blurred like the image; of maps, and of
        parts of discs that are too small, the median in a ring around each place is taken.
    """
    on_disc = frame.is_disc & np.isfinite(frame.ground.cos_emission)
    if int((on_disc & frame.valid).sum()) >= _DISC_PIXELS:
        return _disc(frame, on_disc)
    return rings(frame.pixels, frame.valid, frame.psf_px).median


def _disc(frame: HeatFrame, on_disc: Mask) -> Values:
    rows, cols = np.nonzero(on_disc)
    scale = max(np.ptp(rows), np.ptp(cols), 1) / 2.0
    row, col = np.indices(on_disc.shape)
    mu = np.where(on_disc, frame.ground.cos_emission, 0.0)
    terms = (np.ones_like(mu), mu, mu**2, mu**3, (col - cols.mean()) / scale, (row - rows.mean()) / scale)
    blur = frame.psf_px * SIGMA_OF_FWHM
    planes = [ndimage.gaussian_filter(np.where(on_disc, term, 0.0), blur, mode="nearest") for term in terms]
    design = np.stack((*planes, np.ones_like(mu)), axis=-1)  # the last is the sky
    near = ndimage.binary_dilation(on_disc, iterations=max(int(2.0 * frame.psf_px), 1))
    used = near & frame.valid & ~frame.saturated
    return np.asarray(design @ _robust(design[used], frame.pixels[used]), np.float64)


def _robust(design: Values, data: Values) -> Values:
    """Least squares with Tukey's biweight (Beaton and Tukey 1974)."""
    weight = np.ones(len(data))
    solution = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        weighted = design * weight[:, None]
        solution = np.asarray(np.linalg.lstsq(weighted.T @ design, weighted.T @ data, rcond=None)[0], np.float64)
        rest = data - design @ solution
        scale = MAD_TO_SIGMA * float(np.median(np.abs(rest)))
        if scale == 0.0:
            break
        weight = np.clip(1.0 - (rest / (_TUKEY * scale)) ** 2, 0.0, None) ** 2
    return solution


def rings(values: Values, valid: Mask, psf_px: float) -> Rings:
    """Median and 1.4826 times the median absolute deviation in the ring around each pixel.

    Computed on nodes and interpolated between them. The ring grows until enough of it holds data (the windows of
    fire detection: Schroeder et al. 2014, Remote Sens. Environ. 143, 85).

    Parameters
    ----------
    values : ndarray, shape (row, col)
        Any unit.
    valid : ndarray of bool, same shape
        Pixels that count.
    psf_px : float
        FWHM of a point.
    """
    known = np.where(valid, values, np.nan)
    margin = math.ceil(_outer_px(psf_px, _GROWTHS))
    wide = np.pad(known, margin, constant_values=np.nan)
    step = max(STEP_PSF * psf_px, max(values.shape) / _NODES)
    at_rows, at_cols = (_nodes(length, step) for length in values.shape)
    found = np.array(
        [[_ring(wide, round(row) + margin, round(col) + margin, psf_px) for col in at_cols] for row in at_rows]
    )
    median, sigma = (_spread(found[..., part], at_rows, at_cols, values.shape) for part in (0, 1))
    return Rings(median, sigma)


def _outer_px(psf_px: float, growth: int) -> float:
    return max(RING_PSF[1] * psf_px, LEAST_OUTER_PX) * _GROWTH**growth


@lru_cache(maxsize=32)
def _offsets(psf_px: float, growth: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the ring's pixels from its middle."""
    inner, outer = max(RING_PSF[0] * psf_px, 2.0), _outer_px(psf_px, growth)
    reach = math.floor(outer)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    away = np.hypot(down, right)
    inside = (away >= inner) & (away <= outer)
    return down[inside], right[inside]


def _nodes(length: int, step: float) -> Values:
    return np.linspace(0.0, length - 1.0, max(int(np.ceil(length / step)), 2))


def _ring(wide: Values, row: int, col: int, psf_px: float) -> tuple[float, float]:
    known = np.empty(0)
    for growth in range(_GROWTHS + 1):
        down, right = _offsets(psf_px, growth)
        around = wide[down + row, right + col]
        known = around[np.isfinite(around)]
        if known.size >= max(LEAST_SHARE * down.size, _LEAST_PIXELS):
            break
    if known.size < _LEAST_PIXELS:
        return np.nan, np.nan
    middle = float(np.median(known))
    return middle, MAD_TO_SIGMA * float(np.median(np.abs(known - middle)))


def _spread(nodes: Values, at_rows: Values, at_cols: Values, shape: tuple[int, ...]) -> Values:
    """From nodes to pixels; a node without a value takes that of its nearest neighbour."""
    known = np.isfinite(nodes)
    if not known.any():
        return np.full(shape, np.nan)
    nearest: NDArray[np.intp] = np.asarray(
        ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True), np.intp
    )
    whole = nodes[nearest[0], nearest[1]]
    row = np.arange(shape[0]) / at_rows[-1] * (len(at_rows) - 1)
    col = np.arange(shape[1]) / at_cols[-1] * (len(at_cols) - 1)
    at = np.stack((row[:, None] + 0.0 * col, 0.0 * row[:, None] + col))
    return np.asarray(ndimage.map_coordinates(np.asarray(whole, np.float64), at, order=1, mode="nearest"))
