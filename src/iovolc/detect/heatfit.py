"""Flux, place and width of hot spots: Gaussians fitted together to native pixels.

Not for finding them (:mod:`iovolc.detect.heat`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from iovolc.detect.heatframe import SIGMA_OF_FWHM, Mask
from iovolc.detect.heatpsf import RING_SPREAD, pixel_shares, share_slopes, spread
from iovolc.model.glow import DISC_SPREAD

Values = NDArray[np.float64]

WINDOW_PSF: Final = 1.25
"""Pixels up to this many FWHM from a source belong to its fit: farther out uneven ground weighs more than noise."""
LEAST_WINDOW_PX: Final = 3.0
"""Of narrow points more is taken: within two pixels the level beside them, fitted too, costs a quarter of the SNR."""
FREE_WINDOW_PSF: Final = 2.5
"""The same where the width is fitted too."""
GROUP_PSF: Final = 0.75
"""Sources nearer to each other than this beyond the pixels of their fit are fitted together."""
MAX_GROUP: Final = 12
MAX_STEP_PSF: Final = 0.75
"""A fit that wanders farther from its peak has found something else."""
WIDTHS: Final = (0.6, 3.0)
"""Bounds of a free width, in widths of a point."""
_LEAST_PIXELS: Final = 6


@dataclass(frozen=True, slots=True)
class Fitted:
    """One source.

    Parameters
    ----------
    row, col : float
        Counted from the centre of the first pixel.
    flux : float
        Sum over the pixels, in the image's unit.
    width_px : float
        FWHM.
    covariance : ndarray, shape (3, 3)
        Of flux, row and column for pixels of unit noise; infinite where the fit failed.
    width_sigma_px : float
        Error of a free width for pixels of unit noise; infinite for a fixed one.
    diameter_px, diameter_sigma_px : float
        Of the source itself, without the blur, and its error for pixels of unit noise; 0 for a point.
    ring : bool
        Whether it shines at its edge alone.
    """

    row: float
    col: float
    flux: float
    width_px: float
    covariance: Values
    width_sigma_px: float = math.inf
    diameter_px: float = 0.0
    diameter_sigma_px: float = math.inf
    ring: bool = False

    @property
    def psf_px(self) -> float:
        """FWHM of a point, by which it is blurred."""
        own_px = (RING_SPREAD if self.ring else DISC_SPREAD) * self.diameter_px / SIGMA_OF_FWHM
        return math.sqrt(self.width_px**2 - own_px**2)

    def size(self, psf_px: float) -> tuple[float, float]:
        """Diameter and its error for pixels of unit noise; of a wide Gaussian that of a disc as wide; 0 for a point."""
        if self.diameter_px > 0.0:
            return self.diameter_px, self.diameter_sigma_px
        if self.width_px <= psf_px:
            return 0.0, 0.0
        diameter_px = math.sqrt(self.width_px**2 - psf_px**2) * SIGMA_OF_FWHM / DISC_SPREAD
        return diameter_px, self.width_sigma_px * self.width_px / (self.width_px**2 - psf_px**2) * diameter_px


def fit_sources(
    residual: Values, usable: Mask, peaks: Sequence[tuple[float, float, float]], psf_px: float, *, free: bool = False
) -> list[Fitted]:
    """Fit sources where peaks are; those near each other together.

    Parameters
    ----------
    residual : ndarray, shape (row, col)
        The image without its background.
    usable : ndarray of bool, same shape
        Pixels with data that are not saturated.
    peaks : sequence of (row, column, flux)
        Where to begin.
    psf_px : float
        FWHM of a point.
    free : bool
        Whether every source has a width of its own.

    Returns
    -------
    list of Fitted
        In the order of the peaks; a fit that fails leaves the peak as it was, with infinite covariance.
    """
    found: dict[int, Fitted] = {}
    for group in groups([(row, col) for row, col, _ in peaks], window_px(psf_px) + GROUP_PSF * psf_px):
        for part in (group[start : start + MAX_GROUP] for start in range(0, len(group), MAX_GROUP)):
            fits = _fit(residual, usable, [peaks[number] for number in part], psf_px, free=free)
            found |= dict(zip(part, fits, strict=True))
    return [found[number] for number in range(len(peaks))]


def flux_at(residual: Values, row: float, col: float, psf_px: float) -> tuple[float, float]:
    """Flux of a point at a known place, and its error for pixels of unit noise; NaN where too few pixels are known.

    Unlike the flux of a fitted place it may be negative, and is right in the mean.
    """
    rows, cols = _window(np.isfinite(residual), [(row, col, 0.0)], psf_px, free=False)
    if len(rows) < _LEAST_PIXELS:
        return math.nan, math.nan
    down, right = (
        pixel_shares(at.astype(np.float64), centre, psf_px) for at, centre in ((rows, row), (cols, col))
    )  # fmt: skip
    design = np.stack((down * right, np.ones(len(rows))), axis=1)
    inverse = _inverse(design)
    return float((inverse @ (design.T @ residual[rows, cols]))[0]), math.sqrt(float(inverse[0, 0]))


def window_px(psf_px: float) -> float:
    """How far from a point of this FWHM pixels belong to its fit."""
    return max(WINDOW_PSF * psf_px, LEAST_WINDOW_PX)


def groups(places: Sequence[tuple[float, float]], reach_px: float) -> list[list[int]]:
    """Numbers of the places in clusters whose members are linked by steps of at most ``reach_px``."""
    left, out = list(range(len(places))), list[list[int]]()
    while left:
        group, border = [left[0]], [left.pop(0)]
        while border:
            row, col = places[border.pop()]
            near = [i for i in left if math.hypot(places[i][0] - row, places[i][1] - col) <= reach_px]
            left = [i for i in left if i not in near]
            group += near
            border += near
        out.append(sorted(group))
    return out


def model(shape: tuple[int, int], sources: Sequence[Fitted]) -> Values:
    """The image of some sources."""
    whole = np.zeros(shape)
    for one in sources:
        half = math.ceil(2.0 * one.psf_px + one.diameter_px / 2.0) + 1
        top, left = max(round(one.row) - half, 0), max(round(one.col) - half, 0)
        part = whole[top : round(one.row) + half + 1, left : round(one.col) + half + 1]
        rows, cols = (np.arange(n, dtype=np.float64) + first for n, first in zip(part.shape, (top, left), strict=True))
        if one.diameter_px > 0.0:
            part += one.flux * spread(rows, cols, (one.row, one.col), one.psf_px, one.diameter_px, ring=one.ring)
        else:
            part += (
                one.flux
                * pixel_shares(rows, one.row, one.width_px)[:, None]
                * pixel_shares(cols, one.col, one.width_px)
            )
    return whole


@dataclass(frozen=True, slots=True)
class _Problem:
    """Sources over some pixels; fluxes in units in which a point's brightest pixel is about 1."""

    rows: Values
    cols: Values
    data: Values
    psf_px: float
    free: bool

    @property
    def width(self) -> int:
        return 4 if self.free else 3

    def residual(self, parameters: Values) -> Values:
        whole = np.full(self.data.shape, parameters[-1])
        for flux, row, col, wide in self._sources(parameters):
            whole += flux * pixel_shares(self.rows, row, wide) * pixel_shares(self.cols, col, wide)
        return whole - self.data

    def jacobian(self, parameters: Values) -> Values:
        columns: list[Values] = []
        for flux, row, col, wide in self._sources(parameters):
            down, right = pixel_shares(self.rows, row, wide), pixel_shares(self.cols, col, wide)
            (down_at, down_wide), (right_at, right_wide) = (
                share_slopes(at, centre, wide) for at, centre in ((self.rows, row), (self.cols, col))
            )
            columns += [self.psf_px**2 * down * right, flux * down_at * right, flux * down * right_at]
            if self.free:
                columns.append(flux * (down_wide * right + down * right_wide) * self.psf_px)
        return np.stack([*columns, np.ones(self.data.shape)], axis=1)

    def _sources(self, parameters: Values) -> Iterator[tuple[float, float, float, float]]:
        for one in parameters[:-1].reshape(-1, self.width):
            wide = self.psf_px * (one[3] if self.free else 1.0)
            yield float(one[0]) * self.psf_px**2, float(one[1]), float(one[2]), float(wide)


