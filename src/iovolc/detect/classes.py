"""Noise classes: what is compared with the same looks in the same light has noise of one kind.

Where another look comes in, the noise of a difference changes at once, at all sizes. Not for how the noise varies
within a class (:mod:`iovolc.detect.variance`, :mod:`iovolc.detect.noise`).
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.middle import grouped, middle_size
from iovolc.detect.residual import Combined
from iovolc.robust import MAD_TO_SIGMA

Codes = Mapping[str, NDArray[np.uint16]]

PRIOR_KM2: Final = 300_000.0
"""A class of this area tells its noise by half, the whole map the other half: wider than what changes."""


def noise_classes(combined: Mapping[str, Combined], of_light: Codes) -> dict[str, NDArray[np.uint16]]:
    """A code for each light, best look and number of looks.

    Parameters
    ----------
    combined : mapping of str to Combined
        By sheet.
    of_light : mapping of str to ndarray, shape (row, col), uint16
        A code for each pair of sources of light.
    """
    looks = 1 + max((int(np.max(part.first)) for part in combined.values()), default=0)
    counts = 1 + max((int(part.count.max()) for part in combined.values()), default=0)
    return {
        name: ((of_light[name] * looks + part.first) * counts + part.count).astype(np.uint16)
        for name, part in combined.items()
    }


def spread_of_classes(
    sizes: Sequence[NDArray[np.float32]], codes: Sequence[NDArray[np.uint16]], count: int, unit: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Robust standard deviation about zero of the values of each code, 0 of none; and how many they are.

    Parameters
    ----------
    sizes : sequence of ndarray of float32
        The values without their signs; what is not finite is left out.
    codes : sequence of ndarray of uint16
        Their codes, of the same shapes.
    count : int
        Number of codes.
    unit : float
        By which values are divided.
    """
    parts, pixels = grouped(sizes, codes, count)
    return MAD_TO_SIGMA * np.array([middle_size([part], unit) if part.size else 0.0 for part in parts]), pixels


def class_ratios(
    sizes: Sequence[NDArray[np.float32]],
    codes: Sequence[NDArray[np.uint16]],
    count: int,
    prior: float,
    unit: float = 1.0,
) -> NDArray[np.float32]:
    """Standard deviation of each class in units of what is stated, drawn towards 1.

    Parameters
    ----------
    sizes, codes, count, unit : sequence of ndarray, sequence of ndarray, int, float
        As for :func:`spread_of_classes`; the unit is what is stated.
    prior : float
        As many values of a class count for half.
    """
    own, pixels = spread_of_classes(sizes, codes, count, unit)
    return np.sqrt((pixels * own**2 + prior) / (pixels + prior)).astype(np.float32)


def number_of_codes(codes: Codes) -> int:
    """One more than the largest code of all sheets."""
    return 1 + max((int(plane.max()) for plane in codes.values()), default=0)
