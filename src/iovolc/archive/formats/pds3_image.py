"""The IMAGE object of a PDS3 label: layout, encoding, missing pixels and facts of its bands."""

from dataclasses import replace
from typing import Final, NamedTuple

from iovolc.archive.labels.encoding import Encoding, Special, pds_encoding, special
from iovolc.archive.labels.facts import label_facts, quantity_of, wavelength_um
from iovolc.archive.labels.keywords import Keywords, as_text
from iovolc.archive.labels.layout import MAX_SIDE, Layout, band_sequential
from iovolc.archive.labels.values import LabelError
from iovolc.archive.limits import MAX_BANDS
from iovolc.archive.product import Facts

_INTERLEAVES: Final = {"BAND_SEQUENTIAL": "BSQ", "LINE_INTERLEAVED": "BIL", "SAMPLE_INTERLEAVED": "BIP"}
_MISSING: Final = ("MISSING_CONSTANT", "INVALID_CONSTANT", "NULL_CONSTANT", "MISSING", "CORE_NULL")


class Described(NamedTuple):
    """What a label says of its pixels."""

    layout: Layout
    encoding: Encoding
    specials: tuple[Special, ...]
    bands: tuple[Facts, ...]
    upwards: bool = False


def describe(keywords: Keywords, offset: int) -> Described:
    """What an IMAGE object says.

    ``SAMPLE_BIT_MASK`` only says which bits can be set, so it is passed over.

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
    shape = (
        keywords.integer("IMAGE.BANDS", low=1, high=MAX_BANDS, default=1),
        keywords.integer("IMAGE.LINES", low=1, high=MAX_SIDE),
        keywords.integer("IMAGE.LINE_SAMPLES", low=1, high=MAX_SIDE),
    )
    bits = keywords.integer("IMAGE.SAMPLE_BITS", low=8, high=64)
    encoding = pds_encoding(keywords.text("IMAGE.SAMPLE_TYPE"), bits // 8 if bits % 8 == 0 else 0)
    order = keywords.text("IMAGE.BAND_STORAGE_TYPE").upper().replace(" ", "_")
    if order not in _INTERLEAVES and shape[0] > 1:
        raise LabelError(f"the order of the bands, `{order[:40]}`, is none of {', '.join(_INTERLEAVES)}")
    sides = [
        keywords.integer(f"IMAGE.LINE_{end}_BYTES", low=0, high=1 << 24, default=0) for end in ("PREFIX", "SUFFIX")
    ]
    interleave = _INTERLEAVES.get(order, "BSQ")
    layout = band_sequential(offset, encoding.dtype, shape, interleave=interleave, prefix=sides[0], suffix=sides[1])
    facts = replace(
        label_facts(keywords),
        scale=keywords.number("IMAGE.SCALING_FACTOR"),
        offset=keywords.number("IMAGE.OFFSET"),
        nodata=_nodata(keywords, encoding),
        wavelength_um=wavelength_um(keywords, "CENTER_FILTER_WAVELENGTH", "CENTER_WAVELENGTH"),
        fwhm_um=wavelength_um(keywords, "BANDWIDTH"),
    )
    facts = replace(facts, unit=keywords.text("IMAGE.UNIT"), quantity=quantity_of(keywords.text("IMAGE.UNIT")))
    upwards = keywords.text("IMAGE.LINE_DISPLAY_DIRECTION").upper() == "UP"
    return Described(layout, encoding, _specials(keywords, encoding), _bands(keywords, facts, shape[0]), upwards)


def _bands(keywords: Keywords, facts: Facts, count: int) -> tuple[Facts, ...]:
    names = keywords.items("IMAGE.BAND_NAME", "FILTER_NAME")
    if len(names) != count:
        return (facts,) * count
    return tuple(replace(facts, band=as_text(name)) for name in names)


def _nodata(keywords: Keywords, encoding: Encoding) -> float | None:
    value = special(keywords.text("IMAGE.MISSING_CONSTANT", "MISSING_CONSTANT"), encoding, saturated=False)
    return None if value is None else value.number


def _specials(keywords: Keywords, encoding: Encoding) -> tuple[Special, ...]:
    found = (special(keywords.text(f"IMAGE.{name}", name), encoding, saturated=False) for name in _MISSING)
    return tuple(item for item in found if item is not None)
