"""Footprints as regions that can be dilated, joined and compared across the seam and across sheets.

Not for outlines (:mod:`iovolc.publish.polygons`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.model.detection import Footprint
from iovolc.model.grid import SHEET_NAMES, Grid
from iovolc.track.dilation import dilated_places
from iovolc.track.places import Places, areas_km2, by_sheet

_CELL_PX: Final = 16


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
    cells : frozenset of int
        Coarse cells that it touches: two regions that share a place share a cell.
    """

    places: Places
    km2: NDArray[np.float64]
    area_km2: float
    cells: frozenset[int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two regions share, as fractions of their union, of the smaller and of the second one."""

    of_union: float
    of_smaller: float
    of_second: float


def region(places: Places, grid: Grid) -> Region:
    """The region of these places, in ascending order."""
    km2 = areas_km2(places, grid)
    return Region(places, km2, float(km2.sum()), _cells(places, grid))


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
    shared = float(small.km2[_holds(large.places, small.places)].sum())
    union = first.area_km2 + second.area_km2 - shared
    return Overlap(shared / union, shared / min(first.area_km2, second.area_km2), shared / second.area_km2)


def edge_pixels(footprint: Footprint, grid: Grid) -> int:
    """How many pixels of a footprint touch a pixel outside it on their sheet."""
    count = 0
    for name, pixels in footprint.pixels:
        sheet = grid.sheet(name)
        own = pixels.astype(np.int64)
        rows, cols = np.divmod(own, sheet.shape[1])
        inside = np.ones(pixels.size, bool)
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            beside = (cols + right) % sheet.shape[1] if sheet.wraps else cols + right
            inside &= _holds(own, (rows + down) * sheet.shape[1] + beside)
        count += int((~inside).sum())
    return count


def _holds(ascending: Places, wanted: Places) -> NDArray[np.bool_]:
    """Which of the wanted numbers stand in an ascending array."""
    at = np.minimum(np.searchsorted(ascending, wanted), ascending.size - 1)
    return ascending[at] == wanted


def _cells(places: Places, grid: Grid) -> frozenset[int]:
    found: list[int] = []
    for sheet, flat in by_sheet(places, grid):
        rows, cols = np.divmod(flat, sheet.shape[1])
        cells = (((SHEET_NAMES.index(sheet.name) << 20) + rows // _CELL_PX) << 20) + cols // _CELL_PX
        found += np.unique(cells).tolist()
    return frozenset(found)
