"""All epochs of a channel in one tone, at the coarse scale at which steps in time are sought.

The base is the epoch that shows most of Io. Every other epoch is matched to it as detection matches a pair
(:func:`iovolc.light.match.difference`): resolution, gain, smooth light, reused pixels. What is left, newer less base,
is the epoch's level; the base's own is 0. The base's noise is the same in all other levels, so that it cancels in their
steps and counts for the base alone, and a match is one fit an epoch, not one a pair. Places that the base does not show
have no levels. Not for the causal search, which matches an epoch to each predecessor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.look import Look
from iovolc.detect.pyramid import Scale, reduced_sheet
from iovolc.detect.residual import Combined, gradient
from iovolc.detect.variance import residual_variance
from iovolc.geometry.lattice import sample
from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.match import Difference, Frame, by_rank, difference
from iovolc.light.partners import Law
from iovolc.model.grid import Grid, Sheet

Plane = NDArray[np.float32]
Half = NDArray[np.float16]

WORKING_KM = 40.0
_WORKING_PX = 4.0
_LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Level:
    """One epoch against the base, at the working scale, by sheet.

    Parameters
    ----------
    value : mapping of str to ndarray, shape (row, col), float16
        NaN where either shows nothing.
    noise : mapping of str to ndarray, shape (row, col), float16
        Standard deviation of the noise of both; 0 for the base itself.
    floor : mapping of str to ndarray, shape (row, col), float16
        Standard deviation of what is the epoch's own besides: registration, match of tone, light model.
    """

    value: Mapping[str, Half]
    noise: Mapping[str, Half]
    floor: Mapping[str, Half]


def working_scale(grid: Grid) -> Scale:
    """The size of the Gaussian under which levels are means: 40 km, but at least four pixels."""
    return Scale(max(WORKING_KM, _WORKING_PX * grid.pixel_km))


def reduced_grid(grid: Grid) -> Grid:
    """The grid with each sheet at the working scale's pixels."""
    scale = working_scale(grid)
    return replace(grid, sheets=tuple(reduced_sheet(sheet, scale.factor(sheet)) for sheet in grid.sheets))


def base_of(blocks: Sequence[NDArray[np.float64]], resolutions_km: Sequence[float], frame: Frame) -> int:
    """Number of the epoch that shows most of Io; of equals the sharper, then the first: a new one seldom takes over.

    Parameters
    ----------
    blocks : sequence of ndarray, shape (block,)
        Block means of the tone of each epoch, in order of time; NaN where it shows nothing.
    resolutions_km : sequence of float
        Of each.
    frame : Frame
        Where the blocks lie.
    """
    shown_km2 = [float(frame.places.area_km2[np.isfinite(means)].sum()) for means in blocks]
    return min(range(len(blocks)), key=lambda k: (-shown_km2[k], resolutions_km[k], k))


def ranked(look: Look, frame: Frame) -> Look:
    """The look with normal scores as its tone, for channels whose maps are stretched."""
    return replace(look, side=by_rank(look.side, frame))


