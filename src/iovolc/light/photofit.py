"""Photometric parameters from places seen several times under different light.

    ln I/F = ln A(place) + ln gain(epoch) + ln r(incidence, emission, phase; parameters) + scatter

The albedos are taken out place by place (variable projection); parameters and gains have Gaussian priors, which decide
what the looks cannot: an epoch has hardly more than one phase angle, so that the slope of the phase function rests on
how well the gains are known. Not for I/F that is normalised already, nor for places in the light of Jupiter.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.errors import AlgorithmError
from iovolc.light.photolooks import PATCH_DEG, Looks, repeated
from iovolc.light.photometric import PhotometryEstimate
from iovolc.light.photoscatter import departures, fit_covariance
from iovolc.light.photosolve import Problem, Solution, solve

Values = NDArray[np.float64]

TERRAIN_SIGMA: Final = 0.03
"""Scatter of ground about one photometric function, in ln I/F, that weighs looks of unequal noise."""
LEAST_PATCHES: Final = 12
"""With fewer patches of the sphere the scatter between them cannot be told."""
_ROUNDS: Final = 2
"""How often the looks are weighed anew with what the fit before tells of the ground's departures."""


@dataclass(frozen=True, slots=True)
class PhotometryFit:
    """What a fit came to.

    Parameters
    ----------
    estimate : PhotometryEstimate
        The parameters and their covariance.
    learned : tuple of float
        By what share each parameter's standard deviation fell below that of its prior.
    gains, gain_sigmas : tuple of float
        Of each epoch: its I/F over what albedos and parameters give, and the relative standard deviation of that.
    departures : tuple of float
        Standard deviation with which places depart from each parameter.
    scatter : float
        Robust standard deviation of a look of little noise about the fit, departures apart, in ln I/F.
    outlying : float
        Share of the looks that do not count: changed ground, or light that the function does not describe.
    n_places, n_patches, n_looks : int
        What it rests on.
    """

    estimate: PhotometryEstimate
    learned: tuple[float, ...]
    gains: tuple[float, ...]
    gain_sigmas: tuple[float, ...]
    departures: tuple[float, ...]
    scatter: float
    outlying: float
    n_places: int
    n_patches: int
    n_looks: int


def fit_photometry(looks: Looks, prior: PhotometryEstimate, *, gain_sigma: Values) -> PhotometryFit:
    """Fit the parameters of a photometric function.

    Places that changed count less or not at all (Tukey's biweight). Looks whose light differs most from that of their
    place's other looks count less too, as the ground departs from one function; so does the covariance allow for it.

    Parameters
    ----------
    looks : Looks
        All looks; places seen once are left out.
    prior : PhotometryEstimate
        The function, and where its parameters are to be expected.
    gain_sigma : ndarray, shape (epoch,)
        Prior standard deviation of the logarithm of each epoch's gain.

    Raises
    ------
    AlgorithmError
        If places seen more than once fill too few patches, or the iteration does not settle.
    """
    data = repeated(looks)
    n_patches = len(np.unique(data.patch))
    if n_patches < LEAST_PATCHES:
        raise AlgorithmError(
            f"the places seen more than once fill {n_patches} patches of {PATCH_DEG:g} degrees, {LEAST_PATCHES} are "
            "needed; add epochs that overlap",
            patches=n_patches,
        )
    problem = _problem(data, prior, gain_sigma)
    noise = problem.variance
    found = solve(problem)
    departed = departures(problem, found)
    for _ in range(_ROUNDS):
        problem = replace(problem, variance=noise + _departed_looks(problem, found, departed))
        found = solve(problem)
        departed = departures(problem, found)
    covariance = fit_covariance(problem, found, departed)
    n = problem.n_parameters
    estimate = PhotometryEstimate(problem.photometry(found.numbers), _rows(covariance[:n, :n]))
    return PhotometryFit(
        estimate=estimate,
        learned=tuple(1.0 - own / before for own, before in zip(estimate.sigmas(), prior.sigmas(), strict=True)),
        gains=tuple(map(float, np.exp(found.numbers[n:]))),
        gain_sigmas=tuple(float(sigma) for sigma in np.sqrt(covariance.diagonal()[n:])),
        departures=tuple(map(float, np.sqrt(departed))),
        scatter=found.scale * TERRAIN_SIGMA,
        outlying=1.0 - int(np.count_nonzero(found.weight)) / len(data.place),
        n_places=int(data.place.max()) + 1,
        n_patches=n_patches,
        n_looks=len(data.place),
    )


def _problem(data: Looks, prior: PhotometryEstimate, gain_sigma: Values) -> Problem:
    n = len(prior.photometry.parameters)
    precision = np.zeros((n + len(gain_sigma), n + len(gain_sigma)))
    precision[:n, :n] = np.linalg.inv(np.array(prior.covariance))
    precision[n:, n:] = np.diag(1.0 / gain_sigma**2)
    return Problem(
        looks=data,
        variance=(data.sigma / data.value) ** 2 + TERRAIN_SIGMA**2,
        model=prior.photometry.model,
        mean=np.concatenate([prior.photometry.parameters, np.zeros(len(gain_sigma))]),
        precision=precision,
    )


def _departed_looks(problem: Problem, found: Solution, departed: Values) -> Values:
    """Variance that departures of the ground give a look, against its place's mean, in the unit of the noise."""
    place = problem.looks.place
    count = np.bincount(place)
    means = np.array([np.bincount(place, slope) / count for slope in found.slopes])
    return departed @ (found.slopes - means[:, place]) ** 2 / found.scale**2


def _rows(matrix: Values) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, row)) for row in matrix)
