"""Hysteresis segmentation of a sheet: seeds above one threshold, grown down to another, wrapped in longitude."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.compiled import kernel
from iovolc.model.grid import Sheet


@dataclass(frozen=True, slots=True)
class Regions:
    """Connected regions of a sheet, numbered from 1 in the order of their first pixel.

    Parameters
    ----------
    labels : ndarray, shape (row, col), int32
        0 outside.
    count : int
        Number of regions.
    flat : ndarray of int64
        Flat indices of their pixels, ascending.
    """

    labels: NDArray[np.int32]
    count: int
    flat: NDArray[np.int64]


def connected(mask: NDArray[np.bool_], sheet: Sheet) -> Regions:
    """Eight-connected regions of a mask; on a sheet that wraps, columns 0 and -1 are neighbours."""
    flat = np.flatnonzero(mask)
    return Regions(*_label(flat, mask.shape[0], mask.shape[1], sheet.wraps), flat)


def hysteresis(strength: NDArray[np.float32], seed: float, grow: float, sheet: Sheet, *, sign: int = 1) -> Regions:
    """Regions above ``grow`` that reach ``seed`` somewhere; with a sign of -1, of the opposite of the strength."""
    flat = np.flatnonzero(strength > grow if sign > 0 else strength < -grow)
    labels, count = _label(flat, strength.shape[0], strength.shape[1], sheet.wraps)
    of = labels.ravel()[flat]
    reached = np.unique(of[sign * strength.ravel()[flat] > seed])
    numbers = np.zeros(count + 1, np.int32)
    numbers[reached] = np.arange(1, reached.size + 1)
    labels.ravel()[flat] = numbers[of]
    return Regions(labels, reached.size, flat[numbers[of] > 0])


@kernel
def _label(flat: NDArray[np.int64], rows: int, cols: int, wrap: bool) -> tuple[NDArray[np.int32], int]:
    """Number the regions of a plane's pixels, ascending flat indices, in the order of their first pixel.

    What the pixel above touches on either side is joined with it already, so that it alone counts where it is there.
    """
    labels = np.zeros(rows * cols, np.int32)
    parent = np.arange(flat.size + 1, dtype=np.int32)
    for k in range(flat.size):
        at = flat[k]
        col = at % cols
        left = at - 1 if col > 0 else at + cols - 1 if wrap else -1
        right = at + 1 if col < cols - 1 else at - cols + 1 if wrap else -1
        labels[at] = k + 1
        if at >= cols and labels[at - cols] > 0:
            _join(parent, k + 1, int(labels[at - cols]))
            continue
        for beside in (left, right):  # right is known at the seam alone
            if beside >= 0 and labels[beside] > 0:
                _join(parent, k + 1, int(labels[beside]))
            if beside >= cols and labels[beside - cols] > 0:
                _join(parent, k + 1, int(labels[beside - cols]))
    count = 0
    numbers = np.zeros(flat.size + 1, np.int32)
    for k in range(flat.size):
        root = _root(parent, k + 1)  # the region's first pixel
        if root == k + 1:
            count += 1
            numbers[root] = count
        labels[flat[k]] = numbers[root]
    return labels.reshape(rows, cols), count


@kernel
def _join(parent: NDArray[np.int32], one: int, other: int) -> None:
    first, second = _root(parent, one), _root(parent, other)
    parent[max(first, second)] = min(first, second)


@kernel
def _root(parent: NDArray[np.int32], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def pixels_by_label(regions: Regions) -> list[NDArray[np.int64]]:
    """Flat indices of each region, ascending; element 0 belongs to region 1."""
    of = regions.labels.ravel()[regions.flat]
    order = np.argsort(of, kind="stable")
    bounds = np.searchsorted(of[order], np.arange(1, regions.count + 2))
    ordered = regions.flat[order]
    return [ordered[bounds[i] : bounds[i + 1]] for i in range(regions.count)]
