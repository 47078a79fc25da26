"""What a dataset with CF conventions says of its images: layers, times, wavelengths, units and identity.

NetCDF and Zarr share it. Numbers stay as they are stored; nothing is decoded but coordinates. Not for places
(:mod:`iovolc.archive.formats.cf_axes`).
"""

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray import Dataset, Variable

from iovolc.archive.formats.cf_axes import Axis, find_axes, kind_of
from iovolc.archive.formats.limits import check_shape, unsupported
from iovolc.archive.formats.units import convert, quantity_of
from iovolc.archive.limits import MAX_BANDS
from iovolc.archive.origin import Origin
from iovolc.archive.product import Facts, Stored
from iovolc.model.observation import CHANNELS, parse_utc

MAX_VARIABLES: Final = 1024
_MAX_VALUE: Final = 400
_UNSIGNED: Final = "_Unsigned"


@dataclass(frozen=True, slots=True)
class Layer:
    """One plane of one variable.

    Parameters
    ----------
    name : str
        The variable.
    index : dict of str to int
        Position along the dimensions that are not the image's.
    down, across : str
        Dimensions of rows and columns.
    """

    name: str
    index: Mapping[str, int]
    down: str
    across: str


@dataclass(frozen=True, slots=True)
class Layers:
    """All planes of the images that share rows and columns.

    Parameters
    ----------
    shape : tuple of int
        Rows, columns.
    layers : tuple of Layer
        In the file's order.
    axes : tuple of Axis or None
        Down and across, where both have coordinates.
    """

    shape: tuple[int, int]
    layers: tuple[Layer, ...]
    axes: tuple[Axis, Axis] | None


