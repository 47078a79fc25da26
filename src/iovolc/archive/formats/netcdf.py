"""NetCDF files and Zarr folders with CF conventions become a :class:`~iovolc.archive.product.Product`.

Images come out with north up and east to the right, whatever the order of their axes. Only local files are read; HDF5
files that are no NetCDF are images without a place. Not for grids with two-dimensional coordinates.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import xarray as xr
import zarr.storage
from xarray import Dataset

from iovolc.archive.formats import agreement, cf_axes, graphic, netcdf_trial, on_demand, stores
from iovolc.archive.formats.cf import Layer, Layers, find_layers, read_facts, read_layer
from iovolc.archive.formats.limits import guarded
from iovolc.archive.origin import Origin
from iovolc.archive.product import Product, Stored
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Bounds

_PLAIN: Final = re.compile(r"\w+", re.ASCII)


def open_product(path: Path, origin: Origin) -> Product:
    """Read a NetCDF file.

    Every plane of every variable over the image's rows and columns is a band.

    Parameters
    ----------
    path : Path
        The file.
    origin : Origin
        For messages.

    Raises
    ------
    UnreadableProduct
        E102 if the file is damaged or leads to others.
    UnsupportedProduct
        E103 without an image that is read.
    """
    with guarded(path, origin):
        with path.open("rb") as stream:
            is_hdf5 = stream.read(len(on_demand.HDF5)) == on_demand.HDF5
        netcdf_trial.refuse_deadly(path, origin)
        if is_hdf5:
            stores.check_hdf5(path, origin)
    return _product(on_demand.NETCDF.name, path, _open_hdf5 if is_hdf5 else _open_classic, origin)


def open_zarr(path: Path, origin: Origin) -> Product:
    """Read a Zarr folder, version 2 or 3, as :func:`open_product` does a file."""
    with guarded(path, origin):
        stores.check_zarr(path, origin)
    return _product(on_demand.ZARR.name, path, _open_store, origin)


@contextmanager
def _open_hdf5(path: Path) -> Iterator[Dataset]:
    with xr.open_dataset(path, engine="h5netcdf", decode_cf=False, cache=False, phony_dims="access") as dataset:
        yield dataset


@contextmanager
def _open_classic(path: Path) -> Iterator[Dataset]:
    # By name scipy would map the file, and complain of every array that outlives it.
    with path.open("rb") as stream, xr.open_dataset(stream, engine="scipy", decode_cf=False, cache=False) as dataset:
        yield dataset


@contextmanager
def _open_store(path: Path) -> Iterator[Dataset]:
    store: Any = zarr.storage.LocalStore(path, read_only=True)
    # Consolidated metadata are a copy that nobody has checked.
    with xr.open_dataset(store, engine="zarr", decode_cf=False, cache=False, consolidated=False) as dataset:
        yield dataset


_Opener = Callable[[Path], AbstractContextManager[Dataset]]


def _product(family: str, path: Path, opener: _Opener, origin: Origin) -> Product:
    with guarded(path, origin), opener(path) as dataset:
        found = find_layers(dataset, origin)
        facts = read_facts(dataset, found)
        place, misplaced = _place(path, dataset, found, origin, ask_gdal=family == on_demand.NETCDF.name)
    flip = (False, False) if place is None else place.flip

    def read(band: int) -> Stored:
        with guarded(path, origin), opener(path) as dataset:
            return read_layer(dataset, found.layers[band], flip)

    if place is None or not place.flat:
        placement = None if place is None else place.placement
        bands = tuple(replace(item, placement=placement, misplaced=misplaced) for item in facts)
        return Product(family, found.shape, bands, read)
    flat, nodata = place.flat, [item.nodata for item in facts]
    bounds, edges = graphic.centric_bounds(place.placement, found.shape, flat)
    # What is resampled holds no stored nodata any more: `valid` says it.
    bands = tuple(replace(item, placement=bounds, nodata=None) for item in facts)
    return Product(family, found.shape, bands, lambda band: graphic.centric_rows(read(band), edges, flat, nodata[band]))


def _place(
    path: Path, dataset: Dataset, found: Layers, origin: Origin, *, ask_gdal: bool
) -> tuple[cf_axes.Place | None, AmbiguousGeometry | None]:
    if found.axes is None:
        return None, None
    first = found.layers[0]
    try:
        place = cf_axes.place(dataset, dataset.variables[first.name], *found.axes, origin)
    except AmbiguousGeometry as refused:
        return None, refused
    # Known faults of GDAL: it takes `degrees_west` for east, kilometres for metres, and what comes first for rows.
    understood = not place.is_west and all(str(axis.variable.attrs.get("units")) != "km" for axis in found.axes)
    if ask_gdal and understood and _asks_gdal(path, dataset, first):
        name = f'NETCDF:"{path}":{first.name}'
        refused = agreement.gdal_gap(name, "netCDF", _as_stored(place), found.shape, origin)
        if refused is not None:
            return None, refused
    return place, None


def _asks_gdal(path: Path, dataset: Dataset, layer: Layer) -> bool:
    in_order = dataset.variables[layer.name].dims[-2:] == (layer.down, layer.across)
    return in_order and '"' not in str(path) and _PLAIN.fullmatch(layer.name) is not None


def _as_stored(place: cf_axes.Place) -> agreement.Placed:
    """GDAL turns rows to have north up, but leaves columns."""
    bounds = place.placement
    if not place.flip[1] or not isinstance(bounds, Bounds):
        return bounds
    return Bounds(bounds.right_lon_e, bounds.left_lon_e, bounds.top_lat, bounds.bottom_lat)
