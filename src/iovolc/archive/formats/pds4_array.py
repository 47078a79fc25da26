"""Arrays of PDS4: how the label describes them, and their numbers as rows and columns from the top left.

Not for tables, nor for what the numbers mean.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.failures import damaged
from iovolc.archive.formats import pds4_label as xml
from iovolc.archive.formats.limits import check_shape, guarded, unsupported
from iovolc.archive.origin import Origin
from iovolc.archive.product import Stored

KINDS: Final = (
    "Array_2D_Image", "Array_3D_Image", "Array_3D_Spectrum", "Array_2D_Map", "Array_2D_Spectrum", "Array_2D",
    "Array_3D",
)  # fmt: skip
_TYPES: Final = MappingProxyType(
    {"SignedByte": "i1", "UnsignedByte": "u1"}
    | {
        f"{sign}{order}{size}": f"{code}{letter}{size}"
        for sign, letter in (("Signed", "i"), ("Unsigned", "u"))
        for order, code in (("LSB", "<"), ("MSB", ">"))
        for size in (2, 4, 8)
    }
    | {
        f"IEEE754{order}{name}": f"{code}f{size}"
        for order, code in (("LSB", "<"), ("MSB", ">"))
        for name, size in (("Single", 4), ("Double", 8))
    }
)
"""Numpy's name of each numeric type of PDS4 (Data Standards Reference, chapter 5)."""

_LINE: Final = ("line", "lines", "row", "latitude")
_SAMPLE: Final = ("sample", "samples", "column", "longitude")
_SATURATED: Final = "saturat"
_HEX: Final = ("0x", "16#")


class Axis(NamedTuple):
    """Name and number of elements of one axis."""

    name: str
    elements: int


@dataclass(frozen=True, slots=True)
class Array:
    """What a label says of one array.

    Parameters
    ----------
    element : Element
        Where the label describes it.
    identifier : str
        Its local identifier.
    file : Path
        Where its numbers are.
    offset : int
        Of the first number, in bytes.
    dtype : numpy.dtype
        As stored.
    axes : tuple of Axis
        Slowest first.
    line, sample : int
        Which axis runs down and which across the image as displayed.
    flip : tuple of bool
        Whether the first stored row is at the bottom, and the first stored column at the right.
    """

    element: Element
    identifier: str
    file: Path
    offset: int
    dtype: np.dtype[np.number]
    axes: tuple[Axis, ...]
    line: int
    sample: int
    flip: tuple[bool, bool]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.axes[self.line].elements, self.axes[self.sample].elements

    @property
    def bands(self) -> int:
        """Number of planes."""
        return math.prod(axis.elements for axis in self.axes) // math.prod(self.shape)


def find_array(root: Element, folder: Path, origin: Origin) -> Array:
    """The label's first image, checked against the size of its file.

    Raises
    ------
    UnreadableProduct
        E102 if the description contradicts itself or the file, or names a file that does not lie in the label's
        folder.
    UnsupportedProduct
        E103 without an array of numbers, or for one that is too large.
    """
    for kind in KINDS:
        for area in xml.every(root, "File_Area_Observational"):
            element = xml.first(area, kind)
            if element is not None:
                return _describe(root, element, _file(area, folder, origin), origin)
    raise unsupported(origin, "the label describes no array of two or three dimensions")


def _file(area: Element, folder: Path, origin: Origin) -> Path:
    name = xml.text(area, "file_name")
    # A name that is a path, a drive, an address or one of GDAL's `/vsi` would lead out of the folder; so would a link.
    if not name or Path(name).name != name or any(sign in name for sign in ("/", "\\", ":", "\0")) or name == "..":
        raise damaged(origin, f"`file_name` is `{name}`, but must be a plain name in the label's folder")
    file = folder / name
    try:
        inside = file.resolve().parent == folder.resolve()
        is_file = file.is_file()
    except (OSError, RuntimeError) as error:
        raise damaged(origin, f"`file_name` is `{name}`: {error}") from error
    if not is_file:
        raise damaged(origin, f"its label names the data file `{name}`, which does not lie beside it")
    if not inside:
        raise damaged(origin, f"`file_name` is `{name}`, a link out of the label's folder")
    return file


def _describe(root: Element, element: Element, file: Path, origin: Origin) -> Array:
    dtype = _dtype(xml.text(element, "data_type"), origin)
    axes = _axes(element, origin)
    identifier = xml.text_of(next((item for item in element if xml.name_of(item) == "local_identifier"), None))
    display = xml.first(xml.referring(root, "Display_Settings", identifier), "Display_Direction")
    line, sample = _roles(axes, display, origin)
    offset = _whole(xml.text(element, "offset"), "offset", origin)
    flip = (
        xml.text(display, "vertical_display_direction").lower() == "bottom to top",
        xml.text(display, "horizontal_display_direction").lower() == "right to left",
    )
    array = Array(element, identifier, file, offset, dtype, axes, line, sample, flip)
    bands = math.prod(axis.elements for axis in axes) // max(math.prod(array.shape), 1)
    check_shape(array.shape, origin, bands=bands)
    needed = offset + math.prod(axis.elements for axis in axes) * dtype.itemsize
    if needed > file.stat().st_size:
        raise damaged(origin, f"`{file.name}` has {file.stat().st_size} bytes, the label's array needs {needed}")
    return array


