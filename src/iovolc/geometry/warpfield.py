"""A smooth displacement field on the sphere, fitted to scattered tiles, and what it misses where tiles are held out.

The field is a rotation (the global shift) plus a sum of kernels on evenly spread knots, so that far from all tiles it
relaxes to the rotation. Not for measuring displacements (:mod:`iovolc.geometry.tiles`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.spatial import KDTree

from iovolc import body
from iovolc.geometry.sphere import lat_lon

Vectors = NDArray[np.float64]
Displacement = Callable[[Vectors], Vectors]
"""Tangent displacement vectors, in units of the radius, at unit vectors."""

KNOTS: Final = 320
"""About 640 km apart; with more knots, held-out tiles of the real maps are met no better."""

KERNEL_LENGTH: Final = 0.8
"""Reach of the kernel in units of the radius; between 0.6 and 1.2 it hardly matters on the real maps."""

SMOOTHINGS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS: Final = 6
BLOCK_DEG: Final = (20.0, 30.0)


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
            found = found + tangent(_kernel(points) @ self.coefficients, points)
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
    usable = strength > 0.1
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
    design = _kernel(points)
    return Field(rotation, _solve(design.T @ design, design.T @ rest, smoothing))


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a smooth field misses at tiles that took no part in its fit.

    Parameters
    ----------
    smoothing : float
        The best of :data:`SMOOTHINGS`.
    residuals : ndarray, shape (tile, 3)
        Measured less fitted, in units of the radius.
    """

    smoothing: float
    residuals: Vectors


def hold_out(points: Vectors, displacements: Vectors, overlap_km: float) -> HeldOut:
    """Choose the smoothing by leaving out blocks of 20 x 30 degrees, and keep the residuals.

    Parameters
    ----------
    points, displacements : ndarray, shape (tile, 3)
        As for :func:`fit`.
    overlap_km : float
        Tiles closer than this to a held-out one share pixels with it and take no part either.
    """
    fold = _folds(points)
    design = _kernel(points)
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
        normal, right = design[used].T @ design[used], design[used].T @ rest[used]
        for k, smoothing in enumerate(SMOOTHINGS):
            coefficients = _solve(normal, right, smoothing)
            residuals[k, held] = rest[held] - tangent(design[held] @ coefficients, points[held])
    best = int(np.argmin(np.median(np.linalg.norm(residuals, axis=-1), axis=1)))
    return HeldOut(SMOOTHINGS[best], residuals[best])


def _folds(points: Vectors) -> NDArray[np.int64]:
    """Number of the fold of each tile; neighbouring blocks lie in different folds."""
    lat, lon_e = lat_lon(points)
    row = np.minimum((lat + 90.0) // BLOCK_DEG[0], 180.0 // BLOCK_DEG[0] - 1).astype(np.int64)
    col = ((lon_e + 180.0) // BLOCK_DEG[1]).astype(np.int64)
    return (2 * row + col + row // 3) % FOLDS


def _rotated(rotation: Vectors, points: Vectors) -> Vectors:
    return np.cross(rotation, points)


def _knots() -> Vectors:
    """Points of a golden-angle spiral, evenly spread over the sphere."""
    number = np.arange(KNOTS) + 0.5
    z = 1.0 - 2.0 * number / KNOTS
    angle = math.pi * (1.0 + math.sqrt(5.0)) * number
    flat = np.sqrt(1.0 - z * z)
    return np.stack((flat * np.cos(angle), flat * np.sin(angle), z), axis=-1)


def _kernel(points: Vectors) -> Vectors:
    """Matern kernel (3/2) of the chords between points and knots, shape (point, knot)."""
    chord = np.sqrt(np.maximum(2.0 - 2.0 * points @ _knots().T, 0.0))
    scaled = (math.sqrt(3.0) / KERNEL_LENGTH) * chord
    return (1.0 + scaled) * np.exp(-scaled)


def _solve(normal: Vectors, right: Vectors, smoothing: float) -> Vectors:
    factor = scipy.linalg.cho_factor(normal + smoothing * (_kernel(_knots()) + 1e-9 * np.eye(KNOTS)))
    return scipy.linalg.cho_solve(factor, right)
