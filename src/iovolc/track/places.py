"""Places: every pixel of a grid as one number, with its area and direction.

A place is the flat index of a pixel on its sheet after those of the sheets before it.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.sphere import pixel_area_km2, pixel_lat_lon, unit_vectors
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid, Sheet, Window

Places = NDArray[np.int64]


def places_of(footprint: Footprint, grid: Grid) -> Places:
    """The places of a footprint."""
    starts = dict(zip((sheet.name for sheet in grid.sheets), sheet_starts(grid), strict=False))
    return np.concatenate([pixels.astype(np.int64) + starts[name] for name, pixels in footprint.pixels])


def joined_places(footprints: Iterable[Footprint], grid: Grid) -> Places:
    """The places of one or more footprints together, ascending."""
    return np.unique(np.concatenate([places_of(footprint, grid) for footprint in footprints]))


def footprint_of(places: Places, grid: Grid) -> Footprint:
    """The footprint of ascending places."""
    parts = by_sheet(places, grid)
    return Footprint(tuple((sheet.name, flat.astype(np.int32)) for sheet, flat in parts))


def areas_km2(places: Places, grid: Grid) -> NDArray[np.float64]:
    """Areas of places on the sphere in km2."""
    parts: list[NDArray[np.float64]] = []
    for sheet, flat in by_sheet(places, grid):
        rows = flat // sheet.shape[1]
        parts.append(_row_areas(sheet)[rows] if sheet.name == "equator" else _pixel_areas(sheet)[flat])
    return np.concatenate(parts)


def vectors(places: Places, grid: Grid) -> NDArray[np.float64]:
    """Unit vectors of places, shape (place, 3)."""
    parts = [unit_vectors(*lat_lon_of(sheet, flat)) for sheet, flat in by_sheet(places, grid)]
    return np.concatenate(parts)


@lru_cache(maxsize=8)
def sheet_starts(grid: Grid) -> tuple[int, ...]:
    """The first place of each sheet, and the number of all places."""
    return (0, *accumulate(sheet.shape[0] * sheet.shape[1] for sheet in grid.sheets))


def by_sheet(places: Places, grid: Grid) -> list[tuple[Sheet, Places]]:
    """The sheets that hold some of ascending places, each with their flat pixel indices."""
    starts = sheet_starts(grid)
    cuts = np.searchsorted(places, starts)
    return [
        (sheet, places[first:last] - start)
        for sheet, start, first, last in zip(grid.sheets, starts[:-1], cuts[:-1], cuts[1:], strict=True)
        if first < last
    ]


@lru_cache(maxsize=8)
def _row_areas(sheet: Sheet) -> NDArray[np.float64]:
    return pixel_area_km2(sheet, Window(0, sheet.shape[0], 0, 1))[:, 0]


@lru_cache(maxsize=8)
def _pixel_areas(sheet: Sheet) -> NDArray[np.float64]:
    return pixel_area_km2(sheet).ravel()


@lru_cache(maxsize=8)
def _axes(sheet: Sheet) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes of the rows and longitudes of the columns of the equator sheet."""
    rows, cols = sheet.shape
    return pixel_lat_lon(sheet, Window(0, rows, 0, 1))[0][:, 0], pixel_lat_lon(sheet, Window(0, 1, 0, cols))[1][0]


@lru_cache(maxsize=8)
def _tables(sheet: Sheet) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    lat, lon_e = pixel_lat_lon(sheet)
    return lat.ravel().astype(np.float32), lon_e.ravel().astype(np.float32)


def lat_lon_of(sheet: Sheet, flat: Places) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Latitudes and east longitudes of a sheet's pixels by flat index."""
    if sheet.name == "equator":
        rows, cols = np.divmod(flat, sheet.shape[1])
        lat, lon_e = _axes(sheet)
        return lat[rows], lon_e[cols]
    lats, lons = _tables(sheet)
    return lats[flat], lons[flat]
