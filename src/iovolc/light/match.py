"""The difference of two epochs of one channel once resolution and tone are matched."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.light.blocks import BlockPlaces, block_means
from iovolc.light.calibrated import Tone, add_surface, apply_tone, fit_tone
from iovolc.light.classes import LightClass
from iovolc.light.lit import LightPair, Lit, blocks_of, light_pairs, plane_of
from iovolc.light.monotone import apply_tone_curves, fit_tone_curves
from iovolc.light.partners import Law, added_variance, shared_blocks
from iovolc.light.ranks import normal_scores
from iovolc.light.resolution import blur, fine_correlation, relative_blur
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Sheet, SheetName
from iovolc.model.observation import Quantity

Plane = NDArray[np.float32]

TONE_RADIUS_KM = 600.0
REUSE_BAND_KM = (3.0, 12.0)
REUSE_WINDOW_KM = 40.0
LEAST_BLUR_PX = 0.3
_LEAST_SEEN = 0.95
"""A duller camera saw beyond the edges of a sharper one's picture: nearer to them the two cannot be compared."""
SHARPNESS_STEP = 8
"""Sharpness is measured in windows far wider than this many pixels."""
ALL_ROWS = slice(None)


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
    lit : Lit or None
        Its light, if it is known and the tone is normalised with it (ranks: split by it).
    """

    observation_id: str
    quantity: Quantity
    is_mosaic: bool
    resolution_km: float
    tone: Mapping[str, Plane]
    blocks: NDArray[np.float64]
    lit: Lit | None = None


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
class MatchedLight:
    """How places that one pair of sources shows were matched.

    Parameters
    ----------
    pair : tuple of LightClass
        What lights the newer and the older epoch.
    offset : float
        Newer minus older in ln albedo, as fitted on what did not change; nan for ranks or where nothing is shared.
    error : float
        Standard deviation of the match of tone itself (:class:`iovolc.light.calibrated.Tone`); 0 for ranks, whose
        curves are local.
    gain : float
        Ratio of contrasts, newer over older; nan where nothing is shared.
    uneven : float
        Standard deviation over shared ground of the smooth surface that was added, in the unit of the difference.
    """

    pair: LightPair
    offset: float
    error: float
    gain: float = math.nan
    uneven: float = math.nan


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
    lights : tuple of MatchedLight
        One for each pair of sources by which the two epochs show places.
    of_light : mapping of str to ndarray, shape (row, col), uint8
        Which of ``lights`` each pixel belongs to; empty where there is but one.
    light_variance : mapping of str to ndarray, shape (row, col), float32
        What the light model may err by between the two geometries (:mod:`iovolc.light.partners`); empty where a
        geometry is not known.
    shown : mapping of str to ndarray, shape (row, col), float32
        The newer epoch in its tone, as sharp as it is compared.
    """

    value: Mapping[str, Plane]
    reused: Mapping[str, NDArray[np.bool_]]
    resolution_km: float
    sharpness: Mapping[str, tuple[Plane, Plane]] = field(default_factory=dict[str, tuple[Plane, Plane]])
    lights: tuple[MatchedLight, ...] = ()
    of_light: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict[str, NDArray[np.uint8]])
    light_variance: Mapping[str, Plane] = field(default_factory=dict[str, Plane])
    shown: Mapping[str, Plane] = field(default_factory=dict[str, Plane])

    def tone_variance(self, sheet_name: str, rows: slice = ALL_ROWS) -> Plane:
        """Variance of the match of tone, shape (row, col), or (1, 1) where it is everywhere the same."""
        errors = np.nan_to_num(np.array([light.error for light in self.lights] or [0.0], np.float64))
        variances = np.square(errors).astype(np.float32)
        return variances[self.of_light[sheet_name][rows]] if self.of_light else variances[:1, None]


