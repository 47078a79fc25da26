"""Square patches of the surface, cut in the tangent plane, spread evenly over the whole sphere.

Every patch has equal distances along both axes, so that the poles need no special treatment.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry import taps, views
from iovolc.geometry.compiled import kernel
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import tangent_basis, unit_vectors
from iovolc.model.observation import Placement

Vectors = NDArray[np.float64]
Patches = NDArray[np.float32]

MIN_WEIGHT: Final = 0.5
"""Least valid share of the interpolation weights of a pixel."""

_AXIS_STEP: Final = 0.02


@dataclass(frozen=True, slots=True)
class Frames:
    """Tangent planes: a point and two axes each.

    A patch's pixel at (x, y) kilometres right and up of its middle lies in the direction
    ``centre + x / R * right + y / R * up``.

    Parameters
    ----------
    centre : ndarray, shape (tile, 3)
        Unit vectors.
    right, up : ndarray, shape (tile, 3)
        Axes; perpendicular unit vectors for a plain patch, slightly deformed ones for a patch that follows a warp.
    """

    centre: Vectors
    right: Vectors
    up: Vectors

    def take(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> "Frames":
        """The frames selected by a mask or by numbers."""
        return Frames(self.centre[index], self.right[index], self.up[index])


def spread_frames(spacing_km: float) -> Frames:
    """Frames on rows of latitude, both poles included, about ``spacing_km`` apart; right is east and up is north."""
    spacing_deg = math.degrees(spacing_km / body.RADIUS_KM)
    lats = np.linspace(-90.0, 90.0, max(2, math.ceil(180.0 / spacing_deg)) + 1)
    rows = [
        (lat, np.arange(number) * 360.0 / number - 180.0)
        for lat in lats
        for number in [max(1, round(360.0 * math.cos(math.radians(lat)) / spacing_deg))]
    ]
    lat = np.concatenate([np.full(lons.size, row_lat) for row_lat, lons in rows])
    lon_e = np.concatenate([lons for _, lons in rows])
    return Frames(unit_vectors(lat, lon_e), *tangent_basis(lat, lon_e))


def follow(frames: Frames, displacement: Callable[[Vectors], Vectors]) -> Frames:
    """The frames as a displacement field moves and deforms them.

    Parameters
    ----------
    frames : Frames
        Plain frames.
    displacement : callable
        Displacement vectors, shape (tile, 3), in units of the radius, at unit vectors.
    """
    centre, length = _normalised(frames.centre + displacement(frames.centre))
    axes: list[Vectors] = []
    for axis in (frames.right, frames.up):
        ahead, _ = _normalised(frames.centre + _AXIS_STEP * axis)
        behind, _ = _normalised(frames.centre - _AXIS_STEP * axis)
        change = displacement(ahead) - displacement(behind)
        moved = (axis + change / (2.0 * _AXIS_STEP)) / length
        axes.append(moved - np.sum(moved * centre, axis=1, keepdims=True) * centre)
    return Frames(centre, axes[0], axes[1])


def _normalised(vectors: Vectors) -> tuple[Vectors, Vectors]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / length, length


def patch_directions(frames: Frames, size: int, pixel_km: float) -> Vectors:
    """Directions (not normalised) of all pixel centres, shape (tile, size, size, 3); the first row lies highest."""
    offsets = (np.arange(size) - (size - 1) / 2.0) * (pixel_km / body.RADIUS_KM)
    along = frames.centre[:, None, :] + offsets[None, :, None] * frames.right[:, None, :]
    down = -offsets[None, :, None] * frames.up[:, None, :]
    return down[:, :, None, :] + along[:, None, :, :]


def cut(pixels: NDArray[np.float32], placement: Placement, frames: Frames, size: int, pixel_km: float) -> Patches:
    """Patches of an image, bilinear between its valid pixels.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the image lies on Io.
    frames : Frames
        Middle and axes of each patch.
    size : int
        Rows and columns of a patch.
    pixel_km : float
        Distance of its pixels.

    Returns
    -------
    ndarray, shape (tile, size, size), float32
        The first row lies highest; NaN where less than half of the interpolation weights is valid.
    """
    image = np.ascontiguousarray(pixels, dtype=np.float32)
    origin = source(placement, image.shape)
    edges = (origin.period, origin.top_gap, origin.bottom_gap)
    found = np.empty((frames.centre.shape[0], size, size), np.float32)
    if origin.kind == views.MAPPED:
        for k in range(found.shape[0]):
            one = patch_directions(frames.take(np.array([k])), size, pixel_km).reshape(-1, 3)
            places = locate(origin, one)
            _read(image, edges, places.col, places.row, found[k].reshape(-1))
    else:
        _cut(image, origin.kind, origin.parameters, edges, _stacked(frames), pixel_km / body.RADIUS_KM, found)
    return found


def _stacked(frames: Frames) -> Vectors:
    return np.ascontiguousarray(np.stack((frames.centre, frames.right, frames.up), axis=1))


@kernel
def _read(
    image: NDArray[np.float32],
    edges: tuple[float, float, float],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    for i in range(col.size):
        total, weight = taps.bilinear(image, col[i], row[i], edges[0], edges[1], edges[2])
        out[i] = total / weight if weight >= MIN_WEIGHT else np.nan


@kernel
def _cut(
    image: NDArray[np.float32],
    kind: int,
    parameters: NDArray[np.float64],
    edges: tuple[float, float, float],
    frames: Vectors,
    step: float,
    out: Patches,
) -> None:
    size = out.shape[1]
    for k in range(out.shape[0]):
        centre, right, up = frames[k, 0], frames[k, 1], frames[k, 2]
        for i in range(size):
            v = ((size - 1) / 2.0 - i) * step
            for j in range(size):
                u = (j - (size - 1) / 2.0) * step
                col, row, _, _, _ = views.project(
                    kind,
                    parameters,
                    centre[0] + u * right[0] + v * up[0],
                    centre[1] + u * right[1] + v * up[1],
                    centre[2] + u * right[2] + v * up[2],
                )
                total, weight = taps.bilinear(image, col, row, edges[0], edges[1], edges[2])
                out[k, i, j] = total / weight if weight >= MIN_WEIGHT else np.nan
