"""The pixels of one band: masks honoured, scaled, float32 with NaN where there is no data."""

import math
from dataclasses import dataclass
from typing import Final

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
    values = np.empty(stored.numbers.shape, np.float32)
    ends = stored.numbers.dtype.kind in "iu" and stored.saturated is None
    saturated = np.empty(stored.numbers.shape, np.bool_) if ends else stored.saturated
    found = False
    # Some rows at a time, for large copies take longer to get from the system than to compute.
    for start in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        numbers = stored.numbers[rows]
        with np.errstate(over="ignore", invalid="ignore"):
            values[rows] = numbers * np.float64(scaling.scale) + scaling.offset
        valid = stored.valid[rows] & ~_is_nodata(numbers, scaling.nodata) & np.isfinite(values[rows])
        values[rows][~valid] = np.nan
        if ends and saturated is not None:
            saturated[rows] = _at_ends(numbers) & valid
        found = found or bool(valid.any())
    if not found:
        nodata = "none" if scaling.nodata is None or math.isnan(scaling.nodata) else f"{scaling.nodata:g}"
        detail = f"all {values.size} pixels are masked, not finite or nodata (nodata: {nodata})"
        raise UnreadableProduct([origin.finding("E402", detail, "nodata")])
    return Pixels(values, saturated)


def _is_nodata(numbers: NDArray[np.number], nodata: float | None) -> NDArray[np.bool_]:
    if nodata is None or math.isnan(nodata):
        return np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, dtype=bool)
    # A float file holds the rounded number, so the catalogue's decimal text is rounded alike.
    return numbers == (np.float64(nodata).astype(numbers.dtype) if numbers.dtype.kind == "f" else nodata)


def _at_ends(numbers: NDArray[np.number]) -> NDArray[np.bool_]:
    ends = np.iinfo(numbers.dtype.name)
    return (numbers == ends.min) | (numbers == ends.max)
