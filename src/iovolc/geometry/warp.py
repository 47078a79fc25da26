"""From the pixels of any view of Io to values at chosen places.

Not for projections (:mod:`iovolc.geometry.projections`) nor for estimating a displacement (registration).
"""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from iovolc.geometry import taps, views
from iovolc.geometry.locate import Source, locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Placement


def sample(
    pixels: NDArray[np.float32], placement: Placement, lat: ArrayLike, lon_e: ArrayLike, *, min_weight: float = 0.5
) -> NDArray[np.float32]:
    """Values of an image at places, bilinear between its valid pixels.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    placement : Projected, Bounds or Disc
        Where the image lies on Io. An image that spans 360 degrees closes at its seam and across the poles it reaches.
    lat, lon_e : float or ndarray
        Planetocentric degrees, any turn; broadcast against each other.
    min_weight : float
        Least valid share of the interpolation weights; below it the value is NaN.

    Returns
    -------
    ndarray, float32
        Of the broadcast shape.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    vectors = unit_vectors(lat, lon_e)
    found = _sample(
        np.ascontiguousarray(pixels, np.float32), source(placement, pixels.shape), vectors.reshape(-1, 3), min_weight
    )
    return found.reshape(vectors.shape[:-1])


def _sample(
    pixels: NDArray[np.float32], origin: Source, vectors: NDArray[np.float64], min_weight: float
) -> NDArray[np.float32]:
    edges = (origin.period, origin.top_gap, origin.bottom_gap)
    if origin.kind == views.MAPPED:
        places = locate(origin, vectors)
        return _at_positions(pixels, edges, places.col, places.row, min_weight)
    return _at_vectors(pixels, origin.kind, origin.parameters, edges, vectors, min_weight)


@njit(cache=True, nogil=True)
def _at_positions(
    pixels: NDArray[np.float32],
    edges: tuple[float, float, float],
    col: NDArray[np.float64],
    row: NDArray[np.float64],
    min_weight: float,
) -> NDArray[np.float32]:
    found = np.full(col.size, np.nan, np.float32)
    for i in range(col.size):
        total, weight = taps.bilinear(pixels, col[i], row[i], edges[0], edges[1], edges[2])
        if weight > 0.0 and weight >= min_weight:
            found[i] = total / weight
    return found


@njit(cache=True, nogil=True)
def _at_vectors(
    pixels: NDArray[np.float32],
    kind: int,
    parameters: NDArray[np.float64],
    edges: tuple[float, float, float],
    vectors: NDArray[np.float64],
    min_weight: float,
) -> NDArray[np.float32]:
    found = np.full(vectors.shape[0], np.nan, np.float32)
    for i in range(vectors.shape[0]):
        col, row, _, _, _ = views.project(kind, parameters, vectors[i, 0], vectors[i, 1], vectors[i, 2])
        total, weight = taps.bilinear(pixels, col, row, edges[0], edges[1], edges[2])
        if weight > 0.0 and weight >= min_weight:
            found[i] = total / weight
    return found
