"""iovolc's kernels as a user would put them together from numpy, scipy and scikit-image, and iovolc run with those.

What is left of iovolc then, such as its ring templates, flatters the reference.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.ndimage import gaussian_filter1d, label
from scipy.stats import chi2

from iovolc.detect import matched, noise, residual, segment, variance
from iovolc.geometry import smooth
from iovolc.light import irmad

Plane = NDArray[np.float32]
Values = NDArray[np.float64]


@contextmanager
def library_kernels() -> Iterator[None]:
    """Smoothing of every pixel, medians, slopes, labels and IR-MAD by numpy and scipy, for the time of a ``with``."""
    with ExitStack() as replaced:
        for module, name, work in (
            (smooth, "_smooth_rows", smooth_rows),
            (smooth, "_smooth_columns", smooth_columns),
            (residual, "medians", medians),
            (residual, "_slopes", slopes),
            (segment, "_label", label_pixels),
            (irmad, "no_change_probability", ir_mad),
            *((module, "block_px", every_pixel) for module in (matched, noise, variance)),
        ):
            replaced.enter_context(patch.object(module, name, work))
        yield


def every_pixel(_sheet: object, _shape: object, _sigma_km: object) -> int:
    """Edge of the blocks that means over wide surroundings are told of: a straightforward program has none."""
    return 1


def smooth_rows(values: Plane, sigmas_px: Values, wrap: bool) -> Plane:
    """Each row by a Gaussian of its own width; all rows in one call where it is the same."""
    mode = "wrap" if wrap else "constant"
    if np.ptp(sigmas_px) == 0:
        return gaussian_filter1d(values, sigmas_px[0], axis=1, mode=mode)
    return np.stack([gaussian_filter1d(row, sigma, mode=mode) for row, sigma in zip(values, sigmas_px, strict=True)])


def smooth_columns(values: Plane, sigma_px: float) -> Plane:
    """All columns by one Gaussian."""
    return gaussian_filter1d(values, sigma_px, axis=0, mode="constant")


def medians(
    stack: Plane, _sorting: object, _merging: object, median: Plane, spread: Plane, count: NDArray[np.uint8]
) -> None:
    """Median, and 1.4826 times the median distance from it, wherever ``count`` is still 0."""
    known = np.isfinite(stack)
    new = (count == 0) & known.any(axis=0)
    held = np.where(known, stack, np.nan)[:, new]
    median[new] = np.nanmedian(held, axis=0)
    spread[new] = 1.4826 * np.nanmedian(np.abs(held - median[new]), axis=0)
    count[new] = known[:, new].sum(axis=0)


def slopes(values: Plane, row_km: Values, col_km: float, wraps: bool) -> tuple[Plane, Plane]:
    """Half the difference of the two neighbours, the whole one to the only neighbour beside a gap; 0 without any."""
    known = np.isfinite(values)
    found: list[Plane] = []
    for axis, wrap, size in ((1, wraps, row_km[:, None]), (0, False, col_km)):
        pad = [(1, 1) if k == axis else (0, 0) for k in range(2)]
        padded, there = (
            np.pad(plane, pad, mode="wrap") if wrap else np.pad(plane, pad, mode="edge") for plane in (values, known)
        )
        low, high = (np.take(padded, range(k, k + values.shape[axis]), axis=axis) for k in (0, 2))
        has_low, has_high = (np.take(there, range(k, k + values.shape[axis]), axis=axis) for k in (0, 2))
        step = np.where(has_high, high, values) - np.where(has_low, low, values)
        steps = np.maximum(has_low.astype(np.float32) + has_high, np.float32(1.0))
        found.append(np.where(known, step / steps / size, 0.0).astype(np.float32))
    return found[0], found[1]


def wrapped_labels(mask: NDArray[np.bool_], *, wraps: bool) -> tuple[NDArray[np.int32], int]:
    """Eight-connected regions, joined over the seam, numbered in the order of their first pixel."""
    labels, count = label(mask, np.ones((3, 3)))
    if wraps:
        beside = np.pad(labels[:, -1], 1)
        pairs = np.concatenate([np.stack((labels[:, 0], beside[k : k + len(labels)]), axis=1) for k in range(3)])
        parent = np.arange(count + 1)
        for one, other in pairs[(pairs > 0).all(axis=1)]:
            first, second = (_root(parent, int(number)) for number in (one, other))
            parent[max(first, second)] = min(first, second)
        roots = np.array([_root(parent, number) for number in range(count + 1)])
        numbers = np.unique(roots, return_inverse=True)[1].astype(np.int32)
        return numbers[labels], int(numbers.max())
    return labels.astype(np.int32), count


def _root(parent: NDArray[np.int64], number: int) -> int:
    while parent[number] != number:
        number = int(parent[number])
    return number


def label_pixels(flat: NDArray[np.int64], rows: int, cols: int, wrap: bool) -> tuple[NDArray[np.int32], int]:
    """The same from ascending flat indices."""
    mask = np.zeros(rows * cols, bool)
    mask[flat] = True
    return wrapped_labels(mask.reshape(rows, cols), wraps=wrap)


def ir_mad(first: Values, second: Values, weight: Values) -> Values:
    """IR-MAD with arrays of the images' size at every step (:mod:`iovolc.light.irmad`)."""
    out = np.full(len(first), np.nan)
    good = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1) & (weight > 0)
    bands = min(first.shape[1], second.shape[1])
    if good.sum() < 50 * bands:
        return out
    probability, previous = np.ones(int(good.sum())), np.zeros(bands)
    for _ in range(30):
        variates, correlation = _variates(first[good], second[good], weight[good] * probability)
        observed = (variates**2 / (2.0 * np.maximum(1.0 - correlation, 1e-9))).sum(axis=1)
        narrowed = max(1.0, float(np.median(observed)) / float(chi2.median(bands)))
        probability = chi2.sf(observed / narrowed, bands)
        if np.max(np.abs(correlation - previous)) < 1e-3:
            break
        previous = correlation
    out[good] = probability
    return out


def _variates(first: Values, second: Values, weight: Values) -> tuple[Values, Values]:
    share = weight / weight.sum()
    a, b = first - share @ first, second - share @ second
    aa, bb, ab = ((x * share[:, None]).T @ y for x, y in ((a, a), (b, b), (a, b)))
    aa += 1e-6 * float(np.trace(aa)) * np.eye(len(aa))
    bb += 1e-6 * float(np.trace(bb)) * np.eye(len(bb))
    values, left = eigh(ab @ np.linalg.solve(bb, ab.T), aa)
    keep = np.argsort(values)[::-1][: min(len(aa), len(bb))]
    correlation = np.sqrt(np.clip(values[keep], 0.0, 1.0))
    left = left[:, keep]
    right = np.linalg.solve(bb, ab.T @ left) / np.maximum(correlation, 1e-9)
    return a @ left - b @ right, correlation
