"""From a fitted limb to the placement of a disc's pixels, and how well each pixel sees the ground.

Not for fitting (:mod:`iovolc.geometry.limb`).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.backplanes import surface
from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.limb import LimbFit
from iovolc.geometry.outline import limb_km
from iovolc.geometry.sphere import tangent_basis, unit_vectors
from iovolc.model.discview import DiscView
from iovolc.model.observation import Disc

Values = NDArray[np.float64]


def place_disc(view: DiscView, *, centre_x: float, centre_y: float, radius_px: float) -> Disc:
    """The placement of a disc; its pixel scale follows from the mean sphere's limb as seen from the distance."""
    return Disc(
        sub_observer_lat=view.sub_observer_lat,
        sub_observer_lon_e=view.sub_observer_lon_e,
        north_angle_deg=view.north_angle_deg,
        centre_x=centre_x,
        centre_y=centre_y,
        km_per_px=limb_km(view.range_km) / radius_px,
        range_km=view.range_km,
    )


def placed_by_limb(view: DiscView, fit: LimbFit) -> Disc:
    """The placement that a usable fit gives.

    Raises
    ------
    ValueError
        If the fit cannot be used.
    """
    if not fit.is_usable:
        raise ValueError(fit.problem)
    return place_disc(view, centre_x=fit.centre_x, centre_y=fit.centre_y, radius_px=fit.radius_px)


@dataclass(frozen=True, slots=True)
class DiscGround:
    """What a disc's pixels show.

    Parameters
    ----------
    lat, lon_e : ndarray, shape (row, col)
        Planetocentric degrees of the pixels' centres; NaN off the limb.
    cos_emission : ndarray, shape (row, col)
        Cosine of the emission angle; NaN off the limb.
    resolution_km : ndarray, shape (row, col)
        Length on the ground that pixel and blur cover, in the direction in which it is longest; NaN off the limb.
    """

    lat: Values
    lon_e: Values
    cos_emission: Values
    resolution_km: Values

    def within(self, max_emission_deg: float) -> NDArray[np.bool_]:
        """Pixels that look at most this far from straight down."""
        return self.cos_emission >= math.cos(math.radians(max_emission_deg))


def disc_ground(disc: Disc, shape: tuple[int, int], *, psf_km: float = 0.0) -> DiscGround:
    """Places, emission and resolution of a disc's pixels.

    Parameters
    ----------
    disc : Disc
        The placement.
    shape : tuple of int
        Rows, columns.
    psf_km : float
        Width of the point-spread function in the plane through Io's centre, full width at half maximum.
    """
    row, col = np.mgrid[: shape[0], : shape[1]] + 0.5
    lat, lon_e = disc_lat_lon(disc, col, row)
    cos_emission, stretch = np.full(shape, np.nan), np.full(shape, np.nan)
    shown = np.isfinite(lat)
    cos_emission[shown] = disc_pixel(disc, lat[shown], lon_e[shown]).cos_emission
    cos_emission[~(cos_emission > 0.0)] = np.nan
    stretch[shown] = _stretch(disc, lat[shown], lon_e[shown])
    stretch[np.isnan(cos_emission)] = np.nan
    return DiscGround(lat, lon_e, cos_emission, np.hypot(disc.km_per_px, psf_km) * stretch)


def _stretch(disc: Disc, lat: Values, lon_e: Values) -> Values:
    """Longest way on the ground for a short way in the plane through Io's centre; far away 1 / cos(emission).

    A step ``s`` in the plane becomes ``depth (s - d (n s) / (n d))`` along the line of sight ``d`` on the ground of
    normal ``n``; the largest singular value of this map.
    """
    towards = unit_vectors(disc.sub_observer_lat, disc.sub_observer_lon_e)
    points_km, normals = surface(lat, lon_e)
    sight = points_km - disc.range_km * towards
    sight /= np.linalg.norm(sight, axis=-1, keepdims=True)
    plane = np.stack(tangent_basis(disc.sub_observer_lat, disc.sub_observer_lon_e), axis=-1)
    slope = (normals @ plane) / np.sum(normals * sight, axis=-1, keepdims=True)
    lean = sight @ plane
    right, up = (1.0 - 2.0 * lean[:, k] * slope[:, k] + slope[:, k] ** 2 for k in (0, 1))
    mixed = slope[:, 0] * slope[:, 1] - lean[:, 0] * slope[:, 1] - lean[:, 1] * slope[:, 0]
    longest = 0.5 * (right + up) + np.hypot(0.5 * (right - up), mixed)
    return (1.0 - points_km @ towards / disc.range_km) * np.sqrt(longest)
