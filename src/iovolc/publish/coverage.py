"""How much of Io a run compared: in any of its comparisons, per channel and altogether."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.model.grid import SHEET_NAMES
from iovolc.publish.rasters import area_km2
from iovolc.publish.run_output import RunOutput
from iovolc.publish.sampling import map_shape, mosaic


@dataclass(frozen=True, slots=True)
class Coverage:
    """What all comparisons of a run reached.

    Parameters
    ----------
    by_channel : mapping of str to float
        Area on the sphere compared at least once in a channel, km2.
    compared_km2 : float
        Area compared at least once in any channel, km2.
    anywhere : ndarray, shape (180 ppd, 360 ppd), bool
        Where that is, on the global map.
    """

    by_channel: Mapping[str, float]
    compared_km2: float
    anywhere: NDArray[np.bool_]


def measure(run: RunOutput) -> Coverage:
    """The coverage of a run, all its epochs and channels together."""
    anywhere = np.zeros(map_shape(run.grid), dtype=bool)
    by_channel: dict[str, float] = {}
    for summary in run.channels:
        here = mosaic(run.grid, {name: run.compared(summary.channel, name) for name in SHEET_NAMES})
        by_channel[summary.channel] = round(area_km2(here, run.grid), 1)
        anywhere |= here
    return Coverage(by_channel, round(area_km2(anywhere, run.grid), 1), anywhere)
