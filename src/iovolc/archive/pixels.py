"""The pixels of one band: masks honoured, scaled, float32 with NaN where there is no data."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader

from iovolc.archive.origin import Origin
from iovolc.archive.rows import Row
from iovolc.errors import UnreadableProduct, UnsupportedProduct


@dataclass(frozen=True, slots=True)
class Scaling:
    """How stored numbers become values: ``value = scale * stored + offset``; ``nodata`` is a stored number or None."""

    scale: float
    offset: float
    nodata: float | None

    @classmethod
    def of(cls, dataset: DatasetReader, band: int, row: Row) -> "Scaling":
        """The row's numbers, and the file's where the row is blank."""
        return cls(
            float(dataset.scales[band - 1]) if row.scale is None else row.scale,
            float(dataset.offsets[band - 1]) if row.offset is None else row.offset,
            dataset.nodatavals[band - 1] if row.nodata is None else row.nodata,
        )


@dataclass(frozen=True, slots=True)
class Pixels:
    """Values (row, col), float32; for integer files also which pixels lie at an end of the integer range."""

    values: NDArray[np.float32]
    saturated: NDArray[np.bool_] | None


def read_pixels(dataset: DatasetReader, band: int, scaling: Scaling, origin: Origin) -> Pixels:
    """Read one band.

    Parameters
    ----------
    dataset : DatasetReader
        The open image.
    band : int
        Counted from 1.
    scaling : Scaling
        How stored numbers become values.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E402 if no pixel is valid.
    UnsupportedProduct
        E103 for complex numbers.
    """
    stored = dataset.read(band)
    if np.iscomplexobj(stored):
        raise UnsupportedProduct([origin.finding("E103", "its pixels are complex numbers", "path")])
    valid = _mask(dataset, band) & ~_is_nodata(stored, scaling.nodata)
    with np.errstate(over="ignore", invalid="ignore"):
        values = (stored * np.float64(scaling.scale) + scaling.offset).astype(np.float32)
    valid &= np.isfinite(values)
    if not valid.any():
        nodata = "none" if scaling.nodata is None else f"{scaling.nodata:g}"
        detail = f"all {valid.size} pixels are masked, not finite or nodata (nodata: {nodata})"
        raise UnreadableProduct([origin.finding("E402", detail, "nodata")])
    values[~valid] = np.nan
    return Pixels(values, _saturated(stored, valid))


def _mask(dataset: DatasetReader, band: int) -> NDArray[np.bool_]:
    """Where mask bands and alpha let the pixel through; the file's own nodata is left to the scaling."""
    valid = np.ones((dataset.height, dataset.width), dtype=bool)
    if MaskFlags.nodata not in dataset.mask_flag_enums[band - 1]:
        valid &= dataset.read_masks(band) > 0
    for other in dataset.indexes:
        if dataset.colorinterp[other - 1] is ColorInterp.alpha:
            valid &= dataset.read(other) > 0
    return valid


def _is_nodata(stored: NDArray[np.number], nodata: float | None) -> NDArray[np.bool_]:
    if nodata is None or math.isnan(nodata):
        return np.isnan(stored) if stored.dtype.kind == "f" else np.zeros(stored.shape, dtype=bool)
    # A float file holds the rounded number, so the catalogue's decimal text is rounded alike.
    return stored == (np.float64(nodata).astype(stored.dtype) if stored.dtype.kind == "f" else nodata)


def _saturated(stored: NDArray[np.number], valid: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    if stored.dtype.kind not in "iu":
        return None
    ends = np.iinfo(stored.dtype.name)
    return ((stored == ends.min) | (stored == ends.max)) & valid
