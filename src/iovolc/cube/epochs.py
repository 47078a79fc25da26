"""Epochs on disk: each version is one immutable Zarr v3 group, named by the hash of its content.

Writing needs no lock: a group appears under its name complete or not at all, and the same content has the same name.
An epoch is part of the cube once a manifest names it (:mod:`iovolc.cube.manifest`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec

from iovolc.cube import content, schema
from iovolc.cube.entry import EpochEntry
from iovolc.cube.files import disk_errors, new_folder
from iovolc.cube.layout import StorePath, epoch_folder, local
from iovolc.errors import DataQualityError, StoreCorrupt
from iovolc.model.epoch import Epoch, Layers, Native, Registration
from iovolc.model.grid import SHEET_NAMES, Grid, SheetName, Window
from iovolc.model.observation import ObservationRecord


def write_epoch(store: StorePath, epoch: Epoch, grid: Grid, provenance: Mapping[str, Any]) -> EpochEntry:
    """Put an epoch into the store; the same epoch again adds nothing.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    epoch : Epoch
        An observation on ``grid``.
    grid : Grid
        The grid of the store.
    provenance : mapping
        Plain values that say how it was made: configuration of ingest and registration, sha256 of the reference map,
        version of the algorithm. Part of the content, and so of its hash.

    Returns
    -------
    EpochEntry
        What a manifest must name for the epoch to exist.

    Raises
    ------
    DataQualityError
        If the epoch breaks the schema or holds no valid pixel.
    StoreError, TransientIOError
        If the disk refuses.
    """
    _require_sound(epoch, grid)
    head = content.head_of(epoch, grid, provenance)
    arrays = content.arrays_of(epoch)
    sheets: tuple[SheetName, ...] = tuple(name for name in SHEET_NAMES if f"{name}/value" in arrays)
    if not sheets:
        raise DataQualityError(f"{epoch.record.id} holds no valid pixel on the grid; it is left out")
    digest = content.content_hash(head, arrays)
    folder = local(epoch_folder(store, epoch.record.id, digest))
    if not folder.exists():
        with new_folder(folder) as partial:
            _write_group(partial, head, arrays, grid)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    ppd = grid.pixels_per_degree
    return EpochEntry.of(epoch.record, content_hash=digest, pixels_per_degree=ppd, sheets=sheets, n_bytes=size)


def read_epoch(store: StorePath, entry: EpochEntry) -> Epoch:
    """A whole epoch, with the sheets that hold data.

    Raises
    ------
    StoreCorrupt
        If the epoch is missing or damaged.
    """
    head = read_head_json(store, entry)
    return Epoch(
        record=ObservationRecord.from_json(head["record"]),
        sheets={name: read_layers(store, entry, name) for name in entry.sheets},
        registration=read_registration(store, entry),
        resolution_km=content.resolution_of(head),
        native=read_native(store, entry) if "native" in head else None,
    )


def read_native(store: StorePath, entry: EpochEntry) -> Native:
    """The native pixels of a thermal epoch.

    Raises
    ------
    StoreCorrupt
        If the epoch holds none, or is missing or damaged.
    """
    with _reading(entry):
        value, saturated = (np.asarray(open_array(store, entry, path)[...]) for path in content.NATIVE)
    return Native(value, saturated)


def read_layers(store: StorePath, entry: EpochEntry, sheet: str, window: Window | None = None) -> Layers:
    """The pixels of an epoch on a sheet, or on a window of it; only the chunks it needs are read.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    entry : EpochEntry
        From a manifest.
    sheet : str
        A sheet of the grid. One on which the epoch holds no data reads as NaN, flagged "no data".
    window : Window or None
        Rows and columns of the sheet; None is all of it.

    Raises
    ------
    ValueError
        If the window reaches beyond the sheet.
    StoreCorrupt
        If the epoch is missing or damaged.
    """
    rows, cols = Grid.at(entry.pixels_per_degree).sheet(sheet).shape
    part = Window(0, rows, 0, cols) if window is None else window
    if not (0 <= part.row0 <= part.row1 <= rows and 0 <= part.col0 <= part.col1 <= cols):
        raise ValueError(f"{part} reaches beyond the sheet {sheet} of {rows} x {cols} pixels")
    if sheet not in entry.sheets:
        return content.empty_layers(part.shape)
    value, sigma, flags = (read_layer(store, entry, sheet, spec.name, part.slices) for spec in schema.LAYERS)
    return Layers(value=value, sigma=sigma, flags=flags)


def read_layer(store: StorePath, entry: EpochEntry, sheet: str, layer: str, key: tuple[Any, Any]) -> NDArray[Any]:
    """One layer of a sheet that holds data, indexed by rows and columns independently (slices, integers or arrays)."""
    spec = next(spec for spec in schema.LAYERS if spec.name == layer)
    array = open_array(store, entry, f"{sheet}/{layer}")
    faults = schema.array_faults(spec, array.dtype, array.shape, Grid.at(entry.pixels_per_degree).sheet(sheet))
    if faults:
        raise _corrupt(entry, "; ".join(faults))
    with _reading(entry):
        return np.asarray(array.oindex[key])


def has_epoch(store: StorePath, entry: EpochEntry) -> bool:
    """Whether an epoch lies in the store."""
    return local(_folder(store, entry)).exists()


def read_registration(store: StorePath, entry: EpochEntry) -> Registration:
    """How the epoch was moved onto the reference map.

    Raises
    ------
    StoreCorrupt
        If the epoch is missing or damaged.
    """
    head = read_head_json(store, entry)
    with _reading(entry):
        warp = np.asarray(open_array(store, entry, "registration/warp")[...])
        tiles = np.asarray(open_array(store, entry, "registration/tiles")[...])
    registration = content.registration_of(head, warp, tiles)
    faults = schema.registration_faults(registration)
    if faults:
        raise _corrupt(entry, "; ".join(faults))
    return registration


def read_provenance(store: StorePath, entry: EpochEntry) -> dict[str, Any]:
    """How the epoch was made, as given to :func:`write_epoch`."""
    return read_head_json(store, entry)["provenance"]


def read_head_json(store: StorePath, entry: EpochEntry) -> dict[str, Any]:
    """All of an epoch but its arrays, as plain values (:func:`iovolc.cube.content.head_of`)."""
    with _reading(entry):
        group = zarr.open_group(_folder(store, entry), mode="r", zarr_format=3)
    head = cast("dict[str, Any]", group.attrs.asdict().get("iovolc", {}))
    if head.get("schema") != schema.VERSION:
        raise _corrupt(entry, f"its schema is {head.get('schema')}, this version of iovolc reads {schema.VERSION}")
    return head


def open_array(store: StorePath, entry: EpochEntry, path: str) -> "zarr.Array[Any]":
    """An array of the epoch's group, opened but not read."""
    with _reading(entry):
        return zarr.open_array(f"{_folder(store, entry)}/{path}", mode="r", zarr_format=3)


