"""Families whose readers bring large libraries: told by a file's first bytes, read by a module that is loaded then.

Astropy and xarray take half a second each, and most files are pictures. Not for the reading itself.
"""

from pathlib import Path
from typing import Final

from iovolc.archive.origin import Origin
from iovolc.archive.product import Family, Product

_PDS4_START: Final = b"<"
_PDS4_NAMES: Final = (b"Product_Observational", b"pds.nasa.gov/pds4")
_FITS: Final = b"SIMPLE  ="
HDF5: Final = b"\x89HDF\r\n\x1a\n"
_CLASSIC_NETCDF: Final = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_ZARR: Final = ("zarr.json", ".zgroup")


def _is_pds4(path: Path, start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return path.is_file() and text.startswith(_PDS4_START) and any(name in start for name in _PDS4_NAMES)


def _is_fits(path: Path, start: bytes) -> bool:
    return path.is_file() and start.startswith(_FITS)


def _is_netcdf(path: Path, start: bytes) -> bool:
    return path.is_file() and start.startswith((HDF5, *_CLASSIC_NETCDF))


def _is_zarr(path: Path, start: bytes) -> bool:  # noqa: ARG001  (a folder has no first bytes)
    return path.is_dir() and any((path / name).is_file() for name in _ZARR)


def _open_pds4(path: Path, origin: Origin) -> Product:
    from iovolc.archive.formats import pds4  # noqa: PLC0415

    return pds4.open_product(path, origin)


def _open_fits(path: Path, origin: Origin) -> Product:
    from iovolc.archive.formats import fits  # noqa: PLC0415

    return fits.open_product(path, origin)


def _open_netcdf(path: Path, origin: Origin) -> Product:
    from iovolc.archive.formats import netcdf  # noqa: PLC0415

    return netcdf.open_product(path, origin)


def _open_zarr(path: Path, origin: Origin) -> Product:
    from iovolc.archive.formats import netcdf  # noqa: PLC0415

    return netcdf.open_zarr(path, origin)


PDS4: Final = Family("PDS4", _is_pds4, _open_pds4)
FITS: Final = Family("FITS", _is_fits, _open_fits)
NETCDF: Final = Family("NetCDF", _is_netcdf, _open_netcdf)
ZARR: Final = Family("Zarr", _is_zarr, _open_zarr)
