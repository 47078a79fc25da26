"""What a file from outside may cost, and what happens when a library fails on it.

Sizes are checked before anything is allocated; whatever a library raises on a damaged file becomes a finding of that
file. Not for what a label means.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iovolc.archive.failures import damaged, failures_named
from iovolc.archive.limits import MAX_BANDS, MAX_PIXELS
from iovolc.archive.origin import Origin
from iovolc.archive.silence import silenced
from iovolc.errors import UnsupportedProduct

MAX_LABEL_BYTES: Final = 4 * 2**20


def unsupported(origin: Origin, detail: str) -> UnsupportedProduct:
    """E103 with what was seen."""
    return UnsupportedProduct([origin.finding("E103", detail, "path")])


def check_shape(shape: Sequence[int], origin: Origin, *, bands: int = 1) -> None:
    """Refuse sizes that cannot be an image's.

    Parameters
    ----------
    shape : sequence of int
        Rows and columns of one band.
    origin : Origin
        For the message.
    bands : int
        How many there are.

    Raises
    ------
    UnreadableProduct
        E102 for sizes below 1.
    UnsupportedProduct
        E103 above the :mod:`limits <iovolc.archive.limits>`.
    """
    size = " x ".join(str(length) for length in shape)
    if min(*shape, bands) < 1:
        raise damaged(origin, f"it says that it has {bands} bands of {size} pixels")
    if math.prod(shape) > MAX_PIXELS:
        raise unsupported(origin, f"{size} pixels are more than the {MAX_PIXELS} that are read")
    if bands > MAX_BANDS:
        raise unsupported(origin, f"{bands} bands are more than the {MAX_BANDS} that are read")


@contextmanager
def guarded(path: Path, origin: Origin) -> Iterator[None]:
    """Turn every failure of the block into a finding of the file, and keep libraries from warning.

    Blocks run one after the other (:func:`iovolc.archive.silence.silenced`).

    Raises
    ------
    UnreadableProduct, TransientIOError
        Of :func:`iovolc.archive.failures.failures_named`.
    """
    with silenced(), failures_named(path, origin):
        yield
