"""Saturated cores: what is too bright for an image, and the part of it that it blinds.

Not for single pixels at the end of the range: the brightest pixel of a stretched picture always lies there.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc.detect.heatframe import HeatFrame, Mask

Values = NDArray[np.float64]

LEAST_SHARE: Final = 0.05
"""A core is saturated from this share of a point's (the disc within its FWHM) on."""
BLIND_PSF: Final = 0.75
"""So near to a saturated core nothing else is sought."""
_JOINED: Final = np.ones((3, 3), bool)


@dataclass(frozen=True, slots=True)
class Core:
    """A saturated source: its middle, what its pixels hold at least, and its width (FWHM)."""

    row: float
    col: float
    flux: float
    width_px: float


@dataclass(frozen=True, slots=True)
class Clipped:
    """Saturated sources, and where they blind the image."""

    cores: tuple[Core, ...]
    blind: Mask


def cores(frame: HeatFrame, excess: Values, searched: Mask) -> Clipped:
    """The saturated sources of an image.

    Parameters
    ----------
    frame : HeatFrame
        The image.
    excess : ndarray, shape (row, col)
        Its pixels less the background.
    searched : ndarray of bool, same shape
        Where sources are sought; cores outside blind the image too.
    """
    labels, count = ndimage.label(frame.saturated, _JOINED)
    least = LEAST_SHARE * math.pi * frame.psf_px**2 / 4.0
    found: list[Core] = []
    blind = np.zeros(frame.pixels.shape, bool)
    for number in range(1, count + 1):
        core = labels == number
        size = int(core.sum())
        if size <= least:
            continue
        reach = ndimage.distance_transform_edt(~core)
        blind |= np.asarray(reach) <= BLIND_PSF * frame.psf_px
        row, col = (float(value) for value in ndimage.center_of_mass(core))
        if searched[round(row), round(col)]:
            part = excess[np.asarray(reach) <= BLIND_PSF * frame.psf_px]
            width = math.hypot(frame.psf_px, 2.0 * math.sqrt(size / math.pi))
            found.append(Core(row, col, float(np.nansum(np.maximum(part, 0.0))), width))
    return Clipped(tuple(found), blind)
