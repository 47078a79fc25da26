"""How widely the filter's answers scatter, and how significant they are.

Not for the surrogate fields that have this noise (:mod:`iovolc.detect.null`).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc.detect.matched import Response
from iovolc.geometry.compiled import KERNEL
from iovolc.model.grid import Grid

Plane = NDArray[np.float32]

Floors = tuple[Plane | float, Plane | float]
"""Local systematic errors of an amplitude by itself and against its surroundings."""

LOCAL_SHARE = 0.25
"""Light errs smoothly: an amplitude against its surroundings keeps about this share of the systematic error."""
_MAD_TO_SIGMA = 1.4826


class Noise(NamedTuple):
    """By how much wider the filter's answers scatter at one scale than for white noise; nan where unknown.

    Parameters
    ----------
    alone, against : float
        Of amplitudes by themselves, and against their surroundings.
    """

    alone: float
    against: float


class Systematic(Protocol):
    """Systematic errors of amplitudes of any size."""

    @property
    def sigma_floor(self) -> float:
        """By themselves."""
        ...

    @property
    def sigma_local(self) -> float:
        """Against their surroundings."""
        ...


def total_errors(answer: Response, noise: Noise, systematic: Systematic, floors: Floors) -> tuple[Plane, Plane]:
    """Standard deviation of the amplitude by itself and against its surroundings, at the reduced pixels."""
    alone = np.sqrt((noise.alone * answer.sigma) ** 2 + np.float32(systematic.sigma_floor**2) + floors[0] ** 2)
    against = np.sqrt(
        (noise.against * answer.against_sigma) ** 2 + np.float32(systematic.sigma_local**2) + floors[1] ** 2
    )
    return alone, against


def noise_factor(
    responses: Mapping[str, Response], owned: Mapping[str, NDArray[np.bool_]], grid: Grid, *, against: bool = False
) -> float:
    """How much wider the filter's answers scatter than for white noise: 1.4826 MAD about zero, over all sheets.

    Parameters
    ----------
    responses : mapping of str to Response
        By sheet.
    owned : mapping of str to ndarray of bool
        Pixels that belong to the sheet, full size.
    grid : Grid
        The grid.
    against : bool
        Whether of the amplitudes against the surroundings.

    Returns
    -------
    float
        1 for white noise of the stated variance; nan where nothing is covered.
    """
    parts: list[NDArray[np.float32]] = []
    for sheet in grid.sheets:
        if sheet.name not in responses:
            continue
        answer = responses[sheet.name]
        amplitude, sigma = (answer.against, answer.against_sigma) if against else (answer.amplitude, answer.sigma)
        parts.append(_scatter(amplitude, sigma, owned[sheet.name], answer.factor))
    values = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return _MAD_TO_SIGMA * float(np.median(values)) if values.size else math.nan


@njit(**KERNEL)
def _scatter(amplitude: Plane, sigma: Plane, owned: NDArray[np.bool_], step: int) -> Plane:
    """Sizes of a sheet's own amplitudes in units of sigma."""
    below, above = step // 2, (step - 1) // 2  # the two middle rows, so that north and south are equals
    found, count = np.empty(amplitude.size, np.float32), 0
    for row in range(amplitude.shape[0]):
        lower, upper = owned[row * step + below], owned[row * step + above]
        for col in range(amplitude.shape[1]):
            if sigma[row, col] < np.inf and lower[col * step + below] and upper[col * step + below]:
                found[count] = abs(amplitude[row, col] / sigma[row, col])
                count += 1
    return found[:count]


def significance(answer: Response, noise: Noise, systematic: Systematic, floors: Floors) -> tuple[Plane, Plane]:
    """Total sigma and significance of the clearer of two: by itself, and against the surroundings."""
    alone, local = total_errors(answer, noise, systematic, floors)
    return _clearer(answer.amplitude, answer.told(), np.isfinite(answer.sigma), alone, local)


@njit(**KERNEL)
def _clearer(
    amplitude: Plane, told: Plane, covered: NDArray[np.bool_], alone: Plane, local: Plane
) -> tuple[Plane, Plane]:
    """The error of the clearer one at each pixel, and its significance; 0 where not covered."""
    sigma, z = alone.copy(), np.zeros_like(amplitude)
    for row in range(z.shape[0]):
        for col in range(z.shape[1]):
            if covered[row, col]:
                z[row, col] = amplitude[row, col] / alone[row, col]
                against = np.float32(told[row, col] / local[row, col])
                if abs(against) > abs(z[row, col]):
                    sigma[row, col], z[row, col] = local[row, col], against
    return sigma, z
