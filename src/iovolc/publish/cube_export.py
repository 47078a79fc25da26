"""The epochs of a channel for other programs: one NetCDF or Zarr by the CF conventions, on one global map.

Latitude and longitude in degrees, one epoch after the other, so that memory does not grow with their number. Values are
calibrated but not normalised: two epochs are of one light only where their angles are alike. Not what the stages read
(:mod:`iovolc.cube.cube`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import astropy.units as u
import h5netcdf
import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from iovolc import body
from iovolc.cube import schema
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_head_json, read_layers
from iovolc.cube.layout import StorePath
from iovolc.cube.manifest import Manifest
from iovolc.model.flags import Flag
from iovolc.model.grid import SHEET_NAMES, Grid, Sheet, SheetName
from iovolc.model.observation import ObservationRecord
from iovolc.publish.sampling import map_lat_lon, mosaic

CONVENTIONS: Final = "CF-1.11"
ENDINGS: Final = (".nc", ".zarr")
_SECONDS: Final = {
    "units": "seconds since 1970-01-01T00:00:00Z", "calendar": "standard", "units_metadata": "leap_seconds: none",
}  # fmt: skip
_PLACES: Final = ("lat", "lon")
_TEXTS: Final = MappingProxyType(
    {
        "observation_id": ("id", "observation"),
        "mission": ("mission", "mission"),
        "instrument": ("instrument", "instrument"),
        "quantity": ("quantity", "iof, radiance or relative: what value is"),
        "unit": ("unit", "unit of value as the product states it"),
    }
)
"""By variable: attribute of the record, and what it says."""
_LEVEL: Final = 4
_CHUNK: Final = 720


def export_cube(out: Path, store: StorePath, manifest: Manifest, channel: str) -> None:
    """Write the epochs of a channel.

    Parameters
    ----------
    out : Path
        Does not exist; ends in ``.nc`` (NetCDF-4) or ``.zarr`` (Zarr, version 2).
    store : str or Path
        Root of the store.
    manifest : Manifest
        Its epochs.
    channel : str
        Has epochs in the manifest.

    Raises
    ------
    StoreCorrupt
        If an epoch is missing or damaged.
    """
    entries = sorted(manifest.of_channel(channel), key=lambda entry: (entry.time_utc, entry.observation_id))
    records = [ObservationRecord.from_json(read_head_json(store, entry)["record"]) for entry in entries]
    attrs, units, texts = _attrs(manifest, channel, records), _units(records), _texts(records)
    epochs = (
        xr.Dataset(
            _planes(store, entry, manifest.grid, units) | _when(entry) | _where(manifest.grid) | each, attrs=attrs
        )
        for entry, each in zip(entries, texts, strict=True)
    )
    if out.suffix == ".zarr":
        _write_zarr(out, epochs)
    else:
        _write_netcdf(out, epochs, len(entries))


def _units(records: Sequence[ObservationRecord]) -> dict[str, str]:
    """The attribute ``units`` where all epochs share one that is understood; else ``unit`` tells that of each."""
    stated = {record.unit if record.quantity == "radiance" else "1" for record in records}
    if stated == {"1"}:
        return {"units": "1"}
    try:
        return {"units": str(u.Unit(stated.pop()).to_string("fits"))} if len(stated) == 1 else {}
    except ValueError:
        return {}


def _attrs(manifest: Manifest, channel: str, records: Sequence[ObservationRecord]) -> dict[str, Any]:
    return {
        "Conventions": CONVENTIONS,
        "title": f"Epochs of {body.NAME}, channel {channel}",
        "institution": "see credit",
        "source": "maps and images of spacecraft and telescopes, registered and resampled by iovolc",
        "history": f"iovolc export cube, manifest {manifest.number} ({manifest.digest[:12]})",
        "references": "docs/store.md and docs/methods.md of iovolc",
        "comment": "calibrated, not normalised: epochs under unlike light or of unlike quantity cannot be subtracted",
        "credit": "; ".join(sorted({record.credit for record in records} - {""})) or "not stated",
        "license": "; ".join(sorted({record.licence for record in records} - {""})) or "not stated",
        "body": body.NAME,
        "naif_id": body.NAIF_ID,
    }


def _texts(records: Sequence[ObservationRecord]) -> list[dict[str, xr.Variable]]:
    """Names of each epoch, all as wide as the widest, since Zarr's oldest readers know no other strings."""
    columns = {name: np.array([getattr(record, ours) for record in records]) for name, (ours, _) in _TEXTS.items()}
    return [
        {
            name: xr.Variable("epoch", values[n : n + 1], {"long_name": _TEXTS[name][1]})
            for name, values in columns.items()
        }
        for n in range(len(records))
    ]


