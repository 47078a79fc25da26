"""The part of a plane that holds anything: most epochs show a part of a sheet, and the rest need not be computed.

Not for places on the sphere (:mod:`iovolc.geometry.tiles`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.hands import in_parts


@dataclass(frozen=True, slots=True)
class Box:
    """Some rows and columns of a plane; the columns may run over the seam.

    Parameters
    ----------
    shape : tuple of int
        Of the whole plane.
    rows : slice
        First row, and the one after the last.
    first, width : int
        First column, and their number.
    wraps : bool
        Whether the plane's first column follows its last.
    """

    shape: tuple[int, int]
    rows: slice
    first: int
    width: int
    wraps: bool

    @property
    def closed(self) -> bool:
        """Whether its first column follows its last, too."""
        return self.wraps and self.width == self.shape[1]

    @property
    def gap(self) -> int:
        """Number of columns that it leaves out."""
        return self.shape[1] - self.width

    def grown(self, rows: int, cols: int) -> "Box":
        """With so many more rows and columns on either side, as far as there are any."""
        top, bottom = max(self.rows.start - rows, 0), min(self.rows.stop + rows, self.shape[0])
        if self.wraps:
            first, width = (self.first - cols) % self.shape[1], self.width + 2 * cols
        else:
            first = max(self.first - cols, 0)
            width = min(self.first + self.width + cols, self.shape[1]) - first
        if width >= self.shape[1]:
            first, width = 0, self.shape[1]
        return replace(self, rows=slice(top, bottom), first=first, width=width)

    def finer(self, factor: int) -> "Box":
        """The same part of a plane of ``factor`` times as many rows and columns."""
        rows, cols = self.shape
        return Box(
            (rows * factor, cols * factor),
            slice(self.rows.start * factor, self.rows.stop * factor),
            self.first * factor,
            self.width * factor,
            self.wraps,
        )

    def coarser(self, factor: int) -> "Box":
        """The part of a plane of ``factor`` times fewer rows and columns that covers it; they divide by ``factor``."""
        rows, cols = (size // factor for size in self.shape)
        first, end = self.first // factor, -(-(self.first + self.width) // factor)
        covered = slice(self.rows.start // factor, -(-self.rows.stop // factor))
        return replace(self, shape=(rows, cols), rows=covered, first=first, width=end - first).grown(0, 0)

    def cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Its part of a plane, C-contiguous; the plane itself where that is all of it."""
        if self._whole:
            return np.ascontiguousarray(plane)
        inside = plane[self.rows]
        part = np.empty((inside.shape[0], self.width), plane.dtype)

        def some(first: int, end: int) -> None:
            rows, done = slice(first, end), 0
            for cols in self._cols():
                part[rows, done : done + cols.stop - cols.start] = inside[rows, cols]
                done += cols.stop - cols.start

        in_parts(some, part.shape[0], part.size)
        return part

    def put(self, part: NDArray[Any], around: float = 0.0) -> NDArray[Any]:
        """A plane with this part, and one value around it."""
        if self._whole:
            return part
        plane = np.empty(self.shape, part.dtype)
        plane[: self.rows.start] = around
        plane[self.rows.stop :] = around
        inside = plane[self.rows]

        def some(first: int, end: int) -> None:
            rows, done = slice(first, end), 0
            for cols in self._other_cols():
                inside[rows, cols] = around
            for cols in self._cols():
                inside[rows, cols] = part[rows, done : done + cols.stop - cols.start]
                done += cols.stop - cols.start

        in_parts(some, part.shape[0], part.size)
        return plane

    @property
    def _whole(self) -> bool:
        return self.gap == 0 and self.rows == slice(0, self.shape[0])

    def _cols(self) -> tuple[slice, ...]:
        end = self.first + self.width
        if end <= self.shape[1]:
            return (slice(self.first, end),)
        return slice(self.first, self.shape[1]), slice(0, end - self.shape[1])

    def _other_cols(self) -> tuple[slice, ...]:
        end = self.first + self.width
        if end <= self.shape[1]:
            return slice(0, self.first), slice(end, self.shape[1])
        return (slice(end - self.shape[1], self.first),)


def box_of(values: NDArray[Any], *, wraps: bool) -> Box:
    """The smallest box with all that is not zero; one pixel where there is nothing.

    Parameters
    ----------
    values : ndarray, shape (row, col)
        C-contiguous.
    wraps : bool
        Whether the first column follows the last.
    """
    in_rows, in_cols = (np.flatnonzero(held) for held in _occupied(values))
    if not in_rows.size:
        return Box(values.shape, slice(0, 1), 0, 1, wraps)
    rows = slice(int(in_rows[0]), int(in_rows[-1]) + 1)
    if not wraps:
        return Box(values.shape, rows, int(in_cols[0]), int(in_cols[-1] - in_cols[0]) + 1, wraps)
    gaps = np.diff(in_cols, append=in_cols[0] + values.shape[1])
    widest = int(np.argmax(gaps))
    first = int(in_cols[(widest + 1) % in_cols.size])
    return Box(values.shape, rows, first, values.shape[1] - int(gaps[widest]) + 1, wraps)


@kernel
def _occupied(values: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows and which columns hold anything but zero."""
    rows, cols = np.zeros(values.shape[0], np.bool_), np.zeros(values.shape[1], np.bool_)
    for row in range(values.shape[0]):
        line, held = values[row], False
        for col in range(line.size):
            other = line[col] != 0
            held |= other
            cols[col] |= other
        rows[row] = held
    return rows, cols
