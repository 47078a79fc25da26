"""The schema of an epoch on disk and of the cube: names, types, chunks, attributes, and the checks against them.

Checked when an epoch is written and when it is read. Reads and writes nothing itself.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from pyproj import CRS

from iovolc import body
from iovolc.model.epoch import Epoch, Lattice, Layers, Registration
from iovolc.model.flags import Flag
from iovolc.model.grid import SHEET_NAMES, TILE_PX, Grid, Sheet
from iovolc.model.observation import CHANNELS, QUANTITIES, ObservationRecord

VERSION: Final = 1
"""Raised when an epoch of the older version can no longer be read; it is part of the content hash."""

CHUNK: Final = (TILE_PX, TILE_PX)
DIMS: Final = ("y", "x")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer of a sheet: its type, what stands where nothing is stored, and its description."""

    name: str
    dtype: str
    fill: float | int
    long_name: str


LAYERS: Final = (
    LayerSpec("value", "<f4", math.nan, "calibrated value, not normalised"),
    LayerSpec("sigma", "<f4", math.nan, "one-sigma noise of the value"),
    LayerSpec("flags", "<u2", 0, "reasons to trust a pixel less"),
)

TILE_COLUMNS: Final = ("lat", "lon_e", "east_km", "north_km", "held_out_km", "peak")
WARP_COMPONENTS: Final = ("x", "y", "z", "sigma_km")
METHODS: Final = ("local", "shift", "none")


@cache
def crs_wkt(authority_code: str) -> str:
    """WKT2 of a coordinate system of Io, from an authority code such as ``IAU_2015:50110``."""
    return CRS.from_user_input(authority_code).to_wkt("WKT2_2019")


def sheet_attrs(sheet: Sheet) -> dict[str, Any]:
    """Attributes of a sheet: which body, which coordinate system, where its pixels lie (metres)."""
    return {
        "body": body.NAME,
        "naif_id": body.NAIF_ID,
        "crs_wkt": crs_wkt(sheet.crs),
        "crs_authority": sheet.crs,
        "transform": list(sheet.transform),
    }


def flag_attrs() -> dict[str, Any]:
    """Attributes of the flags after the CF conventions, section 3.5."""
    masks = np.array([flag.value for flag in Flag], dtype=np.uint16)
    return {"flag_masks": masks, "flag_meanings": " ".join(str(flag.name).lower() for flag in Flag)}


def epoch_faults(epoch: Epoch, grid: Grid) -> tuple[str, ...]:
    """What in an epoch contradicts the schema; empty if it is sound."""
    return (
        *_record_faults(epoch.record),
        *registration_faults(epoch.registration),
        *(fault for name in epoch.sheets for fault in _sheet_faults(name, epoch.sheets[name], grid)),
    )


def layer_faults(layers: Layers, shape: tuple[int, int]) -> tuple[str, ...]:
    """What in the layers of a sheet contradicts the schema."""
    return tuple(_layer_faults(layers, shape))


def array_faults(spec: LayerSpec, dtype: np.dtype[Any], shape: tuple[int, ...], sheet: Sheet) -> tuple[str, ...]:
    """What in the type and shape of a stored layer contradicts the schema."""
    faults: list[str] = []
    if np.dtype(dtype) != np.dtype(spec.dtype):
        faults.append(f"{sheet.name}/{spec.name} is {dtype}, not {np.dtype(spec.dtype)}")
    if tuple(shape) != sheet.shape:
        faults.append(f"{sheet.name}/{spec.name} has shape {tuple(shape)}, not {sheet.shape}")
    return tuple(faults)


def attr_faults(attrs: Mapping[str, Any], sheet: Sheet) -> tuple[str, ...]:
    """What in the attributes of a stored sheet contradicts the schema."""
    expected = sheet_attrs(sheet)
    names = ("body", "naif_id", "crs_authority", "transform")
    return tuple(
        f"{sheet.name} says {name} = {attrs.get(name)}, not {expected[name]}"
        for name in names
        if attrs.get(name) != expected[name]
    )


def registration_faults(registration: Registration) -> tuple[str, ...]:
    """What in a registration contradicts the schema."""
    faults = list(_warp_faults(registration.warp))
    if registration.tiles.ndim != 2 or registration.tiles.shape[1] != len(TILE_COLUMNS):
        faults.append(f"the tiles have shape {registration.tiles.shape}, not (tile, {len(TILE_COLUMNS)})")
    if registration.method not in METHODS:
        faults.append(f"the registration's method is {registration.method!r}, not one of {METHODS}")
    return tuple(faults)


def _record_faults(record: ObservationRecord) -> Iterator[str]:
    if not record.id:
        yield "the observation has no id"
    if record.channel not in CHANNELS:
        yield f"the channel is {record.channel!r}, not one of {CHANNELS}"
    if record.quantity not in QUANTITIES:
        yield f"the quantity is {record.quantity!r}, not one of {QUANTITIES}"
    times = (record.start_utc, record.time_utc, record.stop_utc)
    if any(time.tzinfo is None for time in times):
        yield "a time has no zone"
    elif list(times) != sorted(times):
        yield "start, middle and stop are not in order"


def _warp_faults(warp: Lattice) -> Iterator[str]:
    if not warp.step_deg > 0.0:
        yield f"the warp's step is {warp.step_deg} degrees"
        return
    shape = (round(180.0 / warp.step_deg) + 1, round(360.0 / warp.step_deg), len(WARP_COMPONENTS))
    if warp.values.shape != shape:
        yield f"the warp has shape {warp.values.shape}, not {shape}"
    elif not np.isfinite(warp.values).all():
        yield "the warp holds a number that is not finite"


def _sheet_faults(name: str, layers: Layers, grid: Grid) -> tuple[str, ...]:
    if name not in SHEET_NAMES:
        return (f"there is no sheet {name!r}",)
    return tuple(f"{name}: {fault}" for fault in layer_faults(layers, grid.sheet(name).shape))


def _layer_faults(layers: Layers, shape: tuple[int, int]) -> Iterator[str]:
    for spec in LAYERS:
        array = getattr(layers, spec.name)
        if array.dtype != np.dtype(spec.dtype) or array.shape != shape:
            yield f"{spec.name} is {array.dtype} {array.shape}, not {np.dtype(spec.dtype)} {shape}"
            return
    if np.isinf(layers.value).any() or np.isinf(layers.sigma).any():
        yield "a value or sigma is infinite"
    if (layers.sigma < 0.0).any():
        yield "a sigma is negative"
