"""Footprints as regions that can be dilated, joined and compared across the seam and across sheets.

Not for outlines (:mod:`iovolc.publish.polygons`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid
from iovolc.track.dilation import dilated_places
from iovolc.track.places import Places, areas_km2, by_sheet

_BLOCK_PX: Final = 16


@dataclass(frozen=True, slots=True)
class Region:
    """A set of places.

    Parameters
    ----------
    places : ndarray of int64
        Ascending, each once.
    km2 : ndarray of float64
        Their areas on the sphere.
    area_km2 : float
        Sum of the areas.
    """

    places: Places
    km2: NDArray[np.float64]
    area_km2: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two regions share, as fractions of their union, of the smaller and of the second one."""

    of_union: float
    of_smaller: float
    of_second: float


def region(places: Places, grid: Grid) -> Region:
    """The region of these places, in ascending order."""
    km2 = areas_km2(places, grid)
    return Region(places, km2, float(km2.sum()))


def dilated(footprint: Footprint, by_km: float, grid: Grid) -> Region:
    """All places within a distance of a footprint, the footprint included."""
    return region(dilated_places(footprint, by_km, grid), grid)


def joined(regions: Iterable[Region], grid: Grid) -> Region:
    """The union of one or more regions."""
    parts = tuple(regions)
    return parts[0] if len(parts) == 1 else region(np.unique(np.concatenate([part.places for part in parts])), grid)


def overlap(first: Region, second: Region) -> Overlap:
    """What two regions share, by area."""
    small, large = (first, second) if first.places.size <= second.places.size else (second, first)
    at = np.minimum(np.searchsorted(large.places, small.places), large.places.size - 1)
    shared = float(small.km2[large.places[at] == small.places].sum())
    union = first.area_km2 + second.area_km2 - shared
    return Overlap(shared / union, shared / min(first.area_km2, second.area_km2), shared / second.area_km2)


def blocks(part: Region, grid: Grid) -> list[int]:
    """Coarse cells that a region touches: two regions that share a place share a cell."""
    found: list[NDArray[np.int64]] = []
    for number, (sheet, flat) in enumerate(by_sheet(part.places, grid)):
        rows, cols = np.divmod(flat, sheet.shape[1])
        found.append(np.unique(((number << 20) + rows // _BLOCK_PX << 20) + cols // _BLOCK_PX))
    return [int(block) for block in np.concatenate(found)]


def edge_pixels(footprint: Footprint, grid: Grid) -> int:
    """How many pixels of a footprint touch a pixel outside it on their sheet."""
    count = 0
    for name, pixels in footprint.pixels:
        sheet = grid.sheet(name)
        rows, cols = np.divmod(pixels.astype(np.int64), sheet.shape[1])
        inside = np.ones(pixels.size, bool)
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            beside = (cols + right) % sheet.shape[1] if sheet.wraps else cols + right
            inside &= np.isin((rows + down) * sheet.shape[1] + beside, pixels)
        count += int((~inside).sum())
    return count
