"""How each earlier epoch saw the place of a change: without it, with it already, or not well enough to tell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.clusters import Cluster
from iovolc.model.detection import LookState

Plane = NDArray[np.float32]

LEAST_VALID = 0.8
LEAST_PROBABILITY = 0.8
"""A look tells of a change only if it would have shown it with this probability."""
LEAST_GROUND = 20
"""So many known pixels tell the level of the ground around."""
PLAIN_Z = 2.576
"""A look with the change passes for one without it, or the other way round, once in 200: an onset rests on up to ten
looks, and each of them may belie it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One predecessor and what it would have shown of a change.

    Parameters
    ----------
    observation_id : str
        Which.
    difference : mapping of str to ndarray, shape (row, col), float32
        Newest epoch minus this one, by sheet; NaN where either has no data.
    share : float
        Part of the change's contrast that is left at the resolution of this comparison.
    chance : float
        Probability with which this comparison would have shown the change at its known place.
    """

    observation_id: str
    difference: Mapping[str, Plane]
    share: float
    chance: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The unchanged ground around a change, against which looks are held: light and tone err over large areas.

    Parameters
    ----------
    sheet : str
        Where it lies.
    pixels : ndarray of int
        Flat indices.
    """

    sheet: str
    pixels: NDArray[np.int64]

    def level(self, difference: Mapping[str, Plane]) -> float:
        """Median of a difference over this ground; NaN where hardly any of it is seen."""
        if self.sheet not in difference:
            return math.nan
        values = difference[self.sheet].ravel()[self.pixels]
        known = values[np.isfinite(values)]
        return float(np.median(known)) if known.size >= LEAST_GROUND else math.nan


def share_left(size_km: float, resolution_km: float, coarser_km: float) -> float:
    """Part of the contrast of a change of this observed diameter that is left at a coarser resolution.

    All taken as Gaussians: ``d^2 / (d^2 + R^2 - r^2)`` with diameter d seen at r, full widths at half maximum.
    """
    return size_km**2 / (size_km**2 + max(coarser_km**2 - resolution_km**2, 0.0))


def look_rows(
    detection_id: str, cluster: Cluster, contrast: float, sigma: float, older: Sequence[Earlier], ground: Ground | None
) -> list[dict[str, object]]:
    """One row per predecessor that covers the footprint at least in part.

    Parameters
    ----------
    detection_id : str
        The detection.
    cluster : Cluster
        Its cluster.
    contrast, sigma : float
        Mean difference over the footprint, less that of the ground around if there is one, and its standard deviation
        against a single predecessor.
    older : sequence of Earlier
        The predecessors.
    ground : Ground or None
        The ground around; None on stretched maps, whose changes are told by themselves.
    """
    rows: list[dict[str, object]] = []
    total = sum(len(pixels) for _, pixels in cluster.footprint.pixels)
    for one in older:
        planes = one.difference
        parts = [planes[name].ravel()[pixels] for name, pixels in cluster.footprint.pixels if name in planes]
        values = np.concatenate(parts) if parts else np.empty(0, np.float32)
        valid = values[np.isfinite(values)]
        if valid.size == 0:
            continue
        share = valid.size / total
        level = 0.0 if ground is None else ground.level(planes)
        mean = float(valid.mean(dtype=np.float64)) - (level if math.isfinite(level) else 0.0)
        rows.append(
            {
                "detection_id": detection_id,
                "observation_id": one.observation_id,
                "state": _state(share, mean, one.share * contrast, sigma, one.chance)
                if math.isfinite(level)
                else "inadequate",
                "valid_fraction": share,
                "contrast": mean,
                "contrast_sigma": sigma,
            }
        )
    return rows


def _state(share: float, mean: float, contrast: float, sigma: float, chance: float) -> LookState:
    if share < LEAST_VALID or chance < LEAST_PROBABILITY:
        return "inadequate"
    size, missing = abs(contrast), mean * np.sign(contrast)
    plain = max(0.5 * size, PLAIN_Z * sigma)
    if missing > plain:
        return "without"
    return "with" if size - missing >= plain else "inadequate"
