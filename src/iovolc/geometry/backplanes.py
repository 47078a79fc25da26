"""Per-pixel viewing and lighting of a sheet, from the scalars of Io's sky.

All angles are taken at the point of the triaxial body that lies in the pixel's planetocentric direction, and against
its normal there: the same point and normal as in perspective views (:func:`iovolc.geometry.views.project`), so that a
disc image and its backplanes agree to rounding. The normal of the mean sphere would be off by up to 0.43 degrees.
Mountains are not modelled, nor are shadows. Not for angles at single places on the sphere
(:mod:`iovolc.geometry.angles`).
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import pixel_lat_lon, tangent_basis, unit_vectors
from iovolc.model.grid import Sheet, Window

BLOCK_ROWS: Final = 64
"""Rows worked on at a time: intermediate vectors are float64 and several times the size of the planes."""

Plane = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Backplanes:
    """Planes of one shape (row, col), float32; NaN where the sky does not tell.

    Parameters
    ----------
    incidence_deg : ndarray
        Sun from the normal; above 90 it has set.
    emission_deg : ndarray
        Observer from the normal; above 90 the place is not seen.
    phase_deg : ndarray
        Between Sun and observer.
    jupiter_incidence_deg : ndarray
        Jupiter's centre from the normal, with the parallax of the place (up to 0.25 degrees).
    local_time_h : ndarray
        Hours in [0, 24); 12 at the sub-solar meridian, later to the east.
    resolution_km : ndarray
        Size on the ground of the observer's pixel or point spread, along its longer side; infinite where not seen.
    sun_azimuth_deg, observer_azimuth_deg : ndarray
        Direction on the ground towards the sub-solar and the sub-observer point, from north through east, in [0, 360).
    """

    incidence_deg: Plane
    emission_deg: Plane
    phase_deg: Plane
    jupiter_incidence_deg: Plane
    local_time_h: Plane
    resolution_km: Plane
    sun_azimuth_deg: Plane
    observer_azimuth_deg: Plane


def backplanes(sheet: Sheet, sky: Sky, *, native_km: float = np.nan, window: Window | None = None) -> Backplanes:
    """Angles, local time and resolution of every pixel of a sheet or a part of it.

    Sun rays are parallel (an error of 3e-6 rad); observer and Jupiter stand at their distances. A range that is not
    known counts as infinite.

    Parameters
    ----------
    sheet : Sheet
        Part of the grid.
    sky : Sky
        Scalars; planes of what it does not know are NaN.
    native_km : float
        Pixel size or FWHM of the point spread at the sub-observer point. It grows with the distance from the observer
        and with 1 / cos(emission).
    window : Window or None
        Rectangle of the sheet; None is the whole sheet.
    """
    part = window or Window(0, sheet.shape[0], 0, sheet.shape[1])
    planes = {item.name: np.empty(part.shape, dtype=np.float32) for item in fields(Backplanes)}
    for row in range(part.row0, part.row1, BLOCK_ROWS):
        block = Window(row, min(row + BLOCK_ROWS, part.row1), part.col0, part.col1)
        for name, values in _block(*pixel_lat_lon(sheet, block), sky, native_km).items():
            planes[name][block.row0 - part.row0 : block.row1 - part.row0] = values
    return Backplanes(**planes)


def _block(lat: Values, lon_e: Values, sky: Sky, native_km: float) -> dict[str, Values]:
    points_km, normals = surface(lat, lon_e)
    sun = _direction(sky.sub_solar_lat, sky.sub_solar_lon_e)
    jupiter = _direction(sky.sub_jovian_lat, sky.sub_jovian_lon_e)
    to_observer, slant = _towards(points_km, _direction(sky.sub_observer_lat, sky.sub_observer_lon_e), sky.range_km)
    to_jupiter, _ = _towards(points_km, jupiter, sky.jupiter_distance_km)
    cos_emission = np.sum(normals * to_observer, axis=-1)
    east, north = tangent_basis(lat, lon_e)
    return {
        "incidence_deg": _degrees(normals @ sun),
        "emission_deg": _degrees(cos_emission),
        "phase_deg": _degrees(to_observer @ sun),
        "jupiter_incidence_deg": _degrees(np.sum(normals * to_jupiter, axis=-1)),
        "local_time_h": (12.0 + (lon_e - _number(sky.sub_solar_lon_e)) / 15.0) % 24.0,
        "resolution_km": _resolution_km(native_km, slant, cos_emission),
        "sun_azimuth_deg": _azimuth_deg(east @ sun, north @ sun),
        "observer_azimuth_deg": _azimuth_deg(np.sum(east * to_observer, axis=-1), np.sum(north * to_observer, axis=-1)),
    }


def surface(lat: Values, lon_e: Values) -> tuple[Values, Values]:
    """Points of the triaxial body in planetocentric directions, and its unit normals there.

    Parameters
    ----------
    lat, lon_e : ndarray, shape (...)
        Planetocentric degrees.

    Returns
    -------
    points_km, normals : ndarray, shape (..., 3), float64
        Body-fixed.
    """
    directions, radii = unit_vectors(lat, lon_e), np.array(body.TRIAXIAL_RADII_KM)
    points_km = directions / np.linalg.norm(directions / radii, axis=-1, keepdims=True)
    normals = points_km / radii**2
    return points_km, normals / np.linalg.norm(normals, axis=-1, keepdims=True)


def _towards(points_km: Values, direction: Values, distance_km: float | None) -> tuple[Values, Values]:
    """Unit vectors from points to a body, and how much farther it is than from the point below it."""
    if distance_km is None or not np.isfinite(distance_km):
        return np.broadcast_to(direction, points_km.shape), np.ones(points_km.shape[:-1])
    rays_km = distance_km * direction - points_km
    lengths_km = np.linalg.norm(rays_km, axis=-1)
    below_km = 1.0 / np.linalg.norm(direction / np.array(body.TRIAXIAL_RADII_KM))
    return rays_km / lengths_km[..., None], lengths_km / (distance_km - below_km)


def _resolution_km(native_km: float, slant: Values, cos_emission: Values) -> Values:
    with np.errstate(divide="ignore"):
        return native_km * slant / np.maximum(cos_emission, 0.0)


def _direction(lat: float | None, lon_e: float | None) -> Values:
    return unit_vectors(_number(lat), _number(lon_e))


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _degrees(cosine: Values) -> Values:
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _azimuth_deg(east: Values, north: Values) -> Values:
    return np.degrees(np.arctan2(east, north)) % 360.0
