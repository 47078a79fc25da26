"""The noise of a picture, told from the picture itself, for readers that know none.

Not for the noise of a difference of two epochs, which detection measures (:mod:`iovolc.detect.residual`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]

WINDOW_PX: Final = 32
"""Edge of the windows in which noise is taken as even."""
LEAST_SHARE: Final = 0.25
"""Windows of which less is seen tell nothing."""


def pixel_noise(value: Plane) -> Plane:
    """Standard deviation of the noise of single pixels, window by window.

    The mixed second difference of four neighbours leaves out slopes and straight edges and doubles white noise; its
    median size in a window is robust against paterae. What terrain adds is 1 to 3 % of the signal, and 6 % at most, in
    public maps of Io at 2 to 15 km per pixel. Noise that resampling has smoothed is underestimated.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        NaN where there is no data.

    Returns
    -------
    ndarray, shape (row, col), float32
        In the value's unit; NaN in windows of which too little is seen.
    """
    rows, cols = (-(-size // WINDOW_PX) for size in value.shape)
    padded = np.full((rows * WINDOW_PX, cols * WINDOW_PX), np.nan, np.float32)
    mixed = value[:-1, :-1] - value[:-1, 1:] - value[1:, :-1] + value[1:, 1:]
    padded[: mixed.shape[0], : mixed.shape[1]] = np.abs(mixed)
    windows = padded.reshape(rows, WINDOW_PX, cols, WINDOW_PX).swapaxes(1, 2).reshape(rows, cols, -1)
    enough = np.isfinite(windows).mean(axis=-1) >= LEAST_SHARE
    sigma = np.full(enough.shape, np.nan, np.float32)
    sigma[enough] = MAD_TO_SIGMA / 2.0 * np.nanmedian(windows[enough], axis=-1)
    return np.repeat(np.repeat(sigma, WINDOW_PX, axis=0), WINDOW_PX, axis=1)[: value.shape[0], : value.shape[1]]
