"""One pass of a limb fit: profiles through the limb as it is known, the blur, and what moves the disc.

Not for the passes together (:mod:`iovolc.geometry.limb`).
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize_scalar

from iovolc.geometry.edge import EdgeFits, edge_model, fit_edges
from iovolc.geometry.limbpoints import Shift, fit_shift
from iovolc.geometry.outline import Outline

Values = NDArray[np.float64]
Window = tuple[float, float]
"""Lengths of profiles inwards and outwards of the limb, in sigmas of the blur."""

FWHM_PER_SIGMA: Final = math.sqrt(8.0 * math.log(2.0))
BLUR_STEP: Final = 3
MIN_SIGMA_PX: Final = 0.4
LOG_STEP: Final = 0.02
MAX_SIGMA: Final = 0.2
WIDE: Final = (2.8, 2.8)
NARROW: Final = (1.0, 1.8)
"""Half lengths of profiles: a long one finds an edge from afar; a short one keeps volcanoes and haloes near it out."""

LEAST_PX: Final = 3.0
LEAST_TRIED_SIGMAS: Final = 0.8
MAX_WINDOW: Final = 0.3
MAX_SHADE_SIGMAS: Final = 0.3
MAX_SHADE_PX: Final = 0.3
MIN_CONTRAST: Final = 0.15
MAX_UNEXPLAINED: Final = 0.5


@dataclass(frozen=True, slots=True)
class DiscGuess:
    """The disc as one pass knows it, and its blur.

    Parameters
    ----------
    centre_x, centre_y, radius_px : float
        The disc.
    sigma_px : float
        Blur.
    swell_px : float
        How far outside a limb of known radius the edge is seen: a picture's stretch and the halo of a blur move it.
    """

    centre_x: float
    centre_y: float
    radius_px: float
    sigma_px: float
    swell_px: float = 0.0

    def moved(self, shift: Shift, *, fit_radius: bool) -> "DiscGuess":
        """The disc on its limb points; a known radius stays, and its edge swells."""
        return replace(
            self,
            centre_x=self.centre_x + shift.right,
            centre_y=self.centre_y + shift.down,
            radius_px=self.radius_px + (shift.outward if fit_radius else 0.0),
            swell_px=self.swell_px + (0.0 if fit_radius else shift.outward),
        )

    def correlated(self, n_directions: int) -> float:
        """How many of these directions one width of the blur spans; at least 1."""
        return max(1.0, n_directions * FWHM_PER_SIGMA * self.sigma_px / (2.0 * math.pi * self.radius_px))

    def lit(self, limb: Outline) -> NDArray[np.bool_]:
        """Directions whose limb the Sun lights, but for a sliver of night below the blur."""
        return limb.shade * self.radius_px < max(MAX_SHADE_SIGMAS * self.sigma_px, MAX_SHADE_PX)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Brightness through the limb.

    Parameters
    ----------
    limb : Outline
        The directions.
    depth : ndarray, shape (depth + 2 * tried,)
        Pixels outwards, with the shifts to try at either end.
    values : ndarray, shape (direction, depth)
        NaN where there is no data.
    """

    limb: Outline
    depth: Values
    values: Values

    @classmethod
    def of(
        cls, pixels: NDArray[np.float32], limb: Outline, guess: DiscGuess, *, window: tuple[float, float]
    ) -> "Profiles":
        """Some widths of the blur to both sides of the limb, by half of which, or by nearly one, it can be shifted.

        Neighbouring directions within half a blur are averaged against noise.
        """
        most_px = max(MAX_WINDOW * guess.radius_px, LEAST_PX)
        inner_px, outer_px = (min(max(count * guess.sigma_px, LEAST_PX), most_px) for count in window)
        step_px = max(0.25, guess.sigma_px / 5.0)
        n_inner, n_outer = round(inner_px / step_px), round(outer_px / step_px)
        n_tried = max(n_inner // 2, round(LEAST_TRIED_SIGMAS * guess.sigma_px / step_px))
        depth = np.arange(-n_inner - n_tried, n_outer + n_tried + 1, dtype=np.float64) * step_px
        distance = guess.radius_px * limb.reach[:, None] + guess.swell_px + depth[n_tried:-n_tried]
        row = guess.centre_y - 0.5 + distance * limb.down[:, None]
        col = guess.centre_x - 0.5 + distance * limb.right[:, None]
        values = ndimage.map_coordinates(pixels, (row, col), output=np.float64, order=1, cval=np.nan)
        return cls(limb, depth, _neighbours_mean(values, int(0.5 * guess.correlated(len(limb.angle)))))

    def every(self, step: int) -> "Profiles":
        """Each ``step``-th direction."""
        return Profiles(self.limb.every(step), self.depth, self.values[::step])

    def fit(self, guess: DiscGuess, *, sigma_px: float) -> EdgeFits:
        """The limb points for a blur."""
        model = edge_model(self.limb, self.depth, radius_px=guess.radius_px, sigma_px=sigma_px)
        return fit_edges(self.values, model, step_px=float(self.depth[1] - self.depth[0]))


def _neighbours_mean(values: Values, count: int) -> Values:
    """Mean over this many neighbouring directions, of the values that are there."""
    if count < 2:
        return values
    seen = np.isfinite(values)
    total = ndimage.uniform_filter1d(np.where(seen, values, 0.0), count, axis=0, mode="wrap")
    share = ndimage.uniform_filter1d(seen.astype(np.float64), count, axis=0, mode="wrap")
    return np.where(seen, total / np.maximum(share, 0.5 / count), np.nan)


def blurred(profiles: Profiles, guess: DiscGuess) -> DiscGuess:
    """The guess with the blur that leaves least in a typical direction."""
    some = profiles.every(BLUR_STEP)
    lit = guess.lit(some.limb)
    if not lit.any():
        return guess

    def misfit(log_px: float) -> float:
        return float(np.median(some.fit(guess, sigma_px=math.exp(log_px)).unexplained[lit]))

    bounds = math.log(MIN_SIGMA_PX), math.log(max(MAX_SIGMA * guess.radius_px, 2.0 * MIN_SIGMA_PX))
    found = minimize_scalar(misfit, bounds=bounds, method="bounded", options={"xatol": LOG_STEP})
    return replace(guess, sigma_px=math.exp(float(found.x)))


def limb_shift(profiles: Profiles, guess: DiscGuess, *, free: tuple[int, ...]) -> Shift:
    """What would move the disc onto its clear, lit limb points."""
    limb = profiles.limb
    edges = profiles.fit(guess, sigma_px=guess.sigma_px)
    good = guess.lit(limb) & (edges.unexplained < MAX_UNEXPLAINED)
    if good.any():
        good &= edges.contrast > MIN_CONTRAST * float(np.median(edges.contrast[good]))
    points = np.where(good, edges.shift, np.nan)
    return fit_shift(points, limb.right, limb.down, free=free, correlated=guess.correlated(len(points)))
