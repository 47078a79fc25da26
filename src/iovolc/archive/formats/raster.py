"""GeoTIFF (also cloud-optimised), PNG and JPEG, through GDAL.

Not for planetary labels: of those GDAL ignores the sense of longitude and moves half a pixel.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader

from iovolc.archive.crs import canonical, why_refused
from iovolc.archive.opening import DRIVERS, SUFFIXES, open_image
from iovolc.archive.origin import Origin
from iovolc.archive.product import Affine, Facts, Family, Product, Stored
from iovolc.errors import AmbiguousGeometry, UnsupportedProduct
from iovolc.model.observation import CHANNELS, Projected, Quantity

_COLOURS: Final[Mapping[ColorInterp, str]] = MappingProxyType(
    {ColorInterp.red: "red", ColorInterp.green: "green", ColorInterp.blue: "blue"}
)


def _recognises(path: Path, start: bytes) -> bool:
    return any(start.startswith(magic) for magic in DRIVERS) or path.suffix.lower() in SUFFIXES


def _open(path: Path, origin: Origin) -> Product:
    with open_image(path, origin) as dataset:
        bands = tuple(_facts(dataset, band, origin) for band in dataset.indexes)
        shape = (dataset.height, dataset.width)
    return Product(FAMILY.name, shape, bands, partial(_read, path, origin))


def _facts(dataset: DatasetReader, band: int, origin: Origin) -> Facts:
    description = dataset.descriptions[band - 1] or ""
    name = description or _COLOURS.get(dataset.colorinterp[band - 1], "")
    transform = _transform(dataset)
    placement, misplaced = _placement(dataset, transform, origin)
    return Facts(
        band=description,
        channel=name if name in CHANNELS else "",
        quantity=_quantity(dataset, band),
        unit=dataset.units[band - 1] or "",
        scale=float(dataset.scales[band - 1]),
        offset=float(dataset.offsets[band - 1]),
        nodata=dataset.nodatavals[band - 1],
        placement=placement,
        misplaced=misplaced,
        transform=transform,
        is_mask=dataset.colorinterp[band - 1] is ColorInterp.alpha,
    )


def _quantity(dataset: DatasetReader, band: int) -> Quantity | None:
    """A picture of 8 bits is stretched; of anything else the file does not say what it means."""
    is_picture = dataset.driver in {"PNG", "JPEG"} and np.dtype(dataset.dtypes[band - 1]) == np.uint8
    return "relative" if is_picture else None


def _placement(
    dataset: DatasetReader, transform: Affine | None, origin: Origin
) -> tuple[Projected | None, AmbiguousGeometry | None]:
    if dataset.crs is None:
        return None, None
    wkt = dataset.crs.to_wkt()
    refused = why_refused(wkt)
    if refused is not None:
        return None, AmbiguousGeometry([origin.finding("E202", refused, "projection")])
    if transform is None:
        detail = "the file has a coordinate system, but no transform"
        return None, AmbiguousGeometry([origin.finding("E201", detail, "projection")])
    return Projected(canonical(wkt), transform), None


def _transform(dataset: DatasetReader) -> Affine | None:
    """Pixel corners to projected units; GDAL has moved PixelIsPoint files by half a pixel already."""
    transform = dataset.transform
    if transform.is_identity or transform.is_degenerate:
        return None
    return (transform.a, transform.b, transform.c, transform.d, transform.e, transform.f)


def _read(path: Path, origin: Origin, index: int) -> Stored:
    with open_image(path, origin) as dataset:
        if dataset.colorinterp[index] is ColorInterp.palette:
            detail = "its pixels are numbers of a colour table; save it in grey or full colour"
            raise UnsupportedProduct([origin.finding("E103", detail, "path")])
        return Stored(dataset.read(index + 1), _mask(dataset, index + 1))


def _mask(dataset: DatasetReader, band: int) -> NDArray[np.bool_]:
    """Where mask bands and alpha let the pixel through; the file's own nodata is left to the scaling."""
    valid = np.broadcast_to(np.True_, (dataset.height, dataset.width))
    if {MaskFlags.nodata, MaskFlags.all_valid}.isdisjoint(dataset.mask_flag_enums[band - 1]):
        valid = dataset.read_masks(band) > 0
    for other in dataset.indexes:
        if dataset.colorinterp[other - 1] is ColorInterp.alpha:
            valid = valid & (dataset.read(other) > 0)
    return valid


FAMILY: Final = Family("GeoTIFF, PNG or JPEG", _recognises, _open)
