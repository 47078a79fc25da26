"""Night sides for the eye: how bright they are, and a stretch of them that says by how much.

A night side lit by Jupiter has 0.001 to 0.016 of the brightness that sunlight would give it. In pictures that show both
as equals, the night side was stretched; nothing here is for measurements.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.light.jupiter import irradiance_ratio

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

NIGHT_DAY_RANGE: Final = (0.001, 0.016)
"""Linear brightness of ground lit by Jupiter, relative to sunlit ground: from a Jupiter phase of 123 degrees to full
Jupiter, in V."""


def night_day_ratio(
    jupiter_phase_deg: float, geometric_albedo: float, jupiter_distance_km: float = body.JUPITER_DISTANCE_KM
) -> float:
    """Linear brightness that Jupiter gives to ground below it, relative to the same ground below the Sun.

    Parameters
    ----------
    jupiter_phase_deg : float
        Phase angle of Jupiter seen from Io, in degrees.
    geometric_albedo : float
        Of Jupiter in the band.
    jupiter_distance_km : float
        From Io's centre.
    """
    return float(irradiance_ratio(jupiter_phase_deg, geometric_albedo, jupiter_distance_km))


def measured_night_day_ratio(iof: Plane, night: Mask, day: Mask) -> float:
    """Median of the night side over median of the day side of one image; nan where either has no pixels.

    Far above :data:`NIGHT_DAY_RANGE` the image is not linear: its night side was stretched.

    Parameters
    ----------
    iof : ndarray, shape (row, col)
        Linear brightness; NaN where there is no data.
    night, day : ndarray of bool, shape (row, col)
        Pixels lit by Jupiter alone and by the Sun.
    """
    known = np.isfinite(iof)
    night, day = night & known, day & known
    if not (night.any() and day.any()):
        return math.nan
    return float(np.median(iof[night]) / np.median(iof[day]))


def night_factor(ratio: float) -> float | None:
    """Factor that makes a night side as bright as the day side: 1 / ratio to two digits; None if there is no light.

    It is rounded first and then applied, so that the number stated is the number used.

    Parameters
    ----------
    ratio : float
        Of :func:`night_day_ratio`.
    """
    if not ratio > 0.0:
        return None
    return float(f"{1.0 / ratio:.1e}")


def stretch_night(iof: Plane, night: Mask, factor: float) -> Plane:
    """A picture whose night side is brightened; :func:`stretch_text` must stand beside it.

    Parameters
    ----------
    iof : ndarray, shape (row, col)
        Linear brightness.
    night : ndarray of bool, shape (row, col)
        Pixels lit by Jupiter alone.
    factor : float
        By how much, of :func:`night_factor`.
    """
    return np.where(night, iof * np.float32(factor), iof)


def stretch_text(factor: float) -> str:
    """What a figure with a stretched night side says of it."""
    return f"night side brightened {factor:.0f} times"


def ratio_text(ratio: float) -> str:
    """The ratio of night to day for people: as a fraction of sunlight and as one part in so many."""
    if not ratio > 0.0:
        return "no Jupitershine"
    return f"Jupitershine is {ratio:.2g} of sunlight (1/{1.0 / ratio:.0f})"
