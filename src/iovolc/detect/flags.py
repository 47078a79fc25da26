"""The words that say what to bear in mind of a detection."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.artefacts import Artefacts, Setting
from iovolc.detect.clusters import Cluster
from iovolc.detect.evidence import Evidence, mean_over
from iovolc.detect.lightflags import light_words
from iovolc.detect.shift import shift_explains
from iovolc.light.resolution import relative_blur_px
from iovolc.model.grid import Grid

COMPACT_ELEMENTS = 10.0
"""Changes of fewer resolution elements are tested against a mere shift."""
POOR_REGISTRATION_PX = 2.0
POOR_BLUR_PX = 1.4
"""Relative blur beyond which blurring the sharper map did not bring the real maps together."""
REUSED_SHARE = 0.2
"""Of the border of a change, from which it counts as beside pixels that were not observed anew."""
CLOSED = 0.25
"""Of the largest difference, up to which two maps agree at a place."""
ALONG_LIGHT = 0.7
"""Cosine of 45 degrees between the lobes of a change and the light that makes them shadows that moved."""

LIMITS: Mapping[str, float] = {
    "relief": 0.3,  # lobes of masses within a factor of three, partly on one side
    "relit": 0.5,
    "seam": 0.9,  # nearly all along the footprint
    "clutter": 0.5,  # twice the scatter around it
    "disagreement": 0.5,  # no correlation around it
    "streaks": 0.6,  # slopes twice as steep across as along
    "clipped": 0.25,
    "blur": 0.25,  # of the footprint's radius
    "softened": 0.5,  # the blurrier map shows half of the feature
    "noise": 0.5,
    "displacement": 0.25,  # of the footprint's radius
    "foreshortening": 1.0,  # 60 degrees from the nadir
    "displaced": 0.4,
    "blurred": 0.4,
    "retoned": 0.6,
    "tracks": 0.3,
    "flat": 0.25,
    "smeared": 0.5,
    "along_edge": 0.5,
    "blocks": 0.5,
}
"""Where each measure of :class:`Artefacts` begins to make a change doubtful."""

EXPLAINS: Mapping[str, float] = {
    "relief": 0.3,
    "relit": 0.5,
    "seam": 0.95,
    "clipped": 0.5,
    "displaced": 0.5,
    "blurred": 0.5,
    "retoned": 0.75,
    "tracks": 0.4,
    "flat": 0.5,
    "smeared": 0.6,
    "along_edge": 0.5,
    "blocks": 0.6,
}
"""Where a measure explains a change better than a change does: half of it, or what no changed ground showed."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "relief": ("relief", "relit"),
    "seam": ("seam",),
    "clipped": ("clipped", "flat"),
    "resolution": ("softened", "noise", "streaks", "foreshortening", "blurred"),
    "displaced": ("displaced",),
    "tone": ("retoned",),
    "tracks": ("tracks",),
    "smeared": ("smeared",),
    "crescent": ("along_edge",),
    "compression": ("blocks",),
}
"""The measures behind each flag."""


def flags(cluster: Cluster, found: Artefacts, known: Setting, evidence: Evidence, grid: Grid) -> list[str]:
    """Flags of a detection, sorted; the words are those of :data:`iovolc.model.tables.EVENT_FLAGS`.

    Parameters
    ----------
    cluster : Cluster
        The detection.
    found : Artefacts
        Its artefact measures.
    known : Setting
        What the maps say of the place.
    evidence : Evidence
        The epoch and its predecessors.
    grid : Grid
        The grid.
    """
    words = [word for word, names in WORDS.items() if any(getattr(found, name) > LIMITS[name] for name in names)]
    if relative_blur_px(*known.sharpness) > POOR_BLUR_PX and "resolution" not in words:
        words.append("resolution")
    if "relief" in words and found.shadow > ALONG_LIGHT:
        words.append("moving_shadow")
    words += light_words(known.lights[:2])
    if any(getattr(found, name) > least for name, least in EXPLAINS.items()):
        words.append("explained")
    if known.registration_px > POOR_REGISTRATION_PX:
        words.append("poor_registration")
    if _is_shift_like(cluster, evidence, grid):
        words.append("shift_like")
    count = evidence.held.count
    borders = {name: _border(px, count[name].shape) for name, px in cluster.footprint.pixels}
    if any((count[name].ravel()[border] == 0).any() for name, border in borders.items()):
        words.append("edge")
    if any(
        pair.reused[name].ravel()[border].mean() > REUSED_SHARE
        for pair in evidence.held.pairs
        for name, border in borders.items()
        if name in pair.reused and border.size
    ):
        words.append("not_reobserved")
    if _is_odd_map(cluster, evidence):
        words.append("odd_map")
    return sorted(words)


def _is_odd_map(cluster: Cluster, evidence: Evidence) -> bool:
    """Whether a map looks like the newest one here, and a later one between the two does not (a closure test)."""
    seen: list[tuple[datetime, float]] = []
    for look, pair in zip(evidence.held.older, evidence.held.pairs, strict=True):
        parts = [pair.value[name].ravel()[px] for name, px in cluster.footprint.pixels if name in pair.value]
        values = np.concatenate(parts) if parts else np.empty(0, np.float32)
        known = values[np.isfinite(values)]
        if known.size > 0.5 * values.size:
            seen.append((look.record.stop_utc, cluster.sign * float(known.mean())))
    most = max((mean for _, mean in seen), default=0.0)
    alike = [when for when, mean in seen if abs(mean) <= CLOSED * most]
    other = [when for when, mean in seen if mean >= (1.0 - CLOSED) * most > 0.0]
    return bool(alike and other) and min(alike) < max(other)


def _is_shift_like(cluster: Cluster, evidence: Evidence, grid: Grid) -> bool:
    name, pixels = cluster.footprint.largest
    if len(pixels) * (grid.pixel_km / evidence.held.resolution_km) ** 2 >= COMPACT_ELEMENTS:
        return False
    return shift_explains(
        evidence.held.shown[name],
        evidence.held.median[name],
        evidence.held.bare[name],
        pixels,
        grid.sheet(name),
        mean_over(cluster, evidence.held.registration_km) / grid.pixel_km,
    )


def _border(pixels: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The pixels on the outer side of a footprint's border."""
    height, width = shape
    rows, cols = np.divmod(pixels.astype(np.int64), width)
    neighbours = np.unique(
        np.concatenate(
            [
                np.clip(rows + down, 0, height - 1) * width + (cols + right) % width
                for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1))
            ]
        )
    )
    return np.setdiff1d(neighbours, pixels, assume_unique=True)
