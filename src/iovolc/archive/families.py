"""The families of formats that are read, and which of them reads a file: told by its content."""

from functools import cache
from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.formats import raster
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product
from iovolc.errors import UnreadableProduct, UnsupportedProduct

START_BYTES: Final = 4096


@cache
def label_families() -> tuple[Family, ...]:
    """The families whose files carry labels, in the order in which they are asked."""
    # Pictures and GeoTIFF, of which most catalogues consist, need none of these libraries.
    from iovolc.archive.formats import fits, isis3, netcdf, pds3, pds4, vicar  # noqa: PLC0415

    # VICAR data may carry a PDS3 label, which says more.
    modules = (pds4, isis3, pds3, vicar, fits, netcdf)
    return (*(module.FAMILY for module in modules), netcdf.ZARR_FAMILY)


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
    if raster.FAMILY.recognises(path, start):
        return raster.FAMILY.open(path, origin)
    for family in label_families():
        if family.recognises(path, start):
            return family.open(path, origin)
    if path.is_dir():
        raise UnreadableProduct([origin.finding("E102", "it is a folder, and no Zarr store", "path")])
    known = ", ".join(family.name for family in (raster.FAMILY, *label_families()))
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