def _planes(store: StorePath, entry: EpochEntry, grid: Grid, units: Mapping[str, str]) -> dict[str, xr.Variable]:
    """The layers of an epoch on the global map, with an axis ``epoch`` of length one."""
    held = {name: read_layers(store, entry, name) for name in entry.sheets}
    told = {
        "value": {"long_name": "calibrated value, not normalised", "ancillary_variables": "sigma flags", **units},
        "sigma": {"long_name": "one-sigma noise of the value", **units},
        "flags": {"long_name": "reasons to trust a pixel less", **schema.flag_attrs()},
    }
    around = {"grid_mapping": "crs", "coordinates": " ".join(("time", *_TEXTS))}
    planes: dict[str, xr.Variable] = {}
    for spec in schema.LAYERS:
        sheets: dict[SheetName, NDArray[Any]] = {
            name: getattr(held[name], spec.name) if name in held else _blank(grid.sheet(name), spec)
            for name in SHEET_NAMES
        }
        planes[spec.name] = xr.Variable(("epoch", "lat", "lon"), mosaic(grid, sheets)[None], told[spec.name] | around)
    return planes


def _blank(sheet: Sheet, spec: schema.LayerSpec) -> NDArray[Any]:
    return np.full(sheet.shape, int(Flag.NO_DATA) if spec.name == "flags" else spec.fill, np.dtype(spec.dtype))


def _when(entry: EpochEntry) -> dict[str, xr.Variable]:
    """Times in plain seconds; ``epoch`` counts because two may share a time, which an axis may not."""
    told = {"standard_name": "time", "long_name": "middle of the observation, UTC", "bounds": "time_bounds", **_SECONDS}
    bounds = np.array([[_seconds(entry.start_utc), _seconds(entry.stop_utc)]])
    return {
        "time": xr.Variable("epoch", np.array([_seconds(entry.time_utc)]), told),
        "time_bounds": xr.Variable(("epoch", "bound"), bounds),
    }


def _where(grid: Grid) -> dict[str, xr.Variable]:
    lat, lon_e = map_lat_lon(grid)
    mapping = {
        "grid_mapping_name": "latitude_longitude",
        "earth_radius": body.RADIUS_M,
        "longitude_of_prime_meridian": 0.0,
        "crs_wkt": schema.crs_wkt(body.CRS_GEOGRAPHIC),
        "long_name": f"sphere of {body.NAME}; earth_radius is that of {body.NAME}",
    }
    north = {"standard_name": "latitude", "long_name": "planetocentric latitude", "units": "degrees_north", "axis": "Y"}
    east = {"standard_name": "longitude", "long_name": "east longitude", "units": "degrees_east", "axis": "X"}
    return {
        "lat": xr.Variable("lat", lat, north),
        "lon": xr.Variable("lon", lon_e, east),
        "crs": xr.Variable((), np.int32(0), mapping),
    }


def _seconds(time: datetime) -> int:
    return round((time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _write_zarr(out: Path, epochs: Iterator[xr.Dataset]) -> None:
    first = next(epochs)
    chunks = {name: {"chunks": _chunks(first[name].shape)} for name in ("value", "sigma", "flags")}
    first.to_zarr(out, mode="w-", zarr_format=2, encoding=chunks)
    for epoch in epochs:
        epoch.drop_vars([*_PLACES, "crs"]).to_zarr(out, append_dim="epoch")


def _write_netcdf(out: Path, epochs: Iterator[xr.Dataset], count: int) -> None:
    with h5netcdf.File(out, "w") as file:
        for number, epoch in enumerate(epochs):
            if number == 0:
                _layout(file, epoch, count)
            for name, variable in epoch.variables.items():
                if "epoch" in variable.dims:
                    file.variables[str(name)][number] = variable.values[0]


def _layout(file: Any, epoch: xr.Dataset, count: int) -> None:
    """Dimensions, variables and attributes; fills what does not depend on the epoch."""
    file.attrs.update(epoch.attrs)
    file.dimensions = {str(name): count if name == "epoch" else size for name, size in epoch.sizes.items()}
    for name, variable in epoch.variables.items():
        packed: dict[str, Any] = {}
        if variable.ndim == 3:
            packed = {"chunks": _chunks(variable.shape), "compression": "gzip", "compression_opts": _LEVEL}
            packed |= {"shuffle": True, "fillvalue": np.nan if variable.dtype.kind == "f" else None}
        dtype = h5py.string_dtype() if variable.dtype.kind == "U" else variable.dtype
        made = file.create_variable(str(name), variable.dims, dtype, **packed)
        made.attrs.update(variable.attrs)
        if "epoch" not in variable.dims:
            made[...] = variable.values


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (1, *(min(size, _CHUNK) for size in shape[1:]))
