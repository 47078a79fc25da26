"""Answers of circular annuli at every place of a sheet: the screening of the ring search.

An annulus is compared with what lies inside and outside it, as far out as it is wide. Sums over discs are taken from
running sums along rows, with exact chords of spherical circles, so that the cost grows with the radius in rows only.
Not for the final word on a ring: :mod:`iovolc.detect.rings` measures candidates on the sphere.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from iovolc import body
from iovolc.geometry.compiled import kernel
from iovolc.model.grid import Sheet

Plane = NDArray[np.float32]
Wide = NDArray[np.float64]


def annulus_response(
    products: Plane, weights: Plane, owned: NDArray[np.bool_], sheet: Sheet, radius_km: float, width_km: float
) -> tuple[Plane, Plane]:
    """Weighted mean in the annulus about each pixel less that of its surroundings, and its sigma for white noise.

    Parameters
    ----------
    products, weights : ndarray, shape (row, col), float32
        Weighted differences and inverse variances, summed over the reduced sheet's pixels.
    owned : ndarray, shape (row, col), bool
        Where an answer is wanted.
    sheet : Sheet
        The reduced sheet.
    radius_km, width_km : float
        Mean radius and width on the sphere.

    Returns
    -------
    amplitude, sigma : ndarray, shape (row, col), float32
        0 and inf where annulus or surroundings hold nothing, or no answer is wanted.
    """
    edges = np.array([radius_km - 0.5 * width_km, radius_km + 0.5 * width_km, radius_km + 1.5 * width_km])
    angles = edges / body.RADIUS_KM
    pixel = sheet.pixel_km / body.RADIUS_KM
    if not sheet.wraps:
        return _around_pole(_running(products, 0), _running(weights, 0), owned, angles, pixel)
    rows = np.arange(sheet.shape[0], dtype=np.float64)
    lat: Wide = (sheet.top_m / body.RADIUS_M - (rows + 0.5) * pixel).astype(np.float64)
    pad = min(sheet.shape[1] // 2, math.ceil(_widest(lat, angles[-1]) / pixel) + 1)
    wanted = np.asarray(owned.any(axis=1))
    runs = _runs_near(weights, pad)
    return _along_equator(_running(products, pad), _running(weights, pad), wanted, runs, lat, angles, pixel, pad)


def _widest(lat: Wide, angle: float) -> float:
    """Largest half width in longitude of a cap of this radius about any row."""
    narrow = math.cos(float(np.abs(lat).max()))
    return math.pi if math.sin(angle) >= narrow else math.asin(math.sin(angle) / narrow)


@kernel
def _running(values: Plane, pad: int) -> Wide:
    """Running sums along rows, wrapped ``pad`` columns on either side; entry k is the sum before column k."""
    rows, cols = values.shape
    sums = np.zeros((rows, cols + 2 * pad + 1))
    for row in range(rows):
        line, total = values[row], 0.0
        for col in range(cols + 2 * pad):
            at = col - pad
            total += line[at + cols if at < 0 else at - cols if at >= cols else at]
            sums[row, col + 1] = total
    return sums


def _runs_near(weights: Plane, reach: int) -> NDArray[np.int64]:
    """Runs of columns within reach of one that holds anything, first and last + 1; shape (run, 2)."""
    near = maximum_filter1d(weights.any(axis=0), 2 * reach + 1, mode="wrap")
    return np.flatnonzero(np.diff(near.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)


@kernel
def _along_equator(
    products: Wide,
    weights: Wide,
    wanted: NDArray[np.bool_],
    runs: NDArray[np.int64],
    lat: Wide,
    angles: Wide,
    pixel: float,
    pad: int,
) -> tuple[Plane, Plane]:
    rows, cols = weights.shape[0], weights.shape[1] - 1 - 2 * pad
    amplitude, sigma = np.zeros((rows, cols), np.float32), np.full((rows, cols), np.inf, np.float32)
    holding = weights[:, -1] > 0.0
    for row in np.flatnonzero(wanted):
        sums = np.zeros((3, 2, cols))
        for k in range(3):
            reach = int(angles[k] / pixel)
            for other in range(max(row - reach, 0), min(row + reach + 1, rows)):
                half = _chord(lat[row], lat[other], angles[k], pixel) if holding[other] else -1
                if half < 0:
                    continue
                width = min(2 * half + 1, cols)
                first = pad - min(half, cols // 2)
                for start, end in runs:
                    chords = slice(first + start, first + end + width)
                    _add_chords(products[other, chords], width, sums[k, 0, start:end])
                    _add_chords(weights[other, chords], width, sums[k, 1, start:end])
        _compare(sums, amplitude[row], sigma[row])
    return amplitude, sigma


@kernel
def _add_chords(running: Wide, width: int, total: Wide) -> None:
    """Add to each column the sum over ``width`` columns from there on."""
    ends = running[width:]
    for col in range(total.size):
        total[col] += ends[col] - running[col]


@kernel
def _chord(centre: float, lat: float, angle: float, pixel: float) -> int:
    """Half width in columns of a cap on a row of another latitude; -1 where it does not reach it."""
    cosine = (math.cos(angle) - math.sin(centre) * math.sin(lat)) / (math.cos(centre) * math.cos(lat))
    if cosine > 1.0:
        return -1
    return int(math.acos(max(cosine, -1.0)) / pixel)


@kernel
def _around_pole(
    products: Wide, weights: Wide, owned: NDArray[np.bool_], angles: Wide, pixel: float
) -> tuple[Plane, Plane]:
    """On a stereographic sheet: circles are circles there, about a shifted centre."""
    rows, cols = weights.shape[0], weights.shape[1] - 1
    amplitude, sigma = np.zeros((rows, cols), np.float32), np.full((rows, cols), np.inf, np.float32)
    before = _summed_area(weights)
    sums = np.zeros((3, 2, 1))
    for row in range(rows):
        for col in np.flatnonzero(owned[row]):
            up, right = row - 0.5 * (rows - 1), col - 0.5 * (cols - 1)
            far = max(math.hypot(up, right), 1e-9)
            colat = 2.0 * math.atan(0.5 * far * pixel)
            for k in range(2, -1, -1):
                low = 2.0 * math.tan(0.5 * (colat - angles[k])) / pixel
                high = 2.0 * math.tan(0.5 * (colat + angles[k])) / pixel
                middle, radius = 0.5 * (low + high) / far, 0.5 * (high - low)
                y, x = 0.5 * (rows - 1) + up * middle, 0.5 * (cols - 1) + right * middle
                if k == 2 and _is_empty(before, y, x, radius):
                    break
                _disc(products, weights, y, x, radius, sums[k, :, 0])
            else:
                _compare(sums, amplitude[row, col : col + 1], sigma[row, col : col + 1])
    return amplitude, sigma


@kernel
def _summed_area(running: Wide) -> NDArray[np.int64]:
    """Pixels that hold anything above and left of each corner, from running sums of what they hold."""
    rows, cols = running.shape[0], running.shape[1] - 1
    before = np.zeros((rows + 1, cols + 1), np.int64)
    for row in range(rows):
        count = 0
        for col in range(cols):
            count += int(running[row, col + 1] > running[row, col])
            before[row + 1, col + 1] = before[row, col + 1] + count
    return before


@kernel
def _is_empty(before: NDArray[np.int64], y: float, x: float, radius: float) -> bool:
    """Whether the square about a disc holds nothing."""
    rows, cols = before.shape[0] - 1, before.shape[1] - 1
    top, bottom = max(math.ceil(y - radius), 0), min(math.floor(y + radius), rows - 1) + 1
    left, right = max(math.ceil(x - radius), 0), min(math.floor(x + radius), cols - 1) + 1
    if bottom <= top or right <= left:
        return True
    return before[bottom, right] - before[top, right] == before[bottom, left] - before[top, left]


@kernel
def _disc(products: Wide, weights: Wide, y: float, x: float, radius: float, sums: Wide) -> None:
    """Both sums over a disc, from running sums."""
    rows, cols = weights.shape[0], weights.shape[1] - 1
    product, weight = 0.0, 0.0
    for row in range(max(math.ceil(y - radius), 0), min(math.floor(y + radius), rows - 1) + 1):
        half = math.sqrt(max(radius * radius - (row - y) ** 2, 0.0))
        first, last = max(math.ceil(x - half), 0), min(math.floor(x + half), cols - 1)
        if last >= first:
            product += products[row, last + 1] - products[row, first]
            weight += weights[row, last + 1] - weights[row, first]
    sums[0], sums[1] = product, weight


@kernel
def _compare(sums: Wide, amplitude: Plane, sigma: Plane) -> None:
    """Annulus against hole and outside, from sums over the three discs, shape (disc, 2, col)."""
    for col in range(amplitude.size):
        inside = sums[1, 1, col] - sums[0, 1, col]
        around = sums[2, 1, col] - inside
        if inside > 0 and around > 1e-9 * inside:
            ring = sums[1, 0, col] - sums[0, 0, col]
            amplitude[col] = ring / inside - (sums[2, 0, col] - ring) / around
            sigma[col] = math.sqrt(1.0 / inside + 1.0 / around)
