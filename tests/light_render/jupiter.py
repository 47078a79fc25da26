"""Jupiter as a lamp: the visible, lit part of an oblate Minnaert body, cut into patches that each shed parallel light.

Brightness is scaled so that from far away the whole disc follows the phase curve of Mallama and Hilton (2018). What
nearness does to it, where the centre of light lies and how softly it sets all follow from the patches.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

EQUATOR_KM, POLE_KM, DISTANCE_KM = 71492.0, 66854.0, 421800.0
ALBEDO = {"U": 0.358, "B": 0.443, "V": 0.538, "R": 0.495, "I": 0.321}
EXPONENT = 0.9
POINTS = 60000
PATCH_DEG = 2.6
_SHAPE = np.array([EQUATOR_KM, EQUATOR_KM, POLE_KM])


@dataclass(frozen=True)
class Lamp:
    """Places of the patches (n, 3) in km from Io's centre, and their normal irradiance there over the Sun's (n,)."""

    places_km: np.ndarray
    irradiance: np.ndarray

    @property
    def total(self):
        """Irradiance on a facet that faces Jupiter's centre: what a table of E_J / E_S means."""
        towards = self.places_km / np.linalg.norm(self.places_km, axis=1, keepdims=True)
        return float(self.irradiance @ (towards @ self._centre()))

    @property
    def light_centre(self):
        """Unit vector to the centroid of the light."""
        towards = self.places_km / np.linalg.norm(self.places_km, axis=1, keepdims=True)
        mean = self.irradiance @ towards
        return mean / np.linalg.norm(mean)

    def on(self, normal):
        """Irradiance on a facet of this unit normal at Io's centre."""
        towards = self.places_km / np.linalg.norm(self.places_km, axis=1, keepdims=True)
        return float(self.irradiance @ np.clip(towards @ np.asarray(normal, float), 0.0, None))

    @staticmethod
    def _centre():
        return np.array([1.0, 0.0, 0.0])


def direction(lat, lon_e):
    """Unit vectors (..., 3) of planetocentric degrees."""
    phi, lam = np.radians(lat), np.radians(lon_e)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi) + 0.0 * lam], axis=-1)


def far_phase(alpha_deg):
    """Brightness of the far disc over that at full phase, in V (Mallama and Hilton 2018)."""
    if alpha_deg <= 12.0:
        return 10.0 ** (-0.4 * (6.16e-4 * alpha_deg**2 - 3.7e-4 * alpha_deg))
    x = alpha_deg / 180.0
    return max(1.0309 * (1.0 - 1.507 * x - 0.363 * x**2 - 0.062 * x**3 + 2.809 * x**4 - 1.876 * x**5), 0.0)


def spread(points):
    """Points evenly over the unit sphere, shape (points, 3): a Fibonacci lattice."""
    z = 1.0 - (2.0 * np.arange(points) + 1.0) / points
    turn = np.pi * (3.0 - np.sqrt(5.0)) * np.arange(points)
    return np.stack([np.sqrt(1.0 - z**2) * np.cos(turn), np.sqrt(1.0 - z**2) * np.sin(turn), z], axis=-1)


def body(unit):
    """Places on Jupiter (km from its centre), outward unit normals, and the area that each place stands for."""
    stretched = unit / _SHAPE
    length = np.linalg.norm(stretched, axis=1)
    area = np.prod(_SHAPE) * length * 4.0 * np.pi / len(unit)
    return unit * _SHAPE, stretched / length[:, None], area


@lru_cache(maxsize=64)
def lamp(sub_solar_lat, sub_solar_lon_e, albedo=ALBEDO["V"], patch_deg=PATCH_DEG, exponent=EXPONENT):
    """The light of Jupiter, over Io's prime meridian, for a Sun over this place of Io."""
    sun, centre = direction(sub_solar_lat, sub_solar_lon_e), np.array([DISTANCE_KM, 0.0, 0.0])
    alpha_deg = float(np.degrees(np.arccos(np.clip(-sun[0], -1.0, 1.0))))
    places, normals, area = body(spread(POINTS))
    lit = np.clip(normals @ sun, 0.0, None) ** exponent
    far = np.clip(-normals[:, 0], 0.0, None) ** exponent
    seen_far = float((lit * far) @ area) / (np.pi * EQUATOR_KM * POLE_KM)
    rays = places + centre
    length = np.linalg.norm(rays, axis=1)
    towards_io = np.clip(-np.sum(normals * rays, axis=1) / length, 0.0, None)
    scale = albedo * far_phase(alpha_deg) / seen_far if seen_far > 0.0 else 0.0
    irradiance = scale * lit * towards_io**exponent * area / (np.pi * length**2)
    bright = irradiance > 0.0
    return gather(rays[bright], irradiance[bright], patch_deg)


def gather(rays, irradiance, patch_deg):
    """Neighbouring elements as one patch at their centre of light; None of them is lost."""
    if not patch_deg:
        return Lamp(rays, irradiance)
    step = np.radians(patch_deg) * DISTANCE_KM
    cell = np.round(rays[:, 1:] / step).astype(int)
    _, patch = np.unique(cell, axis=0, return_inverse=True)
    patch = patch.ravel()
    total = np.bincount(patch, irradiance)
    places = np.stack([np.bincount(patch, irradiance * rays[:, axis]) / total for axis in range(3)], axis=-1)
    return Lamp(places, total)
