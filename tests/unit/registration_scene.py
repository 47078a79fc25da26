"""A made-up rough surface, and views of it that are displaced by a known field."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from iovolc.geometry.sphere import lat_lon, unit_vectors
from iovolc.geometry.warp import sample
from iovolc.model.observation import Bounds

WHOLE = Bounds(-180.0, 180.0, 90.0, -90.0)
Vectors = NDArray[np.float64]


def surface(pixels_per_degree: int = 2, seed: int = 5) -> NDArray[np.float32]:
    """Noise with structure of about three pixels, closed at the seam."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(180 * pixels_per_degree, 360 * pixels_per_degree))
    return (100.0 + 60.0 * gaussian_filter(noise, 1.4, mode=("nearest", "wrap"))).astype(np.float32)


def turned(east_deg: float) -> Callable[[Vectors], Vectors]:
    """Displacement field of a turn about the pole."""
    angle = np.radians(east_deg)
    matrix = np.array([[np.cos(angle), np.sin(angle), 0.0], [-np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    return lambda points: points @ matrix - points


def displaced(
    pixels: NDArray[np.float32], displacement: Callable[[Vectors], Vectors], bounds: Bounds, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """What a view within ``bounds`` shows if the surface appears at ``n + displacement(n)``."""
    lat = bounds.top_lat + (np.arange(shape[0]) + 0.5) / shape[0] * (bounds.bottom_lat - bounds.top_lat)
    lon_e = bounds.left_lon_e + (np.arange(shape[1]) + 0.5) / shape[1] * (bounds.right_lon_e - bounds.left_lon_e)
    arrival = unit_vectors(lat[:, None], lon_e[None, :]).reshape(-1, 3)
    origin = arrival
    for _ in range(5):
        origin = arrival - displacement(origin / np.linalg.norm(origin, axis=1, keepdims=True))
    return sample(pixels, WHOLE, *lat_lon(origin)).reshape(shape)
