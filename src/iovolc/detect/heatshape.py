"""Size of a source that is wider than a point: a uniform disc (lava flow, lake) or a thin ring (edge of a lake).

Both are blurred as the image is before they are compared with it: the size is the source's own. Not for deciding
whether it is wide at all (:mod:`iovolc.detect.heatwide`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from iovolc.detect.heatfit import Fitted
from iovolc.detect.heatframe import SIGMA_OF_FWHM, Mask
from iovolc.detect.heatpsf import RING_SPREAD, points_of, spread
from iovolc.model.glow import DISC_SPREAD

Values = NDArray[np.float64]

MAX_DIAMETER_PSF: Final = 8.0
_BORDER_PSF: Final = 1.25
_STEP_PSF: Final = 1.0
_LEAST_PSF: Final = 0.1
_ROOM: Final = 1.5
"""So much wider than the guess a shape may become without more points."""


def fit_shape(residual: Values, usable: Mask, start: Fitted, psf_px: float, *, ring: bool) -> Fitted:
    """The disc or ring that fits best near a wide source.

    Parameters
    ----------
    residual : ndarray, shape (row, col)
        The image without its background and other sources.
    usable : ndarray of bool, same shape
        Pixels with data that are not saturated.
    start : Fitted
        A Gaussian about as wide.
    psf_px : float
        FWHM of a point.
    ring : bool
        Which of the two.

    Returns
    -------
    Fitted
        With its diameter; covariance for pixels of unit noise, infinite where the fit failed.
    """
    axis_spread = RING_SPREAD if ring else DISC_SPREAD
    guess_px = math.sqrt(max(start.width_px**2 - psf_px**2, 0.0)) * SIGMA_OF_FWHM / axis_spread
    diameter_px = min(max(guess_px, 2.0 * _LEAST_PSF * psf_px), 0.9 * MAX_DIAMETER_PSF * psf_px)
    problem = _problem(residual, usable, start, psf_px, diameter_px, ring=ring)
    begin = np.array([start.row, start.col, diameter_px])
    reach = np.array([_STEP_PSF * psf_px, _STEP_PSF * psf_px, 0.0])
    low, high = begin - reach, begin + reach
    low[2], high[2] = _LEAST_PSF * psf_px, MAX_DIAMETER_PSF * psf_px
    if int(problem.used.sum()) <= begin.size + 2:
        return start
    found = least_squares(
        problem.left, begin, bounds=(low, high), x_scale=psf_px, diff_step=np.full(3, 1e-3), max_nfev=30
    )
    return _fitted(problem, np.asarray(found.x, np.float64), ring=ring)


@dataclass(frozen=True, slots=True)
class _Problem:
    """A part of the image and the shape that it may hold; flux and level follow from place and diameter."""

    rows: Values
    cols: Values
    data: Values
    used: Mask
    psf_px: float
    ring: bool
    points: int

    def image(self, parameters: Values) -> Values:
        place, diameter_px = (float(parameters[0]), float(parameters[1])), float(parameters[2])
        whole = spread(
            self.rows, self.cols, place, self.psf_px, diameter_px, ring=self.ring, points=self.points
        )  # fmt: skip
        return whole[self.used]

    def linear(self, parameters: Values) -> tuple[Values, Values]:
        """Flux and level, and the design they belong to."""
        design = np.stack((self.image(parameters), np.ones(int(self.used.sum()))), axis=1)
        return np.asarray(np.linalg.lstsq(design, self.data[self.used], rcond=None)[0], np.float64), design

    def left(self, parameters: Values) -> Values:
        solution, design = self.linear(parameters)
        return design @ solution - self.data[self.used]


def _problem(
    residual: Values, usable: Mask, start: Fitted, psf_px: float, diameter_px: float, *, ring: bool
) -> _Problem:
    reach = diameter_px / 2.0 * 1.25 + _BORDER_PSF * psf_px
    top, left = max(round(start.row - reach), 0), max(round(start.col - reach), 0)
    part = residual[top : round(start.row + reach) + 1, left : round(start.col + reach) + 1]
    rows, cols = (np.arange(n, dtype=np.float64) + first for n, first in zip(part.shape, (top, left), strict=True))
    near = np.hypot(rows[:, None] - start.row, cols - start.col) <= reach
    used = near & usable[top : top + part.shape[0], left : left + part.shape[1]]
    points = points_of(psf_px, _ROOM * diameter_px, ring=ring)
    return _Problem(rows, cols, part, used, psf_px, ring, points)


def _fitted(problem: _Problem, solution: Values, *, ring: bool) -> Fitted:
    (flux, _), design = problem.linear(solution)
    steps = 1e-3 * problem.psf_px * np.eye(3)
    slopes = [
        flux * (problem.image(solution + step) - problem.image(solution - step)) / (2.0 * float(step.sum()))
        for step in steps
    ]
    jacobian = np.column_stack((design[:, 0], *slopes, design[:, 1]))
    covariance = np.full((5, 5), np.inf)
    if flux > 0.0 and np.linalg.matrix_rank(jacobian) == jacobian.shape[1]:
        covariance = np.asarray(np.linalg.inv(jacobian.T @ jacobian), np.float64)
    row, col, diameter = (float(value) for value in solution)
    width = math.hypot(problem.psf_px, (RING_SPREAD if ring else DISC_SPREAD) * diameter / SIGMA_OF_FWHM)
    return Fitted(
        row, col, float(flux), width, covariance[:3, :3], math.inf, diameter, math.sqrt(float(covariance[3, 3])), ring
    )
