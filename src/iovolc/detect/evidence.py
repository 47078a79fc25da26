"""What the rows of an epoch's detections are computed from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.clusters import Cluster
from iovolc.detect.completeness import Sensitivity
from iovolc.detect.curve import Curves
from iovolc.detect.look import Look
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Search
from iovolc.detect.residual import Combined
from iovolc.light.match import Difference

Plane = NDArray[np.float32]


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
    sensitivity : Sensitivity
        What the plainness of a change depends on.
    curves : Curves
        Detection curves.
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
    sensitivity: Sensitivity
    curves: Curves


def mean_over(cluster: Cluster, planes: Mapping[str, Plane]) -> float:
    """Mean of a plane over a cluster's footprint, ignoring NaN."""
    values = np.concatenate([planes[name].ravel()[pixels] for name, pixels in cluster.footprint.pixels])
    return float(np.nanmean(values))
