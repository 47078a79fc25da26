"""Which sighting belongs to which chain: gates, costs and the global nearest neighbour."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from iovolc import body
from iovolc.config import TrackConfig
from iovolc.track.regions import Overlap
from iovolc.track.sightings import Position

LEAST_PRIOR: Final = 0.01
"""Prior of a pair whose footprints do not overlap at all."""
_UNGATED: Final = 1e9


@dataclass(frozen=True, slots=True)
class Pair:
    """A sighting and a chain at the same place.

    Parameters
    ----------
    sighting, chain : int
        Their numbers.
    cost : float
        The smaller, the better they fit.
    shared : Overlap
        What the sighting's region shares with the chain's (the second one).
    agreement : float
        Positive if the signs agree, negative if they are opposite: the sum of the signal-to-noise ratios of the
        agreeing changes less that of the opposite ones.
    """

    sighting: int
    chain: int
    cost: float
    shared: Overlap
    agreement: float


def distance_squared(first: Position, second: Position, source_km: float) -> tuple[float, float]:
    """Squared distance in sigmas, and the logarithm of the covariance's determinant (km^4).

    ``d2 = dx' (S1 + S2 + S_source)^-1 dx`` with isotropic covariances (chi-square with two degrees of freedom).

    Parameters
    ----------
    first, second : Position
        The two places.
    source_km : float
        One-sigma wander of the source per axis.
    """
    chord, across = np.linalg.norm(first.vector - second.vector), np.linalg.norm(first.vector + second.vector)
    apart_km = 2.0 * body.RADIUS_KM * math.atan2(float(chord), float(across))
    variance = max(first.sigma_km**2 + second.sigma_km**2 + source_km**2, 1e-12)
    return apart_km**2 / variance, 2.0 * math.log(variance)


def pair_cost(first: Position, second: Position, shared: Overlap, config: TrackConfig) -> float | None:
    """``d2 + ln|S| - 2 ln(prior)``, or None outside the gate.

    The gate is open if the centres agree or the footprints overlap. Where only the footprints do, ``d2`` counts as the
    gate's edge: the centres of large deposits wander more than their sigmas tell. The prior is the intersection over
    union, at least :data:`LEAST_PRIOR`.
    """
    d2, log_det = distance_squared(first, second, config.source_km)
    if d2 >= config.gate_chi2 and shared.of_union < config.min_overlap:
        return None
    return min(d2, config.gate_chi2) + log_det - 2.0 * math.log(max(shared.of_union, LEAST_PRIOR))


def reach_km(first: Position, largest_sigma_km: float, config: TrackConfig) -> float:
    """Beyond this distance the gate is shut for any partner with at most this sigma."""
    return math.sqrt(config.gate_chi2 * (first.sigma_km**2 + largest_sigma_km**2 + config.source_km**2))


class Costed(Protocol):
    """A sighting and a chain (or place) that may belong together, and what it costs."""

    @property
    def sighting(self) -> int:
        """Number of the sighting."""
        ...

    @property
    def chain(self) -> int:
        """Number of the chain."""
        ...

    @property
    def cost(self) -> float:
        """The smaller, the better they fit."""
        ...


def assign(pairs: Iterable[Costed]) -> dict[int, int]:
    """The chain of each sighting that has one: most pairs, then the least total cost (Hungarian method).

    Parameters
    ----------
    pairs : iterable of Pair, or of what has its numbers and cost
        The allowed ones, in any order. Each connected group of them is solved on its own.
    """
    ordered = sorted(pairs, key=lambda pair: (pair.sighting, pair.chain))
    if not ordered:
        return {}
    matched: dict[int, int] = {}
    for group in _groups(ordered):
        matched.update(_solve(group))
    return matched


def _groups(pairs: Sequence[Costed]) -> list[list[Costed]]:
    ours, theirs = _numbered(pair.sighting for pair in pairs), _numbered(pair.chain for pair in pairs)
    size = len(ours) + len(theirs)
    rows = [ours[pair.sighting] for pair in pairs]
    cols = [len(ours) + theirs[pair.chain] for pair in pairs]
    count, labels = connected_components(coo_array((np.ones(len(pairs)), (rows, cols)), shape=(size, size)), False)
    groups: list[list[Costed]] = [[] for _ in range(count)]
    for row, pair in zip(rows, pairs, strict=True):
        groups[int(labels[row])].append(pair)
    return [group for group in groups if group]


def _solve(pairs: Sequence[Costed]) -> dict[int, int]:
    ours, theirs = _numbered(pair.sighting for pair in pairs), _numbered(pair.chain for pair in pairs)
    cost: NDArray[np.float64] = np.full((len(ours), len(theirs)), _UNGATED)
    for pair in pairs:
        cost[ours[pair.sighting], theirs[pair.chain]] = pair.cost
    sightings, chains = list(ours), list(theirs)
    chosen = zip(*linear_sum_assignment(cost), strict=True)
    return {sightings[row]: chains[col] for row, col in chosen if cost[row, col] < _UNGATED}


def _numbered(values: Iterable[int]) -> dict[int, int]:
    return {value: number for number, value in enumerate(sorted(set(values)))}
