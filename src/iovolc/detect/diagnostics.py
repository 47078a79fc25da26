"""Whether the residual of a comparison behaves as its null says: signs, blocks and resampling.

Cheap checks on what is left outside the changes found. They give no p-values to changes; where they contradict the
null, the comparison's changes are flagged and count for less (:mod:`iovolc.track.tiers`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from iovolc.detect.clusters import Cluster
from iovolc.detect.matched import respond
from iovolc.detect.noise import Noise
from iovolc.detect.pieces import Field, Search
from iovolc.detect.skirts import reached
from iovolc.hands import both
from iovolc.light.blocks import block_means
from iovolc.light.match import Frame
from iovolc.model.grid import Grid

Plane = NDArray[np.float32]

CONTRADICTED_P: Final = 1e-4
RESAMPLED_SHARE: Final = 0.01
REAL_Q: Final = 0.1
"""Clusters that pass this are left out of the count of signs, whatever rate of false ones is asked for later."""
FLIPS: Final = 19999
BLOCK_DEG: Final = 40.0
"""Signs flip in blocks of some 1270 km: twice the widest filter and the noise model's neighbourhood."""
_LEAST_BLOCKS: Final = 8
_LEAST_CLUSTERS: Final = 10


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What the checks found.

    Parameters
    ----------
    sign_p : float
        Two-sided binomial p of as many darker among the weak clusters; nan with fewer than ten.
    flip_p : float
        Share of random sign flips of blocks whose mean is as far from 0 as the residual's; nan with few blocks.
    resampled_share : float
        Share of the places where the epoch differs from itself, resampled twice by half a pixel, beyond the seed.
    """

    sign_p: float
    flip_p: float
    resampled_share: float

    @property
    def contradicted(self) -> tuple[str, ...]:
        """The names of the checks that contradict the null."""
        found = {
            "signs": self.sign_p < CONTRADICTED_P,
            "blocks": self.flip_p < CONTRADICTED_P,
            "resampling": self.resampled_share > RESAMPLED_SHARE,
        }
        return tuple(name for name, bad in found.items() if bad)

    def statistics(self) -> dict[str, Any]:
        """Plain values for the run's record."""
        return {
            "sign_p": _rounded(self.sign_p),
            "flip_p": _rounded(self.flip_p),
            "resampled_share": _rounded(self.resampled_share),
            "contradicted": list(self.contradicted),
        }


def diagnose(
    fields: Mapping[str, Field],
    clusters: Sequence[Cluster],
    passed: NDArray[np.bool_],
    tone: Mapping[str, Plane],
    factors: Sequence[Noise],
    frame: Frame,
    search: Search,
    seed: Sequence[int],
) -> Diagnostics:
    """Check the residual of a comparison.

    Parameters
    ----------
    fields : mapping of str to Field
        The differences searched.
    clusters : sequence of Cluster
        The changes found.
    passed : ndarray of bool
        Which of them are significant: real changes may well be of one sign, and so are fragments of their skirts.
    tone : mapping of str to ndarray, shape (row, col), float32
        The epoch itself.
    factors : sequence of Noise
        Noise factors of each scale.
    frame : Frame
        The grid's places.
    search : Search
        As for the search.
    seed : sequence of int
        Seed of the flips.
    """
    weak = [cluster.sign for cluster in _apart(clusters, passed, frame.grid, search)]
    signs = binomtest(weak.count(-1), len(weak)).pvalue if len(weak) >= _LEAST_CLUSTERS else math.nan
    flip_p, resampled = both(
        lambda: _flip_p(fields, reached(clusters, frame.grid, search.scales[-1].fwhm_km), frame, seed),
        lambda: _resampled_share(fields, tone, factors[0].alone, frame, search),
    )
    return Diagnostics(float(signs), flip_p, resampled)


def _apart(clusters: Sequence[Cluster], passed: NDArray[np.bool_], grid: Grid, search: Search) -> list[Cluster]:
    """The clusters that are not significant, and no fragments of the skirt of one of their sign that is."""
    apart: list[Cluster] = []
    for sign in (-1, 1):
        mine = [(cluster, real) for cluster, real in zip(clusters, passed, strict=True) if cluster.sign == sign]
        there = reached([cluster for cluster, real in mine if real], grid, search.scales[-1].fwhm_km)
        apart += [cluster for cluster, real in mine if not real and not _touches(cluster, there)]
    return apart


def _touches(cluster: Cluster, there: Mapping[str, NDArray[np.bool_]]) -> bool:
    return any(there[name].ravel()[pixels].any() for name, pixels in cluster.footprint.pixels)


def _flip_p(
    fields: Mapping[str, Field], changed: Mapping[str, NDArray[np.bool_]], frame: Frame, seed: Sequence[int]
) -> float:
    """Whether blocks longer than the correlation length lean to one side together.

    The match of tone leaves each block the error that the null allows for, which is taken out of its weight.
    """
    z = {
        name: np.where(
            field.weight > 0,
            field.difference / np.sqrt(1.0 / np.maximum(field.weight, 1e-20) + field.smooth**2 + field.terrain**2),
            np.nan,
        ).astype(np.float32)
        for name, field in fields.items()
    }
    for name, plane in z.items():
        plane[changed[name]] = np.nan
    means = block_means(z, frame.owned, frame.grid)
    places = frame.places
    band = np.floor((places.lat + 90.0) / BLOCK_DEG)
    around = np.maximum(np.round(360.0 * np.cos(np.radians((band + 0.5) * BLOCK_DEG - 90.0)) / BLOCK_DEG), 1.0)
    code = (band * 1000 + np.floor((places.lon_e + 180.0) / 360.0 * around)).astype(np.int64)
    known = np.isfinite(means) & (places.area_km2 > 0)
    _, block = np.unique(code[known], return_inverse=True)
    sums = np.bincount(block, weights=(means * places.area_km2)[known])
    if sums.size < _LEAST_BLOCKS:
        return math.nan
    generator = np.random.Generator(np.random.PCG64([*seed, 1]))
    flips = generator.choice(np.array([-1.0, 1.0]), size=(FLIPS, sums.size))
    return float((1 + (np.abs(flips @ sums) >= abs(sums.sum())).sum()) / (FLIPS + 1))


def _resampled_share(
    fields: Mapping[str, Field], tone: Mapping[str, Plane], noise: float, frame: Frame, search: Search
) -> float:
    """How often two ways of resampling one map are taken for a change at the finest scale."""
    beyond, compared = 0, 0
    for name, field in fields.items():
        itself = _half_pixel(tone[name], 0) - _half_pixel(tone[name], 1)
        known = np.isfinite(itself) & (field.weight > 0)
        weight = np.where(known, field.weight, np.float32(0.0))
        response = respond(np.where(known, itself, np.float32(0.0)), weight, frame.grid.sheet(name), search.scales[0])
        good = np.isfinite(response.sigma)
        total = np.hypot(noise * response.sigma[good], search.sigma_floor)
        beyond += int((np.abs(response.amplitude[good]) > search.seed_z * total).sum())
        compared += int(good.sum())
    return beyond / compared if compared else math.nan


def _half_pixel(tone: Plane, axis: int) -> Plane:
    """There and back by half a pixel along one axis, linearly."""
    there = 0.5 * (tone + np.roll(tone, 1, axis))
    return (0.5 * (there + np.roll(there, -1, axis))).astype(np.float32)


def _rounded(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None
