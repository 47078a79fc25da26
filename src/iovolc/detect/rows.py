"""The rows of the detections and looks tables for all clusters of an epoch."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.config import DetectConfig
from iovolc.detect.artefacts import Setting
from iovolc.detect.clusters import Cluster
from iovolc.detect.completeness import seen_share
from iovolc.detect.curve import Curve
from iovolc.detect.describe import (
    Places,
    Shape,
    detection_id,
    equal_area_diameter_km,
    measure,
    place_columns,
)
from iovolc.detect.evidence import Evidence, mean_over
from iovolc.detect.flags import flags
from iovolc.detect.looks import Earlier, look_rows, share_left
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Search
from iovolc.detect.ranking import Learned, isolation, reliability
from iovolc.detect.setting import look_around, setting
from iovolc.detect.variance import baseline_share
from iovolc.geometry.longitudes import wrap180
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.model import frames
from iovolc.model.detection import LOOKS, Detected, Footprint
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS


def describe_all(
    clusters: Sequence[Cluster],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    evidence: Evidence,
    places: Places,
    grid: Grid,
    config: DetectConfig,
    learned: Learned | None = None,
) -> Detected:
    """Tables and footprints of an epoch's clusters."""
    difference = evidence.held.median
    shapes = [_centred(cluster, measure(cluster, difference, places)) for cluster in clusters]
    known = [setting(cluster, shape, evidence, grid) for cluster, shape in zip(clusters, shapes, strict=True)]
    found, grounds = look_around(clusters, shapes, known, evidence, grid)
    isolated = isolation(_features(clusters, shapes, evidence.held.search), _null_features(evidence.null), config.seed)
    ranks = reliability(isolated, found, learned)
    by_age = sorted(evidence.held.older, key=lambda look: (look.record.stop_utc, look.record.id))
    oldest_first = [look.record.id for look in by_age]
    rows: list[dict[str, object]] = []
    looks: list[dict[str, object]] = []
    footprints: dict[str, Footprint] = {}
    for i, (cluster, shape, ground) in enumerate(zip(clusters, shapes, grounds, strict=True)):
        name = detection_id(
            evidence.held.newer.record, [look.record.id for look in evidence.held.older], cluster.sign, shape
        )
        single = cluster.sigma * math.sqrt(2.0 / (1.0 + _share(cluster, evidence)))
        level = 0.0 if ground is None else ground.level(difference)
        contrast = cluster.sign * max(cluster.sign * (shape.contrast - level), 0.0) if math.isfinite(level) else 0.0
        plain = abs(contrast) / (single * config.grow_z)  # the place is known, so what grows there is seen
        seen = look_rows(name, cluster, contrast, single, _earlier(shape, plain, evidence), ground)
        row = _row(cluster, _unhidden(shape, cluster.sign, level), known[i], evidence, grid)
        row |= {"detection_id": name, "p_value": p[i], "q_value": q[i], "reliability": float(ranks[i])}
        covering = {str(look["observation_id"]) for look in seen}
        row["reference_ids"] = [name for name in oldest_first if name in covering]
        row["flags"] = flags(cluster, found[i], known[i], evidence, grid)
        rows.append(row)
        looks += seen
        footprints[name] = cluster.footprint
    return Detected(
        frames.conform(pd.DataFrame(rows), DETECTIONS), frames.conform(pd.DataFrame(looks), LOOKS), footprints
    )


def doubted(detected: Detected) -> Detected:
    """The same with every change flagged: the diagnostics contradict the null by which they are significant."""
    rows = detected.detections
    marked = pd.Series([[*words, "null_contradicted"] for words in rows["flags"]], index=rows.index, dtype=object)
    return replace(detected, detections=rows.assign(flags=marked))


def _centred(cluster: Cluster, shape: Shape) -> Shape:
    """A ring lies about its template's centre, wherever its strongest part is."""
    ring = cluster.ring
    return shape if ring is None else replace(shape, lat=ring.lat, lon_e=float(wrap180(ring.lon_e)))


