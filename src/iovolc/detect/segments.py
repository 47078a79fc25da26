"""Segments: connected steps in the history of places of one channel, found from the levels of all its epochs.

Retrospective; they refine events and never make one. Pixels count where three or more epochs show them.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.detect.clusters import Cluster, footprint_km2, join_pieces
from iovolc.detect.describe import Places
from iovolc.detect.levels import Level, reduced_grid, working_scale
from iovolc.detect.pieces import Piece, full_pixels
from iovolc.detect.segment import hysteresis, pixels_by_label
from iovolc.detect.steps import LEAST_EPOCHS, SHRINKAGE, Step, fit_step, step_planes, thresholds
from iovolc.detect.trend import fit_trend
from iovolc.geometry.longitudes import west_from_east
from iovolc.geometry.sphere import lat_lon
from iovolc.light.match import Frame
from iovolc.model import frames
from iovolc.model.detection import EpochInfo, Footprint, Segmented
from iovolc.model.grid import Grid, Sheet
from iovolc.model.tables import SEGMENTS

SEED_EVIDENCE: Final = 4.0
GROW_EVIDENCE: Final = 2.0
"""A segment reaches p = 1e-4 somewhere and extends as far as p = 1e-2."""
_MAIN_SHARE: Final = 0.2
_LEAST_SHOWN: Final = 0.5
_HALF: Final = 0.5
_UPPER_QUANTILE: Final = 0.9
_BAND_ROWS: Final = 64
_BAND_VALUES: Final = 2**24
"""A band has fewer rows where the history is so long that it would hold more values."""
_YEAR_S: Final = 365.25 * 86400.0

_LEAST_VARIANCE: Final = 1e-8

Plane = NDArray[np.float32]
Vector = NDArray[np.float64]
Dates = tuple[int, int]
"""Number of the first epoch at the new level, and of the first one back at the old level."""


@dataclass(frozen=True, slots=True)
class History:
    """The levels of a channel.

    Parameters
    ----------
    epochs : tuple of EpochInfo
        By stop time, then id.
    levels : tuple of Level
        Of each.
    relative : bool
        Whether they are in units of rank.
    """

    epochs: tuple[EpochInfo, ...]
    levels: tuple[Level, ...]
    relative: bool

    def base_variance(self) -> float:
        """Variance of the base's own noise: half of the quietest difference's."""
        spreads = [
            float(np.median(np.concatenate(parts).astype(np.float64)))
            for level in self.levels
            if (parts := [plane[np.isfinite(plane) & (plane > 0)] for plane in level.noise.values()])
            and sum(part.size for part in parts)
        ]
        return 0.5 * min(spreads, default=0.0) ** 2

    def planes(self, number: int, name: str, rows: slice, base: float) -> tuple[Plane, Plane] | None:
        """Values and variances of an epoch on some rows of a sheet; None where it shows nothing of it.

        A difference's noise is that of both sides; less that of the base it is the epoch's, at least half of it.
        """
        level = self.levels[number]
        if name not in level.value:
            return None
        value, noise, floor = (
            plane[name][rows].astype(np.float32) for plane in (level.value, level.noise, level.floor)
        )
        both = noise**2
        own = np.where(both > 0, np.maximum(both - np.float32(base), 0.5 * both), np.float32(base))
        variance = np.maximum(own + floor**2, np.float32(_LEAST_VARIANCE))
        return np.where(np.isfinite(variance), value, np.float32(np.nan)), variance


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of a sheet in the history of a channel; ``base`` is the variance of its base's own noise."""

    history: History
    base: float
    sheet: str
    rows: slice
    cols: int


Stepped = tuple[NDArray[Any], ...]
"""The best step at each pixel: evidence, amplitude, first, until."""
Each = Callable[[Callable[[Band], Stepped], Sequence[Band]], Sequence[Stepped]]
"""Applies a function to bands; gives the results in their order."""


def in_turn(function: Callable[[Band], Stepped], bands: Sequence[Band]) -> list[Stepped]:
    """One band after the other."""
    return [function(band) for band in bands]


def find_segments(history: History, frame: Frame, places: Places, each: Each = in_turn) -> Segmented:
    """The segments of a channel.

    Parameters
    ----------
    history : History
        Levels of the channel's epochs.
    frame, places : Frame, Places
        What all epochs of the grid share.
    each : callable
        Who works on the bands: the time of each grows faster than the history.
    """
    if len(history.epochs) < LEAST_EPOCHS:
        return Segmented(frames.empty(SEGMENTS), {})
    grid, coarse, base = frame.grid, reduced_grid(frame.grid), history.base_variance()
    stepped = _stepped(history, coarse, base, each)
    pieces = {sheet.name: _pieces(stepped[sheet.name], sheet, grid.sheet(sheet.name)) for sheet in coarse.sheets}
    least_km2 = working_scale(grid).fwhm_km ** 2
    clusters: list[Cluster] = []
    for sign, dates in sorted({key for mine in pieces.values() for key in mine}):
        held = {name: mine[sign, dates] for name, mine in pieces.items() if (sign, dates) in mine}
        joined = join_pieces(held, sign, frame.owned, grid)
        clusters += [one for one in joined if footprint_km2(one.footprint, places.area_km2) >= least_km2]
    rows: list[dict[str, object]] = []
    footprints: dict[str, Footprint] = {}
    for cluster, series in zip(clusters, _series(clusters, history, grid, coarse, base), strict=True):
        for row in _rows(cluster, series, history, grid, places):
            footprints[str(row["segment_id"])] = cluster.footprint
            rows.append(row)
    table = pd.DataFrame(rows) if rows else frames.empty(SEGMENTS)
    return Segmented(frames.conform(table.drop_duplicates("segment_id"), SEGMENTS), footprints)


