"""How Io is turned in space: its pole, its prime meridian, and the body-fixed frame at a time.

The IAU 2015 model (Archinal et al. 2018, Celest. Mech. Dyn. Astron. 130, 22), the same as NAIF's frame IAU_IO. Not for
where Io is (:mod:`iovolc.geometry.ephemeris`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body

DAYS_PER_CENTURY: Final = 36_525.0

Matrix = NDArray[np.float64]


def orientation(days: float) -> tuple[float, float, float]:
    """Right ascension and declination of the north pole (ICRF), and W, the angle of the prime meridian.

    Parameters
    ----------
    days : float
        Days of TDB since J2000.

    Returns
    -------
    tuple of float
        Degrees; W is counted along Io's equator from its ascending node on the ICRF equator, in [0, 360).
    """
    centuries = days / DAYS_PER_CENTURY
    arguments = [math.radians(start + rate * centuries) for start, rate in (body.J3_DEG, body.J4_DEG)]
    sines, cosines = [math.sin(angle) for angle in arguments], [math.cos(angle) for angle in arguments]
    right_ascension = body.POLE_RA_DEG[0] + body.POLE_RA_DEG[1] * centuries + _sum(body.POLE_RA_TERMS_DEG, sines)
    declination = body.POLE_DEC_DEG[0] + body.POLE_DEC_DEG[1] * centuries + _sum(body.POLE_DEC_TERMS_DEG, cosines)
    turned = body.PRIME_MERIDIAN_DEG + body.ROTATION_DEG_PER_DAY * days
    return right_ascension, declination, (turned + _sum(body.PRIME_MERIDIAN_TERMS_DEG, sines)) % 360.0


def body_fixed(days: float) -> Matrix:
    """The matrix from ICRF to body-fixed coordinates.

    Parameters
    ----------
    days : float
        Days of TDB since J2000; for an image, of the moment when the light left Io.

    Returns
    -------
    ndarray, shape (3, 3), float64
        Its rows are Io's axes in ICRF: towards the prime meridian, 90 degrees east of it, and the north pole.
    """
    right_ascension, declination, turned = orientation(days)
    return _about_z(turned) @ _about_x(90.0 - declination) @ _about_z(90.0 + right_ascension)


def _sum(amplitudes: tuple[float, float], terms: list[float]) -> float:
    return amplitudes[0] * terms[0] + amplitudes[1] * terms[1]


def _about_z(angle_deg: float) -> Matrix:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array(((cos, sin, 0.0), (-sin, cos, 0.0), (0.0, 0.0, 1.0)))


def _about_x(angle_deg: float) -> Matrix:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array(((1.0, 0.0, 0.0), (0.0, cos, sin), (0.0, -sin, cos)))
