"""Change of one epoch against its predecessors: from tones to the rows of the detections table.

The order: difference against each predecessor, median over them, variance, search over scales, null, significance,
description. Causal: nothing here knows a later epoch.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.config import DetectConfig, LightConfig
from iovolc.detect.bulk import bulk
from iovolc.detect.clusters import Cluster, find_clusters, footprint_km2
from iovolc.detect.completeness import TOLD_FOR_Q, Sensitivity
from iovolc.detect.curve import Curves
from iovolc.detect.describe import Places
from iovolc.detect.diagnostics import REAL_Q, diagnose
from iovolc.detect.evidence import Compared, Evidence
from iovolc.detect.lightstats import light_statistics
from iovolc.detect.look import Look
from iovolc.detect.noise import LOCAL_SHARE, Noise
from iovolc.detect.null import NullClusters, fit_spectrum, null_clusters
from iovolc.detect.pieces import Field, Search
from iovolc.detect.pyramid import scales
from iovolc.detect.ranking import Learned
from iovolc.detect.residual import Combined, combine, residual_variance, shared_gradient, slopes, variance
from iovolc.detect.rows import describe_all, doubted
from iovolc.detect.significance import Tail, Verdict, needed_z, p_values, q_values
from iovolc.geometry.lattice import sample
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.match import Difference, Frame, by_rank, difference
from iovolc.light.partners import Candidate, Law, mean_growth, rank_partners
from iovolc.model.detection import Detected
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EpochChange:
    """What changed in one epoch.

    Parameters
    ----------
    detected : Detected
        Its rows, looks and footprints.
    difference, sigma : mapping of str to ndarray, shape (row, col), float32
        Median difference and its standard deviation per pixel, by sheet; NaN where not compared.
    compared_km2 : float
        Area compared.
    resolution_km : float
        Coarser resolution of the two sides.
    null : dict
        Statistics of the null, for the run record.
    floor : mapping of str to ndarray, shape (row, col), float32, or float
        Local systematic error of an amplitude of any size, by sheet.
    sensitivity : Sensitivity
        What the plainness of a change depends on.
    verdict : Verdict
        By what the clusters were judged.
    """

    detected: Detected
    difference: Mapping[str, Plane]
    sigma: Mapping[str, Plane]
    compared_km2: float
    resolution_km: float
    null: Mapping[str, Any]
    floor: Mapping[str, Plane | float]
    sensitivity: Sensitivity
    verdict: Verdict


def detect_epoch(
    newer: Look,
    predecessors: Sequence[Look],
    frame: Frame,
    places: Places,
    config: DetectConfig,
    unchanged: Mapping[str, NDArray[np.float64]] | None = None,
    light: LightConfig | None = None,
    curves: Curves | None = None,
    learned: Learned | None = None,
) -> EpochChange:
    """Compare an epoch with its predecessors.

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
    learned : Learned or None
        What orders the changes; None orders them by the plain product of their measures.
    """
    light = light or LightConfig()
    held = compare(newer, predecessors, frame, config, unchanged, light)
    fields, search = held.fields, held.search
    clusters, factors = find_clusters(fields, frame.grid, search)
    least_km2 = held.least_km2(config)
    clusters = tuple(cluster for cluster in clusters if footprint_km2(cluster.footprint, places.area_km2) >= least_km2)
    seed = (config.seed, zlib.crc32(newer.record.id.encode()))
    spectrum = fit_spectrum(factors, search.scales, frame.grid)
    null = null_clusters(fields, frame.grid, search, spectrum, seed, config.null_draws, least_km2)
    scatter = bulk(fields, clusters, search.scales[0], frame.grid)
    p, tails = p_values(_scale(clusters, search), _z(clusters) / scatter.inflation, null, search.seed_z)
    q = q_values(p)
    real = tuple(cluster.footprint for cluster, own in zip(clusters, q, strict=True) if own <= TOLD_FOR_Q)
    verdict = Verdict(null, p, scatter.inflation, real)
    sensitivity = Sensitivity(
        search.scales, factors, search.sigma_floor, search.sigma_local, held.resolution_km, held.relative,
        needed_z(verdict, len(factors), search.seed_z, TOLD_FOR_Q),
    )  # fmt: skip
    evidence = Evidence(held, null, sensitivity, curves or Curves())
    checks = diagnose(fields, clusters, q <= REAL_Q, held.newer.side.tone, factors, frame, search, seed)
    detected = describe_all(clusters, p, q, evidence, places, frame.grid, config, learned)
    if checks.contradicted:
        detected = doubted(detected)
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
        "sigma_local": search.sigma_local if math.isfinite(search.sigma_local) else None,
        "needed_z": [round(z, 4) for z in sensitivity.needed_z],
        **checks.statistics(),
        **light_statistics(held.newer, held.pairs, light.sigma_gain),
    }
    shown = {name: np.where(field.weight > 0, field.difference, np.float32(np.nan)) for name, field in fields.items()}
    sigma = {name: _sigma(field.weight) for name, field in fields.items()}
    floor = {name: field.floor for name, field in fields.items()}
    return EpochChange(detected, shown, sigma, compared, held.resolution_km, statistics, floor, sensitivity, verdict)


def compare(
    newer: Look,
    predecessors: Sequence[Look],
    frame: Frame,
    config: DetectConfig,
    unchanged: Mapping[str, NDArray[np.float64]] | None = None,
    light: LightConfig | None = None,
) -> Compared:
    """Hold an epoch against its predecessors: match, difference, variance; parameters as :func:`detect_epoch`."""
    light = light or LightConfig()
    law = Law(config.sigma_model, light.sigma_phase, light.sigma_slant)
    ordered, groups = _partners(newer, predecessors, frame, law, config.max_predecessors)
    relative = any(look.side.quantity == "relative" for look in (newer, *ordered))
    if relative:
        newer = replace(newer, side=by_rank(newer.side, frame))
    pairs = [
        difference(
            newer.side,
            look.side,
            frame,
            reuse_correlation=config.reuse_correlation,
            unchanged=(unchanged or {}).get(look.record.id),
            law=law,
        )
        for look in ordered
    ]
    combined = _combine(pairs, groups, frame.grid)
    registration_km = _registration_sigma(newer, ordered, frame.grid)
    fields, bare = _fields(newer, combined, registration_km, frame, config, _of_light(pairs, combined))
    resolution_km = min(pair.resolution_km for pair in pairs)
    # Stretched pictures err at all sizes: nothing drops out against their surroundings.
    sigma_local = math.inf if relative else LOCAL_SHARE * config.sigma_model
    search = Search(
        scales(frame.grid, max(config.scales_km[0], resolution_km), config.scales_km[1], config.scale_step),
        config.seed_z,
        config.grow_z,
        config.sigma_rank if relative else config.sigma_model,
        sigma_local,
        rings=True,
    )
    return Compared(
        newer, tuple(ordered), tuple(pairs), combined, fields, bare, registration_km, search, resolution_km, relative
    )


def _partners(
    newer: Look, predecessors: Sequence[Look], frame: Frame, law: Law, most: int
) -> tuple[list[Look], list[int]]:
    """The predecessors that an epoch is compared with, best first, and the group of each."""
    candidates = [
        Candidate(
            max(newer.side.resolution_km, look.side.resolution_km),
            _mean_growth(newer, look, frame, law),
            look.record.stop_utc,
            look.record.id,
        )
        for look in predecessors
    ]
    order, groups = rank_partners(candidates)
    return [predecessors[k] for k in order[:most]], groups[:most]


def _mean_growth(newer: Look, older: Look, frame: Frame, law: Law) -> float:
    ours, theirs = newer.side.lit, older.side.lit
    if ours is None or theirs is None:
        return 0.0
    return mean_growth(ours, theirs, (newer.side.blocks, older.side.blocks), frame.places, law)


def _combine(pairs: Sequence[Difference], groups: Sequence[int], grid: Grid) -> dict[str, Combined]:
    out: dict[str, Combined] = {}
    nothing = np.zeros((1, 1), np.float32)
    for sheet in grid.sheets:
        name = sheet.name
        held = [(pair, group) for pair, group in zip(pairs, groups, strict=True) if name in pair.value]
        if held:
            out[name] = combine(
                [pair.value[name] for pair, _ in held],
                [group for _, group in held],
                [pair.tone_variance(name) for pair, _ in held],
                [pair.light_variance.get(name, nothing) for pair, _ in held],
            )
    return out


def _of_light(pairs: Sequence[Difference], combined: Mapping[str, Combined]) -> dict[str, NDArray[np.uint8]] | None:
    """A code at each pixel for the sources of light by which the best predecessor that shows it is compared."""
    met = sorted({light.pair for pair in pairs for light in pair.lights})
    if len(met) < 2:
        return None
    codes: dict[str, NDArray[np.uint8]] = {}
    for name, part in combined.items():
        codes[name] = np.zeros(part.median.shape, np.uint8)
        for pair in reversed([pair for pair in pairs if name in pair.value]):
            known = np.isfinite(pair.value[name])
            own = np.array([met.index(light.pair) for light in pair.lights], np.uint8)
            codes[name][known] = own[pair.of_light[name][known]] if pair.of_light else own[0]
    return codes


def _registration_sigma(newer: Look, older: Sequence[Look], grid: Grid) -> dict[str, Plane]:
    """Local registration sigma of a difference, in kilometres, by sheet."""
    before = np.mean([look.registration_sigma.values**2 for look in older], axis=0)
    both = Lattice(np.sqrt(newer.registration_sigma.values**2 + before), newer.registration_sigma.step_deg)
    return {sheet.name: sample(both, *pixel_lat_lon(sheet))[..., 0].astype(np.float32) for sheet in grid.sheets}


def _fields(
    newer: Look,
    combined: Mapping[str, Combined],
    registration_km: Mapping[str, Plane],
    frame: Frame,
    config: DetectConfig,
    of_light: Mapping[str, NDArray[np.uint8]] | None,
) -> tuple[dict[str, Field], dict[str, Plane]]:
    """Fields for the search, and the weights without the part for misregistration."""
    relative = newer.side.quantity == "relative"
    noise = residual_variance(combined, frame.owned, frame.grid, of_light)
    fields: dict[str, Field] = {}
    bare: dict[str, Plane] = {}
    for name, part in combined.items():
        known = np.isfinite(part.median) & (part.count >= config.min_predecessors)
        slope = shared_gradient(newer.side.tone[name], part.median, frame.grid.sheet(name))
        shift = (registration_km[name] * slope) ** 2
        still = variance(part, noise[name], np.zeros_like(shift), config.shrinkage)
        bare[name] = _weight(known, still)
        fields[name] = Field(
            np.where(known, part.median, np.float32(0.0)),
            _weight(known, still + shift),
            frame.owned[name],
            np.sqrt(part.normalisation),
            None if relative else slopes(newer.side.tone[name] - part.median, frame.grid.sheet(name)),
            registration_km[name],
        )
    return fields, bare


def _weight(known: NDArray[np.bool_], variance_of: NDArray[np.floating]) -> Plane:
    return np.where(known & (variance_of > 0), 1.0 / np.maximum(variance_of, 1e-12), 0.0).astype(np.float32)


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
