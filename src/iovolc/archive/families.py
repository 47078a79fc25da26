"""The families of formats that are read, and which of them reads a file: told by its content.

Whatever a reader meets in bytes that somebody made up, it ends here as a numbered finding.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from iovolc.archive.failures import failures_named
from iovolc.archive.files import system_error
from iovolc.archive.formats import on_demand, raster
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product, Stored
from iovolc.errors import UnsupportedProduct

START_BYTES: Final = 4096
UNFORESEEN: Final = "its reader fails with "
"""What readers do not refuse in their own words."""


@cache
def label_families() -> tuple[Family, ...]:
    """The families whose files carry labels, in the order in which they are asked."""
    # Pictures and GeoTIFF, of which most catalogues consist, need none of these libraries.
    from iovolc.archive.formats import isis3, pds3, vicar  # noqa: PLC0415

    # VICAR data may carry a PDS3 label, which says more.
    labelled = (isis3.FAMILY, pds3.FAMILY, vicar.FAMILY)
    return (on_demand.PDS4, *labelled, on_demand.FITS, on_demand.NETCDF, on_demand.ZARR)


def open_product(path: Path, origin: Origin) -> Product:
    """What a file says, read by the first family that recognises it.

    Parameters
    ----------
    path : Path
        The file, or the folder of a Zarr store.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it is damaged, E107 if it does not fit into the memory.
    UnsupportedProduct
        E103 if no family reads it.
    TransientIOError
        If reading failed in a way that may pass.
    """
    start = _start(path, origin)
    with failures_named(path, origin, says=UNFORESEEN):
        for family in _asked(path, start):
            product = family.open(path, origin)
            return replace(product, read=partial(_read, product.read, path, origin))
    known = ", ".join(family.name for family in (raster.FAMILY, *label_families()))
    detail = f"the content of `{path.name}` is none that is known: {known}"
    raise UnsupportedProduct([origin.finding("E103", detail, "path")])


def _asked(path: Path, start: bytes) -> Iterator[Family]:
    """The families that recognise a file, pictures first."""
    if raster.FAMILY.recognises(path, start):
        yield raster.FAMILY
        return
    yield from (family for family in label_families() if family.recognises(path, start))


def _start(path: Path, origin: Origin) -> bytes:
    """The first bytes of a file; of a folder none."""
    if path.suffix.lower() == ".zarr" and path.is_dir():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(START_BYTES)
    except OSError as error:
        raise system_error(error, origin) from error


def _read(read: Callable[[int], Stored], path: Path, origin: Origin, band: int) -> Stored:
    with failures_named(path, origin, says=UNFORESEEN):
        return read(band)
