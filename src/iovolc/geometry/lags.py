"""The shifts at which an image of even contrast is most like the base map, or most unlike it.

Candidates only: whether one of them is believed is decided in :mod:`iovolc.geometry.variants`.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from iovolc.geometry.even import Plane, lattice

NEAR_DEG: Final = 8
"""Largest error of a latitude that is looked for."""
ELEMENT_PX: Final = 6.0
"""Neighbouring shifts resemble each other: so many count as one."""
MIN_OVERLAP: Final = 0.5

Lag = tuple[int, int]


def best_lags(image: Plane, turned: Plane, *, upside_down: bool) -> tuple[list[Lag], float]:
    """Rows and columns by which to look further down and right in a plane to find the image there.

    Parameters
    ----------
    image : ndarray, shape (180, 360)
        NaN without data.
    turned : ndarray, shape (180, 360)
        The base map in one orientation, closed in longitude.
    upside_down : bool
        Whether it is upside down; then a regional image may also have been turned about its own middle.

    Returns
    -------
    lags : list of (int, int)
        Of the largest and of the smallest correlation.
    trials : float
        Number of independent shifts that were looked at.

    Notes
    -----
    Masked normalised cross-correlation (Padfield 2012) of pictures of zero mean, cyclic in longitude.
    """
    rows = np.array(sorted(_allowed(image, upside_down=upside_down)))
    known = np.isfinite(image)
    weight = known * np.cos(np.radians(lattice()[0]))[:, None]
    values = np.where(known, image, 0.0)
    shape = (scipy.fft.next_fast_len(2 * image.shape[0], real=True), image.shape[1])
    looked, looked_square, mask = (
        scipy.fft.rfft2(plane, s=shape)
        for plane in (np.nan_to_num(turned), np.nan_to_num(turned) ** 2, np.isfinite(turned).astype(float))
    )

    def summed(plane: Plane, other: NDArray[np.complex128]) -> Plane:
        return scipy.fft.irfft2(np.conj(scipy.fft.rfft2(plane, s=shape)) * other, s=shape)[rows]

    overlap = summed(weight, mask)
    spread = summed(weight * values * values, mask) * summed(weight, looked_square)
    score = summed(weight * values, looked) / np.sqrt(np.maximum(spread, 1e-12))
    score = np.where(overlap >= MIN_OVERLAP * overlap.max(), score, 0.0)
    lags = [_lag(rows, score, int(index)) for index in (np.argmax(score), np.argmin(score))]
    return lags, score.size / ELEMENT_PX


def _lag(rows: NDArray[np.int64], score: Plane, index: int) -> Lag:
    row, col = divmod(index, score.shape[1])
    return int(rows[row]), (col + 180) % 360 - 180


def _allowed(image: Plane, *, upside_down: bool) -> set[int]:
    """Shifts in rows: small ones, and those about the middle of what an upside-down image shows."""
    middles = {0}
    if upside_down:
        shown = np.flatnonzero(np.isfinite(image).any(axis=1))
        # The mirror image of row i about the middle m is 2 m - i; in the turned plane row i lies at 179 - i.
        middles.add(image.shape[0] - 1 - int(shown[0] + shown[-1]))
    return {middle + step for middle in middles for step in range(-NEAR_DEG, NEAR_DEG + 1)}


def by_orientation(
    image: Plane, turned: Mapping[tuple[bool, bool], Plane]
) -> tuple[dict[tuple[bool, bool], list[Lag]], float]:
    """The lags of each orientation (mirrored, upside down), and the number of shifts looked at in all."""
    found = {key: best_lags(image, plane, upside_down=key[1]) for key, plane in turned.items()}
    return {key: lags for key, (lags, _) in found.items()}, 2.0 * sum(trials for _, trials in found.values())
