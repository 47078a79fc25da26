"""Change of one epoch against its predecessors: from tones to the rows of the detections table.

The order: difference against each predecessor, median over them, variance, search over scales, null, significance,
extent, description. Causal: nothing here knows a later epoch.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.config import DetectConfig, LightConfig
from iovolc.detect.bulk import bulk
from iovolc.detect.clusters import Cluster, find_clusters, footprint_km2
from iovolc.detect.compare import compare
from iovolc.detect.completeness import TOLD_FOR_Q, Sensitivity
from iovolc.detect.curve import Curves
from iovolc.detect.describe import Places
from iovolc.detect.diagnostics import REAL_Q, diagnose
from iovolc.detect.evidence import Evidence
from iovolc.detect.extent import with_extent
from iovolc.detect.lightstats import light_statistics, match_statistics
from iovolc.detect.look import Look
from iovolc.detect.noise import Noise
from iovolc.detect.null import NullClusters, fit_spectrum, null_clusters
from iovolc.detect.pieces import Field, Search
from iovolc.detect.ranking import Learned
from iovolc.detect.rows import describe_all, doubted
from iovolc.detect.significance import Tail, Verdict, needed_z, p_values, q_values
from iovolc.hands import by_rows
from iovolc.light.match import Frame
from iovolc.model.detection import Detected
from iovolc.model.keeping import Keep, in_memory

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EpochChange:
    """What changed in one epoch.

    Parameters
    ----------
    difference, sigma : mapping of str to ndarray, shape (row, col), float32
        Median difference and its standard deviation per pixel, by sheet; NaN where not compared.
    compared_km2 : float
        Area compared.
    null : dict
        Statistics of the null, for the run record.
    verdict : Verdict
        By what the clusters were judged.
    clusters : tuple of Cluster
        What was found.
    q : ndarray, shape (cluster,), float64
        Benjamini-Hochberg's q of each.
    evidence : Evidence
        What their description is told from.
    contradicted : bool
        Whether the diagnostics contradict the null.
    """

    difference: Mapping[str, Plane]
    sigma: Mapping[str, Plane]
    compared_km2: float
    null: Mapping[str, Any]
    verdict: Verdict
    clusters: tuple[Cluster, ...]
    q: NDArray[np.float64]
    evidence: Evidence
    contradicted: bool

    @property
    def resolution_km(self) -> float:
        """Coarser resolution of the two sides."""
        return self.evidence.held.resolution_km

    @property
    def fields(self) -> Mapping[str, Field]:
        """What was searched, by sheet."""
        return self.evidence.held.fields

    @property
    def sensitivity(self) -> Sensitivity:
        """What the plainness of a change depends on."""
        return self.evidence.sensitivity


def detect_epoch(
    newer: Look,
    predecessors: Sequence[Look],
    frame: Frame,
    places: Places,
    config: DetectConfig,
    unchanged: Mapping[str, NDArray[np.float64]] | None = None,
    light: LightConfig | None = None,
    curves: Curves | None = None,
    keep: Keep = in_memory,
) -> EpochChange:
    """Compare an epoch with its predecessors, and find what changed; :func:`described` tells of it.

    Parameters
    ----------
    newer : Look
        The epoch.
    predecessors : sequence of Look
        Earlier epochs of the same channel, by stop time and then id; at least one.
    frame, places : Frame, Places
        What all epochs of the grid share.
    config : DetectConfig
        Thresholds.
    unchanged : mapping of str to ndarray, shape (block,), or None
        Probability of no change per block and predecessor id, where several bands tell it.
    light : LightConfig or None
        How the light model errs; None is the default.
    curves : Curves or None
        Detection curves, for limits and adequate looks; None takes what passes the seed threshold as found.
    keep : callable
        Keeps what belongs to one predecessor (:func:`iovolc.detect.compare.compare`).
    """
    light = light or LightConfig()
    held = compare(newer, predecessors, frame, config, unchanged, light, keep)
    fields, search = held.fields, held.search
    clusters, factors = find_clusters(fields, frame.grid, search)
    least_km2 = held.least_km2(config)
    clusters = tuple(cluster for cluster in clusters if footprint_km2(cluster.footprint, places.area_km2) >= least_km2)
    seed = (config.seed, zlib.crc32(newer.record.id.encode()))
    spectrum = fit_spectrum(factors, search.scales, frame.grid)
    null = null_clusters(fields, frame.grid, search, spectrum, seed, config.null_draws, least_km2)
    scatter = bulk(fields, clusters, search, frame.grid)
    p, tails = p_values(_scale(clusters, search), _z(clusters) / scatter.inflation, null, search.seed_z)
    q = q_values(p)
    if not held.relative:  # the sharpness of stretched maps is a guess
        clusters = with_extent(clusters, fields, places.area_km2, frame.grid, held.resolution_km)
    real = tuple(cluster.footprint for cluster, own in zip(clusters, q, strict=True) if own <= TOLD_FOR_Q)
    verdict = Verdict(null, p, scatter.inflation, real)
    sensitivity = Sensitivity(
        search.scales, factors, search.sigma_floor, held.resolution_km, held.relative,
        needed_z(verdict, len(factors), search.seed_z, TOLD_FOR_Q),
    )  # fmt: skip
    evidence = Evidence(held, null, sensitivity, curves or Curves())
    checks = diagnose(fields, clusters, q <= REAL_Q, held.newer.side.tone, factors, frame, search, seed)
    compared = sum(
        float(places.area_km2[name][(field.owned & (field.weight > 0)).ravel()].sum(dtype=np.float64))
        for name, field in fields.items()
    )
    statistics = _statistics(held.newer, factors, search, null, tails, clusters, compared) | {
        "bulk_centre": round(scatter.centre, 4),
        "bulk_width": round(scatter.width, 4),
        "inflation": round(scatter.inflation, 4),
        "resolution_km": round(held.resolution_km, 3),
        "relative": held.relative,
        "sigma_floor": search.sigma_floor,
        "registration_km": round(held.median_registration_km, 3),
        "needed_z": [round(z, 4) for z in sensitivity.needed_z],
        **checks.statistics(),
        **light_statistics(held.newer, held.pairs, light.sigma_gain),
        **match_statistics(held.older, held.pairs),
    }
    shown = {name: by_rows(_where_known, field.weight, field.difference) for name, field in fields.items()}
    sigma = {name: by_rows(_sigma, field.weight) for name, field in fields.items()}
    return EpochChange(
        shown, sigma, compared, statistics, verdict, clusters, q, evidence, contradicted=bool(checks.contradicted)
    )


def described(change: EpochChange, places: Places, config: DetectConfig, learned: Learned | None = None) -> Detected:
    """The rows, looks and footprints of what changed in an epoch.

    Parameters
    ----------
    change : EpochChange
        What was found.
    places, config : Places, DetectConfig
        As it was found with.
    learned : Learned or None
        What orders the changes; None orders them by the plain product of their measures.
    """
    clusters, p, q = change.clusters, change.verdict.p, change.q
    detected = describe_all(clusters, p, q, change.evidence, places, places.grid, config, learned)
    return doubted(detected) if change.contradicted else detected


def _where_known(weight: Plane, difference: Plane) -> Plane:
    return np.where(weight > 0, difference, np.float32(np.nan))


def _sigma(weight: Plane) -> Plane:
    return np.where(weight > 0, 1.0 / np.sqrt(np.maximum(weight, np.float32(1e-20))), np.float32(np.nan))


def _scale(clusters: Sequence[Cluster], search: Search) -> NDArray[np.int64]:
    return np.array([cluster.rank_class(search) for cluster in clusters], dtype=np.int64)


def _z(clusters: Sequence[Cluster]) -> NDArray[np.float64]:
    return np.array([cluster.z for cluster in clusters], dtype=np.float64)


def _statistics(
    newer: Look,
    factors: Sequence[Noise],
    search: Search,
    null: NullClusters,
    tails: Mapping[int, Tail],
    clusters: Sequence[Cluster],
    compared_km2: float,
) -> dict[str, Any]:
    return {
        "observation_id": newer.record.id,
        "channel": newer.record.channel,
        "compared_km2": round(compared_km2, 1),
        "scales_km": [round(scale.fwhm_km, 2) for scale in search.scales],
        "noise_factors": [round(factor.alone, 4) for factor in factors],
        "noise_factors_against": [round(factor.against, 4) for factor in factors],
        "null_draws": null.draws,
        "null_clusters_per_draw": round(len(null.z) / null.draws, 2),
        "clusters": len(clusters),
        "rings": sum(cluster.ring is not None for cluster in clusters),
        "darker": sum(cluster.sign < 0 for cluster in clusters),
        "p_floor": float(f"{min((tail.floor for tail in tails.values()), default=1.0):.4g}"),
        "tails": {
            "ring" if index == search.ring_class else f"{search.scales[index].fwhm_km:.1f}": {
                "shape": round(tail.shape, 4),
                "shape_sigma": round(tail.shape_sigma, 4) if tail.count > 1 else None,
                "scale": round(tail.scale, 4),
                "count": tail.count,
            }
            for index, tail in sorted(tails.items())
        },
    }
