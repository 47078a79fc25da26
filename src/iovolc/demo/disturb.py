"""What comes between the surface and the map: misregistration, uneven light, lost strips. Smooth random fields.

Every function takes its own generator, so the same seed gives the same field at any set of places.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.demo.view import Vectors

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
    rotation = (axis / np.linalg.norm(axis) * shift_km / body.RADIUS_KM).astype(np.float32)
    moved = np.cross(rotation, vectors, axisb=0, axisc=0) if shift_km else np.zeros_like(vectors)
    amplitude = np.float32(warp_km / body.RADIUS_KM / np.sqrt(WAVES))
    for _ in range(WAVES):
        direction = rng.standard_normal(3)
        direction /= np.linalg.norm(direction)
        number = 2.0 * np.pi * body.RADIUS_KM / rng.uniform(*WAVELENGTHS_KM)
        phase = rng.uniform(0.0, 2.0 * np.pi)
        push = rng.standard_normal(3)
        wave = np.cos(np.tensordot((number * direction).astype(np.float32), vectors, axes=1) + np.float32(phase))
        moved = moved + (amplitude * push).astype(np.float32)[:, None] * wave
    return np.asarray(vectors + moved, dtype=np.float32)


def light_residual(
    mu0: NDArray[np.float32], mu: NDArray[np.float32], vectors: Vectors, rms: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """What an imperfect photometric correction leaves, in ln albedo, shape (n,).

    Half of it follows the angles of light and view, half is a low-order pattern over the surface; the sum has the
    root mean square ``rms`` over the pixels given.
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
        pole = (pole / np.linalg.norm(pole)).astype(np.float32)
        height = np.float32(rng.uniform(-0.8, 0.8))
        half_width = np.float32(rng.uniform(*STRIP_HALF_WIDTHS_KM) / body.RADIUS_KM)
        gone |= np.abs(np.tensordot(pole, vectors, axes=1) - height) < half_width
    return gone
