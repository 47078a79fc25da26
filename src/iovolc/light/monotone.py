"""Local monotone match: brings one stretched map to the tone of another, place by place, without assuming a law.

In overlapping discs the quantiles of one map are carried onto those of the other; between disc centres the results
are blended. A change much smaller than a disc moves its quantiles little, so it survives in the difference.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.compiled import kernel
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.model.grid import Grid, Sheet, Window
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]

LEVELS = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])
_LOW, _MIDDLE, _HIGH = 2, 6, 10
"""Of the levels: 10, 50 and 90 %."""

_SAMPLE_KM = 25.0
_LEAST_SHARE = 0.1
_REFITS = 2
_OUTLIER_SIGMAS = 4.0
_GREY_LEVEL = 0.02
"""About one of 256 grey levels in normal scores: maps never agree better than that."""


@dataclass(frozen=True, slots=True)
class ToneCurves:
    """Monotone curves on nodes evenly spaced in longitude and latitude.

    Parameters
    ----------
    source, target : ndarray, shape (lat, lon, level), float32
        Quantiles of the map to be changed and of the map to be met; NaN where too little is seen.
    step_deg : float
        Distance of the nodes; node (i, j) lies at latitude ``-90 + i step`` and longitude ``-180 + j step``.
    """

    source: Plane
    target: Plane
    step_deg: float

    @property
    def gain(self) -> float:
        """Ratio of contrasts, target over source: the median over the nodes of the width of the middle 80 %."""
        widths = [curve[..., _HIGH] - curve[..., _LOW] for curve in (self.target, self.source)]
        good = np.isfinite(widths[0]) & (widths[1] > 0)
        return float(np.median(widths[0][good] / widths[1][good])) if good.any() else math.nan

    @property
    def uneven(self) -> float:
        """Standard deviation over the sphere of what the curves add in their middle."""
        added = self.target[..., _MIDDLE] - self.source[..., _MIDDLE]
        good = np.isfinite(added)
        if not good.any():
            return math.nan
        lat = np.radians(-90.0 + np.arange(len(added)) * self.step_deg)
        area = np.broadcast_to(np.cos(lat)[:, None], added.shape)[good] + 1e-6  # a pole alone is a place too
        return math.sqrt(float(np.average((added[good] - np.average(added[good], weights=area)) ** 2, weights=area)))


def fit_tone_curves(
    source: Mapping[str, Plane],
    target: Mapping[str, Plane],
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
    *,
    radius_km: float,
    step_deg: float = 5.0,
) -> ToneCurves:
    """Quantiles of both maps in discs around each node, from pixels that both show alike.

    Pixels that the curves carry more than four robust standard deviations off are left out and the curves fitted
    again, lest a large deposit bend the tone of the ground around it.

    Parameters
    ----------
    source, target : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where there is no data.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.
    radius_km : float
        Radius of the discs.
    step_deg : float
        Distance of the nodes.
    """
    vectors, first, second = _sample(source, target, owned, grid)
    curves = _fit(vectors, first, second, radius_km, step_deg)
    for _ in range(_REFITS):
        off = np.abs(second - _at(curves, vectors, first))
        typical = float(np.nanmedian(off)) if np.isfinite(off).any() else 0.0
        alike = off <= _OUTLIER_SIGMAS * max(MAD_TO_SIGMA * typical, _GREY_LEVEL)
        curves = _or(_fit(vectors[alike], first[alike], second[alike], radius_km, step_deg), curves)
    return curves


def _or(curves: ToneCurves, otherwise: ToneCurves) -> ToneCurves:
    """The first curves; the others at nodes where too little is alike, as in the middle of a very wide deposit."""
    known = np.isfinite(curves.source)
    source = np.where(known, curves.source, otherwise.source)
    return ToneCurves(source, np.where(known, curves.target, otherwise.target), curves.step_deg)


def _fit(vectors: Vector, first: Plane, second: Plane, radius_km: float, step_deg: float) -> ToneCurves:
    shape = (round(180.0 / step_deg) + 1, round(360.0 / step_deg), len(LEVELS))
    quantiles = np.full((2, *shape), np.nan, np.float32)
    disc_px = np.pi * (radius_km / _SAMPLE_KM) ** 2
    _node_quantiles(
        vectors, first, second, step_deg, np.cos(radius_km / body.RADIUS_KM), _LEAST_SHARE * disc_px, LEVELS, quantiles
    )
    return ToneCurves(quantiles[0], quantiles[1], step_deg)


def _at(curves: ToneCurves, vectors: Vector, values: Plane) -> Plane:
    lat = np.degrees(np.arcsin(np.clip(vectors[:, 2], -1.0, 1.0)))
    lon_e = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
    return _apply(curves.source, curves.target, curves.step_deg, values[:, None], lat[:, None], lon_e[:, None])[:, 0]


def _sample(
    source: Mapping[str, Plane], target: Mapping[str, Plane], owned: Mapping[str, NDArray[np.bool_]], grid: Grid
) -> tuple[Vector, Plane, Plane]:
    """Unit vectors and both values at about one pixel per ``_SAMPLE_KM`` squared, sorted by latitude."""
    vectors: list[Vector] = []
    values: list[tuple[Plane, Plane]] = []
    for sheet in grid.sheets:
        if sheet.name not in source or sheet.name not in target:
            continue
        step = max(1, round(_SAMPLE_KM / sheet.pixel_km))
        pick = (slice(step // 2, None, step), slice(step // 2, None, step))
        a, b = source[sheet.name][pick], target[sheet.name][pick]
        good = np.isfinite(a) & np.isfinite(b) & owned[sheet.name][pick]
        lat, lon_e = pixel_lat_lon(sheet)
        good &= _thinned(lat[pick], lon_e[pick]) if sheet.wraps else True
        vectors.append(unit_vectors(lat[pick][good], lon_e[pick][good]))
        values.append((a[good], b[good]))
    if not values:
        return np.empty((0, 3)), np.empty(0, np.float32), np.empty(0, np.float32)
    place = np.concatenate(vectors)
    order = np.argsort(place[:, 2], kind="stable")
    return (
        place[order],
        np.concatenate([pair[0] for pair in values])[order],
        np.concatenate([pair[1] for pair in values])[order],
    )


def _thinned(lat: Vector, lon_e: Vector) -> NDArray[np.bool_]:
    """Keep every pixel at the equator and fewer poleward, so that the sample is even in area."""
    width: int = lon_e.shape[1]
    count = np.floor((np.arange(width)[None, :] + 1) * np.cos(np.radians(lat)))
    before = np.floor(np.arange(width)[None, :] * np.cos(np.radians(lat)))
    return count > before


@kernel
def _node_quantiles(
    vectors: Vector,
    first: Plane,
    second: Plane,
    step_deg: float,
    cos_radius: float,
    least: float,
    levels: Vector,
    out: Plane,
) -> None:
    """Write the quantiles of both maps at each node to ``out``, shape (map, lat, lon, level)."""
    rows, cols = out.shape[1], out.shape[2]
    picked_first = np.empty(len(first), np.float32)
    picked_second = np.empty(len(first), np.float32)
    heights = np.ascontiguousarray(vectors[:, 2])
    for i in range(rows):
        lat = np.radians(-90.0 + i * step_deg)
        radius = np.arccos(cos_radius)
        bottom: float = np.sin(max(lat - radius, -np.pi / 2))
        top: float = np.sin(min(lat + radius, np.pi / 2))
        low, high = np.searchsorted(heights, bottom), np.searchsorted(heights, top, side="right")
        for j in range(cols):
            lon = np.radians(-180.0 + j * step_deg)
            x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
            count = 0
            for k in range(low, high):
                if x * vectors[k, 0] + y * vectors[k, 1] + z * vectors[k, 2] >= cos_radius:
                    picked_first[count] = first[k]
                    picked_second[count] = second[k]
                    count += 1
            if count < least:
                continue
            a = np.sort(picked_first[:count])
            b = np.sort(picked_second[:count])
            for m in range(len(levels)):
                place = levels[m] * (count - 1)
                below = int(place)
                share = place - below
                above = min(below + 1, count - 1)
                out[0, i, j, m] = a[below] * (1 - share) + a[above] * share
                out[1, i, j, m] = b[below] * (1 - share) + b[above] * share


def apply_tone_curves(curves: ToneCurves, values: Plane, sheet: Sheet, window: Window | None = None) -> Plane:
    """Values carried through the curves of the four nodes around each pixel, blended bilinearly.

    Parameters
    ----------
    curves : ToneCurves
        The curves.
    values : ndarray, shape (row, col), float32
        Of the map to be changed, on the sheet (or on a window of it); NaN where there is no data.
    sheet : Sheet
        The sheet.
    window : Window or None
        The part of the sheet that ``values`` shows.

    Returns
    -------
    ndarray, shape (row, col), float32
        NaN where there is no data or none of the four nodes has a curve.
    """
    lat, lon_e = pixel_lat_lon(sheet, window)
    return _apply(curves.source, curves.target, curves.step_deg, values, lat, lon_e)


@kernel
def _apply(source: Plane, target: Plane, step_deg: float, values: Plane, lat: Vector, lon_e: Vector) -> Plane:
    rows, cols = values.shape
    last, around = source.shape[0] - 1, source.shape[1]
    out = np.full(values.shape, np.nan, np.float32)
    for row in range(rows):
        for col in range(cols):
            value = values[row, col]
            if not np.isfinite(value):
                continue
            y = (lat[row, col] + 90.0) / step_deg
            x = (lon_e[row, col] + 180.0) / step_deg
            i, j = min(int(y), last - 1), int(np.floor(x))
            fy, fx = y - i, x - j
            total, weight = 0.0, 0.0
            for di in range(2):
                for dj in range(2):
                    share = (fy if di else 1 - fy) * (fx if dj else 1 - fx)
                    column = (j + dj) % around
                    if share > 0 and np.isfinite(source[i + di, column, 0]):
                        total += share * _curve(source[i + di, column], target[i + di, column], value)
                        weight += share
            if weight > 0:
                out[row, col] = total / weight
    return out


@kernel
def _curve(source: Plane, target: Plane, value: float) -> float:
    last = len(source) - 1
    if value <= source[0]:
        return target[0] + (value - source[0])
    if value >= source[last]:
        return target[last] + (value - source[last])
    k = np.searchsorted(source, value)
    width = source[k] - source[k - 1]
    if width <= 0:
        return target[k]
    return target[k - 1] + (target[k] - target[k - 1]) * (value - source[k - 1]) / width
