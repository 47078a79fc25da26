"""The difference of two epochs of one channel once resolution and tone are matched."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.light.blocks import BlockPlaces, block_means
from iovolc.light.calibrated import apply_tone, fit_tone
from iovolc.light.monotone import apply_tone_curves, fit_tone_curves
from iovolc.light.ranks import normal_scores
from iovolc.light.resolution import blur, fine_correlation, relative_blur
from iovolc.model.grid import Grid
from iovolc.model.observation import Quantity

Plane = NDArray[np.float32]

TONE_RADIUS_KM = 600.0
REUSE_BAND_KM = (3.0, 12.0)
REUSE_WINDOW_KM = 40.0
LEAST_BLUR_PX = 0.3
SHARPNESS_STEP = 8
"""Sharpness is measured in windows far wider than this many pixels."""


@dataclass(frozen=True, slots=True)
class Side:
    """An epoch as detection reads it.

    Parameters
    ----------
    observation_id : str
        Its id.
    quantity : str
        ``relative`` epochs hold normal scores, others ln albedo.
    is_mosaic : bool
        Whether it may hold pixels of an older map.
    resolution_km : float
        Effective resolution (FWHM).
    tone : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where unusable.
    blocks : ndarray, shape (block,)
        Block means of ``tone``.
    """

    observation_id: str
    quantity: Quantity
    is_mosaic: bool
    resolution_km: float
    tone: Mapping[str, Plane]
    blocks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """The places that all epochs of a grid share, computed once.

    Parameters
    ----------
    grid : Grid
        The grid.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    places : BlockPlaces
        Where the blocks lie.
    """

    grid: Grid
    owned: Mapping[str, NDArray[np.bool_]]
    places: BlockPlaces


@dataclass(frozen=True, slots=True)
class Difference:
    """Newer minus older at a common resolution and tone.

    Parameters
    ----------
    value : mapping of str to ndarray, shape (row, col), float32
        By sheet; NaN where either has no data or the place was not observed anew.
    reused : mapping of str to ndarray, shape (row, col), bool
        Places where the newer mosaic took over the older one's pixels.
    resolution_km : float
        The coarser of the two resolutions.
    sharpness : mapping of str to tuple of ndarray, float32
        How sharp the newer and the older map are (:class:`iovolc.light.resolution.RelativeBlur`), at every
        ``SHARPNESS_STEP``-th row and column; empty where resolution is stated rather than measured.
    normalisation_sigma : float
        Standard deviation of the match of tone itself (:class:`iovolc.light.calibrated.Tone`); 0 for ranks, whose
        curves are local.
    """

    value: Mapping[str, Plane]
    reused: Mapping[str, NDArray[np.bool_]]
    resolution_km: float
    sharpness: Mapping[str, tuple[Plane, Plane]] = field(default_factory=dict[str, tuple[Plane, Plane]])
    normalisation_sigma: float = 0.0


def difference(
    newer: Side, older: Side, frame: Frame, *, reuse_correlation: float, unchanged: NDArray[np.float64] | None = None
) -> Difference:
    """Compare an epoch with one predecessor of its channel.

    Parameters
    ----------
    newer, older : Side
        The two epochs; if either is ``relative`` the older is matched to the newer by rank. The difference is in
        the newer one's unit (:func:`by_rank`).
    frame : Frame
        The grid's places.
    reuse_correlation : float
        Fine-scale correlation of two mosaics above which the newer one reused the older one's pixels.
    unchanged : ndarray, shape (block,), or None
        Probability of no change per block, where several bands tell it.
    """
    reused = _reused(newer, older, frame.grid, reuse_correlation)
    if "relative" in (newer.quantity, older.quantity):
        value, sharpness = _by_rank(newer, older, frame)
        error = 0.0
    else:
        value, error = _by_tone(newer, older, frame, unchanged)
        sharpness = {}
    kept = {
        name: np.where(reused[name], np.float32(np.nan), plane) if name in reused else plane
        for name, plane in value.items()
    }
    return Difference(kept, reused, max(newer.resolution_km, older.resolution_km), sharpness, error)


def by_rank(side: Side, frame: Frame) -> Side:
    """The side with normal scores as its tone: for comparison with stretched maps, in one unit for all pairs."""
    if side.quantity == "relative":
        return side
    areas = {sheet.name: pixel_area_km2(sheet) * frame.owned[sheet.name] for sheet in frame.grid.sheets}
    tone = normal_scores(side.tone, areas)
    return replace(side, quantity="relative", tone=tone, blocks=block_means(tone, frame.owned, frame.grid))


def _by_tone(
    newer: Side, older: Side, frame: Frame, unchanged: NDArray[np.float64] | None
) -> tuple[dict[str, Plane], float]:
    """Difference of ln albedo by sheet, and the standard deviation of the match of tone."""
    tone = fit_tone(newer.blocks, older.blocks, frame.places, unchanged)
    coarser = max(newer.resolution_km, older.resolution_km)
    out: dict[str, Plane] = {}
    for sheet in frame.grid.sheets:
        if sheet.name not in newer.tone or sheet.name not in older.tone:
            continue
        planes: list[Plane] = []
        for side in (newer, older):
            sigma_px = math.sqrt(max(coarser**2 - side.resolution_km**2, 0.0)) / FWHM_PER_SIGMA / sheet.pixel_km
            plane = side.tone[sheet.name]
            planes.append(blur(plane, sheet, sigma_px) if sigma_px > LEAST_BLUR_PX else plane)
        out[sheet.name] = planes[0] - apply_tone(tone, planes[1], sheet)
    return out, tone.error


def _by_rank(newer: Side, older: Side, frame: Frame) -> tuple[dict[str, Plane], dict[str, tuple[Plane, Plane]]]:
    sharpness: dict[str, tuple[Plane, Plane]] = {}
    first: dict[str, Plane] = {}
    second: dict[str, Plane] = {}
    for sheet in frame.grid.sheets:
        if sheet.name not in newer.tone or sheet.name not in older.tone:
            continue
        a, b = newer.tone[sheet.name], older.tone[sheet.name]
        needed = relative_blur(a, b, sheet)
        pick = (slice(None, None, SHARPNESS_STEP), slice(None, None, SHARPNESS_STEP))
        sharpness[sheet.name] = (needed.sharpness[0][pick].copy(), needed.sharpness[1][pick].copy())
        first[sheet.name], second[sheet.name] = blur(a, sheet, needed.first), blur(b, sheet, needed.second)
    curves = fit_tone_curves(second, first, frame.owned, frame.grid, radius_km=TONE_RADIUS_KM)
    value = {name: first[name] - apply_tone_curves(curves, second[name], frame.grid.sheet(name)) for name in first}
    return value, sharpness


def _reused(newer: Side, older: Side, grid: Grid, least: float) -> dict[str, NDArray[np.bool_]]:
    if not (newer.is_mosaic and older.is_mosaic):
        return {}
    low_km, high_km = (
        max(sigma, 0.5 * grid.pixel_km * factor) for sigma, factor in zip(REUSE_BAND_KM, (1, 4), strict=True)
    )
    correlation = fine_correlation(
        newer.tone, older.tone, grid, low_km=low_km, high_km=high_km, window_km=REUSE_WINDOW_KM
    )
    return {name: plane > least for name, plane in correlation.items()}
