"""The families of formats that are read, and which of them reads a file: told by its content."""

from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.formats import fits, isis3, netcdf, pds3, pds4, raster, vicar
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product
from iovolc.errors import UnreadableProduct, UnsupportedProduct

FAMILIES: Final[tuple[Family, ...]] = (
    raster.FAMILY, pds4.FAMILY, isis3.FAMILY, pds3.FAMILY, vicar.FAMILY, fits.FAMILY, netcdf.FAMILY,
    netcdf.ZARR_FAMILY,
)  # fmt: skip
"""In the order in which they are asked."""

START_BYTES: Final = 4096


def open_product(path: Path, origin: Origin) -> Product:
    """What a file says, read by the first family that recognises it.

    Parameters
    ----------
    path : Path
        The file.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E101 if there is no such file, E102 if it is damaged.
    UnsupportedProduct
        E103 if no family reads it.
    TransientIOError
        If reading failed in a way that may pass.
    """
    start = _start(path, origin)
    for family in FAMILIES:
        if family.recognises(path, start):
            return family.open(path, origin)
    if path.is_dir():
        raise UnreadableProduct([origin.finding("E102", "it is a folder, and no Zarr store", "path")])
    known = ", ".join(family.name for family in FAMILIES)
    detail = f"the content of `{path.name}` is none that is known: {known}"
    raise UnsupportedProduct([origin.finding("E103", detail, "path")])


def _start(path: Path, origin: Origin) -> bytes:
    """The first bytes; none of a folder, which may be a Zarr store."""
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(START_BYTES)
    except OSError as error:
        raise system_error(error, origin) from error
