"""Sums of radial kernels on evenly spread knots of the sphere, and their penalised least-squares fit.

Compiled rather than handed to BLAS: its threads change the last bits with their number, and on a busy machine they cost
ten times the processor time of these small systems. Not for choosing what is fitted
(:mod:`iovolc.geometry.warpfield`).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel, kernel_with

Matrix = NDArray[np.float64]

KNOTS: Final = 200
"""About 720 km apart; with more knots, held-out tiles of the real maps are met no better."""

LENGTH: Final = 0.8
"""Reach of the kernel in units of the radius; between 0.6 and 1.2 it hardly matters on the real maps."""

_JITTER: Final = 1e-9


def knots() -> Matrix:
    """Unit vectors of a golden-angle spiral, evenly spread, shape (knot, 3)."""
    number = np.arange(KNOTS) + 0.5
    z = 1.0 - 2.0 * number / KNOTS
    angle = math.pi * (1.0 + math.sqrt(5.0)) * number
    flat = np.sqrt(1.0 - z * z)
    return np.stack((flat * np.cos(angle), flat * np.sin(angle), z), axis=-1)


@kernel
def design(points: Matrix, centres: Matrix) -> Matrix:
    """Matern kernel (3/2) of the chords between unit vectors and knots, shape (knot, point)."""
    out = np.empty((centres.shape[0], points.shape[0]))
    scale = math.sqrt(3.0) / LENGTH
    for i in range(centres.shape[0]):
        x, y, z = centres[i, 0], centres[i, 1], centres[i, 2]
        for j in range(points.shape[0]):
            dot = x * points[j, 0] + y * points[j, 1] + z * points[j, 2]
            scaled = scale * math.sqrt(max(2.0 - 2.0 * dot, 0.0))
            out[i, j] = (1.0 + scaled) * math.exp(-scaled)
    return out


@kernel
def combine(kernels: Matrix, coefficients: Matrix) -> Matrix:
    """Sum over the knots, shape (point, component), of kernels (knot, point) times coefficients (knot, component)."""
    out = np.zeros((kernels.shape[1], coefficients.shape[1]))
    for i in range(kernels.shape[0]):
        for j in range(kernels.shape[1]):
            for k in range(coefficients.shape[1]):
                out[j, k] += kernels[i, j] * coefficients[i, k]
    return out


@kernel_with(fastmath={"reassoc", "contract"})
def normal_equations(kernels: Matrix, values: Matrix) -> tuple[Matrix, Matrix]:
    """Matrix (knot, knot) and right side (knot, component) of the fit to ``values`` (component, point)."""
    count = kernels.shape[0]
    normal = np.empty((count, count))
    right = np.empty((count, values.shape[0]))
    for i in range(count):
        for j in range(i + 1):
            total = 0.0
            for k in range(kernels.shape[1]):
                total += kernels[i, k] * kernels[j, k]
            normal[i, j] = total
            normal[j, i] = total
        for c in range(values.shape[0]):
            total = 0.0
            for k in range(kernels.shape[1]):
                total += kernels[i, k] * values[c, k]
            right[i, c] = total
    return normal, right


@kernel_with(fastmath={"reassoc", "contract"}, error_model="python")  # a pivot of zero raises
def solve(normal: Matrix, right: Matrix, roughness: Matrix, smoothing: float) -> Matrix:
    """Coefficients (knot, component) of the fit with a penalty on roughness, by Cholesky's decomposition.

    Parameters
    ----------
    normal, right : ndarray
        Of :func:`normal_equations`.
    roughness : ndarray, shape (knot, knot)
        Kernel between the knots.
    smoothing : float
        Weight of the roughness; positive.
    """
    size = normal.shape[0]
    lower = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            total = normal[i, j] + smoothing * roughness[i, j]
            if i == j:
                total += smoothing * _JITTER
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = math.sqrt(total) if i == j else total / lower[j, j]
    found = right.copy()
    for c in range(right.shape[1]):
        for i in range(size):
            for k in range(i):
                found[i, c] -= lower[i, k] * found[k, c]
            found[i, c] /= lower[i, i]
        for i in range(size - 1, -1, -1):
            found[i, c] /= lower[i, i]
            for k in range(i):
                found[k, c] -= lower[i, k] * found[i, c]
    return found
