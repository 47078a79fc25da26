"""FITS images become a :class:`~iovolc.archive.product.Product`.

The first row of a FITS array is the *bottom* of the image (FITS standard 4.0, section 3.3.2 and its display
convention), so rows are turned: the first row given is the last one stored. A catalogue's edges and disc centres count
from that top. Maps with south first, as most are written, so come out with north up. Images compressed
in tiles are read too (:mod:`iovolc.archive.formats.fits_tiles`). Not for tables.
"""

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from astropy.io import fits

from iovolc.archive.failures import damaged
from iovolc.archive.formats import fits_tiles, fits_wcs, graphic, on_demand
from iovolc.archive.formats.fits_facts import read_facts
from iovolc.archive.formats.limits import MAX_LABEL_BYTES, check_shape, guarded, unsupported
from iovolc.archive.origin import Origin
from iovolc.archive.product import Product, Stored
from iovolc.errors import AmbiguousGeometry

_EXTENSION: Final = b"XTENSION"
_BLOCK: Final = 2880
_CARD: Final = 80
_MAX_HDUS: Final = 64
_NUMBERS: Final = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_DATA_NAMES: Final = ("SCI", "DATA", "IMAGE")


@dataclass(frozen=True, slots=True)
class Image:
    """Where an image's numbers are in the file.

    Parameters
    ----------
    headers : tuple of Header
        Of the file and of the image.
    offset : int
        Of the first number, in bytes.
    dtype : numpy.dtype
        As stored, big-endian.
    shape : tuple of int
        Rows and columns.
    bands : int
        Number of planes.
    packed_unit : int or None
        Place in the file of the table that holds the image in compressed tiles; None for an image that is not.
    """

    headers: tuple[fits.Header, ...]
    offset: int
    dtype: np.dtype[np.number]
    shape: tuple[int, int]
    bands: int
    packed_unit: int | None = None


def open_product(path: Path, origin: Origin) -> Product:
    """Read the headers up to the image: the extension called SCI, DATA or IMAGE, else the first one.

    The planes of a cube are its bands. Coordinates on Io place it (:mod:`iovolc.archive.formats.fits_wcs`); without
    them the catalogue does, whose ``top_lat`` belongs to the last row that is stored.

    Parameters
    ----------
    path : Path
        The file.
    origin : Origin
        For messages.

    Raises
    ------
    UnreadableProduct
        E102 if headers are damaged or the file is too short for them.
    UnsupportedProduct
        E103 without an image that is read.
    """
    with guarded(path, origin):
        image = _find_image(path, origin)
        facts = read_facts(image.headers, image.bands)
        place, misplaced = _place(image, origin)
    read = partial(read_band, path, image, origin)
    if place is None or not place.flat:
        placement = None if place is None else place.placement
        bands = tuple(replace(item, placement=placement, misplaced=misplaced) for item in facts)
        return Product(on_demand.FITS.name, image.shape, bands, read)
    bounds, edges = graphic.centric_bounds(place.placement, image.shape, place.flat)
    flat, nodata = place.flat, facts[0].nodata
    # What is resampled holds no stored nodata any more: `valid` says it.
    bands = tuple(replace(item, placement=bounds, nodata=None) for item in facts)
    return Product(
        on_demand.FITS.name, image.shape, bands, lambda band: graphic.centric_rows(read(band), edges, flat, nodata)
    )


def read_band(path: Path, image: Image, origin: Origin, band: int) -> Stored:
    """The numbers of one plane, last stored row first; NaN is not valid.

    Raises
    ------
    UnreadableProduct
        E102 if the file has become shorter.
    """
    with guarded(path, origin):
        if image.packed_unit is None:
            plane = np.memmap(path, image.dtype, "r", image.offset, (image.bands, *image.shape))[band]
        else:
            plane = fits_tiles.read_plane(path, image.packed_unit, band, origin)
        numbers = np.ascontiguousarray(plane[::-1], image.dtype.newbyteorder("="))
    valid = ~np.isnan(numbers) if numbers.dtype.kind == "f" else np.ones(numbers.shape, bool)
    return Stored(numbers, valid)


def _place(image: Image, origin: Origin) -> tuple[fits_wcs.Place | None, AmbiguousGeometry | None]:
    try:
        return fits_wcs.place(image.headers[-1], image.shape, origin), None
    except AmbiguousGeometry as refused:
        return None, refused


