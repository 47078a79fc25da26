"""The values of one band of an open file: scaled numbers, or places along the colour table of a painted picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from iovolc.archive.bands import choose_band
from iovolc.archive.instrument import Descriptor
from iovolc.archive.origin import Origin
from iovolc.archive.pixels import Pixels, Scaling, scaled
from iovolc.archive.product import Facts, Product
from iovolc.archive.rows import Row
from iovolc.errors import UnreadableProduct

_COLOURS: Final = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a file the values stand.

    Parameters
    ----------
    index : int
        Band, counted from 0; of a painted picture the first.
    colour_table : str
        Name of the table that red, green and blue together stand for; empty for numbers.
    """

    index: int
    colour_table: str = ""


def choose_source(product: Product, row: Row, descriptor: Descriptor | None) -> Source:
    """The band that the row means; all three of a picture that the instrument's makers publish in false colour.

    Parameters
    ----------
    product : Product
        The open file.
    row : Row
        Its channel and ``band_index`` come first.
    descriptor : Descriptor or None
        Tells the colour table of the instrument's pictures.

    Raises
    ------
    UnreadableProduct
        E104 if there is no such band or several could be meant.
    """
    table = "" if descriptor is None or descriptor.pictures is None else descriptor.pictures.colour_table
    if table and row.band_index is None and row.channel not in _COLOURS and _is_picture(product.bands):
        return Source(0, table)
    return Source(choose_band(product.bands, row))


def _is_picture(bands: Sequence[Facts]) -> bool:
    return tuple(facts.channel for facts in bands[:3]) == _COLOURS and bands[0].quantity == "relative"


def measure(product: Product, source: Source, scaling: Scaling, origin: Origin) -> Pixels:
    """Read the values.

    Parameters
    ----------
    product : Product
        The open file.
    source : Source
        Of :func:`choose_source`.
    scaling : Scaling
        How stored numbers become values; places along a colour table run from 0 to 1 and are scaled likewise.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E102 if the file is damaged, E402 if no pixel is valid.
    """
    if not source.colour_table:
        return scaled(product.read(source.index), scaling, origin)
    # Matplotlib, whose colour tables these are, takes a quarter of a second to load, and few pictures are painted.
    from iovolc.archive.colours import invert_colours  # noqa: PLC0415

    bands = [product.read(index) for index in range(3)]
    found = invert_colours(np.stack([band.numbers.astype(np.uint8) for band in bands], axis=-1), source.colour_table)
    values = np.where(bands[0].valid, found.values * np.float32(scaling.scale) + np.float32(scaling.offset), np.nan)
    if not np.isfinite(values).any():
        detail = f"no pixel has a colour of the table `{source.colour_table}`"
        raise UnreadableProduct([origin.finding("E402", detail, "path")])
    return Pixels(values.astype(np.float32), found.values >= 1.0)
