"""What pixels show of a point, a disc or a ring of light through a Gaussian blur.

Not for fitting them (:mod:`iovolc.detect.heatfit`, :mod:`iovolc.detect.heatshape`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from iovolc.detect.heatframe import SIGMA_OF_FWHM

Values = NDArray[np.float64]

RING_SPREAD: Final = math.sqrt(0.125)
"""Standard deviation per axis of a thin ring, in diameters."""
_BELL: Final = 1.0 / math.sqrt(2.0 * math.pi)
_GOLDEN_TURN: Final = math.pi * (3.0 - math.sqrt(5.0))
_LEAST_POINTS: Final = 24
_POINTS_PER_PSF: Final = 12.0


def pixel_shares(at: Values, centre: Values | float, width_px: float) -> Values:
    """Share of a point's light in pixels along one axis; arrays are broadcast, widths are FWHM."""
    sigma = width_px * SIGMA_OF_FWHM
    return np.asarray(ndtr((at + 0.5 - centre) / sigma) - ndtr((at - 0.5 - centre) / sigma), np.float64)


def share_slopes(at: Values, centre: float, width_px: float) -> tuple[Values, Values]:
    """Derivatives of the pixels' shares by centre and by width."""
    sigma = width_px * SIGMA_OF_FWHM
    high, low = (at + 0.5 - centre) / sigma, (at - 0.5 - centre) / sigma
    bell_high, bell_low = np.exp(-0.5 * high**2) * _BELL, np.exp(-0.5 * low**2) * _BELL
    return (bell_low - bell_high) / sigma, (low * bell_low - high * bell_high) / width_px


def spread(
    rows: Values,
    cols: Values,
    place: tuple[float, float],
    psf_px: float,
    diameter_px: float,
    *,
    ring: bool,
    points: int = 0,
) -> Values:
    """The image of a uniform disc or thin ring of unit flux, blurred.

    Parameters
    ----------
    rows, cols : ndarray
        Pixels along either axis, counted from the centre of the first one.
    place : tuple of float
        Row and column of the middle.
    psf_px, diameter_px : float
        FWHM of a point, and diameter of the source; 0 is a point.
    ring : bool
        Whether it shines at its edge alone.
    points : int
        Of how many points it is made; 0 for as many as it needs. A fit must keep to one number: with another the image
        leaps.

    Returns
    -------
    ndarray, shape (rows, cols)
    """
    count = points or points_of(psf_px, diameter_px, ring=ring)
    number = np.arange(count) + 0.5
    turn = number * (2.0 * math.pi / count if ring else _GOLDEN_TURN)
    away = diameter_px / 2.0 * (np.ones(count) if ring else np.sqrt(number / count))
    down = pixel_shares(rows, (place[0] + away * np.sin(turn))[:, None], psf_px)
    right = pixel_shares(cols, (place[1] + away * np.cos(turn))[:, None], psf_px)
    return down.T @ right / count


def points_of(psf_px: float, diameter_px: float, *, ring: bool) -> int:
    """Of how many points an image of :func:`spread` must be made to be smooth."""
    return max(_LEAST_POINTS, math.ceil(_POINTS_PER_PSF * (diameter_px / psf_px) ** (1.0 if ring else 2.0)))