def _find_image(path: Path, origin: Origin) -> Image:
    size = path.stat().st_size
    images: dict[str, Image] = {}
    first: fits.Header | None = None
    with path.open("rb") as stream:
        position = 0
        for unit in range(_MAX_HDUS):
            # What follows the last unit may be anything (FITS standard 4.0, section 3.5).
            stream.seek(position)
            if position + _BLOCK > size or (position and stream.read(len(_EXTENSION)) != _EXTENSION):
                break
            header = _header(stream, position, origin)
            data = stream.tell()
            first = header if first is None else first
            name = str(header.get("EXTNAME", "")).strip().upper()
            packed = fits_tiles.is_packed(header)
            own = fits_tiles.image_header(header, origin) if packed else header
            image = _describe((first,) if first is header else (first, own), data, origin)
            if image is not None:
                images.setdefault(name, replace(image, packed_unit=unit) if packed else image)
            position = data + _padded(_data_bytes(header, origin))
    chosen = next((images[name] for name in _DATA_NAMES if name in images), next(iter(images.values()), None))
    if chosen is None:
        raise unsupported(origin, "the file holds no image of two or more dimensions")
    needed = chosen.offset + math.prod(chosen.shape) * chosen.bands * chosen.dtype.itemsize
    if chosen.packed_unit is None and needed > size:
        raise damaged(origin, f"the file has {size} bytes, its image needs {needed}")
    return chosen


def _header(stream: BinaryIO, position: int, origin: Origin) -> fits.Header:
    """The header that begins here; the stream is left where its data begin."""
    stream.seek(position)
    text = b""
    while len(text) < MAX_LABEL_BYTES:
        block = stream.read(_BLOCK)
        if len(block) < _BLOCK:
            break
        text += block
        cards = (block[start : start + _CARD] for start in range(0, _BLOCK, _CARD))
        if any(card.rstrip() == b"END" for card in cards):
            return fits.Header.fromstring(text.decode("ascii", "replace").replace("\ufffd", "?"))
    raise damaged(origin, "a header has no END")


def _describe(headers: tuple[fits.Header, ...], offset: int, origin: Origin) -> Image | None:
    """The image that the last header describes; None for tables, empty units and single rows."""
    header = headers[-1]
    kind = str(header.get("XTENSION", "IMAGE")).strip().upper()
    lengths = _lengths(header, origin)
    if kind != "IMAGE" or header.get("GROUPS", False) is True or len(lengths) < 2:
        return None
    if min(lengths[:2]) == 1 or 0 in lengths:
        return None
    shape = (lengths[1], lengths[0])
    bands = math.prod(lengths[2:])
    check_shape(shape, origin, bands=bands)
    return Image(headers, offset, _dtype(header, origin), shape, bands)


def _dtype(header: fits.Header, origin: Origin) -> np.dtype[np.number]:
    bits: Any = header.get("BITPIX")
    if bits not in _NUMBERS:
        raise damaged(origin, f"BITPIX is {bits}")
    return np.dtype(_NUMBERS[bits])


def _lengths(header: fits.Header, origin: Origin) -> tuple[int, ...]:
    """NAXIS1, NAXIS2, ..."""
    axes: Any = header.get("NAXIS", 0)
    if not isinstance(axes, int) or not 0 <= axes <= 99:
        raise damaged(origin, f"NAXIS is {axes}")
    lengths: tuple[Any, ...] = tuple(header.get(f"NAXIS{axis}") for axis in range(1, axes + 1))
    if not all(isinstance(length, int) and length >= 0 for length in lengths):
        raise damaged(origin, f"its axes are {lengths} long")
    return lengths


def _data_bytes(header: fits.Header, origin: Origin) -> int:
    lengths = _lengths(header, origin)
    if not lengths:
        return 0
    extra, groups = (header.get(key, default) for key, default in (("PCOUNT", 0), ("GCOUNT", 1)))
    if not isinstance(extra, int) or not isinstance(groups, int) or extra < 0 or groups < 0:
        raise damaged(origin, f"PCOUNT is {extra} and GCOUNT {groups}")
    # Random groups, which nobody writes any more, mark themselves by a first axis of no length.
    count = math.prod(lengths[1:]) if header.get("GROUPS", False) is True and lengths[0] == 0 else math.prod(lengths)
    return _dtype(header, origin).itemsize * groups * (extra + count)


def _padded(count: int) -> int:
    return -(-count // _BLOCK) * _BLOCK
