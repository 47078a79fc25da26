"""Jupiter's light pixel by pixel: its incidence, phase and irradiance, from the scalars of Io's sky.

Where :class:`iovolc.geometry.backplanes.Backplanes` has the incidence to Jupiter's centre, these planes refer to the
centroid of its light, up to 9.8 degrees away. Not for eclipses (:mod:`iovolc.light.eclipse`).
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.backplanes import BLOCK_ROWS, surface
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.light.jupiter import (
    SoftHorizon,
    jupiter_phase_deg,
    lit_centroid,
    normal_irradiance_ratio,
    soft_horizon,
)
from iovolc.model.grid import Sheet, Window

Plane = NDArray[np.float32]
Values = NDArray[np.float64]

_FAR_KM: Final = 1e12
"""Distance of an observer whose range is not known."""


@dataclass(frozen=True, slots=True)
class JupiterPlanes:
    """Planes of one shape (row, col), float32; NaN where the sky does not tell.

    Parameters
    ----------
    incidence_deg : ndarray
        Centroid of Jupiter's light from the normal.
    effective_incidence_deg : ndarray
        Incidence of a point source that would light the pixel as the disc does: `incidence_deg` where all the disc is
        above the horizon, less where it is cut, 90 where it has set. Photometric functions take this one.
    jupiter_phase_angle_deg : ndarray
        Between that centroid and the observer, seen from the pixel: near 0 there is an opposition surge, whatever the
        phase of the sunlight. It fits the incidence and the emission, so that the three make a triangle.
    normal_irradiance : ndarray
        K_J for a geometric albedo of 1, relative to sunlight at normal incidence, at the pixel's own distance: up to
        0.9 % more at the sub-Jovian point than at Io's centre.
    """

    incidence_deg: Plane
    effective_incidence_deg: Plane
    jupiter_phase_angle_deg: Plane
    normal_irradiance: Plane


def jupiter_planes(sheet: Sheet, sky: Sky, *, window: Window | None = None) -> JupiterPlanes:
    """The light of Jupiter on every pixel of a sheet or a part of it.

    Points and normals are those of the triaxial body, as in :func:`iovolc.geometry.backplanes.backplanes`.

    Parameters
    ----------
    sheet : Sheet
        Part of the grid.
    sky : Sky
        Scalars. Without sub-solar or sub-Jovian point all planes are NaN, without observer the phase angle; Jupiter
        without a distance is at its mean one, an observer without a range infinitely far.
    window : Window or None
        Rectangle of the sheet; None is the whole sheet.
    """
    part = window or Window(0, sheet.shape[0], 0, sheet.shape[1])
    planes = {item.name: np.full(part.shape, np.nan, dtype=np.float32) for item in fields(JupiterPlanes)}
    sun = _direction(sky.sub_solar_lat, sky.sub_solar_lon_e)
    jupiter = _direction(sky.sub_jovian_lat, sky.sub_jovian_lon_e)
    if sun is not None and jupiter is not None:
        distance_km = sky.jupiter_distance_km or body.JUPITER_DISTANCE_KM
        horizon = soft_horizon(sun, jupiter, jupiter_distance_km=distance_km)
        for row in range(part.row0, part.row1, BLOCK_ROWS):
            block = Window(row, min(row + BLOCK_ROWS, part.row1), part.col0, part.col1)
            points_km, normals = surface(*pixel_lat_lon(sheet, block))
            found = _block(points_km, normals, horizon, distance_km * jupiter, _observer_km(sky))
            for name, values in found.items():
                planes[name][block.row0 - part.row0 : block.row1 - part.row0] = values
    return JupiterPlanes(**planes)


def _block(
    points_km: Values, normals: Values, horizon: SoftHorizon, jupiter_km: Values, observer_km: Values | None
) -> dict[str, Values]:
    alpha_deg = jupiter_phase_deg(horizon.sub_solar, jupiter_km)
    to_jupiter, distance_km = _towards(points_km, jupiter_km)
    light = lit_centroid(horizon.sub_solar, to_jupiter)
    found = {
        "incidence_deg": _degrees(np.sum(normals * light, axis=-1)),
        "effective_incidence_deg": _degrees(horizon.factor(normals, to_jupiter)),
        "normal_irradiance": normal_irradiance_ratio(alpha_deg, 1.0, distance_km),
    }
    if observer_km is not None:
        to_observer, _ = _towards(points_km, observer_km)
        found["jupiter_phase_angle_deg"] = _degrees(np.sum(light * to_observer, axis=-1))
    return found


def _observer_km(sky: Sky) -> Values | None:
    direction = _direction(sky.sub_observer_lat, sky.sub_observer_lon_e)
    return None if direction is None else (sky.range_km or _FAR_KM) * direction


def _direction(lat: float | None, lon_e: float | None) -> Values | None:
    return None if lat is None or lon_e is None else unit_vectors(lat, lon_e)


def _towards(points_km: Values, place_km: Values) -> tuple[Values, Values]:
    """Unit vectors from points to a place, and its distances."""
    rays_km = place_km - points_km
    distances_km = np.linalg.norm(rays_km, axis=-1)
    return rays_km / distances_km[..., None], distances_km


def _degrees(cosine: Values) -> Values:
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
