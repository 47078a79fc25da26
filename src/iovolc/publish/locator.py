"""A small globe that shows where on Io a view lies."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc.geometry.sphere import lat_lon, tangent_basis, unit_vectors
from iovolc.publish.drawing import grey_stretch
from iovolc.publish.run_output import Backdrop

_FINER: Final = 2
_PLAIN: Final = 0.6
_SUN: Final = (-0.35, 0.35, 0.87)


def globe(backdrop: Backdrop | None, lat: float, lon_e: float, size_px: int, sky: tuple[int, int, int]) -> Image.Image:
    """Io in orthographic projection about a place, shaded as a ball; north is up.

    Parameters
    ----------
    backdrop : Backdrop or None
        The map to wrap around it; plain without one.
    lat, lon_e : float
        The centre, degrees.
    size_px : int
        Edge of the square picture, which the globe fills.
    sky : tuple of int
        Colour around it.
    """
    edge = _FINER * size_px
    along = (np.arange(edge) + 0.5) / edge * 2.0 - 1.0
    x, y = along[None, :], -along[:, None]
    depth = np.sqrt(np.clip(1.0 - x**2 - y**2, 0.0, None))
    east, north = tangent_basis(lat, lon_e)
    facing = depth[..., None] * unit_vectors(lat, lon_e) + x[..., None] * east + y[..., None] * north
    level = np.full((edge, edge), _PLAIN) if backdrop is None else _sampled(backdrop.value, facing)
    lit = np.clip(_SUN[0] * x + _SUN[1] * y + _SUN[2] * depth, 0.0, 1.0)
    grey = 255.0 * level * (0.25 + 0.75 * lit)
    colours = np.where((x**2 + y**2 <= 1.0)[..., None], grey[..., None], np.array(sky, float))
    return Image.fromarray(np.rint(colours).astype(np.uint8)).reduce(_FINER)


def _sampled(values: NDArray[np.float32], facing: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = grey_stretch(values, values[:0])
    rows, cols = values.shape
    lat, lon_e = lat_lon(facing)
    row = np.clip((90.0 - lat) / 180.0 * rows, 0, rows - 1).astype(int)
    found = values[row, ((lon_e + 180.0) / 360.0 * cols).astype(int) % cols]
    level = np.clip((found - low) / (high - low), 0.0, 1.0)
    return np.where(np.isfinite(level), 0.15 + 0.85 * level, _PLAIN)
