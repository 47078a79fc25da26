"""The QUBE object of PDS3 and ISIS2 labels: a core of three axes in any order, with suffix planes left out."""

from dataclasses import replace
from typing import Final

from iovolc.archive.formats.pds3_image import Described
from iovolc.archive.labels.encoding import Encoding, Special, pds_encoding, special
from iovolc.archive.labels.facts import label_facts, quantity_of, wavelength_um
from iovolc.archive.labels.keywords import Keywords, as_text
from iovolc.archive.labels.layout import MAX_SIDE, Layout
from iovolc.archive.labels.values import LabelError, Text
from iovolc.archive.product import Facts

_AXES: Final = ("BAND", "LINE", "SAMPLE")
_SPECIAL_NAMES: Final = (
    ("CORE_NULL", False),
    ("CORE_LOW_REPR_SATURATION", True),
    ("CORE_LOW_INSTR_SATURATION", True),
    ("CORE_HIGH_INSTR_SATURATION", True),
    ("CORE_HIGH_REPR_SATURATION", True),
)


def describe(keywords: Keywords, offset: int) -> Described:
    """What a QUBE object says.

    Parameters
    ----------
    keywords : Keywords
        Of the label.
    offset : int
        Where the object begins.

    Raises
    ------
    LabelError
        If a size or type is missing or impossible.
    """
    axes = tuple(as_text(item).upper() for item in keywords.items("AXIS_NAME"))
    if sorted(axes) != sorted(_AXES):
        raise LabelError(f"the axes of the cube are `{', '.join(axes)[:60]}`, not sample, line and band")
    size = keywords.integer("CORE_ITEM_BYTES", low=1, high=8)
    encoding = pds_encoding(keywords.text("CORE_ITEM_TYPE"), size)
    layout = _layout(keywords, axes, encoding, offset)
    unit, name = keywords.text("CORE_UNIT"), keywords.text("CORE_NAME")
    facts = replace(
        label_facts(keywords),
        scale=keywords.number("CORE_MULTIPLIER"),
        offset=keywords.number("CORE_BASE"),
        unit=unit,
        quantity=quantity_of(unit, name),
    )
    bands = tuple(_band(facts, keywords, band) for band in range(layout.shape[0]))
    return Described(layout, encoding, _specials(keywords, encoding), bands)


def _layout(keywords: Keywords, axes: tuple[str, ...], encoding: Encoding, offset: int) -> Layout:
    """Strides from the innermost axis out: suffix items follow the core along every axis.

    Along the inner axes a suffix item takes ``SUFFIX_BYTES``; a line of the core ends in the sample suffix, a plane in
    the suffix lines, whose corner is as wide as the line with its own suffix (PDS3 standard, appendix A.24).
    """
    counts = keywords.integers("CORE_ITEMS", count=3, low=1, high=MAX_SIDE)
    suffixes = (0, 0, 0)
    if keywords.find("SUFFIX_ITEMS") is not None:
        suffixes = keywords.integers("SUFFIX_ITEMS", count=3, low=0, high=MAX_SIDE)
    suffix_bytes = keywords.integer("SUFFIX_BYTES", low=0, high=8, default=4) if any(suffixes) else 0
    item = encoding.dtype.itemsize
    row = counts[0] * item + suffixes[0] * suffix_bytes
    back_row = (counts[0] + suffixes[0]) * suffix_bytes
    plane = counts[1] * row + suffixes[1] * back_row
    strides = dict(zip(axes, (item, row, plane), strict=True))
    sizes = dict(zip(axes, counts, strict=True))
    band, line, sample = _AXES
    return Layout(
        offset,
        encoding.dtype,
        (sizes[band], sizes[line], sizes[sample]),
        (strides[band], strides[line], strides[sample]),
    )


def _band(facts: Facts, keywords: Keywords, band: int) -> Facts:
    """Wavelength and width of one band from ``BAND_BIN``."""
    unit = keywords.text("BAND_BIN_UNIT").lower()
    found: dict[str, float | None] = {}
    for field, name in (("wavelength_um", "BAND_BIN_CENTER"), ("fwhm_um", "BAND_BIN_WIDTH")):
        items = keywords.items(name)
        if len(items) > band:
            found[field] = wavelength_um(Keywords({"X": Text(as_text(items[band]), unit)}), "X")
    names = keywords.items("BAND_BIN_FILTER_NAME", "BAND_NAME")
    label = as_text(names[band]) if len(names) > band else facts.band
    return replace(facts, band=label, wavelength_um=found.get("wavelength_um"), fwhm_um=found.get("fwhm_um"))


def _specials(keywords: Keywords, encoding: Encoding) -> tuple[Special, ...]:
    found = (special(keywords.text(name), encoding, saturated=flag) for name, flag in _SPECIAL_NAMES)
    return tuple(item for item in found if item is not None)
