"""An image as the search for heat sees it: native pixels, what they show, and the sharpness of a point.

Not for finding sources (:mod:`iovolc.detect.heat`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.native import Ground, ground_of
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds, Disc, ObservationRecord

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

SIGMA_OF_FWHM: Final = 1.0 / (2.0 * math.sqrt(2.0 * math.log(2.0)))
LEAST_PSF_PX: Final = 1.0
UNKNOWN_PSF_PX: Final = 2.5
"""Width of a point (FWHM) where neither label nor catalogue tells it."""
MAX_MAP_LAT: Final = 70.0
"""Beyond it maps stretch a point too far from round."""
_CLOSED_DEG: Final = 359.0


@dataclass(frozen=True, slots=True)
class HeatFrame:
    """One image, ready for the search.

    Parameters
    ----------
    pixels : ndarray, shape (row, col)
        Native values; NaN where there is no data.
    saturated : ndarray of bool, same shape
        Pixels at the end of the range.
    ground : Ground
        What the pixels show.
    day : ndarray of bool, same shape
        Where sunlight may be reflected.
    psf_px : float
        FWHM of a point in pixels.
    is_disc : bool
        Whether it is a view of the disc; else a map.
    wraps : bool
        Whether the last column is the first one's neighbour.
    """

    pixels: Values
    saturated: Mask
    ground: Ground
    day: Mask
    psf_px: float
    is_disc: bool
    wraps: bool = False

    @property
    def valid(self) -> Mask:
        """Pixels with data."""
        return np.isfinite(self.pixels)

    def searched(self, max_emission_deg: float) -> Mask:
        """Where sources are sought: steeper than this on discs, off the poles of maps."""
        with np.errstate(invalid="ignore"):
            seen = self.ground.cos_emission >= math.cos(math.radians(max_emission_deg))
            seen &= self.is_disc | (np.abs(self.ground.lat) <= MAX_MAP_LAT)
        return seen & self.valid


def frame_of(
    record: ObservationRecord,
    pixels: NDArray[np.float32],
    saturated: Mask | None,
    *,
    eclipsed: bool = False,
) -> HeatFrame:
    """The frame of an observation.

    Parameters
    ----------
    record : ObservationRecord
        Placement, sub-solar point (without one all is day) and sharpness.
    pixels, saturated : ndarray, shape (row, col)
        As it was read.
    eclipsed : bool
        Whether Io stood in Jupiter's shadow: then all is night.
    """
    shape = (pixels.shape[0], pixels.shape[1])
    ground = ground_of(record.placement, shape)
    is_disc = isinstance(record.placement, Disc)
    return HeatFrame(
        pixels=pixels.astype(np.float64),
        saturated=np.zeros(shape, bool) if saturated is None else saturated,
        ground=ground,
        day=np.zeros(shape, bool) if eclipsed else _day(record, ground),
        psf_px=_psf_px(record.psf_km, ground),
        is_disc=is_disc,
        wraps=_wraps(record),
    )


def _day(record: ObservationRecord, ground: Ground) -> Mask:
    if record.is_mosaic or math.isnan(record.sub_solar_lat + record.sub_solar_lon_e):
        return np.ones(ground.lat.shape, bool)
    sun = unit_vectors(record.sub_solar_lat, record.sub_solar_lon_e)
    with np.errstate(invalid="ignore"):
        return unit_vectors(ground.lat, ground.lon_e) @ sun > 0.0


def _psf_px(psf_km: float, ground: Ground) -> float:
    if not math.isfinite(psf_km):
        return UNKNOWN_PSF_PX
    with np.errstate(invalid="ignore"):
        typical = ground.pixel_km2[np.abs(ground.lat) <= MAX_MAP_LAT]
    return max(psf_km / math.sqrt(float(np.median(typical))), LEAST_PSF_PX) if typical.size else UNKNOWN_PSF_PX


def _wraps(record: ObservationRecord) -> bool:
    place = record.placement
    return isinstance(place, Bounds) and abs(place.right_lon_e - place.left_lon_e) >= _CLOSED_DEG
