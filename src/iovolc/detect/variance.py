"""The noise of a difference: how its pixels scatter about each place, little moved by real change.

Not for how the answers of filters scatter (:mod:`iovolc.detect.noise`).
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.broad import block_px, mean_about
from iovolc.detect.classes import PRIOR_KM2, Codes, class_ratios, number_of_codes, spread_of_classes
from iovolc.detect.middle import middle_size
from iovolc.detect.pyramid import reduce_sums
from iovolc.detect.residual import CLIP, CLIPPED_VARIANCE, Combined
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.hands import by_rows, in_rows
from iovolc.model.grid import Grid, Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Floats = NDArray[np.floating]
Code = NDArray[np.uint16]
LOCAL_FWHM_KM: Final = 600.0
LOCAL_SHARE: Final = 0.3
_LEAST_SIGMA: Final = 1e-12


def baseline_share(count: NDArray[np.uint8]) -> Plane:
    """Variance of the median of ``count`` epochs in units of one epoch's variance."""
    n = np.maximum(count, 1).astype(np.float32)
    return np.where(n <= 2, 1.0 / n, np.float32(math.pi / 2) / n).astype(np.float32)


def residual_variance(
    combined: Mapping[str, Combined],
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
    of_light: Codes | None = None,
    classes: Codes | None = None,
) -> dict[str, Plane]:
    """Variance of one epoch's residual around each place, little moved by real change.

    The clipped local variance counts for 0.3, the robust variance of the pixel's noise class for 0.7.

    Parameters
    ----------
    combined : mapping of str to Combined
        By sheet.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.
    of_light : mapping of str to ndarray, shape (row, col), uint16, or None
        A code for each pair of sources of light: a night side is far noisier than a day side, so that each counts as a
        map of its own. None where there is but one.
    classes : mapping of str to ndarray, shape (row, col), uint16, or None
        Noise classes (:func:`iovolc.detect.classes.noise_classes`): each is drawn to the variance of its light. None
        where there is but one.

    Returns
    -------
    dict of str to ndarray, shape (row, col), float32
        By sheet.
    """
    one_epoch = {name: by_rows(_of_one_epoch, part.median, part.count) for name, part in combined.items()}
    of_light = of_light or {name: np.zeros(plane.shape, np.uint16) for name, plane in one_epoch.items()}
    classes = classes or of_light
    light, _ = spread_of_classes(*_sizes(one_epoch, owned, of_light), number_of_codes(of_light))
    light = light.astype(np.float32)

    def in_units(plane: Plane, code: Code) -> Floats:
        return plane / np.maximum(light[code], np.float32(_LEAST_SIGMA))

    def stated(light_code: Code, code: Code) -> Floats:
        return np.square(light[light_code] * ratio[code])

    unit = {name: by_rows(in_units, plane, of_light[name]) for name, plane in one_epoch.items()}
    ratio = class_ratios(*_sizes(unit, owned, classes), number_of_codes(classes), PRIOR_KM2 / grid.pixel_km**2)
    return {
        name: _local(plane, by_rows(stated, of_light[name], classes[name]), grid.sheet(name))
        for name, plane in one_epoch.items()
    }


def _of_one_epoch(median: Plane, count: NDArray[np.uint8]) -> Floats:
    return median / np.sqrt(1.0 + baseline_share(count))


def _local(one_epoch: Plane, variance_of: Plane, sheet: Sheet) -> Plane:
    def square(apart: Plane, squares: Plane) -> Plane:
        ratio = apart * apart / np.maximum(squares, np.float32(1e-20))
        return np.minimum(np.where(np.isfinite(apart), ratio, np.float32(0.0)), np.float32(CLIP**2))

    known, clipped = by_rows(np.isfinite, one_epoch), by_rows(square, one_epoch, variance_of)
    sigma_km = LOCAL_FWHM_KM / FWHM_PER_SIGMA
    edge = block_px(sheet, one_epoch.shape, sigma_km)
    sums, counts = (reduce_sums(plane, edge) for plane in (clipped, known))
    local = mean_about(sums, counts, one_epoch.shape, sheet, sigma_km)

    def drawn(variance: Plane, mean: Plane) -> Floats:
        return variance * (LOCAL_SHARE * (mean / np.float32(CLIPPED_VARIANCE)) + np.float32(1.0 - LOCAL_SHARE))

    return by_rows(drawn, variance_of, local)


def spread(planes: Mapping[str, Plane], owned: Mapping[str, NDArray[np.bool_]]) -> float:
    """Robust standard deviation of all pixels; 0 of none.

    Parameters
    ----------
    planes : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where there is no data.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    """
    sizes, _ = _sizes(planes, owned, {})
    typical = middle_size(sizes)
    return MAD_TO_SIGMA * typical if typical > 0.0 else 0.0


def _sizes(
    planes: Mapping[str, Plane], owned: Mapping[str, NDArray[np.bool_]], codes: Codes
) -> tuple[list[Plane], list[NDArray[np.uint16]]]:
    """Sizes of all values that sheets own, NaN elsewhere, and their codes."""
    sizes: list[Plane] = []
    for name, plane in planes.items():
        sizes.append(np.empty_like(plane))
        in_rows(_size, plane, owned[name], sizes[-1])
    return sizes, [codes[name] for name in planes if name in codes]


@kernel
def _size(values: Plane, owned: NDArray[np.bool_], out: Plane) -> None:
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            out[row, col] = abs(values[row, col]) if owned[row, col] else np.nan


def variance(part: Combined, noise: Plane, shrinkage: float) -> Plane:
    """Variance of the median difference of maps in place.

    Parameters
    ----------
    part : Combined
        The median difference.
    noise : ndarray, shape (row, col), float32
        Variance of one epoch's residual (:func:`residual_variance`).
    shrinkage : float
        Weight of ``noise``, in epochs, against the history's own spread.
    """

    def of_rows(count: NDArray[np.uint8], spread: Plane, noise: Plane) -> Floats:
        own = np.maximum(count.astype(np.float32) - 1.0, 0.0)
        spread2 = np.where(np.isfinite(spread), spread, np.float32(0.0)) ** 2
        one = (shrinkage * noise + own * spread2) / (shrinkage + own)
        return one * (1.0 + baseline_share(count))

    return by_rows(of_rows, part.count, part.spread, noise)
