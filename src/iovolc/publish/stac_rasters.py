"""What a raster's own header says of it, in STAC's words: an asset, its projection, and where on Io it lies.

For the rasters that iovolc publishes; nothing here reads pixels.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pystac
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.io import DatasetReader
from shapely.affinity import translate

from iovolc import body
from iovolc.cube.schema import crs_wkt
from iovolc.publish.sampling import view_places

_COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
_STATISTICS: Final = ("minimum", "maximum", "mean", "stddev", "valid_percent")
_WORLD_BOX: Final = (-180.0, -90.0, 180.0, 90.0)
_EDGE_POINTS: Final = 16
"""Of each side of an outline, which is not straight in longitude and latitude."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a raster lies: GeoJSON geometry and box, in degrees on Io; a box over the antimeridian ends west."""

    geometry: Mapping[str, Any]
    bbox: tuple[float, float, float, float]


WORLD: Final = Place(shapely.box(*_WORLD_BOX, ccw=True).__geo_interface__, _WORLD_BOX)


def raster_asset(dataset: DatasetReader, file: str, title: str) -> pystac.Asset:
    """A raster as an asset, with unit, type, and statistics by band where its header holds them.

    Parameters
    ----------
    dataset : DatasetReader
        The raster, opened.
    file : str
        Where it lies, relative to the output folder.
    title : str
        What it shows.
    """
    units = [unit or "" for unit in dataset.units]
    bands = [
        {"name": str(name), **_statistics(dataset.tags(number))}
        for number, name in enumerate(dataset.descriptions, start=1)
    ]
    facts: dict[str, Any] = {
        "data_type": dataset.dtypes[0],
        "raster:sampling": "area",
        "raster:spatial_resolution": round(dataset.res[0], 3),
    }
    if len(set(units)) > 1:
        bands = [{**band, **({"unit": unit} if unit else {})} for band, unit in zip(bands, units, strict=True)]
    elif units[0]:
        facts["unit"] = units[0]
    is_mask = facts["data_type"] == "uint8"
    if not is_mask:
        facts["nodata"] = "nan"
    role = "metadata" if is_mask else "data"
    return pystac.Asset(f"../{file}", title, None, _COG, [role], {**facts, "bands": bands})


def projection(dataset: DatasetReader) -> dict[str, Any]:
    """The fields of the projection extension of a raster: a global map, or a view with a projection of its own."""
    code = None if _is_view(dataset) else body.CRS_EQUIRECTANGULAR
    return {
        "proj:code": code,
        "proj:wkt2": crs_wkt(code) if code else CRS.from_user_input(dataset.crs).to_wkt("WKT2_2019"),
        "proj:shape": list(dataset.shape),
        "proj:transform": [round(float(number), 6) for number in dataset.transform[:6]],
        "proj:bbox": [round(edge, 6) for edge in dataset.bounds],
    }


def view_place(dataset: DatasetReader) -> Place:
    """Where a view of less than a hemisphere lies: its outline, cut at the antimeridian and closed over a pole."""
    lon_e, lat = _outline(dataset)
    turned = round((lon_e[-1] - lon_e[0]) / 360.0)
    if turned:
        pole = math.copysign(90.0, float(lat.mean()))
        lon_e, lat = np.append(lon_e, lon_e[[-1, 0]]), np.append(lat, [pole, pole])
    whole = shapely.Polygon(np.column_stack([lon_e, lat]))
    parts = [shapely.intersection(translate(whole, by), shapely.box(*_WORLD_BOX)) for by in (-360.0, 0.0, 360.0)]
    cut = shapely.set_precision(shapely.union_all(parts), 1e-6)
    shown = shapely.orient_polygons(shapely.normalize(cut), exterior_cw=False)
    west, east = (-180.0, 180.0) if turned else (_wrapped(edge) for edge in (lon_e.min(), lon_e.max()))
    south, north = (round(float(edge), 6) for edge in (shown.bounds[1], shown.bounds[3]))
    return Place(shown.__geo_interface__, (west, south, east, north))


def _is_view(dataset: DatasetReader) -> bool:
    return dataset.crs.to_dict().get("proj") == "aeqd"


def _outline(dataset: DatasetReader) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes, without jumps, and latitudes along the edge, its first point again at the end."""
    west, south, east, north = dataset.bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    edge = np.concatenate([np.linspace(*side, _EDGE_POINTS, endpoint=False) for side in pairwise(corners)])
    edge_km = np.vstack([edge, edge[:1]]) / 1000.0
    crs = dataset.crs.to_dict()
    lat, lon_e = view_places(crs["lat_0"], crs["lon_0"], edge_km[:, 0], edge_km[:, 1])
    return np.unwrap(lon_e, period=360.0), lat


def _wrapped(lon_e: float) -> float:
    return round((float(lon_e) + 180.0) % 360.0 - 180.0, 6)


def _statistics(tags: Mapping[str, str]) -> dict[str, Any]:
    """What GDAL wrote of the values; nothing for a band without any."""
    found = {name: float(tags[key]) for name in _STATISTICS if (key := f"STATISTICS_{name.upper()}") in tags}
    return {"statistics": found} if found else {}
