"""Tile-compressed FITS images: the header of the image inside, and its planes (FITS standard 4.0, section 10).

astropy decodes; what is checked before is that no tile can grow beyond what its header says. Not for other
compressions than Rice's and gzip, which are all that archives of images use.
"""

import math
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from iovolc.archive.failures import damaged
from iovolc.archive.formats.limits import unsupported
from iovolc.archive.limits import MAX_PIXELS
from iovolc.archive.origin import Origin

_GZIP: Final = ("GZIP_1", "GZIP_2")
_RICE: Final = ("RICE_1", "RICE_ONE")
_RICE_DEFAULTS: Final = {"BLOCKSIZE": 32, "BYTEPIX": 4}
_RICE_ALLOWED: Final = {"BLOCKSIZE": (16, 32), "BYTEPIX": (1, 2, 4)}
_OWN: Final = ("ZIMAGE", "ZTENSION", "ZCMPTYPE", "ZMASKCMP", "ZQUANTIZ", "ZDITHER0", "ZBLANK", "ZHECKSUM", "ZDATASUM",
               "TFIELDS", "THEAP", "ZPCOUNT", "ZGCOUNT")  # fmt: skip
_OWN_NUMBERED: Final = ("ZTILE", "ZNAME", "ZVAL", "TTYPE", "TFORM")
_GZIP_WBITS: Final = 31


def is_packed(header: fits.Header) -> bool:
    """Whether a table holds an image in tiles."""
    return header.get("ZIMAGE", False) is True and str(header.get("XTENSION", "")).strip().upper() == "BINTABLE"


def image_header(header: fits.Header, origin: Origin) -> fits.Header:
    """The header of the image that a table holds, as if it were not compressed.

    Parameters
    ----------
    header : Header
        Of the table.
    origin : Origin
        For messages.

    Raises
    ------
    UnreadableProduct
        E102 if the compression is described wrongly.
    UnsupportedProduct
        E103 for other compressions, and for tiles too large to be read.
    """
    method = str(header.get("ZCMPTYPE", "")).strip().upper()
    if method not in (*_GZIP, *_RICE):
        raise unsupported(origin, f"its image is compressed by `{method}`; only Rice's compression and gzip are read")
    axes = header.get("ZNAXIS")
    if not isinstance(axes, int) or not 0 <= axes <= 99:
        raise damaged(origin, f"ZNAXIS is {axes}")
    if method in _RICE:
        _check_rice(header, origin)
    _check_tile(header, axes, origin)
    plain = header.copy()
    plain["XTENSION"], plain["PCOUNT"], plain["GCOUNT"] = "IMAGE", 0, 1
    plain["BITPIX"], plain["NAXIS"] = header.get("ZBITPIX"), axes
    for axis in range(1, axes + 1):
        plain[f"NAXIS{axis}"] = header.get(f"ZNAXIS{axis}")
    numbered = [key for key in plain if key.rstrip("0123456789") in (*_OWN_NUMBERED, "ZNAXIS")]
    surplus = [f"NAXIS{axis}" for axis in (1, 2) if axis > axes]
    for key in (*_OWN, "ZBITPIX", *numbered, *surplus):
        plain.remove(key, ignore_missing=True, remove_all=True)
    return plain


def read_plane(path: Path, unit: int, plane: int, origin: Origin) -> NDArray[Any]:
    """The numbers of one plane as they are stored, first stored row first; only its own tiles are decoded.

    Parameters
    ----------
    path : Path
        The file.
    unit : int
        Place of the table in the file; the first unit is 0.
    plane : int
        Counted over all axes beyond the second.
    origin : Origin
        For messages.

    Raises
    ------
    UnreadableProduct
        E102 for a tile that would become larger than its header says.
    """
    _check_gzip(path, unit, origin)
    with fits.open(path, memmap=True, do_not_scale_image_data=True) as units:
        image = units[unit]
        if not isinstance(image, fits.CompImageHDU):
            raise damaged(origin, "its compressed image is not described as one")
        leading = np.unravel_index(plane, image.shape[:-2]) if len(image.shape) > 2 else ()
        return np.asarray(image.section[(*map(int, leading), slice(None), slice(None))])


def _tile_lengths(header: fits.Header, axes: int) -> list[Any]:
    """Tiles are single rows unless it is said otherwise."""
    return [header.get(f"ZTILE{axis}", header.get("ZNAXIS1", 1) if axis == 1 else 1) for axis in range(1, axes + 1)]


def _check_tile(header: fits.Header, axes: int, origin: Origin) -> None:
    lengths = _tile_lengths(header, axes)
    if not all(isinstance(length, int) and length > 0 for length in lengths):
        raise damaged(origin, f"its tiles are {lengths} long")
    if math.prod(lengths) > MAX_PIXELS:
        raise unsupported(origin, f"tiles of {math.prod(lengths)} pixels are more than the {MAX_PIXELS} that are read")


def _check_rice(header: fits.Header, origin: Origin) -> None:
    """The decoder believes these two numbers."""
    said = {str(header.get(f"ZNAME{n}")).strip(): header.get(f"ZVAL{n}") for n in range(1, 10)}
    for name, default in _RICE_DEFAULTS.items():
        if said.get(name, default) not in _RICE_ALLOWED[name]:
            raise damaged(origin, f"Rice's {name} is {said[name]}")


def _check_gzip(path: Path, unit: int, origin: Origin) -> None:
    """A few bytes of gzip can become any number: none may become more than a tile."""
    with fits.open(path, memmap=True, disable_image_compression=True) as units:
        table = units[unit]
        if not isinstance(table, fits.BinTableHDU):
            raise damaged(origin, "its compressed image is not in a table")
        header: Any = table.header
        # Numbers of quantised tiles have four bytes.
        most = math.prod(_tile_lengths(header, header["ZNAXIS"])) * max(abs(header["ZBITPIX"]) // 8, 4)
        names = ["GZIP_COMPRESSED_DATA"]
        names += ["COMPRESSED_DATA"] if str(header["ZCMPTYPE"]).strip().upper() in _GZIP else []
        tiles: Any = table.data
        columns: Any = table.columns
        for name in set(names) & set(columns.names):
            for packed in tiles[name]:
                if len(zlib.decompressobj(_GZIP_WBITS).decompress(packed.tobytes(), most + 1)) > most:
                    raise damaged(origin, "a compressed tile holds more than its header says")
