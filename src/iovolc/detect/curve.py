"""Detection curves: with which probability a change of a predicted plainness is found.

Not for what predicts it (:mod:`iovolc.detect.completeness`) nor for the injections that curves are fitted to
(:mod:`iovolc.detect.trial`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

_PRIORS: Final = ((1.0, 0.3), (-2.0, 0.7), (4.0, 3.0))
"""Mean and standard deviation of the middle, of the logarithm of the width, and of the logit of the ceiling."""
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Curve:
    """A normal ogive: ``ceiling Phi((margin - middle) / width)``.

    Parameters
    ----------
    middle : float
        Margin at which half are found of all that ever are.
    width : float
        Its standard deviation.
    ceiling : float
        What is found however plain it is: changes below the least area of the search are not.
    middle_sigma, width_sigma, ceiling_sigma : float
        Uncertainty of the three.
    count : int
        Injections behind it.
    """

    middle: float
    width: float
    ceiling: float = 1.0
    middle_sigma: float = 0.0
    width_sigma: float = 0.0
    ceiling_sigma: float = 0.0
    count: int = 0

    def probability(self, margin: ArrayLike) -> Floats:
        """With which a change of this margin is found; 0 at 0."""
        at = np.asarray(margin, np.float64)
        return np.asarray(np.where(at > 0.0, self.ceiling * ndtr((at - self.middle) / self.width), 0.0))

    def margin_at(self, probability: float) -> float:
        """The margin that is found with a probability; infinite if none is."""
        if probability >= self.ceiling:
            return math.inf
        return max(self.middle + self.width * float(ndtri(probability / self.ceiling)), 0.0)


_UNFITTED: Final = Curve(1.0, 0.2)


@dataclass(frozen=True, slots=True)
class FittedCurve:
    """A curve and what it holds for.

    Parameters
    ----------
    relative : bool
        For comparisons of ranks, or of albedo.
    elements : float
        Diameter of the changes over the resolution of the comparison.
    curve : Curve
        The curve.
    """

    relative: bool
    elements: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Curves:
    """The detection curves of a search.

    Parameters
    ----------
    fitted : tuple of FittedCurve
        Empty where none has been fitted.
    source : str
        What they were fitted to.
    date : str
        When, ISO 8601.
    """

    fitted: tuple[FittedCurve, ...] = ()
    source: str = "the thresholds alone; no injection"
    date: str = ""

    def of(self, *, relative: bool, elements: float) -> Curve:
        """The curve of a kind of map and size, interpolated in the logarithm of size.

        Parameters
        ----------
        relative : bool
            Whether ranks are compared.
        elements : float
            Diameter of the change over the resolution; beyond the fitted ones the nearest holds. Without a fitted
            curve of the kind of map, half of what just passes is found.
        """
        mine = sorted((item.elements, item.curve) for item in self.fitted if item.relative == relative)
        if not mine:
            return _UNFITTED
        sizes = np.log([size for size, _ in mine])
        place = float(np.interp(math.log(elements), sizes, np.arange(len(mine), dtype=np.float64)))
        below, above = mine[math.floor(place)][1], mine[math.ceil(place)][1]
        part = place - math.floor(place)
        middle, width, ceiling = (
            (1.0 - part) * getattr(below, name) + part * getattr(above, name) for name in ("middle", "width", "ceiling")
        )
        return Curve(
            middle,
            width,
            ceiling,
            max(below.middle_sigma, above.middle_sigma),
            max(below.width_sigma, above.width_sigma),
            max(below.ceiling_sigma, above.ceiling_sigma),
            min(below.count, above.count),
        )


def fit_curve(margin: Sequence[float] | Floats, found: Sequence[bool] | NDArray[np.bool_]) -> Curve:
    """The most probable curve of a set of injections.

    Parameters
    ----------
    margin : sequence of float
        Predicted margin of each.
    found : sequence of bool
        Whether it was found.

    Notes
    -----
    Probit regression with a natural response (Finney 1971, Probit Analysis, 3rd ed., chapter 7) and wide normal priors,
    so that a handful of injections, or some that are all found, give a curve too; the uncertainties are those of the
    expected information.
    """
    at, hit = np.asarray(margin, np.float64), np.asarray(found, np.bool_)

    def cost(parameters: Floats) -> float:
        chance = np.clip(_chance(parameters, at), _TINY, 1.0 - _TINY)
        misfit = -float(np.log(np.where(hit, chance, 1.0 - chance)).sum())
        return misfit + 0.5 * sum(((x - mean) / sd) ** 2 for x, (mean, sd) in zip(parameters, _PRIORS, strict=True))

    start = np.array([mean for mean, _ in _PRIORS])
    best = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4, "fatol": 1e-6}).x
    middle, width, ceiling = float(best[0]), math.exp(float(best[1])), _share(float(best[2]))
    errors = np.sqrt(np.diag(np.linalg.inv(_information(best, at))))
    width_sigma, ceiling_sigma = width * float(errors[1]), ceiling * (1.0 - ceiling) * float(errors[2])
    return Curve(middle, width, ceiling, float(errors[0]), width_sigma, ceiling_sigma, int(at.size))


def _chance(parameters: Floats, margin: Floats) -> Floats:
    middle, log_width, log_odds = (float(x) for x in parameters)
    ceiling = _share(log_odds)
    return np.asarray(ceiling * ndtr((margin - middle) / math.exp(log_width)), np.float64)


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


def _information(parameters: Floats, margin: Floats) -> Floats:
    """Expected information of middle, ln width and logit of the ceiling, the priors' included."""
    width, ceiling = math.exp(float(parameters[1])), _share(float(parameters[2]))
    eta = (margin - float(parameters[0])) / width
    density = ceiling * np.exp(-0.5 * eta**2) / math.sqrt(2.0 * math.pi)
    chance = np.clip(ceiling * ndtr(eta), _TINY, 1.0 - _TINY)
    slopes = np.stack([-density / width, -density * eta, (1.0 - ceiling) * chance])
    prior = np.diag([sd**-2 for _, sd in _PRIORS])
    return np.asarray((slopes / (chance * (1.0 - chance))) @ slopes.T + prior)
