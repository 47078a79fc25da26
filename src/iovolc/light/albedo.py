"""Normal albedo: I/F divided by what Sun and Jupiter make of a surface of albedo 1, with its error.

Not for which places may be divided (:mod:`iovolc.light.classes`), nor for gains (:mod:`iovolc.light.gains`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.config import LightConfig
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.classes import light_flags
from iovolc.light.sources import Lighting, bracket_sigma, rays_near, terms_of
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]

CHUNK_PX: Final = 1 << 18
"""Pixels worked on at a time: the vectors between are float64 and many."""


@dataclass(frozen=True, slots=True)
class Albedo:
    """Normal albedo of a sheet's pixels.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        NaN where there is no light or no data.
    sigma : ndarray, shape (row, col), float32
        One-sigma error: of the pixel where its noise is known, and of the light. The latter is common to neighbours.
    """

    value: Plane
    sigma: Plane


@dataclass(frozen=True, slots=True)
class LightPlanes:
    """The light on a sheet.

    Parameters
    ----------
    sun, jupiter : ndarray, shape (row, col), float32
        What each source adds to I/F per unit of normal albedo; NaN where it was not asked for.
    sigma : ndarray, shape (row, col), float32, or None
        Error of their sum, if it was asked for.
    flags : ndarray, shape (row, col), uint16
        Bits of :class:`iovolc.model.flags.Flag` that say which source lights the place, and whether it counts.
    """

    sun: Plane
    jupiter: Plane
    sigma: Plane | None
    flags: NDArray[np.uint16]

    @property
    def bracket(self) -> Plane:
        """I/F over normal albedo."""
        return self.sun + self.jupiter


def light_planes(
    lighting: Lighting, sheet: Sheet, wanted: NDArray[np.bool_], config: LightConfig, *, errors: bool = False
) -> LightPlanes:
    """The light at the wanted pixels of a sheet.

    Parameters
    ----------
    lighting : Lighting
        What lights the epoch.
    sheet : Sheet
        The sheet.
    wanted : ndarray, shape (row, col), bool
        Where it is asked for.
    config : LightConfig
        Limits of the classes.
    errors : bool
        Whether the error is asked for, too; it takes several times as long.
    """
    lat, lon_e = pixel_lat_lon(sheet)
    at = np.flatnonzero(wanted)
    sun, jupiter, sigma = (np.full(sheet.shape, np.nan, np.float32) for _ in range(3))
    flags = np.zeros(sheet.shape, np.uint16)
    for part in (at[start : start + CHUNK_PX] for start in range(0, len(at), CHUNK_PX)):
        rays = rays_near(lighting, lat.ravel()[part], lon_e.ravel()[part])
        terms = terms_of(lighting, rays)
        sun.ravel()[part], jupiter.ravel()[part] = terms.sun, terms.jupiter
        if errors:
            sigma.ravel()[part] = bracket_sigma(lighting, rays, terms)
        flags.ravel()[part] = light_flags(rays, terms, config, eclipsed=lighting.eclipsed)
    return LightPlanes(sun, jupiter, sigma if errors else None, flags)


def normal_albedo(iof: Plane, sigma: Plane | None, light: LightPlanes) -> Albedo:
    """Normal albedo of a calibrated picture under two lights.

    Parameters
    ----------
    iof : ndarray, shape (row, col), float32
        I/F; NaN where there is no data.
    sigma : ndarray, shape (row, col), float32, or None
        Its noise; None or NaN where it is not known.
    light : LightPlanes
        The light on the same pixels.

    Returns
    -------
    Albedo
        With ``var(A) = (sigma^2 + (A sigma_bracket)^2) / bracket^2``.
    """
    bracket = light.bracket
    lit = bracket > 0.0
    safe = np.where(lit, bracket, np.float32(1.0))
    value = np.where(lit, iof / safe, np.float32(np.nan))
    noise, of_light = (np.float32(0.0) if plane is None else np.nan_to_num(plane) for plane in (sigma, light.sigma))
    error = np.where(lit, np.hypot(noise, value * of_light) / safe, np.float32(np.nan))
    return Albedo(value.astype(np.float32), error.astype(np.float32))