def _fit(
    residual: Values, usable: Mask, peaks: Sequence[tuple[float, float, float]], psf_px: float, *, free: bool
) -> list[Fitted]:
    rows, cols = _window(usable, peaks, psf_px, free=free)
    data = residual[rows, cols]
    scale = max(float(np.abs(data).max(initial=0.0)), float(np.finfo(np.float64).tiny))
    problem = _Problem(rows.astype(np.float64), cols.astype(np.float64), data / scale, psf_px, free)
    if len(rows) <= problem.width * len(peaks) + 1:
        return [_failed(peak, psf_px) for peak in peaks]
    step, extra = MAX_STEP_PSF * psf_px, free * 1
    start = [[flux / scale / psf_px**2, row, col, *([1.0] * extra)] for row, col, flux in peaks]
    low = [[-np.inf, row - step, col - step, *([WIDTHS[0]] * extra)] for row, col, _ in peaks]
    high = [[np.inf, row + step, col + step, *([WIDTHS[1]] * extra)] for row, col, _ in peaks]
    found = least_squares(
        problem.residual,
        np.append(np.ravel(start), 0.0),
        jac=problem.jacobian,  # pyright: ignore[reportArgumentType]  (its stub knows only names of schemes)
        bounds=(np.append(np.ravel(low), -np.inf), np.append(np.ravel(high), np.inf)),
        x_scale="jac",
        max_nfev=40,
    )
    inverse = _inverse(problem.jacobian(found.x)) / scale**2
    return [_fitted(found.x, inverse, problem, scale, number, peak) for number, peak in enumerate(peaks)]