def find_layers(dataset: Dataset, origin: Origin) -> Layers:
    """The images of a dataset: all variables over the first pair of horizontal axes, else the first image's own kind.

    Raises
    ------
    UnreadableProduct
        E102 for axes without length.
    UnsupportedProduct
        E103 without an image, or for one that is too large.
    """
    if len(dataset.variables) > MAX_VARIABLES:
        raise unsupported(origin, f"the file has more than {MAX_VARIABLES} variables")
    images = dict(_images(dataset))
    axes = find_axes(dataset)
    pair = next((found for item in images.values() if (found := _pair(item, axes)) is not None), None)
    if pair is not None:
        down, across = pair[0].dim, pair[1].dim
    elif images:
        down, across = (str(dim) for dim in next(iter(images.values())).dims[-2:])
    else:
        raise unsupported(origin, "the file holds no numbers over two dimensions")
    shape = dataset.sizes[down], dataset.sizes[across]
    chosen = {name: item for name, item in images.items() if {down, across} <= set(item.dims)}
    check_shape(shape, origin, bands=sum(item.size // max(math.prod(shape), 1) for item in chosen.values()))
    layers = (layer for name, item in chosen.items() for layer in _planes(str(name), item, down, across))
    return Layers(shape, tuple(islice(layers, MAX_BANDS)), pair)


def _images(dataset: Dataset) -> Iterator[tuple[Hashable, Variable]]:
    helpers = {str(item.attrs.get(key)) for item in dataset.variables.values() for key in ("bounds", "grid_mapping")}
    # By name: a Zarr store lists its variables in the order of the disk, which is none.
    for name, item in sorted(dataset.variables.items(), key=lambda pair: str(pair[0])):
        if item.ndim >= 2 and item.dtype.kind in "iuf" and str(name) not in helpers and kind_of(item) is None:
            yield name, item


def _pair(item: Variable, axes: Mapping[str, Axis]) -> tuple[Axis, Axis] | None:
    own = [axes[str(dim)] for dim in item.dims if str(dim) in axes]
    down = [axis for axis in own if not axis.is_across]
    across = [axis for axis in own if axis.is_across]
    return (down[0], across[0]) if len(down) == len(across) == 1 else None


def _planes(name: str, item: Variable, down: str, across: str) -> Iterator[Layer]:
    others = [str(dim) for dim in item.dims if dim not in {down, across}]
    for position in product(*(range(item.sizes[dim]) for dim in others)):
        yield Layer(name, dict(zip(others, position, strict=True)), down, across)


def read_facts(dataset: Dataset, layers: Layers) -> tuple[Facts, ...]:
    """Plane by plane what the file says, without the place."""
    keywords = flatten(dataset)
    whole = {str(key).lower(): _text(value) for key, value in dataset.attrs.items()}
    many = len({layer.name for layer in layers.layers}) > 1

    def told(*names: str) -> str:
        return next((whole[name] for name in names if whole.get(name)), "")

    identity: dict[str, Any] = {
        "product_id": told("product_id", "id"),
        "version": told("product_version"),
        "level": told("processing_level"),
        "target": told("target", "target_name", "body"),
        "mission": told("mission", "platform"),
        "instrument": told("instrument", "sensor"),
        "licence": told("license", "licence"),
        "credit": told("acknowledgement", "acknowledgment", "creator_name"),
        "keywords": keywords,
    }
    span: dict[str, Any] = {"start_utc": _iso(told("time_coverage_start")), "stop_utc": _iso(told("time_coverage_end"))}
    return tuple(
        Facts(**identity | span | _layer_facts(dataset, layer, layer.name if many else "")) for layer in layers.layers
    )


def _layer_facts(dataset: Dataset, layer: Layer, name: str) -> dict[str, Any]:
    attributes = dataset.variables[layer.name].attrs
    unit = _text(attributes.get("units", ""))
    words = _text(attributes.get("long_name", ""))
    found: dict[str, Any] = {
        "unit": unit,
        "quantity": quantity_of(unit) or (quantity_of(words) if unit in {"", "1"} else None),
        "scale": _number(attributes.get("scale_factor")),
        "offset": _number(attributes.get("add_offset")),
        "nodata": _nodata(dataset.variables[layer.name]),
        "band": _text(attributes.get("filter", "")) or _text(attributes.get("band", "")) or name,
    }
    for other, item in sorted(dataset.variables.items(), key=lambda pair: str(pair[0])):
        if item.ndim <= 1 and set(item.dims) <= set(layer.index) and item.size:
            value = item.values[tuple(layer.index[str(dim)] for dim in item.dims)]
            found |= _coordinate(dataset, str(other), item, layer, value)
    found["channel"] = found["band"] if found["band"] in CHANNELS else ""
    return found


def _coordinate(dataset: Dataset, name: str, item: Variable, layer: Layer, value: Any) -> dict[str, Any]:
    """What a coordinate of one value says of a plane: its time, its wavelength or the name of its band."""
    unit = _text(item.attrs.get("units", ""))
    if " since " in unit and item.dtype.kind in "iuf":
        return _moments(dataset, item, layer, value)
    is_wave = "wavelength" in f"{name} {_text(item.attrs.get('standard_name', ''))}".lower()
    if is_wave and item.dtype.kind in "iuf":
        return {"wavelength_um": convert(float(value), unit, "um")}
    if item.dtype.kind in "OSUT" and (name in layer.index or name in {"band", "filter", "channel"}):
        return {"band": _text(value)}
    return {}


def _moments(dataset: Dataset, item: Variable, layer: Layer, value: Any) -> dict[str, Any]:
    found = {"time_utc": _moment(value, item.attrs)}
    bounds = dataset.variables.get(_text(item.attrs.get("bounds", "")))
    if bounds is not None and bounds.ndim == item.ndim + 1 and bounds.shape[-1] == 2:
        ends = bounds.values[tuple(layer.index[str(dim)] for dim in item.dims)]
        found |= {"start_utc": _moment(ends[0], item.attrs), "stop_utc": _moment(ends[1], item.attrs)}
    return {name: time for name, time in found.items() if time is not None}


def _moment(value: Any, attributes: Mapping[str, Any]) -> datetime | None:
    """UTC from a number and its `units` and `calendar`; None where it cannot be read."""
    words = {key: attributes[key] for key in ("units", "calendar") if key in attributes}
    try:
        time = xr.decode_cf(Dataset({"time": ((), np.asarray(value), words)}))["time"].to_numpy()
        return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
    except (ValueError, TypeError, AttributeError, OverflowError, ImportError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return parse_utc(text)
    except ValueError:
        return None


def _nodata(item: Variable) -> float | None:
    fill = _number(item.attrs.get("_FillValue"))
    bits = 8 * item.dtype.itemsize
    return fill + 2.0**bits if fill is not None and fill < 0.0 and _is_unsigned(item) else fill


def _is_unsigned(item: Variable) -> bool:
    return item.dtype.kind == "i" and str(item.attrs.get(_UNSIGNED, "")).lower() == "true"


def read_layer(dataset: Dataset, layer: Layer, flip: tuple[bool, bool]) -> Stored:
    """The stored numbers of one plane, turned; missing values and numbers outside the valid range are not valid.

    ``_FillValue`` is left to the scaling, which knows it as ``nodata``.
    """
    item = dataset.variables[layer.name]
    plane = item.isel(layer.index).transpose(layer.down, layer.across)
    numbers = np.asarray(plane.values)
    if _is_unsigned(item):
        numbers = numbers.view(f"{numbers.dtype.byteorder.replace('|', '')}u{numbers.dtype.itemsize}")
    numbers = numbers[:: -1 if flip[0] else 1, :: -1 if flip[1] else 1]
    numbers = np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("="))
    return Stored(numbers, _valid(numbers, item.attrs))


def _valid(numbers: NDArray[np.number], attributes: Mapping[str, Any]) -> NDArray[np.bool_]:
    valid = ~np.isnan(numbers) if numbers.dtype.kind == "f" else np.ones(numbers.shape, bool)
    with np.errstate(invalid="ignore"):
        for missing in np.ravel(attributes.get("missing_value", ())):
            if (value := _number(missing)) is not None:
                valid &= numbers != (np.float64(value).astype(numbers.dtype) if numbers.dtype.kind == "f" else value)
        ends = np.ravel(attributes.get("valid_range", ()))
        low, high = ends if ends.size == 2 else (attributes.get("valid_min"), attributes.get("valid_max"))
        if (least := _number(low)) is not None:
            valid &= numbers >= least
        if (most := _number(high)) is not None:
            valid &= numbers <= most
    return valid


def flatten(dataset: Dataset) -> dict[str, str]:
    """All attributes that hold one value: the file's own by name, a variable's after its name and a dot."""
    groups = {"": dataset.attrs} | {f"{name}.": item.attrs for name, item in dataset.variables.items()}
    return {
        f"{prefix}{key}".upper(): text
        for prefix, attributes in groups.items()
        for key, value in attributes.items()
        if (text := _text(value))
    }


def _text(value: Any) -> str:
    """Text of one value; empty for arrays."""
    single = value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    if isinstance(single, bytes):
        single = single.decode("utf-8", "replace")
    return str(single).strip()[:_MAX_VALUE] if isinstance(single, str | int | float) else ""


def _number(value: Any) -> float | None:
    single = value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    usable = isinstance(single, int | float) and not isinstance(single, bool) and math.isfinite(single)
    return float(single) if usable else None
