"""A smooth displacement field on the sphere, fitted to scattered tiles, and what it misses where tiles are held out.

The field is a rotation (the global shift) plus a sum of kernels on evenly spread knots, so that far from all tiles it
relaxes to the rotation. Not for measuring displacements (:mod:`iovolc.geometry.tiles`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from iovolc import body
from iovolc.geometry import radial
from iovolc.geometry.sphere import lat_lon

Vectors = NDArray[np.float64]
SMOOTHINGS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS: Final = 6
MIN_INERTIA: Final = 0.02
"""Mean squared sine of the distance from an axis; a cap of 11 degrees radius has it about its middle."""
TOLERANCE: Final = 1.03
MAX_BLOCK_DEG: Final = 20.0


@dataclass(frozen=True, slots=True)
class Field:
    """A displacement field.

    Parameters
    ----------
    rotation : ndarray, shape (3,)
        Rotation vector in radians; the displacement far from all tiles.
    coefficients : ndarray, shape (knot, 3)
        Of the kernels; without rows the field is a pure rotation.
    """

    rotation: Vectors
    coefficients: Vectors

    def at(self, points: Vectors) -> Vectors:
        """Displacement vectors, shape (point, 3), in units of the radius, at unit vectors; tangent to the sphere."""
        found = _rotated(self.rotation, points)
        if self.coefficients.size:
            found = found + tangent(_sum(points, self.coefficients), points)
        return found


def tangent(vectors: Vectors, points: Vectors) -> Vectors:
    """The part of vectors that lies in the tangent planes of unit vectors."""
    return vectors - np.sum(vectors * points, axis=-1, keepdims=True) * points


def rotation_of(points: Vectors, displacements: Vectors) -> Vectors:
    """Rotation vector (radians) that meets tangent displacements best in the mean of squares.

    A twist about the middle of a small region is not determined by its tiles and is left out.
    """
    inertia = np.eye(3) - points.T @ points / len(points)
    moment = np.cross(points, displacements).mean(axis=0)
    strength, axes = np.linalg.eigh(inertia)
    usable = strength > MIN_INERTIA
    return axes[:, usable] @ ((axes[:, usable].T @ moment) / strength[usable])


def fit(points: Vectors, displacements: Vectors, smoothing: float) -> Field:
    """The smooth field through displacements.

    Parameters
    ----------
    points : ndarray, shape (tile, 3)
        Unit vectors.
    displacements : ndarray, shape (tile, 3)
        Tangent vectors in units of the radius.
    smoothing : float
        Weight of the field's roughness against the misfit.
    """
    rotation = rotation_of(points, displacements)
    rest = displacements - _rotated(rotation, points)
    centres = radial.knots()
    normal, right = radial.normal_equations(radial.design(points, centres), np.ascontiguousarray(rest.T))
    return Field(rotation, radial.solve(normal, right, radial.design(centres, centres), smoothing))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a smooth field misses at tiles that took no part in its fit.

    Parameters
    ----------
    smoothing : float
        The largest of :data:`SMOOTHINGS` that meets the tiles about as well as any.
    residuals : ndarray, shape (tile, 3)
        Measured less fitted, in units of the radius.
    """

    smoothing: float
    residuals: Vectors


def hold_out(points: Vectors, displacements: Vectors, overlap_km: float) -> HeldOut:
    """Choose the smoothing by leaving out blocks of up to 20 x 30 degrees, and keep the residuals.

    Parameters
    ----------
    points, displacements : ndarray, shape (tile, 3)
        As for :func:`fit`.
    overlap_km : float
        Tiles closer than this to a held-out one share pixels with it and take no part either.
    """
    centres = radial.knots()
    kernels, roughness = radial.design(points, centres), radial.design(centres, centres)
    fold = _folds(points, _block_deg(len(points), overlap_km))
    residuals = np.zeros((len(SMOOTHINGS), *points.shape))
    for number in np.unique(fold):
        held = fold == number
        near, _ = KDTree(points[held]).query(points)
        used = near > overlap_km / body.RADIUS_KM
        if np.count_nonzero(used) < 3:
            residuals[:, held] = displacements[held]
            continue
        rotation = rotation_of(points[used], displacements[used])
        rest = displacements - _rotated(rotation, points)
        normal, right = radial.normal_equations(kernels[:, used], np.ascontiguousarray(rest[used].T))
        for k, smoothing in enumerate(SMOOTHINGS):
            fitted = radial.combine(kernels[:, held], radial.solve(normal, right, roughness, smoothing))
            residuals[k, held] = rest[held] - tangent(fitted, points[held])
    misses = np.median(np.linalg.norm(residuals, axis=-1), axis=1)
    # Of nearly equal fits the smoothest one strays least beyond the tiles.
    best = int(np.flatnonzero(misses <= TOLERANCE * misses.min())[-1])
    return HeldOut(SMOOTHINGS[best], residuals[best])


def _block_deg(tiles: int, edge_km: float) -> float:
    """Height of the blocks: a tenth of what half-overlapping tiles cover, so that a small region is not left empty."""
    extent_km = math.sqrt(tiles) * 0.5 * edge_km
    return min(max(0.1 * extent_km, edge_km) / body.KM_PER_DEGREE, MAX_BLOCK_DEG)


def _folds(points: Vectors, block_deg: float) -> NDArray[np.int64]:
    """Number of the fold of each tile; neighbouring blocks lie in different folds."""
    lat, lon_e = lat_lon(points)
    row = ((lat + 90.0) // block_deg).astype(np.int64)
    col = ((lon_e + 180.0) // (1.5 * block_deg)).astype(np.int64)
    return (2 * row + col + row // 3) % FOLDS


def _rotated(rotation: Vectors, points: Vectors) -> Vectors:
    return np.cross(rotation, points)


def _sum(points: Vectors, coefficients: Vectors) -> Vectors:
    return radial.combine(radial.design(points, radial.knots()), coefficients)
