"""The pixels of one band: masks honoured, scaled, float32 with NaN where there is no data."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.origin import Origin
from iovolc.archive.product import Stored
from iovolc.errors import UnreadableProduct, UnsupportedProduct

ROWS_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Scaling:
    """How stored numbers become values: ``value = scale * stored + offset``; ``nodata`` is a stored number or None."""

    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class Pixels:
    """Values (row, col), float32; for integer files also which pixels lie at an end of the integer range."""

    values: NDArray[np.float32]
    saturated: NDArray[np.bool_] | None


def scaled(stored: Stored, scaling: Scaling, origin: Origin) -> Pixels:
    """Stored numbers as values.

    Parameters
    ----------
    stored : Stored
        Of one band.
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
    if np.iscomplexobj(stored.numbers):
        raise UnsupportedProduct([origin.finding("E103", "its pixels are complex numbers", "path")])
    valid = stored.valid & ~_is_nodata(stored.numbers, scaling.nodata)
    values = _values(stored.numbers, scaling)
    valid &= np.isfinite(values)
    if not valid.any():
        nodata = "none" if scaling.nodata is None or math.isnan(scaling.nodata) else f"{scaling.nodata:g}"
        detail = f"all {valid.size} pixels are masked, not finite or nodata (nodata: {nodata})"
        raise UnreadableProduct([origin.finding("E402", detail, "nodata")])
    np.copyto(values, np.nan, where=~valid)
    return Pixels(values, _at_ends(stored.numbers, valid) if stored.saturated is None else stored.saturated)


def _values(numbers: NDArray[Any], scaling: Scaling) -> NDArray[np.float32]:
    """In double precision, but some rows at a time: twice as fast, and without a copy in double precision."""
    values = np.empty(numbers.shape, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            values[rows] = numbers[rows] * np.float64(scaling.scale) + scaling.offset
    return values


def _is_nodata(numbers: NDArray[np.number], nodata: float | None) -> NDArray[np.bool_]:
    if nodata is None or math.isnan(nodata):
        return np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, dtype=bool)
    # A float file holds the rounded number, so the catalogue's decimal text is rounded alike.
    return numbers == (np.float64(nodata).astype(numbers.dtype) if numbers.dtype.kind == "f" else nodata)


def _at_ends(numbers: NDArray[np.number], valid: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    if numbers.dtype.kind not in "iu":
        return None
    ends = np.iinfo(numbers.dtype.name)
    return ((numbers == ends.min) | (numbers == ends.max)) & valid
