"""Opening an image through GDAL, with every failure turned into a numbered finding.

GDAL is kept to the one file: what lies beside it (worldfiles, ``.aux.xml``, ``.msk``, ``.ovr``) would place or hide
pixels without being part of the file's hash, and no address on a network is ever followed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from iovolc.archive.files import system_error
from iovolc.archive.limits import MAX_BANDS
from iovolc.archive.origin import Origin
from iovolc.archive.png import why_not_whole
from iovolc.archive.silence import silenced
from iovolc.errors import UnreadableProduct

DRIVERS: Final = MappingProxyType(
    {
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"\xff\xd8\xff": "JPEG",
        b"II*\x00": "GTiff",
        b"MM\x00*": "GTiff",
        b"II+\x00": "GTiff",
        b"MM\x00+": "GTiff",
    }
)
"""GDAL's driver by the first bytes of the file: no other driver is ever asked."""

SUFFIXES: Final = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg"})
ALONE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_GEOREF_SOURCES": "INTERNAL",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_HTTP_MAX_RETRY": "0",
        "PROJ_NETWORK": "OFF",
        "GDAL_ALLOW_LARGE_LIBJPEG_MEM_ALLOC": "NO",
        "GDAL_JPEG_MAX_ALLOWED_SCAN_NUMBER": "100",
    }
)
"""Settings of GDAL under which it reads the named file and nothing else."""

MAX_BLOCK_PIXELS: Final = 1 << 28
"""Of one strip or tile, which GDAL holds as a whole; a whole picture of one strip may be 16384 pixels square."""

GDAL_FAILURES: Final = (RasterioError, UnicodeDecodeError)
"""What rasterio raises of a file: GDAL's messages quote its bytes, which need not be text."""


@contextmanager
def open_image(path: Path, origin: Origin) -> Iterator[DatasetReader]:
    """The open image; GDAL's failures while it is open become findings too.

    Raises
    ------
    UnreadableProduct
        E102 if the file is damaged or its format is not one of :data:`DRIVERS`, E107 if it declares more bands than
        :data:`~iovolc.archive.limits.MAX_BANDS` or blocks of more pixels than :data:`MAX_BLOCK_PIXELS`.
    """
    try:
        driver = _driver(path, origin)
        with rasterio.Env(**ALONE), _open(path, driver) as dataset:
            _check_header(dataset, origin)
            yield dataset
    except GDAL_FAILURES as error:
        raise UnreadableProduct([origin.finding("E102", _reason(error, path), "path")]) from error
    except OSError as error:
        raise system_error(error, origin) from error


def _driver(path: Path, origin: Origin) -> str:
    with path.open("rb") as stream:
        start = stream.read(8)
    driver = next((driver for magic, driver in DRIVERS.items() if start.startswith(magic)), None)
    reason = why_not_whole(path) if driver == "PNG" else ""
    if reason:
        raise UnreadableProduct([origin.finding("E102", reason, "path")])
    if driver is not None:
        return driver
    detail = "it is empty" if not start else f"its content is not that of a `{path.suffix}` file"
    raise UnreadableProduct([origin.finding("E102", detail, "path")])


def _check_header(dataset: DatasetReader, origin: Origin) -> None:
    """Refuse what would be costly merely to look at."""
    if dataset.count > MAX_BANDS:
        raise UnreadableProduct([origin.finding("E107", f"it declares {dataset.count} bands", "path")])
    rows, cols = dataset.block_shapes[0]
    if rows * cols > MAX_BLOCK_PIXELS:
        detail = f"it is stored in blocks of {cols} x {rows} pixels; at most {MAX_BLOCK_PIXELS} pixels are read at once"
        raise UnreadableProduct([origin.finding("E107", detail, "path")])


def _open(path: Path, driver: str) -> DatasetReader:
    # Pictures without a transform are welcome here, but rasterio warns of each.
    with silenced(NotGeoreferencedWarning):
        return rasterio.open(path, driver=driver)


def _reason(error: Exception, path: Path) -> str:
    text = str(error.__cause__ or error).replace(str(path), path.name)
    return " ".join(text.split()) or type(error).__name__
