"""What an epoch consists of, in one fixed form: its head (JSON), its arrays, and the hash over both.

Pure: arrays and values in, the same out.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from iovolc.cube import schema
from iovolc.cube.files import canonical_json
from iovolc.errors import DataQualityError
from iovolc.model.epoch import Epoch, Lattice, Layers, Registration
from iovolc.model.flags import Flag
from iovolc.model.grid import SHEET_NAMES, Grid

_BAND_ROWS: Final = 720
NATIVE: Final = MappingProxyType({"native/pixels": "value", "native/saturated": "saturated"})
"""Arrays of the native pixels by their path."""


class ArrayLike(Protocol):
    """An array in memory or on disk."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        ...

    def __getitem__(self, key: slice, /) -> Any:
        """Some of its rows."""
        ...


def head_of(epoch: Epoch, grid: Grid, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """All of an epoch but its arrays, as plain values for JSON; unknown numbers are null.

    Raises
    ------
    DataQualityError
        If something has no place in JSON, such as an infinite number.
    """
    registration = epoch.registration
    head: dict[str, Any] = {
        "schema": schema.VERSION,
        "pixels_per_degree": grid.pixels_per_degree,
        "record": epoch.record.to_json(),
        "provenance": dict(provenance),
        "resolution_km": _number(epoch.resolution_km),
        "registration": {
            "method": registration.method,
            "shift_east_km": _number(registration.shift_east_km),
            "shift_north_km": _number(registration.shift_north_km),
            "sigma_km": _number(registration.sigma_km),
            "step_deg": _number(registration.warp.step_deg),
        },
    }
    if epoch.native is not None:
        head["native"] = list(epoch.native.value.shape)
    try:
        canonical_json(head)
    except (TypeError, ValueError) as error:
        raise DataQualityError(
            f"{epoch.record.id} cannot be stored: {error}; correct its label or catalogue"
        ) from error
    return head


def registration_of(head: Mapping[str, Any], warp: NDArray[np.float32], tiles: NDArray[np.float32]) -> Registration:
    """The registration that :func:`head_of` and :func:`arrays_of` took apart."""
    facts = head["registration"]
    return Registration(
        warp=Lattice(warp, float(facts["step_deg"])),
        tiles=tiles,
        shift_east_km=_unknown(facts["shift_east_km"]),
        shift_north_km=_unknown(facts["shift_north_km"]),
        sigma_km=_unknown(facts["sigma_km"]),
        method=facts["method"],
    )


def resolution_of(head: Mapping[str, Any]) -> float:
    """The resolution in kilometres that :func:`head_of` stored."""
    return _unknown(head["resolution_km"])


def arrays_of(epoch: Epoch) -> Mapping[str, NDArray[Any]]:
    """The arrays of an epoch by their path in its group, in a fixed order; sheets without data are left out."""
    arrays: dict[str, NDArray[Any]] = {
        "registration/warp": _settled(epoch.registration.warp.values),
        "registration/tiles": _settled(epoch.registration.tiles),
    }
    for name in SHEET_NAMES:
        layers = epoch.sheets.get(name)
        if layers is not None and not is_empty(layers):
            arrays |= {f"{name}/{spec.name}": _settled(getattr(layers, spec.name)) for spec in schema.LAYERS}
    if epoch.native is not None:
        arrays |= {path: _settled(getattr(epoch.native, name)) for path, name in NATIVE.items()}
    return MappingProxyType(arrays)


def paths_of(head: Mapping[str, Any], sheets: Iterable[str]) -> list[str]:
    """The paths of the arrays of a stored epoch."""
    paths = ["registration/warp", "registration/tiles", *(NATIVE if "native" in head else ())]
    return paths + [f"{sheet}/{spec.name}" for sheet in sheets for spec in schema.LAYERS]


def is_empty(layers: Layers) -> bool:
    """Whether a sheet says nothing: no value, no sigma and no flag but "no data"."""
    silent = (layers.flags & ~np.uint16(Flag.NO_DATA)) == 0
    return bool(np.isnan(layers.value).all() and np.isnan(layers.sigma).all() and silent.all())


def empty_layers(shape: tuple[int, int]) -> Layers:
    """What a sheet that was left out reads as: no value, no sigma, flagged "no data"."""
    return Layers(
        value=np.full(shape, np.nan, dtype=np.float32),
        sigma=np.full(shape, np.nan, dtype=np.float32),
        flags=np.full(shape, Flag.NO_DATA, dtype=np.uint16),
    )


def content_hash(head: Mapping[str, Any], arrays: Mapping[str, ArrayLike]) -> str:
    """Hexadecimal sha256 over an epoch's canonical content.

    Parameters
    ----------
    head : mapping
        As :func:`head_of` gives it.
    arrays : mapping of str to array
        As :func:`arrays_of` gives them, in memory or on disk; read in bands, so that memory does not grow.
    """
    digest = hashlib.sha256(canonical_json(head).encode())
    for path in sorted(arrays):
        array = arrays[path]
        digest.update(canonical_json([path, list(array.shape)]).encode())
        for row in range(0, array.shape[0], _BAND_ROWS):
            digest.update(_settled(np.asarray(array[row : row + _BAND_ROWS])).tobytes())
    return digest.hexdigest()


def _settled(array: NDArray[Any]) -> NDArray[Any]:
    """The array in little-endian row-major order with one NaN and one zero, so that equal arrays have equal bytes."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    if plain.dtype.kind != "f":
        return plain
    return np.where(np.isnan(plain), plain.dtype.type(np.nan), plain) + plain.dtype.type(0.0)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _unknown(value: float | None) -> float:
    return math.nan if value is None else float(value)
