"""How each earlier epoch saw the place of a change: without it, with it already, or not well enough to tell."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.clusters import Cluster
from iovolc.model.detection import LookState

Plane = NDArray[np.float32]

LEAST_VALID = 0.8
LEAST_PROBABILITY = 0.8
"""A look tells of a change only if it would have shown it with this probability."""


def look_rows(
    detection_id: str,
    cluster: Cluster,
    contrast: float,
    sigma: float,
    chance: float,
    older: Sequence[tuple[str, Mapping[str, Plane]]],
) -> list[dict[str, object]]:
    """One row per predecessor that covers the footprint at least in part.

    Parameters
    ----------
    detection_id : str
        The detection.
    cluster : Cluster
        Its cluster.
    contrast, sigma : float
        Mean difference over the footprint and its standard deviation against a single predecessor.
    chance : float
        Probability with which a comparison with a single predecessor would have shown it at its known place.
    older : sequence of (observation id, differences by sheet)
        Newest epoch minus each predecessor; NaN where either has no data.
    """
    rows: list[dict[str, object]] = []
    total = sum(len(pixels) for _, pixels in cluster.footprint.pixels)
    for observation_id, planes in older:
        parts = [planes[name].ravel()[pixels] for name, pixels in cluster.footprint.pixels if name in planes]
        values = np.concatenate(parts) if parts else np.empty(0, np.float32)
        valid = values[np.isfinite(values)]
        if valid.size == 0:
            continue
        share = valid.size / total
        mean = float(valid.mean(dtype=np.float64))
        rows.append(
            {
                "detection_id": detection_id,
                "observation_id": observation_id,
                "state": _state(share, mean, contrast, chance),
                "valid_fraction": share,
                "contrast": mean,
                "contrast_sigma": sigma,
            }
        )
    return rows


def _state(share: float, mean: float, contrast: float, chance: float) -> LookState:
    if share < LEAST_VALID or chance < LEAST_PROBABILITY:
        return "inadequate"
    return "without" if mean * np.sign(contrast) > 0.5 * abs(contrast) else "with"
