"""How far registered places may still be off: local sigmas from held-out tiles.

Not for the field itself (:mod:`iovolc.geometry.warpfield`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from iovolc import body
from iovolc.geometry.sphere import lat_lon, tangent_basis
from iovolc.robust import MAD_TO_SIGMA

Vectors = NDArray[np.float64]

NEAREST: Final = 16
SHRINKAGE_TILES: Final = 8.0
"""Weight of the whole map's sigma, in tiles, against the nearest tiles' own."""
PRIOR_TILES: Final = 12.0
"""Weight of the label's sigma, in tiles, against the spread about the shift."""


@dataclass(frozen=True, slots=True)
class Residual:
    """What the field misses.

    Parameters
    ----------
    points : ndarray, shape (tile, 3)
        Unit vectors of the tiles.
    vectors : ndarray, shape (tile, 3)
        Residual of each tile when it was held out, in units of the radius.
    local_km : ndarray, shape (tile,)
        Sigma per axis at each tile.
    far_km : float
        Sigma per axis far from all tiles.
    reach_km : float
        Distance from the nearest tile over which the local sigma passes into the far one; 0: ``far_km`` everywhere.
    sigma_km : float
        Sigma per axis over all tiles.
    """

    points: Vectors
    vectors: Vectors
    local_km: NDArray[np.float64]
    far_km: float
    reach_km: float
    sigma_km: float


def residual_of(points: Vectors, held_out: Vectors, from_shift: Vectors, prior_km: float, edge_km: float) -> Residual:
    """Sigmas of a local warp.

    Parameters
    ----------
    points, held_out : ndarray, shape (tile, 3)
        Tiles and what the field without them misses, in units of the radius.
    from_shift : ndarray, shape (tile, 3)
        What the global shift alone misses; far from all tiles the field is no better.
    prior_km : float
        Sigma of the label, per axis.
    edge_km : float
        Edge of a tile.
    """
    parts = _components_km(points, held_out)
    overall = spread_km(points, held_out)
    count = min(NEAREST, len(points))
    _, nearest = KDTree(points).query(points, count)
    near = MAD_TO_SIGMA * np.median(np.abs(parts[nearest]).reshape(len(points), -1), axis=1)
    local = np.sqrt((count * near**2 + SHRINKAGE_TILES * overall**2) / (count + SHRINKAGE_TILES))
    far = max(_with_prior(points, from_shift, prior_km), overall)
    return Residual(points, held_out, local, far, 2.0 * edge_km, overall)


def residual_of_shift(points: Vectors, from_shift: Vectors, prior_km: float) -> Residual:
    """One sigma for all of Io, where tiles are so few that only a shift is applied."""
    sigma_km = _with_prior(points, from_shift, prior_km)
    return Residual(points, from_shift, np.full(len(points), sigma_km), sigma_km, 0.0, sigma_km)


def sigma_at(residual: Residual, points: Vectors) -> NDArray[np.float64]:
    """Sigma per axis in kilometres, shape (point,), at unit vectors."""
    if residual.reach_km == 0.0:
        return np.full(len(points), residual.far_km)
    chord, nearest = KDTree(residual.points).query(points, 1)
    away = chord * body.RADIUS_KM / residual.reach_km
    near_share = np.exp(-0.5 * away**2)
    return np.sqrt(near_share * residual.local_km[nearest] ** 2 + (1.0 - near_share) * residual.far_km**2)


def spread_km(points: Vectors, vectors: Vectors) -> float:
    """Robust sigma per axis, in kilometres, of tangent vectors about zero."""
    return MAD_TO_SIGMA * float(np.median(np.abs(_components_km(points, vectors))))


def _components_km(points: Vectors, vectors: Vectors) -> NDArray[np.float64]:
    """East and north parts in kilometres, shape (tile, 2)."""
    basis = tangent_basis(*lat_lon(points))
    return np.stack([np.sum(vectors * axis, axis=1) for axis in basis], axis=1) * body.RADIUS_KM


def _with_prior(points: Vectors, vectors: Vectors, prior_km: float) -> float:
    count = len(points)
    square = count * spread_km(points, vectors) ** 2 + PRIOR_TILES * prior_km**2
    return float(np.sqrt(square / (count + PRIOR_TILES)))
