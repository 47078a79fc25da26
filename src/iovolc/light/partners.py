"""Which earlier epochs an epoch is best compared with, and by how much the light model errs between two geometries.

The error of ln albedo between two looks at one place grows with the difference of their phase angles and of the cosines
of incidence and emission; its size is fitted pair by pair on the terrain that both show. Terrain errs as a whole, by
what its frost or sulphur does with light, so this error does not average down within a change. Not for the gain between
two epochs (:mod:`iovolc.light.gains`).
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.lattice import nodes
from iovolc.light.blocks import BlockPlaces
from iovolc.light.calibrated import Tone
from iovolc.light.classes import LightClass
from iovolc.light.lit import LightPair, Lit, blocks_of, light_pairs
from iovolc.light.sources import Lighting, rays_at
from iovolc.model.epoch import Lattice

Values = NDArray[np.float64]
Vector = NDArray[np.float64]

RESOLUTION_STEP: Final = 1.5
"""Predecessors whose resolution is within this factor of the finest available count as equally sharp."""
MISMATCH_STEP: Final = 0.05
"""Difference in the light model's error, in ln albedo, that counts as much as one step of resolution."""
LAW_FACTOR: Final = 2.0
"""The law's own size is known to about this factor, one sigma."""
_STEP_DEG: Final = 5.0


@dataclass(frozen=True, slots=True)
class Slant:
    """How light falls and is seen at places, all of one shape.

    Parameters
    ----------
    phase_deg : ndarray
        Between the source and the observer.
    mu0, mu : ndarray
        Cosines of incidence and emission, not below 0.
    """

    phase_deg: Values
    mu0: Values
    mu: Values


def slant_at(lighting: Lighting, light: LightClass, lat: Values, lon_e: Values) -> Slant:
    """The slant of one source's light at places, shape (...).

    Parameters
    ----------
    lighting : Lighting
        What lights the epoch.
    light : LightClass
        The source: Jupiter, or else the Sun.
    lat, lon_e : ndarray, shape (...)
        Planetocentric degrees.
    """
    rays = rays_at(lighting, lat, lon_e)
    jupiter = light == LightClass.JUPITER
    phase = rays.jupiter_phase_deg if jupiter else rays.phase_deg
    incidence = rays.jupiter_incidence_deg if jupiter else rays.incidence_deg
    mu0, mu = (np.maximum(np.cos(np.radians(angle)), 0.0) for angle in (incidence, rays.emission_deg))
    return Slant(phase, mu0, mu)


@dataclass(frozen=True, slots=True)
class Law:
    """How the error of ln albedo grows with the difference of geometry, before it is fitted.

    Parameters
    ----------
    alike : float
        Where the geometry is the same.
    per_degree : float
        Of phase angle.
    per_slant : float
        Per unit of the cosines of incidence and of emission.
    """

    alike: float
    per_degree: float
    per_slant: float

    def growth(self, one: Slant, other: Slant) -> Values:
        """What the difference of geometry adds to ``alike``; nan where one is not known."""
        slants = np.abs(one.mu - other.mu) + np.abs(one.mu0 - other.mu0)
        return self.per_degree * np.abs(one.phase_deg - other.phase_deg) + self.per_slant * slants

    def scale(self, scatter: float, growth: float, patches: float) -> float:
        """By how much the law is to be stretched for one pair of epochs.

        Parameters
        ----------
        scatter : float
            Robust scatter of the difference on terrain that both show, in ln albedo.
        growth : float
            Typical :meth:`growth` there.
        patches : float
            How many patches of terrain both show: the logarithm of their scatter has the variance 1 / (2 patches).

        Returns
        -------
        float
            1 where nothing is known.
        """
        expected = self.alike + growth
        if not (math.isfinite(scatter) and expected > 0.0):
            return 1.0
        if not scatter > 0.0:
            return 0.0
        measured, prior = 2.0 * patches, 1.0 / math.log(LAW_FACTOR) ** 2
        return math.exp(math.log(scatter / expected) * measured / (measured + prior))


def mismatch(
    lit: tuple[Lit | None, Lit | None], blocks: tuple[Vector, Vector], places: BlockPlaces, law: Law
) -> float | None:
    """How far the geometries of two epochs are apart: mean of the law's growth over the blocks that both show.

    Parameters
    ----------
    lit : tuple of Lit or None
        Light of the newer and the older one.
    blocks : tuple of ndarray, shape (block,)
        Block means of their tones.
    places : BlockPlaces
        Where the blocks lie.
    law : Law
        The prior law.

    Returns
    -------
    float or None
        0 where a light is not known, or where one of them fills no block, so that blocks tell nothing; None where they
        share no block, so that they cannot be compared.
    """
    newer, older = lit
    if not all(np.isfinite(own).any() for own in blocks):
        return 0.0
    if newer is None or older is None:
        return 0.0 if (np.isfinite(blocks[0]) & np.isfinite(blocks[1])).any() else None
    found = [
        _growth(newer, older, pair, places, shared_blocks(newer, older, blocks, pair), law)
        for pair in light_pairs(newer, older)
    ]
    growths = np.concatenate(found)
    return float(growths.mean()) if len(growths) else None


