"""How widely the filter's answers scatter, and how significant they are.

Not for the surrogate fields that have this noise (:mod:`iovolc.detect.null`).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.matched import Response
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
        response = responses[sheet.name]
        step, own = response.factor, owned[sheet.name]
        below, above = step // 2, (step - 1) // 2  # the two middle rows, so that north and south are equals
        mine = own[below::step, below::step] & own[above::step, below::step]
        good = np.isfinite(response.sigma) & mine
        amplitude, sigma = (
            (response.against, response.against_sigma) if against else (response.amplitude, response.sigma)
        )
        parts.append(np.abs(amplitude[good] / sigma[good]))
    values = np.concatenate(parts) if parts else np.empty(0, np.float32)
    return _MAD_TO_SIGMA * float(np.median(values)) if values.size else math.nan


def significance(answer: Response, noise: Noise, systematic: Systematic, floors: Floors) -> tuple[Plane, Plane]:
    """Total sigma and significance of the clearer of two: by itself, and against the surroundings."""
    alone, local = total_errors(answer, noise, systematic, floors)
    covered = np.isfinite(answer.sigma)
    z_alone = np.where(covered, answer.amplitude / alone, 0.0).astype(np.float32)
    z_local = np.where(covered, answer.told() / local, 0.0).astype(np.float32)
    clearer = np.abs(z_local) > np.abs(z_alone)
    return np.where(clearer, local, alone), np.where(clearer, z_local, z_alone)
