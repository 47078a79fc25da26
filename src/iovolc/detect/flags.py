"""The words that say what to bear in mind of a detection."""

from collections.abc import Mapping

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
ALONG_LIGHT = 0.7
"""Cosine of 45 degrees between the lobes of a change and the light that makes them shadows that moved."""

LIMITS: Mapping[str, float] = {
    "relief": 1 / 3,  # lobes of masses within a factor of three
    "relit": 0.5,
    "seam": 2 / 3,  # midway between the edge of the footprint, a third of its window, and a seam
    "clutter": 0.5,  # twice the scatter around it
    "disagreement": 0.5,  # no correlation around it
    "streaks": 0.6,  # slopes twice as steep across as along
    "clipped": 0.25,
    "blur": 0.25,  # of the footprint's radius
    "softened": 0.5,  # the blurrier map shows half of the feature
    "noise": 0.5,
    "displacement": 0.25,  # of the footprint's radius
    "foreshortening": 1.0,  # 60 degrees from the nadir
}
"""Where each measure of :class:`Artefacts` begins to make a change doubtful."""


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
    words = [word for word in ("seam", "clipped") if getattr(found, word) > LIMITS[word]]
    if any(getattr(found, name) > LIMITS[name] for name in ("relief", "relit")):
        words.append("relief")
        words += ["moving_shadow"] if found.shadow > ALONG_LIGHT else []
    words += light_words(known.lights[:2])
    if _poorly_resolved(found, known):
        words.append("resolution")
    if known.registration_px > POOR_REGISTRATION_PX:
        words.append("poor_registration")
    if _is_shift_like(cluster, evidence, grid):
        words.append("shift_like")
    if any(_touches(evidence.combined[name].count == 0, px, 0.0) for name, px in cluster.footprint.pixels):
        words.append("edge")
    if any(
        _touches(pair.reused[name], px, REUSED_SHARE)
        for pair in evidence.pairs
        for name, px in cluster.footprint.pixels
        if name in pair.reused
    ):
        words.append("not_reobserved")
    return sorted(words)


def _poorly_resolved(found: Artefacts, known: Setting) -> bool:
    """One map is much blurrier, noisy, smeared along one direction or seen obliquely."""
    doubtful = any(getattr(found, name) > LIMITS[name] for name in ("softened", "noise", "streaks", "foreshortening"))
    return doubtful or relative_blur_px(*known.sharpness) > POOR_BLUR_PX


def _is_shift_like(cluster: Cluster, evidence: Evidence, grid: Grid) -> bool:
    name, pixels = max(cluster.footprint.pixels, key=lambda item: len(item[1]))
    if len(pixels) * (grid.pixel_km / evidence.resolution_km) ** 2 >= COMPACT_ELEMENTS:
        return False
    return shift_explains(
        evidence.newer.side.tone[name],
        evidence.combined[name].median,
        evidence.weight[name],
        pixels,
        grid.sheet(name),
        mean_over(cluster, evidence.registration_km) / grid.pixel_km,
    )


def _touches(mask: NDArray[np.bool_], pixels: NDArray[np.int32], share: float) -> bool:
    """Whether more than this share of the pixels on the outer side of a footprint's border is masked."""
    height, width = mask.shape
    rows, cols = np.divmod(pixels.astype(np.int64), width)
    neighbours = np.unique(
        np.concatenate(
            [
                np.clip(rows + down, 0, height - 1) * width + (cols + right) % width
                for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1))
            ]
        )
    )
    outside = np.setdiff1d(neighbours, pixels, assume_unique=True)
    return outside.size > 0 and bool(mask.ravel()[outside].mean() > share)