def _fitted(
    solution: Values, inverse: Values, problem: _Problem, scale: float, number: int, peak: tuple[float, float, float]
) -> Fitted:
    at = slice(problem.width * number, problem.width * number + 3)
    flux, row, col = (float(value) for value in solution[at])
    if flux <= 0.0 or max(abs(row - peak[0]), abs(col - peak[1])) > 0.999 * MAX_STEP_PSF * problem.psf_px:
        return _failed(peak, problem.psf_px)
    unit = np.array([scale * problem.psf_px**2, 1.0, 1.0])
    wide = float(solution[at.stop]) if problem.free else 1.0
    wide_sigma = math.sqrt(inverse[at.stop, at.stop]) * problem.psf_px if problem.free else math.inf
    return Fitted(
        row, col, flux * unit[0], wide * problem.psf_px, inverse[at, at] * np.outer(unit, unit), wide_sigma
    )  # fmt: skip


def _window(
    usable: Mask, peaks: Sequence[tuple[float, float, float]], psf_px: float, *, free: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    reach = max(FREE_WINDOW_PSF * psf_px, LEAST_WINDOW_PX) if free else window_px(psf_px)
    inside = np.zeros(usable.shape, bool)
    for row, col, _ in peaks:
        top, left = max(int(row - reach), 0), max(int(col - reach), 0)
        part = inside[top : int(row + reach) + 2, left : int(col + reach) + 2]
        down, right = np.ogrid[: part.shape[0], : part.shape[1]]
        part |= np.hypot(down + top - row, right + left - col) <= reach
    rows, cols = np.nonzero(inside & usable)
    return rows, cols


def _inverse(jacobian: Values) -> Values:
    try:
        return np.asarray(np.linalg.inv(jacobian.T @ jacobian), np.float64)
    except np.linalg.LinAlgError:
        return np.full((jacobian.shape[1],) * 2, np.inf)


def _failed(peak: tuple[float, float, float], psf_px: float) -> Fitted:
    return Fitted(peak[0], peak[1], peak[2], psf_px, np.full((3, 3), np.inf))
