"""VICAR images: all interleavings, binary prefixes and headers, old VAX numbers, the label's second half at the end."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from iovolc.archive.labels.encoding import Encoding, pds_encoding
from iovolc.archive.labels.facts import label_facts
from iovolc.archive.labels.files import band_reader, numbered
from iovolc.archive.labels.keywords import Keywords
from iovolc.archive.labels.layout import MAX_SIDE, Layout, check_layout
from iovolc.archive.labels.map_keywords import pds3_map
from iovolc.archive.labels.placed import find_place
from iovolc.archive.labels.values import LabelError
from iovolc.archive.labels.vicar_text import label_size, read_vicar
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product
from iovolc.errors import UnsupportedProduct

_INTEGERS: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {"BYTE": ("UNSIGNED_INTEGER", 1), "HALF": ("INTEGER", 2), "WORD": ("INTEGER", 2), "FULL": ("INTEGER", 4),
     "LONG": ("INTEGER", 4)}
)  # fmt: skip
_REALS: Final[Mapping[str, int]] = MappingProxyType({"REAL": 4, "DOUB": 8})
_REAL_FORMATS: Final[Mapping[str, str]] = MappingProxyType({"IEEE": "MSB_REAL", "RIEEE": "LSB_REAL", "VAX": "VAX_REAL"})


def open_vicar(path: Path, origin: Origin) -> Product:
    """Open an image.

    Parameters
    ----------
    path : Path
        The file.
    origin : Origin
        For the messages.

    Raises
    ------
    UnreadableProduct
        E101 or E102 if label or pixels are missing, cut off or contradict each other.
    UnsupportedProduct
        E103 for compressed or complex pixels.
    """
    with numbered(origin):
        keywords = read_vicar(path)
        _refuse_unread(keywords, origin)
        encoding = _encoding(keywords)
        with path.open("rb") as stream:
            size = label_size(stream.read(40))
            stream.seek(0)
            text = stream.read(size)
        layout = _layout(keywords, encoding, size)
        check_layout(layout, path.stat().st_size)
    shape = layout.shape[1:]
    placed = find_place(lambda: pds3_map(keywords, shape, "PDS3"), path, "VICAR", text, shape, origin)
    facts = replace(label_facts(keywords), placement=placed.placement, misplaced=placed.misplaced)
    read = band_reader(path, layout, encoding, (), origin)
    return Product("VICAR", shape, (facts,) * layout.shape[0], read)


def _refuse_unread(keywords: Keywords, origin: Origin) -> None:
    packed, form = keywords.text("COMPRESS").upper(), keywords.text("FORMAT").upper()
    why = f"compressed ({packed[:40]})" if packed else "complex numbers" if form in {"COMP", "COMPLEX"} else ""
    if why:
        raise UnsupportedProduct([origin.finding("E103", f"its pixels are {why}", "path")])


def _encoding(keywords: Keywords) -> Encoding:
    """Labels from before these keywords were written on a VAX (VICAR run-time library, section on host formats)."""
    form = keywords.text("FORMAT").upper()
    if form in _INTEGERS:
        name, size = _INTEGERS[form]
        order = keywords.text("INTFMT").upper() or "LOW"
        if order not in {"LOW", "HIGH"}:
            raise LabelError(f"INTFMT is `{order[:40]}`, neither LOW nor HIGH")
        return pds_encoding(f"{'LSB' if order == 'LOW' else 'MSB'}_{name}", size)
    real = keywords.text("REALFMT").upper() or "VAX"
    if form not in _REALS or real not in _REAL_FORMATS:
        raise LabelError(f"pixels of FORMAT `{form[:40]}` and REALFMT `{real[:40]}` are not read")
    return pds_encoding(_REAL_FORMATS[real], _REALS[form])


def _layout(keywords: Keywords, encoding: Encoding, label_bytes: int) -> Layout:
    """A record holds NBB bytes and N1 numbers; the first NLB records are a header."""
    lines, samples, bands = (
        keywords.integer(name, low=1, high=MAX_SIDE, default=fallback)
        for name, fallback in (("NL", None), ("NS", None), ("NB", 1))
    )
    prefix, header = (keywords.integer(name, low=0, high=1 << 30, default=0) for name in ("NBB", "NLB"))
    order, item = keywords.text("ORG").upper() or "BSQ", encoding.dtype.itemsize
    if order not in {"BSQ", "BIL", "BIP"}:
        raise LabelError(f"ORG is `{order[:40]}`, none of BSQ, BIL and BIP")
    record = prefix + item * (bands if order == "BIP" else samples)
    if keywords.integer("RECSIZE", low=1, high=1 << 40, default=record) != record:
        raise LabelError(f"RECSIZE is {keywords.text('RECSIZE')}, but a record of this image has {record} bytes")
    strides = {
        "BSQ": (lines * record, record, item),
        "BIL": (record, bands * record, item),
        "BIP": (item, samples * record, record),
    }[order]
    return Layout(label_bytes + header * record + prefix, encoding.dtype, (bands, lines, samples), strides)


def _recognises(_path: Path, head: bytes) -> bool:
    return head.startswith(b"LBLSIZE") and b"=" in head[:12]


FAMILY: Final = Family("VICAR", _recognises, open_vicar)
"""VICAR images."""
