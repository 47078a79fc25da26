"""Trials: which changes, injected into an epoch, the whole chain of detection finds.

Each injection is judged as if it were alone among the epoch's own changes: by the epoch's own null, and by its rank
among the p-values of the epoch's own clusters. Not for drawing changes (:mod:`iovolc.detect.injection`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from iovolc.config import DetectConfig, LightConfig
from iovolc.detect.band import Band
from iovolc.detect.clusters import Cluster, covered, find_clusters, footprint_km2
from iovolc.detect.compare import compare
from iovolc.detect.completeness import SIZES_KM, TOLD_FOR_Q, margin_per_contrast
from iovolc.detect.epoch import EpochChange
from iovolc.detect.evidence import Compared
from iovolc.detect.injection import OUTLINES, Injection, draw_places, inject, masked_places
from iovolc.detect.look import Look
from iovolc.detect.significance import p_values, would_pass
from iovolc.geometry.sphere import distance_km, lat_lon, pixel_area_km2, pixel_lat_lon, sheet_pixel, unit_vectors
from iovolc.light.match import Frame, by_rank
from iovolc.model.grid import OWNER_LAT, Grid
from iovolc.model.keeping import Keep, in_memory

Plane = NDArray[np.float32]
Margins = Mapping[str, Mapping[float, Plane]]
"""Margin per unit of contrast by sheet and size (:func:`margin_per_contrast`)."""

STRONGEST: Final = {False: 1.5, True: 4.0}
"""Largest contrast injected, in ln albedo and (True) in normal scores."""
_KEEP_OFF_KM: Final = 60.0


@dataclass(frozen=True, slots=True)
class Epochs:
    """An epoch, what it is compared with, and how.

    Parameters
    ----------
    newer : Look
        The epoch.
    predecessors : tuple of Look
        Earlier epochs of its channel.
    frame : Frame
        Of the grid.
    config : DetectConfig
        Thresholds.
    light : LightConfig
        How the light model errs.
    unchanged : mapping of str to ndarray or None
        As for :func:`iovolc.detect.epoch.detect_epoch`.
    keep : callable
        Keeps what belongs to one predecessor.
    """

    newer: Look
    predecessors: tuple[Look, ...]
    frame: Frame
    config: DetectConfig
    light: LightConfig
    unchanged: Mapping[str, NDArray[np.float64]] | None = None
    keep: Keep = in_memory


@dataclass(frozen=True, slots=True)
class Trial:
    """An injection and what became of it.

    Parameters
    ----------
    injection : Injection
        What was added.
    margin : float
        Its predicted margin: signal-to-noise ratio over that with which a change passes.
    found : bool
        Whether detection found it.
    """

    injection: Injection
    margin: float
    found: bool


def sensitivity_maps(
    change: EpochChange, grid: Grid, sizes_km: Sequence[float] = SIZES_KM
) -> dict[str, dict[float, Plane]]:
    """Margin per unit of contrast of a comparison, by sheet and size."""
    return {
        name: margin_per_contrast(field, grid.sheet(name), change.sensitivity, sizes_km)
        for name, field in change.fields.items()
    }


def plan_injections(
    change: EpochChange,
    margins: Margins,
    wanted: Sequence[tuple[float, float]],
    frame: Frame,
    generator: np.random.Generator,
    band: Band | None = None,
) -> list[tuple[Injection, float]]:
    """Changes of asked-for sizes and plainness at places of an epoch where it holds no significant change.

    Parameters
    ----------
    change : EpochChange
        The comparison without injections.
    margins : mapping
        Its :func:`sensitivity_maps`.
    wanted : sequence of (size in km, margin)
        The largest sizes first; what has no room, or needs more than :data:`STRONGEST`, is left out.
    frame : Frame
        Of the whole grid.
    generator : Generator
        Source of chance.
    band : Band or None
        The part of Io to use; None is all of it.

    Returns
    -------
    list of (Injection, float)
        With the predicted margin.
    """
    free = masked_places(_free(change, frame.grid), frame.grid, OWNER_LAT)
    places = draw_places([size for size, _ in wanted], free, generator, band.lat_range if band else (-90.0, 90.0))
    ratios: dict[float, list[float]] = {}
    for size, ratio in wanted:
        ratios.setdefault(size, []).append(ratio)
    planned: list[tuple[Injection, float]] = []
    for number, (lat, lon_e, size) in enumerate(places):
        ratio = ratios[size].pop()
        plain = _at({name: maps[size] for name, maps in margins.items()}, frame.grid, lat, lon_e)
        sign = 1.0 if float(generator.random()) < 0.5 else -1.0
        contrast = sign * ratio / max(plain, 1e-9)
        outline = OUTLINES[number % len(OUTLINES)]
        seed = int(float(generator.random()) * 2**31)
        if abs(contrast) <= STRONGEST[change.sensitivity.relative]:
            planned.append((Injection(lat, lon_e, size, contrast, outline, seed), ratio))
    return planned


def try_injections(
    epochs: Epochs, change: EpochChange, planned: Sequence[tuple[Injection, float]], band: Band | None = None
) -> tuple[Trial, ...]:
    """Add changes to the epoch, compare it anew, and see which of them are found.

    Parameters
    ----------
    epochs : Epochs
        The epochs.
    change : EpochChange
        The comparison without injections.
    planned : sequence of (Injection, float)
        From :func:`plan_injections`.
    band : Band or None
        The part of Io to search; None is all of it.
    """
    if not planned:
        return ()
    newer, older, frame = epochs.newer, epochs.predecessors, epochs.frame
    if change.sensitivity.relative:
        newer = _in_ranks(newer, frame)
    newer = inject(newer, [injection for injection, _ in planned], frame)
    if band is not None:
        newer, older, frame = band.look(newer), tuple(band.look(look) for look in older), band.frame
    held = compare(newer, older, frame, epochs.config, epochs.unchanged, epochs.light, epochs.keep)
    clusters, centres = _clusters(held, frame.grid, held.least_km2(epochs.config))
    verdict = change.verdict
    scale = np.array([cluster.rank_class(held.search) for cluster in clusters], np.int64)
    z = np.array([cluster.z for cluster in clusters], np.float64) / verdict.inflation
    p, _ = p_values(scale, z, verdict.null, held.search.seed_z)
    sign = np.array([cluster.sign for cluster in clusters], np.float64)
    best = [_best_p(injection, p, sign, centres, held) for injection, _ in planned]
    passed = would_pass(np.array(best), verdict.p, TOLD_FOR_Q)
    return tuple(
        Trial(injection, ratio, bool(found)) for (injection, ratio), found in zip(planned, passed, strict=True)
    )


def _in_ranks(look: Look, frame: Frame) -> Look:
    return replace(look, side=by_rank(look.side, frame))


def _clusters(held: Compared, grid: Grid, least_km2: float) -> tuple[list[Cluster], NDArray[np.float64]]:
    """Clusters that are large enough, and unit vectors to their centres, shape (cluster, 3)."""
    clusters, _ = find_clusters(held.fields, grid, held.search)
    areas = {name: pixel_area_km2(grid.sheet(name)).ravel() for name in held.fields}
    large = [cluster for cluster in clusters if footprint_km2(cluster.footprint, areas) >= least_km2]
    centres = np.zeros((len(large), 3))
    for i, cluster in enumerate(large):
        for name, pixels in cluster.footprint.pixels:
            lat, lon_e = (places.ravel()[pixels] for places in pixel_lat_lon(grid.sheet(name)))
            centres[i] += areas[name][pixels] @ unit_vectors(lat, lon_e)
    return large, centres


def _best_p(
    injection: Injection,
    p: NDArray[np.float64],
    sign: NDArray[np.float64],
    centres: NDArray[np.float64],
    held: Compared,
) -> float:
    """Least p of the clusters of an injection's sign that lie on it; 1 if there is none."""
    reach_km = max(0.5 * injection.size_km, held.search.scales[0].fwhm_km)
    away_km = distance_km(injection.lat, injection.lon_e, *lat_lon(centres))
    on_it = (away_km <= reach_km) & (sign == math.copysign(1.0, injection.contrast))
    return float(p[on_it].min(initial=1.0))


def _free(change: EpochChange, grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """Where there was something to compare, away from significant changes."""
    taken = covered(change.verdict.real, grid)
    reach = max(1, round(_KEEP_OFF_KM / grid.pixel_km))
    return {
        name: np.isfinite(sigma) & ~binary_dilation(taken[name], iterations=reach)
        for name, sigma in change.sigma.items()
    }


def _at(planes: Mapping[str, Plane], grid: Grid, lat: float, lon_e: float) -> float:
    """A plane's value at a place, from the sheet that owns it; 0 where that is absent."""
    name = "equator" if abs(lat) < OWNER_LAT else "north" if lat > 0 else "south"
    if name not in planes:
        return 0.0
    sheet = grid.sheet(name)
    row, col = (round(float(part)) for part in sheet_pixel(sheet, lat, lon_e))
    return float(planes[name][min(max(row, 0), sheet.shape[0] - 1), col % sheet.shape[1]])
