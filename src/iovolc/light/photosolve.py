"""The solution of a photometric fit: iteratively reweighted Gauss-Newton steps under a prior.

Not for its covariance, nor for what it means (:mod:`iovolc.light.photofit`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.errors import AlgorithmError
from iovolc.light.photolooks import Looks, normal_matrix
from iovolc.light.photometric import BOUNDS, PARAMETERS, Model, Photometry, derivatives, reflectance

Values = NDArray[np.float64]

_TUKEY: Final = 4.685
_MAD: Final = 0.6745
_LEAST_SCALE: Final = 1e-3
_ITERATIONS: Final = 200
_FREE_SCALE: Final = 20
"""Iterations after which the scatter is kept: it and the weights could otherwise chase each other."""
_TOLERANCE: Final = 0.02
_HALVINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be solved; the solution is the parameters followed by the logarithms of the gains.

    Parameters
    ----------
    looks : Looks
        Each place with more than one (:func:`iovolc.light.photolooks.repeated`).
    variance : ndarray, shape (look,)
        Of ln I/F, up to a common factor.
    model : str
        The photometric function.
    mean : ndarray, shape (n,)
        Of the prior.
    precision : ndarray, shape (n, n)
        Inverse of the prior's covariance.
    """

    looks: Looks
    variance: Values
    model: Model
    mean: Values
    precision: Values

    @property
    def n_parameters(self) -> int:
        """How many of the numbers sought are parameters."""
        return len(PARAMETERS[self.model])

    @property
    def n_epochs(self) -> int:
        """How many are gains."""
        return len(self.mean) - self.n_parameters

    def photometry(self, solution: Values) -> Photometry:
        """The photometric function of a trial."""
        return Photometry(self.model, tuple(map(float, solution[: self.n_parameters])))


@dataclass(frozen=True, slots=True)
class Solution:
    """Where the looks and the prior meet.

    Parameters
    ----------
    numbers : ndarray, shape (n,)
        Parameters and logarithms of the gains.
    weight : ndarray, shape (look,)
        Robust weight over variance; 0 for looks that do not count.
    residual : ndarray, shape (look,)
        Of ln I/F, from the weighted mean of the place.
    slopes : ndarray, shape (parameter, look)
        Derivatives of ln I/F.
    scale : float
        Robust scatter, in units of the variance's square root.
    """

    numbers: Values
    weight: Values
    residual: Values
    slopes: Values
    scale: float


def solve(problem: Problem) -> Solution:
    """Least squares with Tukey's biweight; places keep their weighted means.

    Raises
    ------
    AlgorithmError
        If the iteration does not settle.
    """
    numbers, weight, scale = problem.mean, 1.0 / problem.variance, None
    for iteration in range(_ITERATIONS):
        found = _weighted(problem, numbers, weight, scale if iteration > _FREE_SCALE else None)
        weight, scale = found.weight, found.scale
        information = normal_matrix(problem.looks, weight, found.slopes, problem.n_epochs) + problem.precision
        pull = _score(problem, found) - problem.precision @ (numbers - problem.mean)
        step = np.asarray(np.linalg.solve(information, pull), np.float64)
        updated = _downhill(problem, numbers, step, weight)
        sigmas = np.sqrt(np.diag(np.linalg.inv(information)))
        settled = bool(np.all(np.abs(updated - numbers) < _TOLERANCE * sigmas))
        numbers = updated
        if settled:
            return _weighted(problem, numbers, weight, scale)
    raise AlgorithmError(f"the fit did not settle in {_ITERATIONS} iterations; leave out epochs that disagree")


def _weighted(problem: Problem, numbers: Values, weight: Values, scale: float | None) -> Solution:
    """Robust weights and residuals at a trial; ``weight`` are those of the trial before."""
    looks, variance = problem.looks, problem.variance
    level = _levels(problem, numbers)
    own_share = 1.0 / variance / np.bincount(looks.place, 1.0 / variance)[looks.place]
    standardised = (level - _place_means(problem, level, weight)) / np.sqrt(variance * (1.0 - own_share))
    spread = scale or max(float(np.median(np.abs(standardised))) / _MAD, _LEAST_SCALE)
    robust = np.clip(1.0 - (standardised / (_TUKEY * spread)) ** 2, 0.0, None) ** 2 / (variance * spread**2)
    photometry = problem.photometry(numbers)
    angles = (looks.incidence_deg, looks.emission_deg, looks.phase_deg)
    slopes = derivatives(photometry, *angles) / reflectance(photometry, *angles)
    return Solution(numbers, robust, level - _place_means(problem, level, robust), slopes, spread)


def _score(problem: Problem, found: Solution) -> Values:
    pull = found.weight * found.residual
    by_epoch = np.bincount(problem.looks.epoch, pull, problem.n_epochs).astype(np.float64)
    return np.concatenate([found.slopes @ pull, by_epoch])


def _levels(problem: Problem, numbers: Values) -> Values:
    """Logarithm of the albedo that each look gives."""
    looks = problem.looks
    factor = reflectance(problem.photometry(numbers), looks.incidence_deg, looks.emission_deg, looks.phase_deg)
    return np.log(looks.value / factor) - numbers[problem.n_parameters :][looks.epoch]


def _place_means(problem: Problem, level: Values, weight: Values) -> Values:
    """Weighted mean of each look's place; that without robust weights where no look of a place counts."""
    place = problem.looks.place
    counts = np.bincount(place, weight)[place] > 0.0
    weight = np.where(counts, weight, 1.0 / problem.variance)
    return (np.bincount(place, weight * level) / np.bincount(place, weight))[place]


def _downhill(problem: Problem, numbers: Values, step: Values, weight: Values) -> Values:
    """The trial after a step, which is halved until it leads down; the same trial if none does.

    A step goes no farther than a prior's standard deviation, and not beyond the bounds.
    """
    bounds = np.array([BOUNDS[name] for name in PARAMETERS[problem.model]])
    step = step / max(1.0, float(np.max(np.abs(step) * np.sqrt(np.diag(problem.precision)))))
    before = _misfit(problem, numbers, weight)
    for _ in range(_HALVINGS):
        trial = numbers + step
        trial[: len(bounds)] = np.clip(trial[: len(bounds)], *bounds.T)
        if _misfit(problem, trial, weight) <= before:
            return trial
        step = step / 2.0
    return numbers


def _misfit(problem: Problem, numbers: Values, weight: Values) -> float:
    level = _levels(problem, numbers)
    residual = level - _place_means(problem, level, weight)
    off = numbers - problem.mean
    return float(weight @ residual**2 + off @ problem.precision @ off)
