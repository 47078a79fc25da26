"""Matching of resolution: how much blurrier one map is than another, place by place, and blurring to match.

For relative maps nobody states a resolution, and it differs from mosaic frame to frame. The ratio of the energies in
a fine and a coarse band tells the relative blur; for terrain with an amplitude spectrum f^-1.25 (measured on Io's
maps) the ratio follows from the spectrum alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]

FINE_PX = 1.6
COARSE_PX = 4.5
WINDOW_KM = 125.0
_BLURS_PX = np.linspace(0.0, 4.0, 41)
_STEPS_PX = (0.0, 0.6, 1.0, 1.6, 2.4, 3.4)


@dataclass(frozen=True, slots=True)
class RelativeBlur:
    """Gaussian sigma, in pixels, by which each map must be blurred to meet the other; at most one is above 0.

    Parameters
    ----------
    first, second : ndarray, shape (row, col), float32
        Zero where that map is the blurrier one or where nothing is known.
    sharpness : tuple of ndarray, shape (row, col), float32
        Band ratio of both maps over that of sharp terrain: less where blurred, more where noisy.
    """

    first: Plane
    second: Plane
    sharpness: tuple[Plane, Plane]


def band_ratio(values: Plane, sheet: Sheet) -> Plane:
    """Local ratio of the energies in the fine and the coarse band.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        Its sheet.
    """
    known = np.isfinite(values)
    weight = known.astype(np.float32)
    filled = np.where(known, values, np.float32(0.0))
    pixel = sheet.pixel_km
    levels = [_mean(filled, weight, sheet, sigma * pixel) for sigma in (0.5 * FINE_PX, FINE_PX, COARSE_PX)]
    fine = np.where(known, levels[0] - levels[1], 0.0).astype(np.float32)
    coarse = np.where(known, levels[1] - levels[2], 0.0).astype(np.float32)
    energy_fine = smooth(fine * fine, sheet, WINDOW_KM)
    energy_coarse = smooth(coarse * coarse, sheet, WINDOW_KM)
    return (energy_fine / np.maximum(energy_coarse, np.float32(1e-12))).astype(np.float32)


def relative_blur(first: Plane, second: Plane, sheet: Sheet) -> RelativeBlur:
    """Blur that brings two maps of the same terrain to one resolution, from their band ratios.

    Parameters
    ----------
    first, second : ndarray, shape (row, col), float32
        NaN where there is no data.
    sheet : Sheet
        Their sheet.
    """
    both = np.isfinite(first) & np.isfinite(second)
    ratios = [
        band_ratio(np.where(both, plane, np.float32(np.nan)).astype(np.float32), sheet) for plane in (first, second)
    ]
    table = _ratio_of_blur()
    blurs = [np.interp(-ratio, -table, _BLURS_PX) for ratio in ratios]
    excess = blurs[1] ** 2 - blurs[0] ** 2
    excess = np.where(both, excess, 0.0)
    first_sharp, second_sharp = ((ratio / table[0]).astype(np.float32) for ratio in ratios)
    return RelativeBlur(
        np.sqrt(np.maximum(excess, 0.0)).astype(np.float32),
        np.sqrt(np.maximum(-excess, 0.0)).astype(np.float32),
        (first_sharp, second_sharp),
    )


def relative_blur_px(first: float, second: float) -> float:
    """Gaussian sigma, in pixels, by which one map of this sharpness is blurrier than the other."""
    return math.sqrt(abs(blur_px(first) ** 2 - blur_px(second) ** 2))


def blur_px(sharpness: float) -> float:
    """Gaussian sigma, in pixels, that turns sharp terrain into one of this sharpness; 0 where it is unknown."""
    if math.isnan(sharpness):
        return 0.0
    table = _ratio_of_blur()
    ratio: float = sharpness * table[0]
    return float(np.interp(-ratio, -table, _BLURS_PX))


@cache
def _ratio_of_blur() -> NDArray[np.float64]:
    """Band ratio of terrain with power f^-2.5 after each blur of ``_BLURS_PX``."""
    f = np.linspace(0.002, 0.5, 2000)
    power = f**-2.5 * f

    def gauss(sigma: float) -> NDArray[np.float64]:
        return np.exp(-2.0 * (math.pi * sigma * f) ** 2)

    fine = (gauss(0.5 * FINE_PX) - gauss(FINE_PX)) ** 2
    coarse = (gauss(FINE_PX) - gauss(COARSE_PX)) ** 2
    return np.array([(power * fine * gauss(s) ** 2).sum() / (power * coarse * gauss(s) ** 2).sum() for s in _BLURS_PX])


def blur(values: Plane, sheet: Sheet, sigma_px: Plane | float, *, least_seen: float = 0.0) -> Plane:
    """Blur a plane by a Gaussian whose width may vary from place to place.

    Parameters
    ----------
    values : ndarray, shape (row, col), float32
        NaN where there is no data; stays so.
    sheet : Sheet
        Its sheet.
    sigma_px : ndarray, shape (row, col), or float
        Width in pixels; between computed widths the results are blended.
    least_seen : float
        Where less than this share of the Gaussian has data, there is none in the result; of one width only.
    """
    widest = float(np.max(sigma_px))
    if widest <= 0.05:
        return values
    known = np.isfinite(values)
    filled, weight = np.where(known, values, np.float32(0.0)), known.astype(np.float32)
    if isinstance(sigma_px, float):
        mean, seen = _mean_seen(filled, weight, sheet, sigma_px * sheet.pixel_km)
        return np.where(known & (seen >= least_seen), mean, np.float32(np.nan))
    out = filled.copy()
    previous, below = filled, 0.0
    for step in _STEPS_PX[1:]:
        if below >= widest:
            break
        current = _mean(filled, weight, sheet, step * sheet.pixel_km)
        share = np.clip((sigma_px - below) / (step - below), 0.0, 1.0)
        inside = sigma_px > below
        out = np.where(inside, previous * (1.0 - share) + current * share, out)
        previous, below = current, step
    return np.where(known, out, np.float32(np.nan)).astype(np.float32)


def _mean(filled: Plane, weight: Plane, sheet: Sheet, sigma_km: float) -> Plane:
    return _mean_seen(filled, weight, sheet, sigma_km)[0]


def _mean_seen(filled: Plane, weight: Plane, sheet: Sheet, sigma_km: float) -> tuple[Plane, Plane]:
    """Mean under the Gaussian of what is seen, and how much that is."""
    seen = smooth(weight, sheet, sigma_km)
    return (smooth(filled, sheet, sigma_km) / np.maximum(seen, np.float32(1e-6))).astype(np.float32), seen


def fine_correlation(
    first: Mapping[str, Plane],
    second: Mapping[str, Plane],
    grid: Grid,
    *,
    low_km: float,
    high_km: float,
    window_km: float,
) -> dict[str, Plane]:
    """Local correlation of two maps in a fine band: near 1 where one took over the other's pixels.

    Parameters
    ----------
    first, second : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where there is no data.
    grid : Grid
        The grid.
    low_km, high_km : float
        Standard deviations of the Gaussians whose difference is the band.
    window_km : float
        Standard deviation of the window.
    """
    found: dict[str, Plane] = {}
    for sheet in grid.sheets:
        if sheet.name not in first or sheet.name not in second:
            continue
        both = np.isfinite(first[sheet.name]) & np.isfinite(second[sheet.name])
        weight = both.astype(np.float32)
        bands: list[Plane] = []
        for plane in (first[sheet.name], second[sheet.name]):
            filled = np.where(both, plane, np.float32(0.0))
            fine, coarse = (_mean(filled, weight, sheet, sigma) for sigma in (low_km, high_km))
            bands.append(np.where(both, fine - coarse, np.float32(0.0)))
        a, b = bands
        cross, aa, bb = (smooth(x * y, sheet, window_km) for x, y in ((a, b), (a, a), (b, b)))
        found[sheet.name] = (cross / np.sqrt(np.maximum(aa * bb, np.float32(1e-20)))).astype(np.float32)
    return found
