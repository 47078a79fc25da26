"""Pixels by the byte layout that a label states: any interleaving, line prefixes and suffixes, tiles.

Sizes are checked against the file and against :mod:`iovolc.archive.limits` before anything is allocated. Not for what
the numbers mean (:mod:`iovolc.archive.labels.encoding`).
"""

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.labels.values import LabelError
from iovolc.archive.limits import MAX_BANDS, MAX_PIXELS

MAX_SIDE: Final = 1 << 20
MAX_BYTES: Final = 1 << 44
"""Of offsets and strides."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the numbers of an image lie in a file.

    Parameters
    ----------
    offset : int
        First byte of the first pixel of the first band.
    dtype : dtype
        Of one number as stored, with its byte order.
    shape : tuple of int
        Bands, rows, columns.
    strides : tuple of int
        Bytes from one band, row and column to the next; with tiles, within one tile.
    tile : tuple of int or None
        Rows and columns of a tile; tiles follow one another from left to right, then from top to bottom.
    """

    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, int, int]
    strides: tuple[int, int, int]
    tile: tuple[int, int] | None = None

    @property
    def tiles(self) -> tuple[int, int]:
        """How many tiles lie below and beside one another."""
        rows, cols = self.tile or self.shape[1:]
        return -(-self.shape[1] // rows), -(-self.shape[2] // cols)

    @property
    def end(self) -> int:
        """One past the last byte of the last pixel."""
        if self.tile is not None:
            down, across = self.tiles
            return self.offset + self.shape[0] * down * across * self.tile[0] * self.tile[1] * self.dtype.itemsize
        steps = sum((count - 1) * stride for count, stride in zip(self.shape, self.strides, strict=True))
        return self.offset + steps + self.dtype.itemsize


def check_layout(layout: Layout, file_bytes: int) -> None:
    """Refuse a layout that is too large or that the file does not hold.

    Raises
    ------
    LabelError
        With the sizes.
    """
    bands, rows, cols = layout.shape
    if not (0 < bands <= MAX_BANDS and 0 < rows <= MAX_SIDE and 0 < cols <= MAX_SIDE and rows * cols <= MAX_PIXELS):
        raise LabelError(f"{cols} x {rows} pixels in {bands} bands; at most {MAX_PIXELS} pixels a band are read")
    numbers = (layout.offset, *layout.strides, *(layout.tile or (1, 1)))
    if not all(0 <= number <= MAX_BYTES for number in numbers) or 0 in (layout.tile or (1, 1)):
        raise LabelError(f"the label gives impossible offsets: {', '.join(map(str, numbers))}")
    if layout.end > file_bytes:
        raise LabelError(
            f"the file has {file_bytes} bytes, but its label needs {layout.end}: it is cut off, or not the label's"
        )


def refuse_overlap(layout: Layout, label_bytes: int) -> None:
    """Refuse pixels that would begin within the label's own text, as in files that an editor has touched.

    Raises
    ------
    LabelError
        With both positions.
    """
    if layout.offset < label_bytes:
        raise LabelError(f"the pixels would begin at byte {layout.offset}, within the label of {label_bytes} bytes")


def band_sequential(
    offset: int,
    dtype: np.dtype[Any],
    shape: tuple[int, int, int],
    *,
    interleave: str = "BSQ",
    prefix: int = 0,
    suffix: int = 0,
) -> Layout:
    """The layout of records with bytes before and after them.

    Parameters
    ----------
    offset : int
        First byte of the first record.
    dtype : dtype
        Of one number.
    shape : tuple of int
        Bands, rows, columns.
    interleave : {'BSQ', 'BIL', 'BIP'}
        A record is a row of one band, or of all bands with the bands innermost (BIP).
    prefix, suffix : int
        Bytes before and after the numbers of a record.
    """
    bands, rows, cols = shape
    size = dtype.itemsize
    extra = prefix + suffix
    if interleave == "BIP":
        record = bands * cols * size + extra
        strides = (size, record, bands * size)
    else:
        record = cols * size + extra
        strides = (record, bands * record, size) if interleave == "BIL" else (rows * record, record, size)
    return Layout(offset + prefix, dtype, shape, strides)


def read_band(path: Path, layout: Layout, band: int) -> NDArray[Any]:
    """One band as stored, in the file's byte order.

    Parameters
    ----------
    path : Path
        The file.
    layout : Layout
        As :func:`check_layout` passed it.
    band : int
        Counted from 0.

    Returns
    -------
    ndarray, shape (row, col)
        A copy.

    Raises
    ------
    LabelError
        If the file has become shorter since.
    OSError
        If the system cannot read it.
    """
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        check_layout(layout, len(content))
        return _tiled(content, layout, band) if layout.tile else _strided(content, layout, band)


def _strided(content: mmap.mmap, layout: Layout, band: int) -> NDArray[Any]:
    start = layout.offset + band * layout.strides[0]
    found = np.ndarray(layout.shape[1:], layout.dtype, content, start, layout.strides[1:])
    return np.array(found, order="C")


def _tiled(content: mmap.mmap, layout: Layout, band: int) -> NDArray[Any]:
    rows, cols = layout.tile or layout.shape[1:]
    down, across = layout.tiles
    start = layout.offset + band * down * across * rows * cols * layout.dtype.itemsize
    tiles: NDArray[Any] = np.ndarray((down, across, rows, cols), layout.dtype, content, start)
    whole = np.empty(layout.shape[1:], layout.dtype)
    # Tile by tile: padding at the right and lower edges never takes memory.
    for row in range(down):
        for col in range(across):
            part = whole[row * rows : (row + 1) * rows, col * cols : (col + 1) * cols]
            part[:] = tiles[row, col, : part.shape[0], : part.shape[1]]
    return whole
