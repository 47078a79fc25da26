"""What stands in Io's sky at a moment: the observer, the Sun and Jupiter, as scalars in Io's own coordinates.

Not for where the bodies are: that comes from :mod:`iovolc.geometry.ephemeris` or from SPICE kernels.

The sub-observer point is the one at the disc's centre: Io as it was when the light left it, the observer where the
light arrived (SPICE's ``CN``; the observer's own motion moves the whole image, not what it shows). The Sun is the one
that shines on a moving Io: light time and aberration (``CN+S``, up to 0.006 degrees). JPL Horizons does the same.
Jupiter is where it is, without light time (1.4 s, 0.003 degrees).
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.sphere import lat_lon, unit_vectors

Eclipse = Literal["sunlit", "penumbra", "umbra"]
Vector = NDArray[np.float64]

ARCSEC_PER_DEGREE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Sky:
    """Viewing and lighting of Io at one moment; None marks what is not known.

    Parameters
    ----------
    sub_observer_lat, sub_observer_lon_e : float or None
        Planetocentric degrees, east-positive, like all points here.
    range_km : float or None
        From the observer to Io's centre.
    light_time_s : float or None
        From Io to the observer.
    sub_solar_lat, sub_solar_lon_e : float or None
        Where the Sun stands in the zenith.
    sun_distance_au : float or None
        From Io to the Sun.
    phase_deg : float or None
        Angle between Sun and observer at Io's centre.
    sub_jovian_lat, sub_jovian_lon_e : float or None
        Where Jupiter's centre stands in the zenith: it librates by 0.5 degrees about 0.44 degrees west of the prime
        meridian of the IAU 2015 model.
    jupiter_distance_km : float or None
        From Io's centre to Jupiter's.
    jupiter_phase_deg : float or None
        Phase angle of Jupiter as seen from Io: 0 is full Jupiter. The Sun counts as infinitely far (0.03 degrees).
    angular_diameter_arcsec : float or None
        Of Io's mean sphere, seen by the observer.
    pole_angle_deg : float or None
        Position angle of Io's north pole on the observer's sky, from celestial north (ICRF) through east, in
        (-180, 180].
    eclipse : {'sunlit', 'penumbra', 'umbra'} or None
        Whether Io's centre stands in Jupiter's shadow. The disc takes 3.5 minutes to enter or leave it.
    """

    sub_observer_lat: float | None = None
    sub_observer_lon_e: float | None = None
    range_km: float | None = None
    light_time_s: float | None = None
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    sun_distance_au: float | None = None
    phase_deg: float | None = None
    sub_jovian_lat: float | None = None
    sub_jovian_lon_e: float | None = None
    jupiter_distance_km: float | None = None
    jupiter_phase_deg: float | None = None
    angular_diameter_arcsec: float | None = None
    pole_angle_deg: float | None = None
    eclipse: Eclipse | None = None


def sky_from_vectors(to_observer_km: Vector, to_sun_km: Vector, to_jupiter_km: Vector, to_body: Vector) -> Sky:
    """The sky of an Io whose surroundings are known.

    Parameters
    ----------
    to_observer_km, to_sun_km, to_jupiter_km : ndarray, shape (3,)
        From Io's centre when the light left it, in ICRF: to the observer when it arrives, to the Sun as it appears
        from the moving Io, to Jupiter's centre.
    to_body : ndarray, shape (3, 3)
        From ICRF to body-fixed coordinates when the light left Io.
    """
    observer, sun, jupiter = (to_body @ vector for vector in (to_observer_km, to_sun_km, to_jupiter_km))
    points = [[float(degrees) for degrees in lat_lon(vector)] for vector in (observer, sun, jupiter)]
    range_km, sun_km = float(np.linalg.norm(observer)), float(np.linalg.norm(sun))
    return Sky(
        sub_observer_lat=points[0][0],
        sub_observer_lon_e=points[0][1],
        range_km=range_km,
        light_time_s=light_time_s(range_km),
        sub_solar_lat=points[1][0],
        sub_solar_lon_e=points[1][1],
        sun_distance_au=sun_km / body.AU_KM,
        phase_deg=angle_deg(observer, sun),
        sub_jovian_lat=points[2][0],
        sub_jovian_lon_e=points[2][1],
        jupiter_distance_km=float(np.linalg.norm(jupiter)),
        jupiter_phase_deg=180.0 - angle_deg(sun, jupiter),
        angular_diameter_arcsec=angular_diameter_arcsec(range_km),
        pole_angle_deg=position_angle_deg(-to_observer_km, to_body[2]),
        eclipse=eclipse_state(sun, jupiter),
    )


def light_time_s(range_km: float) -> float:
    """Seconds that light takes over this distance."""
    return range_km / body.LIGHT_KM_PER_S


def angular_diameter_arcsec(range_km: float) -> float:
    """Angle that Io's mean sphere spans at this distance from its centre, in seconds of arc."""
    return 2.0 * math.degrees(math.asin(min(1.0, body.RADIUS_KM / range_km))) * ARCSEC_PER_DEGREE


def angle_between_points_deg(lat: float, lon_e: float, other_lat: float, other_lon_e: float) -> float:
    """Angle at Io's centre between two places, in degrees."""
    return angle_deg(unit_vectors(lat, lon_e), unit_vectors(other_lat, other_lon_e))


def angle_deg(a: Vector, b: Vector) -> float:
    """Angle between two directions in degrees, accurate also near 0 and 180."""
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(np.dot(a, b))))


def position_angle_deg(sight: Vector, axis: Vector) -> float:
    """Angle on the sky from celestial north through east to an axis, seen along a line of sight (ICRF), in degrees."""
    east = np.cross((0.0, 0.0, 1.0), sight)
    north = np.cross(sight, east) / np.linalg.norm(sight)
    return math.degrees(math.atan2(float(axis @ east), float(axis @ north)))


def eclipse_state(to_sun_km: Vector, to_jupiter_km: Vector) -> Eclipse:
    """Whether Io's centre is in sunlight, in Jupiter's penumbra or in its umbra.

    Shadow cones of a spherical Sun and an oblate Jupiter: along Jupiter's axis, which lies within 0.2 degrees of Io's,
    lengths are stretched until Jupiter is a sphere.

    Parameters
    ----------
    to_sun_km, to_jupiter_km : ndarray, shape (3,)
        From Io's centre, body-fixed.
    """
    equatorial_km, polar_km = body.JUPITER_RADII_KM
    stretch = np.array((1.0, 1.0, equatorial_km / polar_km))
    sun, jupiter = to_sun_km * stretch, to_jupiter_km * stretch
    sunward = sun / np.linalg.norm(sun)
    behind_km = float(jupiter @ sunward)
    if behind_km <= 0.0:
        return "sunlit"
    off_axis_km = float(np.linalg.norm(jupiter - behind_km * sunward))
    per_km = behind_km / float(np.linalg.norm(to_sun_km - to_jupiter_km))
    if off_axis_km < equatorial_km - per_km * (body.SUN_RADIUS_KM - equatorial_km):
        return "umbra"
    lit = off_axis_km > equatorial_km + per_km * (body.SUN_RADIUS_KM + equatorial_km)
    return "sunlit" if lit else "penumbra"
