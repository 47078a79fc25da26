"""What the rows of an epoch's detections are computed from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.config import DetectConfig
from iovolc.detect.clusters import Cluster
from iovolc.detect.completeness import Sensitivity
from iovolc.detect.curve import Curves
from iovolc.detect.look import Look
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Field, Search
from iovolc.light.match import Difference

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Compared:
    """An epoch held against its predecessors, before any search.

    Parameters
    ----------
    newer : Look
        The epoch, in ranks if it is compared with a stretched map.
    older : tuple of Look
        The predecessors used, best first.
    pairs : tuple of Difference
        Difference against each of them; what of the newer one it shows is left out.
    median : mapping of str to ndarray, shape (row, col), float32
        Median difference by sheet; NaN where there is none.
    count : mapping of str to ndarray, shape (row, col), uint8
        Predecessors that it is the median of.
    shown : mapping of str to ndarray, shape (row, col), float32
        The newer epoch in its tone, as sharp as it is compared with the best predecessor that has the sheet.
    fields : mapping of str to Field
        What is searched.
    bare : mapping of str to ndarray, shape (row, col), float32
        Inverse variance without the part for misregistration.
    registration_km : mapping of str to ndarray, shape (row, col), float32
        Registration sigma of the difference: as far as the difference bears it out, and what settling left.
    search : Search
        Scales and thresholds.
    resolution_km : float
        Coarser resolution of the two sides.
    relative : bool
        Whether the difference is one of ranks.
    """

    newer: Look
    older: tuple[Look, ...]
    pairs: tuple[Difference, ...]
    median: Mapping[str, Plane]
    count: Mapping[str, NDArray[np.uint8]]
    shown: Mapping[str, Plane]
    fields: Mapping[str, Field]
    bare: Mapping[str, Plane]
    registration_km: Mapping[str, Plane]
    search: Search
    resolution_km: float
    relative: bool

    @property
    def median_registration_km(self) -> float:
        """Median registration sigma where there is something to compare."""
        parts = [plane[self.fields[name].weight > 0] for name, plane in self.registration_km.items()]
        values = np.concatenate([np.empty(0, np.float32), *parts])
        return float(np.median(values)) if values.size else math.nan

    def least_km2(self, config: DetectConfig) -> float:
        """Area under which a change is dropped."""
        return config.min_resolution_elements[self.relative] * self.resolution_km**2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rows are computed from.

    Parameters
    ----------
    held : Compared
        The epoch and its predecessors.
    null : NullClusters
        The null, for the ranking.
    sensitivity : Sensitivity
        What the plainness of a change depends on.
    curves : Curves
        Detection curves.
    """

    held: Compared
    null: NullClusters
    sensitivity: Sensitivity
    curves: Curves


def mean_over(cluster: Cluster, planes: Mapping[str, Plane]) -> float:
    """Mean of a plane over a cluster's footprint, ignoring NaN."""
    values = np.concatenate([planes[name].ravel()[pixels] for name, pixels in cluster.footprint.pixels])
    return float(np.nanmean(values))
