"""Small global maps of an invented surface, a catalogue and a reference map, for tests of the whole chain.

The surface is noise in three dimensions cut by the sphere, so it has neither seam nor pole; dark paterae lie on it.
"""

import csv
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unittest import mock

import numpy as np
import rasterio
from PIL import Image
from rasterio.crs import CRS
from rasterio.transform import Affine
from scipy.ndimage import map_coordinates

from iovolc import body
from iovolc.cli import main
from iovolc.geometry.sphere import distance_km

ROWS, COLS = 360, 720
WHOLE = (-180.0, 180.0, 90.0, -90.0)
TIMES = ("1996-06-28T00:00:00Z", "1997-09-07T12:00:00Z", "1999-07-03T06:00:00Z", "2001-02-01T00:00:00Z")
FAST = ("registration.min_correlation=1.0",)
"""Takes the maps where their labels put them."""


@dataclass(frozen=True)
class Spot:
    """A round change: ``dlna`` is added to ln albedo inside the radius."""

    lat: float
    lon_e: float
    radius_km: float
    dlna: float

    @property
    def area_km2(self):
        return 2.0 * np.pi * body.RADIUS_KM**2 * (1.0 - np.cos(self.radius_km / body.RADIUS_KM))


def centres(bounds=WHOLE, shape=(ROWS, COLS)):
    """Latitude and east longitude of the pixel centres of an equirectangular map with these outer edges."""
    left, right, top, bottom = bounds
    rows, cols = shape
    lat = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    lon = left + (np.arange(cols) + 0.5) * (right - left) / cols
    return np.meshgrid(lat, lon, indexing="ij")


@lru_cache(maxsize=8)
def surface(bounds=WHOLE, shape=(ROWS, COLS), seed=7):
    """Normal albedo of the unchanged surface, shape (row, col)."""
    lat, lon = centres(bounds, shape)
    generator = np.random.default_rng(seed)
    phi, lam = np.radians(lat), np.radians(lon)
    vector = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    total = np.zeros(shape)
    for cells, amplitude in ((6, 0.16), (14, 0.1), (34, 0.07), (80, 0.05)):
        cube = generator.standard_normal((cells, cells, cells)).astype(np.float32)
        total += amplitude * map_coordinates(cube, (vector + 1.0) * (cells - 1) / 2.0, order=1)
    z = generator.uniform(-1.0, 1.0, 150)
    turn = generator.uniform(-180.0, 180.0, 150)
    for sine, lon_e, radius_km in zip(z, turn, generator.uniform(20.0, 60.0, 150), strict=True):
        total -= 0.5 * _inside(lat, lon, np.degrees(np.arcsin(sine)), lon_e, radius_km)
    return 0.5 * np.exp(total)


def _inside(lat, lon, lat0, lon0, radius_km):
    """Share of each pixel within a disc, with an edge of about one pixel."""
    near = np.abs(lat - lat0) < np.degrees(radius_km / body.RADIUS_KM) + 2.0
    share = np.zeros(lat.shape)
    share[near] = np.clip((radius_km - distance_km(lat0, lon0, lat[near], lon[near])) / 16.0 + 0.5, 0.0, 1.0)
    return share


def picture(seed, spots=(), *, bounds=WHOLE, shape=(ROWS, COLS), noise=0.01, gain=1.0, gaps=()):
    """What a camera makes of the surface with spots on it; NaN in gaps (west, south, east, north)."""
    lat, lon = centres(bounds, shape)
    change = sum((spot.dlna * _inside(lat, lon, spot.lat, spot.lon_e, spot.radius_km) for spot in spots), 0.0)
    values = surface(bounds, shape) * np.exp(change) * gain
    values = values * (1.0 + noise * np.random.default_rng(seed).standard_normal(shape))
    for west, south, east, north in gaps:
        values[(lat >= south) & (lat <= north) & ((lon - west) % 360.0 <= (east - west) % 360.0)] = np.nan
    return values.astype(np.float32)


def write_tif(path, values, crs="IAU_2015:50110"):
    """A global map from 180 W as GeoTIFF in metres."""
    rows, cols = values.shape
    pixel_m = 2.0 * np.pi * body.RADIUS_M / cols
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=rows,
        width=cols,
        count=1,
        dtype=values.dtype.name,
        crs=CRS.from_string(crs),
        transform=Affine(pixel_m, 0.0, -cols / 2 * pixel_m, 0.0, -pixel_m, rows / 2 * pixel_m),
        nodata=np.nan,
    ) as dataset:
        dataset.write(values, 1)
    return path


def write_picture(path, values, full=1.2):
    """An 8-bit PNG or JPEG without georeferencing; I/F from 0 to ``full``."""
    stretched = np.clip(np.nan_to_num(values) / full * 255.0, 1, 254)
    Image.fromarray(stretched.astype(np.uint8)).save(path, **({"quality": 95} if path.suffix == ".jpg" else {}))
    return path


def write_reference(path):
    """The unchanged surface from 0 to 360 east, as the configuration's reference map."""
    return write_picture(path, np.roll(surface(), COLS // 2, axis=1))


def row(path, time_utc, **cells):
    """A catalogue row of a calibrated map in the channel green."""
    common = {"path": path, "id": Path(path).stem, "time_utc": time_utc, "mission": "Galileo", "instrument": "SSI"}
    placed = {"channel": "green", "quantity": "iof", "registration_sigma_km": "2"}
    return {**common, **placed, **cells}


def bounded(bounds):
    """The cells that place a map by its outer edges."""
    edges = zip(("left_lon_e", "right_lon_e", "top_lat", "bottom_lat"), map(str, bounds), strict=True)
    return {"projection": "bounds", **dict(edges)}


def write_catalogue(path, rows):
    """A catalogue of these rows, in their order."""
    columns = list(dict.fromkeys(name for cells in rows for name in cells))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_maps(folder, histories, **facts):
    """One GeoTIFF per history (a tuple of spots), in time; the catalogue rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index, spots in enumerate(histories):
        write_tif(folder / f"map{index}.tif", picture(100 + index, spots, **facts))
        rows.append(row(f"map{index}.tif", TIMES[index]))
    return rows


def listing(folder):
    """Size and time of every file below a folder."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


def contents(folder, *, but=()):
    """Bytes of every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in but
    }


def settings(*overrides):
    """Options of the command line for tiny runs."""
    pairs = ("grid.pixels_per_degree=4", "publish.figures=1", *overrides)
    return [part for pair in pairs for part in ("--set", pair)]


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def values(self):
        """The answer of a command that was asked for JSON."""
        return json.loads(self.out)


def iovolc(*arguments):
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["iovolc", *map(str, arguments)]
    with mock.patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            return Answer(int(end.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the command line ends with an exit code")


def near(table, spot, within_km=60.0):
    """The rows of a table whose place is that of a spot."""
    distance = distance_km(spot.lat, spot.lon_e, table["lat"].to_numpy(), table["lon_e"].to_numpy())
    return table[distance <= within_km]


TINY = (180, 360)
QUICK = (*FAST, "detect.scales_km=[30,150]", "detect.null_draws=1")
"""Overrides that save time where the quality of what is found is not the question."""
