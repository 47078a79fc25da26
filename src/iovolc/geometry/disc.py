"""From a fitted limb to the placement of a disc's pixels, and how well each pixel sees the ground.

Not for fitting (:mod:`iovolc.geometry.limb`).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.limbfit import LimbFit
from iovolc.geometry.outline import limb_km
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
        Length on the ground that the blur covers, in the direction in which it is longest; NaN off the limb.
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
    cos_emission = np.full(shape, np.nan)
    shown = np.isfinite(lat)
    cos_emission[shown] = disc_pixel(disc, lat[shown], lon_e[shown]).cos_emission
    cos_emission[~(cos_emission > 0.0)] = np.nan
    return DiscGround(lat, lon_e, cos_emission, effective_resolution_km(cos_emission, disc.km_per_px, psf_km))


def effective_resolution_km(cos_emission: Values, pixel_km: float, psf_km: float) -> Values:
    """Pixel and blur together on the slanting ground: they stretch by 1 / cos(emission) away from the disc's centre."""
    return np.hypot(pixel_km, psf_km) / cos_emission
