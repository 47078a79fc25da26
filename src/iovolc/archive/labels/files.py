"""The beginning of a labelled file, and the failures of reading one as numbered findings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from iovolc.archive.files import system_error
from iovolc.archive.labels.encoding import Encoding, Special, store
from iovolc.archive.labels.layout import Layout, read_band
from iovolc.archive.labels.pvl_text import MAX_LABEL_BYTES
from iovolc.archive.labels.values import LabelError
from iovolc.archive.origin import Origin
from iovolc.archive.product import Stored
from iovolc.errors import UnreadableProduct


@contextmanager
def numbered(origin: Origin) -> Iterator[None]:
    """Turns what a label or the system refuses into E101 and E102."""
    try:
        yield
    except LabelError as error:
        raise UnreadableProduct([origin.finding("E102", str(error), "path")]) from error
    except OSError as error:
        raise system_error(error, origin) from error


def beginning(path: Path) -> bytes:
    """As much of a file as a label may take."""
    with path.open("rb") as stream:
        return stream.read(MAX_LABEL_BYTES)


def band_reader(
    path: Path, layout: Layout, encoding: Encoding, specials: tuple[Special, ...], origin: Origin, *, flip: bool = False
) -> Callable[[int], Stored]:
    """What :attr:`iovolc.archive.product.Product.read` needs; ``flip`` turns the last row to the top."""

    def read(band: int) -> Stored:
        with numbered(origin):
            if not 0 <= band < layout.shape[0]:
                raise LabelError(f"there is no band {band + 1} of {layout.shape[0]}")
            raw = read_band(path, layout, band)
            return store(raw[::-1].copy() if flip else raw, encoding, specials)

    return read
