"""The rows of the detections and looks tables for all clusters of an epoch."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.config import DetectConfig
from iovolc.detect.clusters import Cluster
from iovolc.detect.describe import (
    Places,
    Shape,
    angles_at,
    detection_id,
    equal_area_diameter_km,
    light_class,
    measure,
    place_columns,
)
from iovolc.detect.look import Look
from iovolc.detect.looks import look_rows
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Search
from iovolc.detect.ranking import reliability
from iovolc.detect.residual import Combined, baseline_share
from iovolc.detect.shift import shift_explains
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.geometry.sphere import distance_km
from iovolc.light.match import Difference
from iovolc.model import frames
from iovolc.model.detection import LOOKS, Detected, Footprint
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS

Plane = NDArray[np.float32]

COMPACT_ELEMENTS = 10.0
"""Changes of fewer resolution elements are tested against a mere shift."""
POOR_REGISTRATION_PX = 2.0
RELIEF_PARTNER = 3.0
DETECTED_9_IN_10 = 1.2816
"""Standard deviations by which a mean must exceed a threshold to pass it nine times in ten."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rows are computed from.

    Parameters
    ----------
    newer, older : Look, tuple of Look
        The epoch and the predecessors used.
    pairs : tuple of Difference
        Difference against each of ``older``.
    combined : mapping of str to Combined
        Median difference by sheet.
    weight : mapping of str to ndarray, shape (row, col), float32
        Inverse variance without the part for misregistration.
    registration_km : mapping of str to ndarray, shape (row, col), float32
        Registration sigma of the difference.
    search : Search
        Scales and thresholds.
    resolution_km : float
        Coarser resolution of the two sides.
    relative : bool
        Whether the difference is one of ranks.
    null : NullClusters
        The null, for the ranking.
    """

    newer: Look
    older: tuple[Look, ...]
    pairs: tuple[Difference, ...]
    combined: Mapping[str, Combined]
    weight: Mapping[str, Plane]
    registration_km: Mapping[str, Plane]
    search: Search
    resolution_km: float
    relative: bool
    null: NullClusters


def describe_all(
    clusters: Sequence[Cluster],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    evidence: Evidence,
    places: Places,
    grid: Grid,
    config: DetectConfig,
) -> Detected:
    """Tables and footprints of an epoch's clusters."""
    difference = {name: part.median for name, part in evidence.combined.items()}
    shapes = [measure(cluster, difference, places) for cluster in clusters]
    ranks = reliability(_features(clusters, shapes, grid), _null_features(evidence.null), config.seed)
    relief = _relief(clusters, shapes)
    older = [(look.record.id, pair.value) for look, pair in zip(evidence.older, evidence.pairs, strict=True)]
    rows: list[dict[str, object]] = []
    looks: list[dict[str, object]] = []
    footprints: dict[str, Footprint] = {}
    for i, (cluster, shape) in enumerate(zip(clusters, shapes, strict=True)):
        name = detection_id(evidence.newer.record, [look.record.id for look in evidence.older], cluster.sign, shape)
        single = cluster.sigma * math.sqrt(2.0 / (1.0 + _share(cluster, evidence)))
        seen = look_rows(name, cluster, shape.contrast, single, older)
        row = _row(cluster, shape, evidence, grid, config)
        row |= {"detection_id": name, "p_value": p[i], "q_value": q[i], "reliability": float(ranks[i])}
        row["reference_ids"] = sorted(str(look["observation_id"]) for look in seen)
        row["flags"] = sorted([*_flags(cluster, evidence, grid), *(["relief"] if relief[i] else [])])
        rows.append(row)
        looks += seen
        footprints[name] = cluster.footprint
    return Detected(
        frames.conform(pd.DataFrame(rows), DETECTIONS), frames.conform(pd.DataFrame(looks), LOOKS), footprints
    )


def _row(cluster: Cluster, shape: Shape, evidence: Evidence, grid: Grid, config: DetectConfig) -> dict[str, object]:
    record = evidence.newer.record
    scale_km = evidence.search.scales[cluster.scale].fwhm_km
    registration = _mean_over(cluster, evidence.registration_km)
    angles = angles_at(record, shape)
    before = [angles_at(look.record, shape)["phase_deg"] for look in evidence.older]
    known = [angle for angle in before if math.isfinite(angle)]
    size_km = max(scale_km, evidence.resolution_km, grid.pixel_km)
    return {
        "observation_id": record.id,
        "channel": record.channel,
        "scale_km": scale_km,
        "kind": "brightening" if cluster.sign > 0 else "darkening",
        **place_columns(shape, math.hypot(registration, size_km / FWHM_PER_SIGMA / cluster.z)),
        "contrast": math.nan if evidence.relative else shape.contrast,
        "contrast_sigma": math.nan if evidence.relative else cluster.sigma,
        "rank_contrast": shape.contrast if evidence.relative else math.nan,
        "snr": cluster.z,
        **angles,
        "delta_phase_deg": angles["phase_deg"] - float(np.mean(known)) if known else math.nan,
        "resolution_km": evidence.resolution_km,
        "registration_sigma_km": registration,
        "limit_90": (config.seed_z + DETECTED_9_IN_10) * cluster.sigma,
        "light_class": light_class(record, angles["incidence_deg"]),
    }