def _dtype(name: str, origin: Origin) -> np.dtype[np.number]:
    if name not in _TYPES:
        raise unsupported(origin, f"numbers of type `{name}` are not read")
    return np.dtype(_TYPES[name])


def _axes(element: Element, origin: Origin) -> tuple[Axis, ...]:
    order = xml.text(element, "axis_index_order")
    if order and order != "Last Index Fastest":
        raise unsupported(origin, f"axis_index_order `{order}` is not read")
    found: dict[int, Axis] = {}
    for item in xml.every(element, "Axis_Array"):
        position = _whole(xml.text(item, "sequence_number"), "sequence_number", origin)
        found[position] = Axis(xml.text(item, "axis_name"), _whole(xml.text(item, "elements"), "elements", origin))
    axes = tuple(found[position] for position in sorted(found))
    if sorted(found) != list(range(1, len(axes) + 1)) or len(axes) not in {2, 3}:
        raise damaged(origin, f"its axes are numbered {sorted(found)}")
    if min(axis.elements for axis in axes) < 1:
        raise damaged(origin, f"its axes have {', '.join(str(axis.elements) for axis in axes)} elements")
    return axes


def _whole(text: str, name: str, origin: Origin) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise damaged(origin, f"`{name}` is `{text[:40]}`, not a whole number")
    return int(text)


def _roles(axes: tuple[Axis, ...], display: Element | None, origin: Origin) -> tuple[int, int]:
    """Which axis runs down and which across: as displayed, else by name, else the last two."""
    names = [axis.name.lower() for axis in axes]
    shown = [xml.text(display, f"{way}_display_axis").lower() for way in ("vertical", "horizontal")]
    if all(name in names for name in shown):
        line, sample = (names.index(name) for name in shown)
    else:
        line = next((i for i, name in enumerate(names) if name in _LINE), len(axes) - 2)
        sample = next((i for i, name in enumerate(names) if name in _SAMPLE), len(axes) - 1)
    if line == sample:
        raise damaged(origin, f"of its axes {', '.join(names)} none is told to run down the image")
    return line, sample


def read_band(array: Array, band: int, origin: Origin) -> Stored:
    """The numbers of one plane as displayed, counted from 0; special constants are not valid.

    Raises
    ------
    UnreadableProduct
        E102 if the file has become shorter.
    """
    with guarded(array.file, origin):
        stored = np.memmap(
            array.file, array.dtype, "r", array.offset, tuple(axis.elements for axis in array.axes), order="C"
        )
        planes = np.moveaxis(stored, (array.line, array.sample), (-2, -1))
        plane = planes if planes.ndim == 2 else planes[band]
        step = tuple(-1 if flipped else 1 for flipped in array.flip)
        numbers = np.ascontiguousarray(plane[:: step[0], :: step[1]], array.dtype.newbyteorder("="))
    valid, saturated = np.ones(array.shape, bool), np.zeros(array.shape, bool)
    with np.errstate(invalid="ignore"):
        for name, value in special_constants(array, origin):
            hit = _equal(numbers, value)
            if name == "valid_minimum":
                hit = numbers < value
            elif name == "valid_maximum":
                hit = numbers > value
            valid &= ~hit
            if _SATURATED in name:
                saturated |= hit
    told = any(_SATURATED in name for name, _ in special_constants(array, origin))
    return Stored(numbers, valid, saturated if told else None)


def special_constants(array: Array, origin: Origin) -> tuple[tuple[str, Any], ...]:
    """Names and stored numbers of ``Special_Constants``; hexadecimal text is the number's bits.

    Raises
    ------
    UnreadableProduct
        E102 for what is no number of the array's type.
    """
    element = xml.first(array.element, "Special_Constants")
    found: list[tuple[str, Any]] = []
    for item in () if element is None else element:
        text = xml.text_of(item)
        if text:
            found.append((xml.name_of(item), _constant(text, array.dtype, xml.name_of(item), origin)))
    return tuple(found)


def _constant(text: str, dtype: np.dtype[np.number], name: str, origin: Origin) -> Any:
    native = dtype.newbyteorder("=")
    try:
        for start in _HEX:
            if text.lower().startswith(start):
                bits = int(text[len(start) :].rstrip("#"), 16)
                return np.array(bits, f"u{dtype.itemsize}").view(native)[()]
        # A float file holds the rounded number, so the label's decimal text is rounded alike.
        with np.errstate(over="ignore"):
            return np.array(float(text) if dtype.kind == "f" else int(float(text)), native)[()]
    except (ValueError, OverflowError, TypeError) as error:
        raise damaged(origin, f"`{name}` is `{text[:40]}`, no number of the array's type") from error


def _equal(numbers: NDArray[np.number], value: Any) -> NDArray[np.bool_]:
    return np.isnan(numbers) if np.isnan(value) else numbers == value
