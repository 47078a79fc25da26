"""What comes between the surface and the map: misregistration, uneven light, lost strips. Smooth random fields.

Every function takes its own generator. Warps and strips are the same at any set of places; the light residual is scaled
to the pixels given.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.demo.view import Vectors, dot

WAVES: Final = 8
WAVELENGTHS_KM: Final = (900.0, 3000.0)
STRIP_HALF_WIDTHS_KM: Final = (8.0, 30.0)


def displaced(vectors: Vectors, shift_km: float, warp_km: float, rng: np.random.Generator) -> Vectors:
    """Where on Io the pixels really look: a global shift plus a smooth warp.

    Parameters
    ----------
    vectors : ndarray, shape (3, n)
        Unit vectors where the map says they look.
    shift_km : float
        Length of a rigid rotation's largest displacement.
    warp_km : float
        Root mean square length of the local warp.
    rng : Generator
        Consumed.

    Returns
    -------
    ndarray, shape (3, n), float32
        Not normalised: directions only.
    """
    axis = rng.standard_normal(3)
    turn = axis / np.linalg.norm(axis) * shift_km / body.RADIUS_KM
    rotation = np.array([[1.0, -turn[2], turn[1]], [turn[2], 1.0, -turn[0]], [-turn[1], turn[0], 1.0]])
    moved = np.stack([dot(row, vectors) for row in rotation])
    amplitude = warp_km / body.RADIUS_KM / np.sqrt(WAVES)
    for _ in range(WAVES):
        direction = rng.standard_normal(3)
        direction /= np.linalg.norm(direction)
        number = 2.0 * np.pi * body.RADIUS_KM / rng.uniform(*WAVELENGTHS_KM)
        phase = rng.uniform(0.0, 2.0 * np.pi)
        push = (amplitude * rng.standard_normal(3)).astype(np.float32)
        wave = np.cos(dot(number * direction, vectors) + np.float32(phase))
        moved += push[:, None] * wave
    return moved


def light_residual(
    mu0: NDArray[np.float32], mu: NDArray[np.float32], vectors: Vectors, rms: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """What an imperfect photometric correction leaves, in ln albedo, shape (n,).

    A random mixture of terms in the angles of light and view and of low-order patterns over the surface, with the root
    mean square ``rms`` over the pixels given.
    """
    terms = [1.0 - mu0, 1.0 - mu, (1.0 - mu0) * (1.0 - mu), *vectors, vectors[0] * vectors[1], vectors[1] * vectors[2]]
    total = np.zeros_like(mu)
    for term in terms:
        total += np.float32(rng.standard_normal()) * (term - term.mean())
    spread = float(np.sqrt(np.mean(total**2)))
    return (total * np.float32(rms / spread)).astype(np.float32) if spread else total


def lost(vectors: Vectors, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Pixels lost in strips along ``count`` random small circles, shape (n,)."""
    gone = np.zeros(vectors.shape[1], dtype=bool)
    for _ in range(count):
        pole = rng.standard_normal(3)
        pole /= np.linalg.norm(pole)
        height = np.float32(rng.uniform(-0.8, 0.8))
        half_width = np.float32(rng.uniform(*STRIP_HALF_WIDTHS_KM) / body.RADIUS_KM)
        gone |= np.abs(dot(pole, vectors) - height) < half_width
    return gone