def difference(
    newer: Side,
    older: Side,
    frame: Frame,
    *,
    reuse_correlation: float,
    unchanged: NDArray[np.float64] | None = None,
    law: Law | None = None,
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
    law : Law or None
        How the error of the light model grows with the difference of geometry; None leaves it out.
    """
    reused = _reused(newer, older, frame.grid, reuse_correlation)
    if "relative" in (newer.quantity, older.quantity):
        found = _by_rank(newer, older, frame)
    else:
        found = _by_tone(newer, older, frame, unchanged, law)
    kept = {
        name: np.where(reused[name], np.float32(np.nan), plane) if name in reused else plane
        for name, plane in found.value.items()
    }
    return replace(found, value=kept, reused=reused)


def by_rank(side: Side, frame: Frame) -> Side:
    """The side with normal scores as its tone: for comparison with stretched maps, in one unit for all pairs."""
    if side.quantity == "relative":
        return side
    areas = {sheet.name: pixel_area_km2(sheet) * frame.owned[sheet.name] for sheet in frame.grid.sheets}
    tone = normal_scores(side.tone, areas)
    return replace(side, quantity="relative", tone=tone, blocks=block_means(tone, frame.owned, frame.grid))


def _by_tone(
    newer: Side, older: Side, frame: Frame, unchanged: NDArray[np.float64] | None, law: Law | None
) -> Difference:
    """Difference of ln albedo; each pair of sources has a tone of its own."""
    pairs = light_pairs(newer.lit, older.lit)
    tones = [
        fit_tone(
            blocks_of(newer.blocks, newer.lit, one), blocks_of(older.blocks, older.lit, other), frame.places, unchanged
        )
        for one, other in pairs
    ]
    added = _added_variances(newer, older, pairs, tones, frame.places, law)
    coarser = max(newer.resolution_km, older.resolution_km)
    value: dict[str, Plane] = {}
    of_light: dict[str, NDArray[np.uint8]] = {}
    light_variance: dict[str, Plane] = {}
    shown: dict[str, Plane] = {}
    for name in _common(newer, older, frame.grid):
        sheet = frame.grid.sheet(name)
        first, second = (_blurred(side, name, coarser, sheet) for side in (newer, older))
        shown[name] = first
        parts = [
            plane_of(first, newer.lit, name, pair[0])
            - apply_tone(tone, plane_of(second, older.lit, name, pair[1]), sheet)
            for pair, tone in zip(pairs, tones, strict=True)
        ]
        value[name], of_light[name] = _joined(parts)
        if added:
            grown = [add_surface(more, part, sheet, gain=0.0) for more, part in zip(added, parts, strict=True)]
            light_variance[name] = _joined(grown)[0]
    lights = tuple(_matched(pair, tone) for pair, tone in zip(pairs, tones, strict=True))
    return Difference(value, {}, coarser, {}, lights, of_light if len(pairs) > 1 else {}, light_variance, shown)


def _matched(pair: LightPair, tone: Tone) -> MatchedLight:
    gain = tone.gain if math.isfinite(tone.error) else math.nan  # without common ground it is the prior's
    return MatchedLight(pair, tone.offset, tone.error, gain, tone.uneven)


def _added_variances(
    newer: Side, older: Side, pairs: Sequence[LightPair], tones: Sequence[Tone], places: BlockPlaces, law: Law | None
) -> list[Lattice]:
    """Of each pair of sources; empty where a geometry is not known."""
    ours, theirs = newer.lit, older.lit
    if law is None or ours is None or theirs is None:
        return []
    blocks = newer.blocks, older.blocks
    return [
        added_variance(ours, theirs, pair, tone, shared_blocks(ours, theirs, blocks, pair), places, law)
        for pair, tone in zip(pairs, tones, strict=True)
    ]


def _common(newer: Side, older: Side, grid: Grid) -> list[SheetName]:
    return [sheet.name for sheet in grid.sheets if sheet.name in newer.tone and sheet.name in older.tone]


def _blurred(side: Side, name: str, resolution_km: float, sheet: Sheet) -> Plane:
    """The tone of a duller camera, which adds up light, not its logarithm; NaN where it would look past the edge."""
    sigma_px = math.sqrt(max(resolution_km**2 - side.resolution_km**2, 0.0)) / FWHM_PER_SIGMA / sheet.pixel_km
    if sigma_px <= LEAST_BLUR_PX:
        return side.tone[name]
    return np.log(blur(np.exp(side.tone[name]), sheet, sigma_px, least_seen=_LEAST_SEEN))


def _joined(parts: Sequence[Plane]) -> tuple[Plane, NDArray[np.uint8]]:
    """Planes of which at most one is known at a pixel as one, and which of them each pixel is from."""
    value = parts[0]
    which = np.zeros(value.shape, np.uint8)
    for k, part in enumerate(parts[1:], start=1):
        known = np.isfinite(part)
        value = np.where(known, part, value)
        which[known] = k
    return value, which


def _by_rank(newer: Side, older: Side, frame: Frame) -> Difference:
    """Difference of ranks; each pair of sources has curves of its own."""
    sharpness: dict[str, tuple[Plane, Plane]] = {}
    first: dict[str, Plane] = {}
    second: dict[str, Plane] = {}
    for name in _common(newer, older, frame.grid):
        sheet = frame.grid.sheet(name)
        a, b = newer.tone[name], older.tone[name]
        needed = relative_blur(a, b, sheet)
        pick = (slice(None, None, SHARPNESS_STEP), slice(None, None, SHARPNESS_STEP))
        sharpness[name] = (needed.sharpness[0][pick].copy(), needed.sharpness[1][pick].copy())
        first[name], second[name] = blur(a, sheet, needed.first), blur(b, sheet, needed.second)
    pairs = light_pairs(newer.lit, older.lit)
    matched = [_rank_difference(first, second, newer.lit, older.lit, pair, frame) for pair in pairs]
    parts = [part for part, _ in matched]
    joined = {name: _joined([part[name] for part in parts]) for name in first}
    return Difference(
        {name: value for name, (value, _) in joined.items()},
        {},
        max(newer.resolution_km, older.resolution_km),
        sharpness,
        tuple(light for _, light in matched),
        {name: which for name, (_, which) in joined.items()} if len(pairs) > 1 else {},
        shown=first,
    )


def _rank_difference(
    first: Mapping[str, Plane],
    second: Mapping[str, Plane],
    newer: Lit | None,
    older: Lit | None,
    pair: LightPair,
    frame: Frame,
) -> tuple[dict[str, Plane], MatchedLight]:
    ours = {name: plane_of(plane, newer, name, pair[0]) for name, plane in first.items()}
    theirs = {name: plane_of(plane, older, name, pair[1]) for name, plane in second.items()}
    if pair != (LightClass.UNKNOWN, LightClass.UNKNOWN):
        ours, theirs = _ranked_anew(ours, theirs, frame)
    curves = fit_tone_curves(theirs, ours, frame.owned, frame.grid, radius_km=TONE_RADIUS_KM)
    part = {name: ours[name] - apply_tone_curves(curves, theirs[name], frame.grid.sheet(name)) for name in ours}
    return part, MatchedLight(pair, math.nan, 0.0, curves.gain, curves.uneven)


def _ranked_anew(
    ours: Mapping[str, Plane], theirs: Mapping[str, Plane], frame: Frame
) -> tuple[dict[str, Plane], dict[str, Plane]]:
    """Normal scores among the places that both show: ranks in a whole map bend where the rest is lit otherwise."""
    shared = {name: np.isfinite(plane) & np.isfinite(theirs[name]) for name, plane in ours.items()}
    areas = {name: pixel_area_km2(frame.grid.sheet(name)) * frame.owned[name] for name in ours}
    one, other = (
        normal_scores({name: np.where(shared[name], plane, np.float32(np.nan)) for name, plane in side.items()}, areas)
        for side in (ours, theirs)
    )
    return one, other


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
