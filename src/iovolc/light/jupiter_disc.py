"""The lit part of Jupiter's disc as it stands in Io's sky: directions and brightness.

Jupiter is an oblate body that reflects by Minnaert's law, radiance ~ mu0^k mu^(k - 1) with k = 0.9, without belts or
twilight. Only shape and distribution of the light come from here; how bright Jupiter is at a phase is measured
(:mod:`iovolc.light.jupiter_phase`).

Not for single facets of Io (:mod:`iovolc.light.jupiter`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body

Vector = NDArray[np.float64]

MINNAERT_K: Final = 0.9
"""Assumed (Minnaert 1941, Astrophys. J. 93, 403, for the law)."""
NODES: Final = 48
"""Nodes in each of two directions."""


@dataclass(frozen=True, slots=True)
class LitDisc:
    """The visible lit part of Jupiter, as points.

    Parameters
    ----------
    directions : ndarray, shape (n, 3)
        Unit vectors from Io.
    weights : ndarray, shape (n,)
        Radiance times solid angle; radiance is 1 at the sub-solar point seen from above, weights are steradians.
    """

    directions: Vector
    weights: Vector

    @property
    def flux(self) -> Vector:
        """Sum of the weighted directions, shape (3,); it points to the centroid of the light.

        Its product with a facet's normal is the irradiance, as long as all the disc stands above the horizon.
        """
        return self.weights @ self.directions


def lit_disc(
    to_sun: Vector,
    to_jupiter_km: Vector,
    *,
    radii_km: tuple[float, float] = body.JUPITER_RADII_KM,
    k: float = MINNAERT_K,
    nodes: int = NODES,
) -> LitDisc:
    """The lit part of Jupiter's disc.

    Parameters
    ----------
    to_sun : ndarray, shape (3,)
        Direction of the Sun, body-fixed. Its rays are parallel.
    to_jupiter_km : ndarray, shape (3,)
        From Io to Jupiter's centre.
    radii_km : tuple of float
        Equatorial and polar radius of Jupiter, whose axis counts as parallel to Io's (0.2 degrees).
    k : float
        Minnaert's exponent; 1 is a Lambert surface.
    nodes : int
        Per direction.

    Notes
    -----
    Lengths along the axis are stretched until Jupiter is a sphere. There, in longitude along the great circle through
    the points below Sun and Io and latitude across it, the terminator is a meridian and the visible cap a smooth curve,
    so that Gauss-Legendre quadrature meets no edge.
    """
    equatorial, polar = radii_km
    stretch = np.array((1.0, 1.0, equatorial / polar))
    centre = to_jupiter_km * stretch / equatorial
    axes = _axes(to_sun * stretch, -centre)
    below, steps = _cap(float(np.linalg.norm(centre)), _phase(to_sun * stretch, -centre), nodes)
    ball = below @ axes
    rays = (centre + ball) / stretch
    ranges = np.linalg.norm(rays, axis=1)
    directions = rays / ranges[:, None]
    outward = ball * stretch
    area = np.linalg.norm(outward, axis=1)
    normals = outward / area[:, None]
    mu0, mu = normals @ to_sun, -np.sum(normals * directions, axis=1)
    facing = np.maximum(mu0, 0.0) * np.maximum(mu, 0.0)
    return LitDisc(directions, facing**k * steps * area * (polar / equatorial) / ranges**2)


def _axes(to_sun: Vector, to_io: Vector) -> Vector:
    """Rows: towards Io, towards the Sun at right angles to it, and across; any of them where Sun and Io align."""
    first = to_io / np.linalg.norm(to_io)
    across = np.cross(first, to_sun)
    if np.linalg.norm(across) < 1e-9 * np.linalg.norm(to_sun):
        across = np.cross(first, (0.0, 1.0, 0.0))
    third = across / np.linalg.norm(across)
    return np.stack((first, np.cross(third, first), third))


def _phase(to_sun: Vector, to_io: Vector) -> float:
    return float(np.arctan2(np.linalg.norm(np.cross(to_sun, to_io)), to_sun @ to_io))


def _cap(distance: float, phase: float, nodes: int) -> tuple[Vector, Vector]:
    """Points of the lit and visible part of a unit sphere in its own axes, and the area that each stands for."""
    x, weights = np.polynomial.legendre.leggauss(nodes)
    terminator = phase - np.pi / 2.0
    widest = np.arccos(min(1.0, 1.0 / (distance * max(np.cos(max(terminator, 0.0)), 1e-12))))
    angle = 0.5 * np.pi * x
    lat, lat_step = widest * np.sin(angle), widest * np.cos(angle) * 0.5 * np.pi * weights
    limb = np.arccos(np.minimum(1.0, 1.0 / (distance * np.cos(lat))))
    start = np.minimum(np.maximum(terminator, -limb), limb)
    half = 0.5 * (limb - start)[:, None]
    lon = 0.5 * (limb + start)[:, None] + half * np.sin(angle)
    lon_step = half * np.cos(angle) * 0.5 * np.pi * weights
    lat, area = np.broadcast_to(lat[:, None], lon.shape), lat_step[:, None] * np.cos(lat)[:, None] * lon_step
    points = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=-1)
    return points.reshape(-1, 3), area.ravel()
