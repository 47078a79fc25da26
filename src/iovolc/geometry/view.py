"""An image together with its place and its pixel size on the ground, and the same with fewer pixels.

Not for placements themselves (:mod:`iovolc.geometry.projections`).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.coarsen import coarsen
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.tiles import spread_frames
from iovolc.model.observation import Placement

PROBE_KM = 100.0


@dataclass(frozen=True, slots=True)
class View:
    """Pixels, NaN where there is no data; where they lie on Io; their size on the ground in kilometres."""

    pixels: NDArray[np.float32]
    placement: Placement
    pixel_km: float


def ground_pixel_km(pixels: NDArray[np.float32], placement: Placement) -> float:
    """Typical pixel size on the ground: the median, over the places that the image shows, of the longer side.

    Infinite if the image shows none of the probed places, which are 100 km apart.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    origin = source(placement, pixels.shape)
    places = locate(origin, spread_frames(PROBE_KM).centre)
    col = places.col % abs(origin.period) if origin.period else places.col
    rows, cols = pixels.shape
    inside = (places.row >= 0.0) & (places.row <= rows) & (col >= 0.0) & (col <= cols)
    return float(np.median(places.coarse_km[inside])) if inside.any() else math.inf


def reduced(view: View, pixel_km: float) -> View:
    """The view with pixels of at most ``pixel_km``, by a whole factor."""
    factor = max(1, int(pixel_km / view.pixel_km + 0.1))
    return View(*coarsen(view.pixels, view.placement, factor), view.pixel_km * factor)
