"""What is known of a change besides the pixels around it: sharpness, clipping, registration and obliqueness."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.artefacts import Artefacts, Setting, artefacts
from iovolc.detect.clusters import Cluster, covered
from iovolc.detect.cutout import Cutout, cut_out
from iovolc.detect.describe import Shape
from iovolc.detect.evidence import Evidence, mean_over
from iovolc.detect.lightflags import shadow_alignment
from iovolc.detect.lightplace import PlaceLight, light_at
from iovolc.detect.looks import Ground
from iovolc.detect.marks import blocks
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.light.match import SHARPNESS_STEP
from iovolc.model.grid import Grid, SheetName

CLIPPED_SCORE = 3.09
"""Normal score beyond which a thousandth of a map lies: stretched pictures keep no detail there."""
BLOCK_WINDOW_PX = 96
"""Blocks of compressed pictures are sought in a window of this edge."""
_LEAST_SEEN = 0.5
_WRONG = 1.3
"""Factor by which a stated resolution may be wrong (assumed)."""
_DOUBT = math.sqrt(_WRONG**2 - 1.0)
"""Blur that makes it wrong by as much, in units of it."""


def look_around(
    clusters: Sequence[Cluster], shapes: Sequence[Shape], known: Sequence[Setting], evidence: Evidence, grid: Grid
) -> tuple[list[Artefacts], list[Ground | None]]:
    """Artefact measures of all clusters of an epoch, and the unchanged ground around each.

    None on stretched maps, whose changes are told by themselves.
    """
    difference = evidence.held.median
    shown = evidence.held.shown
    changed = covered((cluster.footprint for cluster in clusters), grid)
    found: list[Artefacts] = []
    grounds: list[Ground | None] = []
    for cluster, shape, place in zip(clusters, shapes, known, strict=True):
        cutout = cut_out(cluster, evidence.held.newer.side.tone, shown, difference, changed, grid)
        name, _ = cluster.footprint.largest
        shadow = shadow_alignment(cutout, shape.contrast, place.lights[0], place.lights[1], (name, shape.lon_e))
        found.append(replace(artefacts(cutout, shape.contrast, place), shadow=shadow))
        grounds.append(None if evidence.held.relative else _ground(cutout, name, evidence))
    return found, grounds


def _ground(cutout: Cutout, name: SheetName, evidence: Evidence) -> Ground:
    own = evidence.held.fields[name].owned.ravel()[cutout.ground]  # of the others it is not marked what changed
    return Ground(name, cutout.ground[own])


def setting(cluster: Cluster, shape: Shape, evidence: Evidence, grid: Grid) -> Setting:
    """What the maps say of the place of a cluster."""
    name, pixels = cluster.footprint.largest
    k = _partner(evidence, name, pixels)
    lights = [light_at(look, cluster, shape) for look in (evidence.held.newer, *evidence.held.older)]
    blur_px, optics_px = _stated(evidence, grid)
    return Setting(
        _sharpness(evidence, k, name, pixels, grid),
        _clipped(evidence, k, name, pixels),
        mean_over(cluster, evidence.held.registration_km) / grid.pixel_km,
        _foreshortening(shape, lights),
        (lights[0], lights[1 + k], *lights[1 : 1 + k], *lights[2 + k :]),
        _blocks(evidence, k, name, pixels, grid),
        evidence.held.relative,
        blur_px,
        optics_px,
    )


def _stated(evidence: Evidence, grid: Grid) -> tuple[float, tuple[float, float]]:
    """What follows from the stated resolutions: ``blur_px`` and ``optics_px``; nothing from stretched maps."""
    if evidence.held.relative:
        return math.inf, (0.0, 0.0)
    newer_px, both_px = (
        width_km / grid.pixel_km for width_km in (evidence.held.newer.side.resolution_km, evidence.held.resolution_km)
    )
    return _DOUBT * both_px / FWHM_PER_SIGMA, (newer_px / _WRONG, both_px / _WRONG)


def _partner(evidence: Evidence, name: SheetName, pixels: NDArray[np.int32]) -> int:
    """The first predecessor that shows most of the place."""
    for k, pair in enumerate(evidence.held.pairs):
        if name in pair.value and np.isfinite(pair.value[name].ravel()[pixels]).mean() >= _LEAST_SEEN:
            return k
    return 0


def _sharpness(
    evidence: Evidence, k: int, name: SheetName, pixels: NDArray[np.int32], grid: Grid
) -> tuple[float, float]:
    planes = evidence.held.pairs[k].sharpness.get(name)
    if planes is None:
        return math.nan, math.nan
    rows, cols = np.divmod(pixels.astype(np.int64), grid.sheet(name).shape[1])
    at = rows // SHARPNESS_STEP, cols // SHARPNESS_STEP
    return float(np.median(planes[0][at])), float(np.median(planes[1][at]))


def _clipped(evidence: Evidence, k: int, name: SheetName, pixels: NDArray[np.int32]) -> float:
    tones = [
        look.side.tone[name].ravel()[pixels]
        for look in (evidence.held.newer, evidence.held.older[k])
        if look.side.quantity == "relative" and name in look.side.tone
    ]
    return max((float((np.abs(tone) > CLIPPED_SCORE).mean()) for tone in tones), default=0.0)


def _blocks(evidence: Evidence, k: int, name: SheetName, pixels: NDArray[np.int32], grid: Grid) -> float:
    """Of the map that falls into blocks more clearly, in a window around the middle of a cluster."""
    shape = grid.sheet(name).shape
    rows, cols = np.divmod(np.median(pixels.astype(np.int64)).astype(np.int64), shape[1])
    part = tuple(
        slice(max(int(middle) - BLOCK_WINDOW_PX // 2, 0), int(middle) + BLOCK_WINDOW_PX // 2) for middle in (rows, cols)
    )
    sides = (evidence.held.newer.side, evidence.held.older[k].side)
    return max((blocks(side.tone[name][part].astype(np.float64)) for side in sides if name in side.tone), default=0.0)


def _foreshortening(shape: Shape, lights: Sequence[PlaceLight]) -> float:
    """From the emission angle; where no label gives one, spacecraft are taken to have looked from the equator."""
    known = [light.emission_deg for light in lights if math.isfinite(light.emission_deg)]
    return 1.0 / max(math.cos(math.radians(max(known) if known else shape.lat)), 0.01) - 1.0