def _mean_over(cluster: Cluster, planes: Mapping[str, Plane]) -> float:
    values = np.concatenate([planes[name].ravel()[pixels] for name, pixels in cluster.footprint.pixels])
    return float(np.nanmean(values))


def _share(cluster: Cluster, evidence: Evidence) -> float:
    """Variance of the baseline in units of one epoch's, over the footprint."""
    counts = np.concatenate([evidence.combined[name].count.ravel()[px] for name, px in cluster.footprint.pixels])
    return float(baseline_share(counts).mean())


def _flags(cluster: Cluster, evidence: Evidence, grid: Grid) -> list[str]:
    flags: list[str] = []
    registration_px = _mean_over(cluster, evidence.registration_km) / grid.pixel_km
    if registration_px > POOR_REGISTRATION_PX:
        flags.append("poor_registration")
    name, pixels = max(cluster.footprint.pixels, key=lambda item: len(item[1]))
    elements = len(pixels) * (grid.pixel_km / evidence.resolution_km) ** 2
    compact = elements < COMPACT_ELEMENTS
    if compact and shift_explains(
        evidence.newer.side.tone[name],
        evidence.combined[name].median,
        evidence.weight[name],
        pixels,
        grid.sheet(name),
        registration_px,
    ):
        flags.append("shift_like")
    if any(_touches_gap(evidence.combined[name].count, px) for name, px in cluster.footprint.pixels):
        flags.append("edge")
    if any(_near(pair.reused, cluster) for pair in evidence.pairs):
        flags.append("not_reobserved")
    return flags


def _touches_gap(count: NDArray[np.uint8], pixels: NDArray[np.int32]) -> bool:
    rows, cols = np.divmod(pixels.astype(np.int64), count.shape[1])
    return any(
        bool((count[np.clip(rows + down, 0, count.shape[0] - 1), (cols + right) % count.shape[1]] == 0).any())
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1))
    )


def _near(reused: Mapping[str, NDArray[np.bool_]], cluster: Cluster) -> bool:
    """Whether the change borders on pixels that were taken over from the older map."""
    for name, pixels in cluster.footprint.pixels:
        if name in reused:
            rows, cols = np.divmod(pixels.astype(np.int64), reused[name].shape[1])
            for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                neighbours = np.clip(rows + down, 0, reused[name].shape[0] - 1), (cols + right) % reused[name].shape[1]
                if reused[name][neighbours].mean() > 0.2:
                    return True
    return False


def _relief(clusters: Sequence[Cluster], shapes: Sequence[Shape]) -> list[bool]:
    """Whether a change of opposite sign and like strength lies beside it, as mountains' lit and shaded flanks do."""
    if not clusters:
        return []
    lat, lon_e = np.array([shape.lat for shape in shapes]), np.array([shape.lon_e for shape in shapes])
    sign = np.array([cluster.sign for cluster in clusters])
    size = np.array([equal_area_diameter_km(shape.area_km2) for shape in shapes])
    mass = np.array([abs(shape.contrast) * shape.area_km2 for shape in shapes])
    found: list[bool] = []
    for i in range(len(clusters)):
        near = distance_km(lat[i], lon_e[i], lat, lon_e) < 0.75 * (size[i] + size)
        ratio = np.maximum(mass / mass[i], mass[i] / mass)
        found.append(bool((near & (sign != sign[i]) & (ratio < RELIEF_PARTNER)).any()))
    return found


def _features(clusters: Sequence[Cluster], shapes: Sequence[Shape], grid: Grid) -> NDArray[np.float64]:
    px2 = grid.pixel_km**2
    return np.array(
        [
            [cluster.z, math.log(shape.area_km2 / px2), float(cluster.scale)]
            for cluster, shape in zip(clusters, shapes, strict=True)
        ]
    ).reshape(-1, 3)


def _null_features(null: NullClusters) -> NDArray[np.float64]:
    return np.column_stack([null.z, np.log(np.maximum(null.area_px, 1.0)), null.scale.astype(np.float64)])
