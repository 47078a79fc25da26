"""How the ground of Io departs from one photometric function, and how sure a fit is for that.

Neighbouring ground departs in one way, so that looks err together over whole regions, and the fit follows them in part.
The scores of a patch's places about their mean give the independent error (sandwich); the scores of whole patches, in
excess of that, how far patches depart in each parameter. Departures are taken as correlated between patches, falling to
1/e over :data:`REGION_DEG`. Not for the solution (:mod:`iovolc.light.photosolve`).
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import ndtr
from scipy.stats import t

from iovolc.geometry.sphere import unit_vectors
from iovolc.light.photolooks import PATCH_DEG, normal_matrix, parts, patch_centres, place_sums
from iovolc.light.photosolve import Problem, Solution

Values = NDArray[np.float64]

REGION_DEG: Final = 25.0
"""Angle over which departures of the ground fall to 1/e in correlation, about 800 km (assumed)."""
WITHIN: Final = 0.67
"""Mean correlation of two places of one patch: by so much its mean departs less than its places do, in variance."""


class _Patches(NamedTuple):
    """By patch: sum of the scores of its places, their independent scatter, and normal matrix."""

    score: Values
    meat: Values
    normal: Values


def departures(problem: Problem, found: Solution) -> Values:
    """Variance with which places depart from the common value of each parameter, shape (parameter,).

    The excess of the patches' squared scores over what the scatter of their places explains, by non-negative least
    squares; what the fit has followed of either is allowed for. 0 for parameters of which the prior tells more than the
    looks do.
    """
    patches = _patches(problem, found)
    told = np.flatnonzero(
        np.diag(patches.normal.sum(axis=0))[: problem.n_parameters] > np.diag(problem.precision)[: problem.n_parameters]
    )
    follow = patches.normal @ _inverse(problem, patches)
    back = np.transpose(follow, (0, 2, 1))
    noise = patches.meat - follow @ patches.meat - patches.meat @ back + follow @ patches.meat.sum(axis=0) @ back
    excess = np.diag(patches.score.T @ patches.score - noise.sum(axis=0))[told]
    root = _correlation_root(problem)
    expected = np.empty((len(told), len(told)))
    for column, k in enumerate(told):
        own = patches.normal[:, :, k, None] * root[:, None, :]
        left = own - follow @ own.sum(axis=0)
        expected[:, column] = np.sum(left[:, told] ** 2, axis=(0, 2))
    scale = np.sqrt(np.diag(expected))
    variances = np.zeros(problem.n_parameters)
    if len(told):
        variances[told] = nnls(expected / np.outer(scale, scale), excess / scale)[0] / scale / WITHIN
    return variances


def fit_covariance(problem: Problem, found: Solution, departed: Values) -> Values:
    """Covariance of parameters and logarithms of gains, shape (n, n).

    Parameters
    ----------
    problem, found : Problem, Solution
        The fit.
    departed : ndarray, shape (parameter,)
        From :func:`departures`.
    """
    patches = _patches(problem, found)
    root = _correlation_root(problem)
    meat = patches.meat.sum(axis=0)
    for k, variance in enumerate(departed):
        turned = patches.normal[:, :, k].T @ root
        meat = meat + variance * turned @ turned.T
    inverse = _inverse(problem, patches)
    return inverse @ (_few_regions(len(root)) * meat + problem.precision) @ inverse


def _few_regions(n_patches: int) -> float:
    """By how much a variance estimated from few regions must grow for two sigma to hold as often as for Gauss (t)."""
    regions = n_patches * PATCH_DEG**2 / (math.pi * REGION_DEG**2)
    return float(t.ppf(ndtr(2.0), max(regions, 1.0)) / 2.0) ** 2


def _patches(problem: Problem, found: Solution) -> _Patches:
    looks, turn = problem.looks, _efficiency(problem, found)
    scores: list[Values] = []
    meats: list[Values] = []
    normals: list[Values] = []
    for part in parts(looks):
        mine, weight, slopes = looks.of(part), found.weight[part], found.slopes[:, part]
        of_place = place_sums(mine, weight * found.residual[part], slopes, problem.n_epochs)
        apart = of_place - of_place.mean(axis=0)
        scores.append(of_place.sum(axis=0))
        meats.append(apart.T @ apart * (len(apart) / max(len(apart) - 1.0, 1.0)))
        normals.append(turn * normal_matrix(mine, weight, slopes, problem.n_epochs))
    return _Patches(np.array(scores), np.array(meats), np.array(normals))


def _inverse(problem: Problem, patches: _Patches) -> Values:
    return np.asarray(np.linalg.inv(patches.normal.sum(axis=0) + problem.precision), np.float64)


def _correlation_root(problem: Problem) -> Values:
    """Root of the correlation of the patches' departures, shape (patch, patch), in the order of the looks."""
    patch = problem.looks.patch
    centres = unit_vectors(*patch_centres(np.array([patch[part.start] for part in parts(problem.looks)])))
    apart = np.degrees(np.arccos(np.clip(centres @ centres.T, -1.0, 1.0)))
    return np.asarray(np.linalg.cholesky(np.exp(-apart / REGION_DEG)), np.float64)


def _efficiency(problem: Problem, found: Solution) -> float:
    """By how much less the biweight's equations turn with the solution than its weights say.

    Mean derivative of the influence function over its mean weight (Huber 1981, Robust Statistics, section 7.6).
    """
    weight = found.weight * problem.variance * found.scale**2
    inner = np.sqrt(weight)
    return float(np.sum(inner * (5.0 * inner - 4.0)) / np.sum(weight))
