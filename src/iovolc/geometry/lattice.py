"""Reading a lattice: a smooth quantity on sparse nodes over the whole sphere.

Not for fitting one (registration).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc.geometry.compiled import inlined, kernel
from iovolc.model.epoch import Lattice


def nodes(step_deg: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and east longitudes of a lattice's nodes.

    Parameters
    ----------
    step_deg : float
        Distance of the nodes in degrees; divides 180.

    Returns
    -------
    lat : ndarray, shape (180 / step_deg + 1,)
        From -90 to 90.
    lon_e : ndarray, shape (360 / step_deg,)
        From -180 to 180 - step_deg.

    Raises
    ------
    ValueError
        If the step does not divide 180 degrees.
    """
    half = round(180.0 / step_deg) if step_deg > 0.0 else 0
    if half < 1 or abs(half * step_deg - 180.0) > 1e-9:
        raise ValueError(f"the step of a lattice must divide 180 degrees, {step_deg} does not")
    lat = -90.0 + step_deg * np.arange(half + 1, dtype=np.float64)
    return lat, -180.0 + step_deg * np.arange(2 * half, dtype=np.float64)


def sample(lattice: Lattice, lat: ArrayLike, lon_e: ArrayLike) -> NDArray[np.float64]:
    """The lattice between its nodes: bilinear in latitude and longitude, closed at the seam.

    Parameters
    ----------
    lattice : Lattice
        Of any number of components.
    lat, lon_e : float or ndarray
        Degrees, longitudes of any turn; broadcast against each other.

    Returns
    -------
    ndarray, shape (..., component), float64
    """
    phi, lam = np.broadcast_arrays(np.asarray(lat, np.float64), np.asarray(lon_e, np.float64))
    found = _sample(lattice.values, lattice.step_deg, phi.ravel(), lam.ravel())
    return found.reshape(*phi.shape, lattice.values.shape[2])


@inlined
def cell(rows: int, cols: int, step_deg: float, lat: float, lon_e: float) -> tuple[int, int, int, float, float]:
    """Lower row, left and right column of the nodes around a place, and its fractions up and to the right."""
    y = min(max((lat + 90.0) / step_deg, 0.0), rows - 1.0)
    x = (lon_e + 180.0) / step_deg
    x -= cols * math.floor(x / cols)
    row = min(int(y), rows - 2)
    col = min(int(x), cols - 1)
    return row, col, (col + 1) % cols, y - row, x - col


@inlined
def vector(values: NDArray[np.float32], step_deg: float, lat: float, lon_e: float) -> tuple[float, float, float]:
    """The first three components at a place in degrees."""
    row, left, right, up, across = cell(values.shape[0], values.shape[1], step_deg, lat, lon_e)
    return (
        _between(values, row, left, right, up, across, 0),
        _between(values, row, left, right, up, across, 1),
        _between(values, row, left, right, up, across, 2),
    )


@inlined
def _between(values: NDArray[np.float32], row: int, left: int, right: int, up: float, across: float, k: int) -> float:
    low = (1.0 - across) * values[row, left, k] + across * values[row, right, k]
    high = (1.0 - across) * values[row + 1, left, k] + across * values[row + 1, right, k]
    return (1.0 - up) * low + up * high


@kernel
def _sample(
    values: NDArray[np.float32], step_deg: float, lat: NDArray[np.float64], lon_e: NDArray[np.float64]
) -> NDArray[np.float64]:
    found = np.empty((lat.size, values.shape[2]))
    for i in range(lat.size):
        row, left, right, up, across = cell(values.shape[0], values.shape[1], step_deg, lat[i], lon_e[i])
        for k in range(values.shape[2]):
            found[i, k] = _between(values, row, left, right, up, across, k)
    return found
