"""ISIS3 cubes: attached PVL label or a detached one beside it, tiled or band-sequential, special pixels by type."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from iovolc.archive.labels.encoding import Encoding, Special
from iovolc.archive.labels.facts import label_facts, wavelength_um
from iovolc.archive.labels.files import band_reader, beginning, numbered
from iovolc.archive.labels.keywords import Keywords, as_text
from iovolc.archive.labels.layout import MAX_BYTES, MAX_SIDE, Layout, band_sequential, check_layout, refuse_overlap
from iovolc.archive.labels.map_keywords import isis3_map
from iovolc.archive.labels.placed import find_place
from iovolc.archive.labels.pointers import beside
from iovolc.archive.labels.pvl_text import find_label, parse_pvl
from iovolc.archive.labels.values import LabelError
from iovolc.archive.origin import Origin
from iovolc.archive.product import Facts, Family, Product

_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "UNSIGNEDBYTE": "u1",
        "SIGNEDWORD": "i2",
        "UNSIGNEDWORD": "u2",
        "SIGNEDINTEGER": "i4",
        "UNSIGNEDINTEGER": "u4",
        "REAL": "f4",
        "DOUBLE": "f8",
    }
)
_NUMBERS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "u1": (0, 0, 0, 255, 255),
        "i2": (-32768, -32767, -32766, -32765, -32764),
        "u2": (0, 1, 2, 65534, 65535),
        "i4": (-2147483648, -2147483647, -2147483646, -2147483645, -2147483644),
        "u4": (0, 1, 2, 4294967294, 4294967295),
    }
)
"""NULL, LRS, LIS, HIS, HRS (ISIS3, SpecialPixel.h); a byte has no room for all five."""

_BITS: Final[Mapping[str, int]] = MappingProxyType({"f4": 0xFF7FFFFB, "f8": 0xFFEFFFFFFFFFFFFB})
"""Bit pattern of NULL; the other four follow it in the order LRS, LIS, HIS, HRS."""


def open_isis3(path: Path, origin: Origin) -> Product:
    """Open a cube.

    Parameters
    ----------
    path : Path
        The cube, or its detached label.
    origin : Origin
        For the messages.

    Raises
    ------
    UnreadableProduct
        E101 or E102 if label or pixels are missing, cut off or contradict each other.
    """
    with numbered(origin):
        text = find_label(beginning(path))
        keywords = Keywords.of(parse_pvl(text + b"\nEND\n"))
        if not keywords.text("CORE.PIXELS.TYPE"):
            raise LabelError("the label has no `Core` of an ISIS cube; it describes no pixels that could be read")
        data = beside(path, keywords.text("CORE.^CORE")) if keywords.text("CORE.^CORE") else path
        code, layout = _layout(keywords)
        check_layout(layout, data.stat().st_size)
        refuse_overlap(layout, len(text) if data == path else 0)
    shape = layout.shape[1:]
    placed = find_place(lambda: isis3_map(keywords), path, "ISIS3", text, shape, origin)
    with numbered(origin):
        facts = replace(
            label_facts(keywords),
            placement=placed.placement,
            misplaced=placed.misplaced,
            scale=keywords.number("CORE.PIXELS.MULTIPLIER"),
            offset=keywords.number("CORE.PIXELS.BASE"),
        )
    bands = tuple(_band(facts, keywords, band) for band in range(layout.shape[0]))
    read = band_reader(data, layout, Encoding(layout.dtype), special_pixels(code), origin)
    return Product("ISIS3", shape, bands, read)


def special_pixels(code: str) -> tuple[Special, ...]:
    """NULL and the four saturations of a numpy type such as ``i2``."""
    saturations = (False, True, True, True, True)
    if code in _BITS:
        return tuple(Special(None, _BITS[code] + step, flag) for step, flag in enumerate(saturations))
    # Of two meanings of one number, no data is the safer.
    numbers = dict(zip(reversed(_NUMBERS[code]), reversed(saturations), strict=True))
    return tuple(Special(float(number), None, flag) for number, flag in numbers.items())


def _layout(keywords: Keywords) -> tuple[str, Layout]:
    name = keywords.text("CORE.PIXELS.TYPE").upper()
    if name not in _TYPES:
        raise LabelError(f"pixels of type `{name[:40]}` are not read; read are {', '.join(_TYPES)}")
    order = keywords.text("CORE.PIXELS.BYTEORDER").upper() or "LSB"
    if order not in {"LSB", "MSB"}:
        raise LabelError(f"the byte order `{order[:40]}` is neither Lsb nor Msb")
    code = _TYPES[name]
    dtype = np.dtype(f"{'<' if order == 'LSB' else '>'}{code}")
    bands, lines, samples = (
        keywords.integer(f"CORE.DIMENSIONS.{axis}", low=1, high=MAX_SIDE) for axis in ("BANDS", "LINES", "SAMPLES")
    )
    start = keywords.integer("CORE.STARTBYTE", low=1, high=MAX_BYTES, default=1) - 1
    layout = band_sequential(start, dtype, (bands, lines, samples))
    kind = keywords.text("CORE.FORMAT").upper()
    if kind == "TILE":
        tile = [keywords.integer(f"CORE.{axis}", low=1, high=MAX_SIDE) for axis in ("TILELINES", "TILESAMPLES")]
        return code, replace(layout, tile=(tile[0], tile[1]))
    if kind != "BANDSEQUENTIAL":
        raise LabelError(f"cubes of format `{kind[:40]}` are not read; read are Tile and BandSequential")
    return code, layout


def _band(facts: Facts, keywords: Keywords, band: int) -> Facts:
    """The facts of one band; a list in ``BandBin`` has one entry for each."""
    one = {
        name: items[band] if len(items) > band else items[0]
        for name in ("FILTERNAME", "CENTER", "WIDTH")
        if (items := keywords.items(f"BANDBIN.{name}"))
    }
    values = Keywords(one)
    return replace(
        facts,
        band=as_text(one["FILTERNAME"]) if "FILTERNAME" in one else facts.band,
        wavelength_um=wavelength_um(values, "CENTER"),
        fwhm_um=_width_um(values),
    )


def _width_um(values: Keywords) -> float | None:
    """The width in the unit of the centre, where it has none of its own."""
    width, centre, plain = wavelength_um(values, "WIDTH"), wavelength_um(values, "CENTER"), values.text("CENTER")
    if width is None or centre is None or not plain:
        return None
    has_unit = any(getattr(item, "unit", "") for item in values.items("WIDTH"))
    return width if has_unit else float(values.text("WIDTH")) * centre / float(plain)


def _recognises(_path: Path, head: bytes) -> bool:
    lines = [line.strip().lower().replace(b" ", b"") for line in head.splitlines()]
    return b"object=isiscube" in lines


FAMILY: Final = Family("ISIS3", _recognises, open_isis3)
"""ISIS3 cubes."""