def _pieces(stepped: Stepped, sheet: Sheet, full: Sheet) -> dict[tuple[int, Dates], list[Piece]]:
    """What steps on one sheet, by sign and dates."""
    evidence, amplitude, first, until = stepped
    found: dict[tuple[int, Dates], list[Piece]] = {}
    for sign in (-1, 1):
        strength = np.where(sign * amplitude > 0, evidence, np.float32(0.0)).astype(np.float32)
        for region in pixels_by_label(hysteresis(strength, SEED_EVIDENCE, GROW_EVIDENCE, sheet)):
            dates = np.stack([first.ravel()[region], until.ravel()[region]], axis=1)
            seeds = strength.ravel()[region] > SEED_EVIDENCE
            for key, mine in _by_dates(dates, seeds):
                pixels = _core(region[mine], sign * amplitude)
                at = pixels[int(np.argmax(strength.ravel()[pixels]))]
                piece = Piece(
                    sign,
                    0,
                    float(strength.ravel()[at]),
                    float(amplitude.ravel()[at]),
                    math.nan,
                    full_pixels(pixels, sheet.shape, full.shape[0] // sheet.shape[0]),
                )
                found.setdefault((sign, key), []).append(piece)
    return found


def _core(pixels: NDArray[np.int64], strength: Plane) -> NDArray[np.int64]:
    """Where the step has at least half its size: the working scale's Gaussian widens it."""
    steps = strength.ravel()[pixels]
    return pixels[steps >= _HALF * np.quantile(steps, _UPPER_QUANTILE)]


def _stepped(history: History, coarse: Grid, base: float, each: Each) -> dict[str, Stepped]:
    """The best step at each pixel, by sheet."""
    bands = [
        Band(history, base, sheet.name, slice(top, min(top + height, sheet.shape[0])), sheet.shape[1])
        for sheet in coarse.sheets
        for height in [max(1, min(_BAND_ROWS, _BAND_VALUES // (len(history.epochs) * sheet.shape[1])))]
        for top in range(0, sheet.shape[0], height)
    ]
    held: dict[str, list[Stepped]] = {}
    for band, found in zip(bands, each(step_band, bands), strict=True):
        held.setdefault(band.sheet, []).append(found)
    return {name: tuple(np.concatenate(parts) for parts in zip(*mine, strict=True)) for name, mine in held.items()}


def step_band(band: Band) -> Stepped:
    """The best step at each pixel of a band."""
    count = len(band.history.epochs)
    shape = (count, band.rows.stop - band.rows.start, band.cols)
    values, variance = np.full(shape, np.nan, np.float32), np.ones(shape, np.float32)
    for number in range(count):
        planes = band.history.planes(number, band.sheet, band.rows, band.base)
        if planes is not None:
            values[number], variance[number] = planes
    return step_planes(values, variance, *thresholds(count), SHRINKAGE)


def _by_dates(dates: NDArray[np.int16], seeds: NDArray[np.bool_]) -> list[tuple[Dates, NDArray[np.bool_]]]:
    """A region's pixels by their dates; those with dates that few of the seeds have go with the most frequent ones."""
    keys, of_seed = np.unique(dates[seeds], axis=0, return_counts=True)
    main = np.flatnonzero(of_seed >= _MAIN_SHARE * of_seed.sum())
    if main.size == 0:
        main = np.array([int(np.argmax(of_seed))])
    usual = keys[main[int(np.argmax(of_seed[main]))]]
    masks = [(dates == keys[k]).all(axis=1) for k in main]
    rest = ~np.any(masks, axis=0)
    return [
        ((int(keys[k][0]), int(keys[k][1])), mask | rest if (keys[k] == usual).all() else mask)
        for k, mask in zip(main, masks, strict=True)
    ]


def _rows(
    cluster: Cluster, series: tuple[Vector, Vector], history: History, grid: Grid, places: Places
) -> list[dict[str, object]]:
    """The rows of a cluster: one for a step, two for a transient, none if its mean history tells none."""
    values, variance = series
    known = np.flatnonzero(np.isfinite(values))
    epochs = [history.epochs[k] for k in known]
    step = fit_step(values[known], variance[known])
    if step is None or step.evidence < GROW_EVIDENCE or step.amplitude * cluster.sign <= 0:
        return []
    shared = _place(cluster, grid, places, abs(step.amplitude) / step.sigma)
    shared |= {"channel": epochs[0].channel, "p_value": 10.0**-cluster.z}
    pairs = [(step, np.arange(step.first))]
    if step.until < len(known):
        back = replace(step, amplitude=-step.amplitude, first=step.until, until=len(known))
        pairs.append((replace(back, earliest=back.first, latest=back.first), np.arange(step.first, step.until)))
    rows = [shared | _row(one, old, values[known], variance[known], epochs) for one, old in pairs]
    unit = "rank_step" if history.relative else "step"
    return [
        row | {unit: one.amplitude, "segment_id": _segment_id(row, one)}
        for row, (one, _) in zip(rows, pairs, strict=True)
    ]


def _row(
    step: Step, old: NDArray[np.intp], values: Vector, variance: Vector, epochs: Sequence[EpochInfo]
) -> dict[str, object]:
    new = np.arange(step.first, step.until)
    years = np.array([_middle_s(epoch) for epoch in epochs[step.first : step.until]]) / _YEAR_S
    trend = fit_trend(years, values[new])
    return {
        "after_utc": epochs[step.earliest - 1].start_utc,
        "before_utc": epochs[step.latest].stop_utc,
        "step_sigma": step.sigma,
        "n_before": int(old.size),
        "n_after": int(new.size),
        "later_p_value": _later_p(step, old, np.arange(step.latest + 1, step.until), values, variance),
        "trend": trend.of_change(1 if step.amplitude > 0 else -1) if trend else None,
        "trend_per_year": trend.per_year if trend else math.nan,
        "trend_p_value": trend.p_value if trend else math.nan,
    }


def _middle_s(epoch: EpochInfo) -> float:
    return 0.5 * (epoch.start_utc.timestamp() + epoch.stop_utc.timestamp())


def _later_p(step: Step, old: NDArray[np.intp], later: NDArray[np.intp], values: Vector, variance: Vector) -> float:
    """One-sided p of the step by the epochs after the one that surely shows it; nan where there is none."""
    if later.size == 0:
        return math.nan
    weight = 1.0 / variance
    w_old, w_later = weight[old].sum(), weight[later].sum()
    jump = (weight * values)[later].sum() / w_later - (weight * values)[old].sum() / w_old
    z = math.copysign(1.0, step.amplitude) * jump / (max(step.stretch, 1.0) * math.sqrt(1.0 / w_old + 1.0 / w_later))
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def _series(
    clusters: Sequence[Cluster], history: History, grid: Grid, coarse: Grid, base: float
) -> list[tuple[Vector, Vector]]:
    """Mean level over each footprint by epoch, and its variance, which a larger area does not average down.

    Epoch by epoch: each level is read once, whatever the number of footprints.
    """
    pixels = [
        {name: _coarse_pixels(mine, grid.sheet(name), coarse.sheet(name)) for name, mine in cluster.footprint.pixels}
        for cluster in clusters
    ]
    series = np.full((2, len(clusters), len(history.epochs)), np.nan)
    for number in range(len(history.epochs) if clusters else 0):
        whole = {sheet.name: history.planes(number, sheet.name, slice(None), base) for sheet in coarse.sheets}
        shown = {name: planes for name, planes in whole.items() if planes is not None}
        for k, mine in enumerate(pixels):
            seen = [(shown[name], at) for name, at in mine.items() if name in shown]
            parts = [np.stack([plane.ravel()[at] for plane in planes]) for planes, at in seen]
            held = np.concatenate([np.empty((2, 0), np.float32), *parts], axis=1).astype(np.float64)
            held = held[:, np.isfinite(held).all(axis=0)]
            if held.shape[1] >= _LEAST_SHOWN * sum(at.size for at in mine.values()):
                series[:, k, number] = held.mean(axis=1)
    return [(series[0, k], series[1, k]) for k in range(len(clusters))]


def _coarse_pixels(pixels: NDArray[np.int32], full: Sheet, sheet: Sheet) -> NDArray[np.int64]:
    factor = full.shape[0] // sheet.shape[0]
    rows, cols = np.divmod(pixels.astype(np.int64), full.shape[1])
    return np.unique(rows // factor * sheet.shape[1] + cols // factor)


def _place(cluster: Cluster, grid: Grid, places: Places, snr: float) -> dict[str, object]:
    centre = np.zeros(3)
    for name, pixels in cluster.footprint.pixels:
        km2 = places.area_km2[name][pixels].astype(np.float64)
        centre += (places.vectors(name, pixels) * km2[:, None]).sum(axis=0, dtype=np.float64)
    lat, lon_e = (float(value) for value in lat_lon(centre))
    return {
        "lat": lat,
        "lon_e": lon_e,
        "lon_w": float(west_from_east(lon_e)),
        "position_sigma_km": math.hypot(grid.pixel_km, working_scale(grid).sigma_km / max(snr, 1.0)),
        "area_km2": footprint_km2(cluster.footprint, places.area_km2),
    }


def _segment_id(row: Mapping[str, object], step: Step) -> str:
    """First 12 hex digits of the sha256 of channel, sign, place (to about 300 m) and interval."""
    place = f"{row['lat']:.2f}|{row['lon_e']:.2f}"
    text = f"{row['channel']}|{step.amplitude > 0}|{place}|{row['after_utc']}|{row['before_utc']}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