def level_of(
    look: Look,
    base: Look,
    frame: Frame,
    *,
    sigma_model: float,
    reuse_correlation: float,
    unchanged: NDArray[np.float64] | None = None,
    law: Law | None = None,
) -> Level:
    """An epoch's level against the base; the base's own where both are one.

    Parameters
    ----------
    look, base : Look
        The epoch and the base, of one channel and unit.
    frame : Frame
        The grid's places.
    sigma_model : float
        Systematic error of the light model of a pair; each epoch bears its half of the variance.
    reuse_correlation : float
        See :func:`iovolc.light.match.difference`.
    unchanged : ndarray, shape (block,), or None
        Probability of no change per block, where several bands tell it.
    law : Law or None
        How the light model errs with the difference of geometry.
    """
    coarse, scale = reduced_grid(frame.grid), working_scale(frame.grid)
    tone = {name: _mean(plane, frame.grid.sheet(name), scale) for name, plane in look.side.tone.items()}
    if look.record.id == base.record.id:
        value = {
            name: np.where(np.isfinite(plane), np.float32(0.0), np.float32(np.nan)) for name, plane in tone.items()
        }
        noise = {name: np.zeros_like(plane) for name, plane in tone.items()}
        matched: dict[str, Plane] = dict.fromkeys(tone, np.zeros((1, 1), np.float32))
    else:
        pair = difference(
            look.side, base.side, frame, reuse_correlation=reuse_correlation, unchanged=unchanged, law=law
        )
        value = {name: _mean(plane, frame.grid.sheet(name), scale) for name, plane in pair.value.items()}
        noise = _noise(value, frame, coarse)
        matched = {name: _of_match(pair, name, value[name].shape) for name in value}
    floor = {
        name: np.sqrt(_registration(look, tone[name], coarse.sheet(name)) ** 2 + matched[name] + 0.5 * sigma_model**2)
        for name in value
    }
    return Level(_half(value), _half(noise), _half(floor))


def _mean(plane: Plane, sheet: Sheet, scale: Scale) -> Plane:
    """Mean under the scale's Gaussian at the reduced pixels; NaN where less than half of it is seen."""
    factor = scale.factor(sheet)
    known = np.isfinite(plane)
    blocks = (sheet.shape[0] // factor, factor, sheet.shape[1] // factor, factor)
    count = known.reshape(blocks).mean(axis=(1, 3), dtype=np.float32)
    total = np.where(known, plane, np.float32(0.0)).reshape(blocks).mean(axis=(1, 3), dtype=np.float32)
    weight, summed = smooth(count, sheet, scale.sigma_km), smooth(total, sheet, scale.sigma_km)
    good = (weight >= _LEAST_COVERAGE) & (count > 0)
    return np.where(good, summed / np.maximum(weight, np.float32(1e-6)), np.float32(np.nan)).astype(np.float32)


def _noise(value: Mapping[str, Plane], frame: Frame, coarse: Grid) -> dict[str, Plane]:
    """Standard deviation of the difference's noise about each place."""
    parts = {
        name: Combined(plane, np.zeros_like(plane), np.isfinite(plane).astype(np.uint8))
        for name, plane in value.items()
    }
    halves = residual_variance(parts, owned_at(frame, coarse), coarse)  # of one of the two sides
    return {name: np.sqrt(2.0 * variance) for name, variance in halves.items()}


def owned_at(frame: Frame, coarse: Grid) -> dict[str, NDArray[np.bool_]]:
    """Which pixels of the reduced sheets belong to them."""
    owned: dict[str, NDArray[np.bool_]] = {}
    for sheet in coarse.sheets:
        full = frame.owned[sheet.name]
        factor = full.shape[0] // sheet.shape[0]
        owned[sheet.name] = full[factor // 2 :: factor, factor // 2 :: factor]
    return owned


def _of_match(pair: Difference, name: str, shape: tuple[int, int]) -> Plane:
    """Variance of the match of tone and of the light model at the reduced pixels."""
    total = pair.tone_variance(name)
    light = pair.light_variance.get(name)
    total = total if light is None else total + np.nan_to_num(light)
    if total.size == 1:
        return total
    factor = total.shape[0] // shape[0]
    return total[factor // 2 :: factor, factor // 2 :: factor]


def _registration(look: Look, tone: Plane, sheet: Sheet) -> Plane:
    """What a shift by the registration sigma does to the mean tone."""
    sigma_km = sample(look.registration_sigma, *pixel_lat_lon(sheet))[..., 0].astype(np.float32)
    return sigma_km * gradient(tone, sheet)


def _half(planes: Mapping[str, Plane]) -> dict[str, Half]:
    return {name: plane.astype(np.float16) for name, plane in planes.items()}