def sheet_attrs(store: StorePath, entry: EpochEntry, sheet: str) -> dict[str, Any]:
    """The attributes of a stored sheet."""
    with _reading(entry):
        return zarr.open_group(f"{_folder(store, entry)}/{sheet}", mode="r", zarr_format=3).attrs.asdict()


def _require_sound(epoch: Epoch, grid: Grid) -> None:
    faults = schema.epoch_faults(epoch, grid)
    if faults:
        raise DataQualityError(f"{epoch.record.id} does not fit the store: {'; '.join(faults)}; it is left out")


def _write_group(folder: Path, head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], grid: Grid) -> None:
    root = zarr.create_group(str(folder), zarr_format=3, attributes={"iovolc": dict(head)})
    groups = {path.partition("/")[0] for path in arrays}
    for name in sorted(groups):
        attrs = schema.sheet_attrs(grid.sheet(name)) if name in SHEET_NAMES else {}
        root.create_group(name, attributes=attrs)
    for path, data in arrays.items():
        _write_array(root, path, data)


def _write_array(root: zarr.Group, path: str, data: NDArray[Any]) -> None:
    spec = next((spec for spec in schema.LAYERS if path.endswith(f"/{spec.name}")), None)
    array = root.create_array(
        path,
        shape=data.shape,
        dtype=data.dtype,
        chunks=schema.CHUNK if spec is not None else tuple(max(1, length) for length in data.shape),
        compressors=BloscCodec(cname="zstd", clevel=1, shuffle="shuffle", typesize=data.dtype.itemsize),
        fill_value=spec.fill if spec is not None else 0,
        dimension_names=schema.DIMS if spec is not None else None,
        attributes={"long_name": spec.long_name} if spec is not None else {},
        config={"write_empty_chunks": False},
    )
    array[...] = data


def _folder(store: StorePath, entry: EpochEntry) -> str:
    return epoch_folder(store, entry.observation_id, entry.content_hash)


@contextmanager
def _reading(entry: EpochEntry) -> Iterator[None]:
    what = f"epoch {entry.observation_id} cannot be read"
    try:
        with disk_errors(what):
            yield
    except (FileNotFoundError, ValueError, KeyError, RuntimeError) as error:
        raise _corrupt(entry, str(error)) from error


def _corrupt(entry: EpochEntry, detail: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"epoch {entry.observation_id} ({entry.content_hash[:12]}) is damaged or missing: {detail}; "
        "run `iovolc verify`, delete its folder, and ingest the product again"
    )
