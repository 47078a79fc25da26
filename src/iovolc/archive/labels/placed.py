"""The place of a labelled map in :class:`~iovolc.archive.product.Facts`: found, contradicted, or not given."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from iovolc.archive.labels.cartography import MapError, MapLabel, place_map
from iovolc.archive.labels.second_opinion import contradiction
from iovolc.archive.labels.values import LabelError
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Projected


class Placed(NamedTuple):
    """Place, or why there is none; both None for an image that is no map."""

    placement: Projected | None = None
    misplaced: AmbiguousGeometry | None = None


def find_place(
    read: Callable[[], MapLabel | None], path: Path, driver: str, text: bytes, shape: tuple[int, int], origin: Origin
) -> Placed:
    """Where the label puts the image.

    Parameters
    ----------
    read : callable
        Gives what the label says of its map, None for no map; may raise ``MapError`` or ``LabelError``.
    path : Path
        The label's file.
    driver : str
        GDAL's name of the format, for the second opinion.
    text : bytes
        The label.
    shape : tuple of int
        Rows, columns.
    origin : Origin
        For the message.
    """
    try:
        said = read()
        if said is None:
            return Placed()
        ours = place_map(said, shape)
    except MapError as error:
        return _misplaced(origin, error.code, error.detail)
    except LabelError as error:
        return _misplaced(origin, "E205", str(error))
    against = contradiction(path, driver, text, said, ours, shape)
    return _misplaced(origin, "E207", against) if against else Placed(ours)


def _misplaced(origin: Origin, code: str, detail: str) -> Placed:
    return Placed(None, AmbiguousGeometry([origin.finding(code, detail, "projection")]))
