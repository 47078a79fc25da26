"""The cube: all epochs of a manifest as one lazily opened xarray tree, a node per channel and sheet.

For people and for analysis beside the pipeline; the stages themselves read epochs tile by tile
(:func:`iovolc.cube.epochs.read_layers`). Chunk it (``tree["/green/equator"].dataset.chunk()``) to work with Dask.
"""

from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.core import indexing

from iovolc import body
from iovolc.cube import schema
from iovolc.cube.entry import EpochEntry
from iovolc.cube.layout import StorePath
from iovolc.cube.manifest import Manifest, read_head
from iovolc.cube.stack import EpochStack
from iovolc.errors import NoWork
from iovolc.model.grid import Sheet


def open_cube(store: StorePath, manifest: Manifest | None = None) -> xr.DataTree:
    """Open the cube; no pixel is read before it is asked for.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    manifest : Manifest or None
        None is the current one.

    Returns
    -------
    DataTree
        Nodes ``/<channel>/<sheet>``, each a Dataset (time, y, x) of ``value``, ``sigma`` and ``flags``. ``time`` is
        the middle of each observation; the order is by stop time, then id, so that predecessors come first: use
        ``sortby("time")`` before slicing by date where mosaics overlap in time.

    Raises
    ------
    NoWork
        If the store holds no manifest.
    StoreCorrupt
        If the manifest is damaged.
    """
    chosen = manifest if manifest is not None else read_head(store)
    if chosen is None:
        raise NoWork(f"the store {store} holds nothing yet; ingest a catalogue first")
    nodes = {
        f"/{channel}/{sheet.name}": _dataset(store, chosen.of_channel(channel), sheet)
        for channel in chosen.channels
        for sheet in chosen.grid.sheets
    }
    attrs = {
        "body": body.NAME,
        "naif_id": body.NAIF_ID,
        "pixels_per_degree": chosen.pixels_per_degree,
        "manifest": chosen.number,
        "manifest_digest": chosen.digest,
    }
    return xr.DataTree.from_dict({"/": xr.Dataset(attrs=attrs), **nodes})


def _dataset(store: StorePath, entries: tuple[EpochEntry, ...], sheet: Sheet) -> xr.Dataset:
    variables = {spec.name: _variable(store, entries, sheet, spec) for spec in schema.LAYERS}
    coords = {**_times(entries), **_places(sheet), "spatial_ref": _spatial_ref(sheet)}
    return xr.Dataset(variables, coords=coords, attrs=schema.sheet_attrs(sheet))


def _variable(store: StorePath, entries: tuple[EpochEntry, ...], sheet: Sheet, spec: schema.LayerSpec) -> xr.Variable:
    attrs: dict[str, Any] = {"long_name": spec.long_name, "grid_mapping": "spatial_ref"}
    if spec.name == "flags":
        attrs |= schema.flag_attrs()
    stack = indexing.LazilyIndexedArray(EpochStack(store, entries, sheet, spec))
    return xr.Variable(("time", *schema.DIMS), stack, attrs)


def _times(entries: tuple[EpochEntry, ...]) -> dict[str, xr.Variable]:
    def times(name: str) -> NDArray[np.datetime64]:
        return np.array([_datetime64(getattr(entry, name)) for entry in entries], dtype="datetime64[ns]")

    def texts(name: str) -> NDArray[np.str_]:
        return np.array([getattr(entry, name) for entry in entries], dtype=np.str_)

    return {
        "time": xr.Variable("time", times("time_utc"), {"standard_name": "time", "long_name": "middle, UTC"}),
        "start": xr.Variable("time", times("start_utc"), {"long_name": "start, UTC"}),
        "stop": xr.Variable("time", times("stop_utc"), {"long_name": "stop, UTC"}),
        **{name: xr.Variable("time", texts(name)) for name in ("observation_id", "mission", "instrument", "quantity")},
    }


def _places(sheet: Sheet) -> dict[str, xr.Variable]:
    rows, cols = sheet.shape
    y_m = sheet.top_m - (np.arange(rows) + 0.5) * sheet.pixel_m
    x_m = sheet.left_m + (np.arange(cols) + 0.5) * sheet.pixel_m
    coords = {
        "y": xr.Variable("y", y_m, {"units": "m", "standard_name": "projection_y_coordinate"}),
        "x": xr.Variable("x", x_m, {"units": "m", "standard_name": "projection_x_coordinate"}),
    }
    if sheet.name != "equator":
        return coords
    # Equirectangular: planetocentric degrees follow from the metres alone.
    lat, lon_e = (np.degrees(metres / body.RADIUS_M) for metres in (y_m, x_m))
    coords["lat"] = xr.Variable("y", lat, {"units": "degrees_north", "standard_name": "latitude"})
    coords["lon_e"] = xr.Variable("x", lon_e, {"units": "degrees_east", "standard_name": "longitude"})
    return coords


def _spatial_ref(sheet: Sheet) -> xr.Variable:
    wkt = schema.crs_wkt(sheet.crs)
    a, b, c, d, e, f = sheet.transform
    geo_transform = " ".join(repr(number) for number in (c, a, b, f, d, e))
    attrs = {"crs_wkt": wkt, "spatial_ref": wkt, "crs_authority": sheet.crs, "GeoTransform": geo_transform}
    return xr.Variable((), np.int64(0), attrs)


def _datetime64(time: datetime) -> np.datetime64:
    return np.datetime64(time.replace(tzinfo=None), "ns")