def shared_blocks(newer: Lit, older: Lit, blocks: tuple[Vector, Vector], pair: LightPair) -> NDArray[np.bool_]:
    """Which blocks two epochs both show by one pair of sources."""
    one, other = (blocks_of(own, side, light) for own, side, light in zip(blocks, (newer, older), pair, strict=True))
    return np.isfinite(one) & np.isfinite(other)


def added_variance(
    newer: Lit, older: Lit, pair: LightPair, tone: Tone, shared: NDArray[np.bool_], places: BlockPlaces, law: Law
) -> Lattice:
    """Variance of ln albedo that a difference of geometry adds, stretched to the scatter of this pair of epochs.

    Parameters
    ----------
    newer, older : Lit
        Their light.
    pair : tuple of LightClass
        By which source each shows the place.
    tone : Tone
        Their match, with the scatter of what they share.
    shared : ndarray, shape (block,), bool
        What they share.
    places : BlockPlaces
        Where the blocks lie.
    law : Law
        The prior law.
    """
    lat, lon_e = np.meshgrid(*nodes(_STEP_DEG), indexing="ij")
    growth = law.growth(slant_at(newer.lighting, pair[0], lat, lon_e), slant_at(older.lighting, pair[1], lat, lon_e))
    at_blocks = _growth(newer, older, pair, places, shared, law)
    typical = float(np.median(at_blocks)) if len(at_blocks) else math.nan
    added = law.scale(tone.sigma, typical, tone.patches) ** 2 * growth * (growth + 2.0 * law.alike)
    return Lattice(added[..., None].astype(np.float32), _STEP_DEG)


def _growth(
    newer: Lit, older: Lit, pair: LightPair, places: BlockPlaces, shared: NDArray[np.bool_], law: Law
) -> Values:
    lat, lon_e = places.lat[shared], places.lon_e[shared]
    return law.growth(slant_at(newer.lighting, pair[0], lat, lon_e), slant_at(older.lighting, pair[1], lat, lon_e))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier epoch.

    Parameters
    ----------
    resolution_km : float
        The coarser of its and the newer one's.
    mismatch : float
        :func:`mismatch` between it and the newer one.
    stop_utc : datetime
        Its end.
    id : str
        Its name.
    """

    resolution_km: float
    mismatch: float
    stop_utc: datetime
    id: str


def rank_partners(candidates: Sequence[Candidate]) -> tuple[list[int], list[int]]:
    """The order in which an epoch is compared with earlier ones, and groups that are as good as each other.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one.

    Returns
    -------
    order : list of int
        Positions in ``candidates``: by group, then the finest, the latest, and by name.
    groups : list of int
        In that order, ascending: steps of resolution and of mismatch together.
    """
    fine = sorted(range(len(candidates)), key=lambda k: _finest_first(candidates[k]))
    steps = resolution_groups([candidates[k].resolution_km for k in fine])
    total = {k: step + int(candidates[k].mismatch // MISMATCH_STEP) for k, step in zip(fine, steps, strict=True)}
    order = sorted(fine, key=lambda k: total[k])
    return order, [total[k] for k in order]


def best_partners(resolutions_km: Sequence[float], apart: Callable[[int], float | None], most: int) -> list[int]:
    """Which candidates come first by :func:`rank_partners`, with as few looks at their geometry as it takes.

    Those that share no ground with the newer one take no place of others.

    Parameters
    ----------
    resolutions_km : sequence of float
        Of each candidate, the coarser of its and the newer one's, ascending; of equals the latest first.
    apart : callable
        :func:`mismatch` of a candidate, by its position.
    most : int
        How many are wanted.

    Returns
    -------
    list of int
        Positions, best first; where there are no more than wanted all of them, unranked; where none shares any ground
        the finest, so that a comparison tells that there was nothing to compare.
    """
    if len(resolutions_km) <= most:
        return list(range(len(resolutions_km)))
    found: list[tuple[int, int]] = []
    counts: Counter[int] = Counter()
    for k, step in enumerate(resolution_groups(resolutions_km)):
        # A mismatch only ever makes a candidate worse than its step: later ones cannot push these out any more.
        if sum(count for total, count in counts.items() if total <= step) >= most:
            break
        own = apart(k)
        if own is not None:
            total = step + int(own // MISMATCH_STEP)
            counts[total] += 1
            found.append((total, k))
    return [k for _, k in sorted(found)[:most]] or [0]


def resolution_groups(resolutions_km: Sequence[float]) -> list[int]:
    """Group of each resolution, which ascend: a new group starts where one exceeds its group's first by half."""
    groups: list[int] = []
    first = resolutions_km[0]
    for resolution in resolutions_km:
        if resolution > RESOLUTION_STEP * first:
            first = resolution
            groups.append(groups[-1] + 1)
        else:
            groups.append(groups[-1] if groups else 0)
    return groups


def _finest_first(candidate: Candidate) -> tuple[float, float, str]:
    return candidate.resolution_km, -candidate.stop_utc.timestamp(), candidate.id
