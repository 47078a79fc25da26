"""What a file from outside may cost, and what happens when a library fails on it.

Sizes are checked before anything is allocated; whatever a library raises on a damaged file becomes a finding of that
file. Not for what a label means.
"""

import math
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.origin import Origin
from iovolc.errors import IovolcError, TransientIOError, UnreadableProduct, UnsupportedProduct

MAX_PIXELS: Final = 2**29
"""Of one band; Io at 0.3 km a pixel."""
MAX_BANDS: Final = 2**13
MAX_LABEL_BYTES: Final = 4 * 2**20
MAX_DETAIL: Final = 200

_LOCK: Final = threading.RLock()


def damaged(origin: Origin, detail: str) -> UnreadableProduct:
    """E102 with what was seen, on one short line."""
    text = " ".join(detail.split())
    return UnreadableProduct([origin.finding("E102", text[:MAX_DETAIL], "path")])


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
        E103 above :data:`MAX_PIXELS` or :data:`MAX_BANDS`.
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

    Warnings are filtered for the whole process, hence the lock: blocks run one after the other.

    Raises
    ------
    UnreadableProduct
        E102 for whatever is raised inside that is not iovolc's own.
    TransientIOError
        If reading failed in a way that may pass.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except IovolcError:
            raise
        except OSError as error:
            told = system_error(error, origin)
            if error.errno is not None or isinstance(told, TransientIOError):
                raise told from error
            raise damaged(origin, _reason(error, path)) from error
        # Libraries raise anything, down to RecursionError, on bytes that somebody made up.
        except Exception as error:
            raise damaged(origin, _reason(error, path)) from error


def _reason(error: Exception, path: Path) -> str:
    return f"{type(error).__name__}: {error}".replace(str(path), path.name)
