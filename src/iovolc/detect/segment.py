"""Hysteresis segmentation of a sheet: seeds above one threshold, grown down to another, wrapped in longitude."""

from dataclasses import dataclass

import cc3d
import numpy as np
from numba import njit
from numpy.typing import NDArray

from iovolc.geometry.compiled import KERNEL
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
    """

    labels: NDArray[np.int32]
    count: int


def connected(mask: NDArray[np.bool_], sheet: Sheet) -> Regions:
    """Eight-connected regions of a mask; on a sheet that wraps, columns 0 and -1 are neighbours."""
    labels = cc3d.connected_components(np.ascontiguousarray(mask), connectivity=8).astype(np.int32)
    if sheet.wraps:
        labels = _join_seam(labels)
    return Regions(*_renumber(labels))


def hysteresis(strength: NDArray[np.float32], seed: float, grow: float, sheet: Sheet) -> Regions:
    """Regions above ``grow`` that reach ``seed`` somewhere."""
    if strength.max(initial=-np.inf) <= seed:
        return Regions(np.zeros(strength.shape, np.int32), 0)
    grown = connected(strength > grow, sheet)
    peaks = peak_by_label(strength, grown)
    kept = np.where(peaks > seed, np.arange(grown.count + 1), 0).astype(np.int32)
    return Regions(*_renumber(kept[grown.labels]))


def peak_by_label(values: NDArray[np.float32], regions: Regions) -> NDArray[np.float32]:
    """Largest value of each region; index 0 is the outside and holds -inf."""
    return _peaks(np.ascontiguousarray(values), regions.labels, regions.count)


@njit(**KERNEL)
def _peaks(values: NDArray[np.float32], labels: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    peaks = np.full(count + 1, -np.inf, np.float32)
    for row in range(labels.shape[0]):
        for col in range(labels.shape[1]):
            label = labels[row, col]
            if label > 0 and values[row, col] > peaks[label]:
                peaks[label] = values[row, col]
    return peaks


def pixels_by_label(regions: Regions) -> list[NDArray[np.int64]]:
    """Flat indices of each region, ascending; element 0 belongs to region 1."""
    if regions.count == 0:
        return []
    flat = regions.labels.ravel()
    inside = np.flatnonzero(flat)
    order = np.argsort(flat[inside], kind="stable")
    bounds = np.searchsorted(flat[inside][order], np.arange(1, regions.count + 2))
    ordered = inside[order]
    return [ordered[bounds[i] : bounds[i + 1]] for i in range(regions.count)]


def _join_seam(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    first, last = labels[:, 0], labels[:, -1]
    pairs: list[tuple[int, int]] = []
    for shift in (-1, 0, 1):
        lo, hi = max(0, shift), min(len(first), len(first) + shift)
        left, right = first[lo:hi], last[lo - shift : hi - shift]
        both = (left > 0) & (right > 0)
        pairs += list(zip(left[both].tolist(), right[both].tolist(), strict=True))
    return apply_union(labels, pairs)


def apply_union(labels: NDArray[np.int32], pairs: list[tuple[int, int]]) -> NDArray[np.int32]:
    """Labels with each pair's two numbers made one (the smaller)."""
    if not pairs:
        return labels
    parent = np.arange(int(labels.max()) + 1, dtype=np.int32)
    for a, b in pairs:
        ra, rb = _root(parent, a), _root(parent, b)
        parent[max(ra, rb)] = min(ra, rb)
    for i in {label for pair in pairs for label in pair}:
        parent[i] = _root(parent, i)
    return parent[labels]


def _root(parent: NDArray[np.int32], i: int) -> int:
    while parent[i] != i:
        i = int(parent[i])
    return i


@njit(**KERNEL)
def _renumber(labels: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Labels numbered from 1 in the order of their first pixel, and how many they are."""
    table, count = np.zeros(labels.max() + 1, np.int32), 0
    out = np.zeros_like(labels)
    for row in range(labels.shape[0]):
        for col in range(labels.shape[1]):
            label = labels[row, col]
            if label > 0:
                if table[label] == 0:
                    count += 1
                    table[label] = count
                out[row, col] = table[label]
    return out, count
