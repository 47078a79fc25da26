"""The largest value about each pixel, round the sheet where it closes."""

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.hands import in_parts

Plane = NDArray[np.float32]


def largest_about(values: Plane, reach: int, *, wraps: bool) -> Plane:
    """Largest value in the square about each pixel.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        Without NaN.
    reach : int
        From the middle of the square to its edge, in pixels.
    wraps : bool
        Whether the last column lies beside the first. Beyond other edges there is nothing.

    Returns
    -------
    ndarray, shape (row, col), float32
        As :func:`scipy.ndimage.maximum_filter` of ``2 * reach + 1`` pixels gives it, to the bit.
    """
    out = np.empty_like(values)
    in_parts(lambda first, end: _largest_about(values, reach, wraps, first, end, out), values.shape[0], values.size)
    return out


@kernel
def _largest_about(values: Plane, reach: int, wraps: bool, begin: int, end: int, out: Plane) -> None:
    rows, cols = values.shape
    line = np.empty(cols + 2 * reach, np.float32)
    middle = line[reach : reach + cols]
    for row in range(begin, end):
        middle[:] = values[row]
        for other in range(max(row - reach, 0), min(row + reach + 1, rows)):
            _raise_to(middle, values[other])
        for step in range(reach):
            line[step] = middle[(step - reach) % cols] if wraps else middle[0]
            line[reach + cols + step] = middle[step % cols] if wraps else middle[cols - 1]
        out[row] = line[:cols]
        for step in range(1, 2 * reach + 1):
            _raise_to(out[row], line[step : step + cols])


@kernel
def _raise_to(most: Plane, values: Plane) -> None:
    for i in range(most.size):
        most[i] = max(most[i], values[i])
