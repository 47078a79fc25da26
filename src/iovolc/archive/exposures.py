"""Which exposure a row's image is a product of, told from its label before any heavy work; and which to keep.

Not for the rule of precedence (:mod:`iovolc.archive.versions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from iovolc.archive.layers import choose
from iovolc.archive.rows import Row
from iovolc.archive.spans import span_of
from iovolc.archive.understanding import Look
from iovolc.archive.versions import Known, superseded

_NAMES: Final = ("product_id", "version", "level", "instrument", "band", "channel")


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of new products and of those that are held already.

    Parameters
    ----------
    reasons : tuple of str
        For each new product why it is passed over; empty if it is kept.
    replaced : tuple of int
        Places of the held ones that a new one supersedes.
    """

    reasons: tuple[str, ...]
    replaced: tuple[int, ...]


def known_product(row: Row, look: Look) -> Known:
    """What tells the image of a row apart from others of its exposure.

    A mosaic, and an image whose label has no product id, is an exposure of its own.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    look : Look
        At its file.

    Raises
    ------
    UnreadableProduct
        E302 if no time is known.
    """
    layers = look.band.layers
    values = dict.fromkeys(_NAMES, "") | choose(_NAMES, layers)[0]
    times, _ = span_of(layers, row.origin)
    band = f"{values.pop('band')} {values.pop('channel')}"
    known = Known(**values, band=band, start_utc=times["start_utc"], sha256=look.sha256)
    return replace(known, product_id="") if times["is_mosaic"] else known


def choose_products(new: Sequence[Known], held: Sequence[Known]) -> Choice:
    """Choose among new products and held ones; products without an id are never passed over.

    Parameters
    ----------
    new, held : sequence of Known
        Products that could be, or are, part of the cube.
    """
    everything = [
        item if item.product_id else replace(item, sha256=f"{item.sha256} {place}")
        for place, item in enumerate((*new, *held))
    ]
    verdicts = superseded(everything)
    mine, theirs = verdicts[: len(new)], verdicts[len(new) :]
    replaced = tuple(place for place, verdict in enumerate(theirs) if not verdict.kept)
    return Choice(tuple(verdict.reason for verdict in mine), replaced)