def _unhidden(shape: Shape, sign: int, level: float) -> Shape:
    """The change with what ground that errs the other way hides of it, as the search takes it."""
    hidden = max(-sign * level, 0.0) if math.isfinite(level) else 0.0
    return replace(shape, contrast=shape.contrast + sign * hidden)


def _row(cluster: Cluster, shape: Shape, known: Setting, evidence: Evidence, grid: Grid) -> dict[str, object]:
    record = evidence.held.newer.record
    ring = cluster.ring
    scale_km = evidence.held.search.scales[cluster.scale].fwhm_km
    registration = mean_over(cluster, evidence.held.registration_km)
    light, *others = known.lights
    before = [other.phase_deg for other in others if math.isfinite(other.phase_deg)]
    size_km = max(scale_km, evidence.held.resolution_km, grid.pixel_km)
    return {
        "observation_id": record.id,
        "channel": record.channel,
        "scale_km": scale_km if ring is None else 2.0 * ring.radius_km,
        "kind": "ring" if ring else "brightening" if cluster.sign > 0 else "darkening",
        **place_columns(shape, math.hypot(registration, size_km / FWHM_PER_SIGMA / cluster.z)),
        "contrast": math.nan if evidence.held.relative else shape.contrast,
        "contrast_sigma": math.nan if evidence.held.relative else cluster.sigma,
        "rank_contrast": shape.contrast if evidence.held.relative else math.nan,
        "snr": cluster.z,
        "incidence_deg": light.incidence_deg,
        "emission_deg": light.emission_deg,
        "phase_deg": light.phase_deg,
        "delta_phase_deg": light.phase_deg - float(np.mean(before)) if before else math.nan,
        "resolution_km": evidence.held.resolution_km,
        "registration_sigma_km": registration,
        "limit_90": _limit(cluster, shape, evidence, 0.9),
        "light_class": light.light.word,
    }


def _earlier(shape: Shape, plain: float, evidence: Evidence) -> list[Earlier]:
    """The predecessors, and how much of a change that is so plain each of them would have shown."""
    held = evidence.held
    size_km, curve = equal_area_diameter_km(shape.area_km2), _curve(shape, evidence)
    older: list[Earlier] = []
    for look, pair in zip(held.older, held.pairs, strict=True):
        share = 1.0 if held.relative else share_left(size_km, held.resolution_km, pair.resolution_km)
        older.append(Earlier(look.record.id, pair.value, share, float(curve.probability(share * plain))))
    return older


def _curve(shape: Shape, evidence: Evidence) -> Curve:
    """The detection curve of changes as large as this one, which has passed the least area and so has no ceiling."""
    curve = evidence.sensitivity.curve(evidence.curves, equal_area_diameter_km(shape.area_km2))
    return replace(curve, ceiling=1.0)


def _limit(cluster: Cluster, shape: Shape, evidence: Evidence, probability: float) -> float:
    """The contrast with which a change of this size would have been found here with a probability."""
    size_km = equal_area_diameter_km(shape.area_km2)
    scale_km = max(evidence.held.search.scales[cluster.scale].fwhm_km, 0.5 * size_km)
    share = seen_share(size_km, scale_km, evidence.held.resolution_km)
    needed = evidence.sensitivity.needed_z[cluster.scale]
    return _curve(shape, evidence).margin_at(probability) * needed * cluster.sigma / share


def _share(cluster: Cluster, evidence: Evidence) -> float:
    """Variance of the baseline in units of one epoch's, over the footprint."""
    counts = np.concatenate([evidence.held.count[name].ravel()[px] for name, px in cluster.footprint.pixels])
    return float(baseline_share(counts).mean())


def _features(clusters: Sequence[Cluster], shapes: Sequence[Shape], search: Search) -> NDArray[np.float64]:
    return np.array(
        [
            [cluster.z, math.log(shape.area_km2), float(cluster.rank_class(search))]
            for cluster, shape in zip(clusters, shapes, strict=True)
        ]
    ).reshape(-1, 3)


def _null_features(null: NullClusters) -> NDArray[np.float64]:
    return np.column_stack([null.z, np.log(null.area_km2), null.scale.astype(np.float64)])
