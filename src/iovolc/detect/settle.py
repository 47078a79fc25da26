"""Two maps settled onto each other: what matching has left of displacement and contrast is taken out of a difference.

Registration fits tiles; what varies from tile to tile stays, and makes every slope of the ground a difference. Where it
is smooth, the slopes around a place tell it. The ratio of contrasts is matched together with smooth light, which looks
like albedo on large scales; detail tells it better. Not for how far maps are displaced after that
(:mod:`iovolc.detect.displaced`), nor for whether one change is a mere shift (:mod:`iovolc.detect.shift`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.look import Look
from iovolc.detect.pyramid import Scale, expand, reduce_weighted, reduced_sheet
from iovolc.detect.residual import CLIP, slopes
from iovolc.detect.variance import spread as spread_of
from iovolc.geometry.compiled import kernel
from iovolc.geometry.lattice import sample
from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.hands import in_parts, in_rows
from iovolc.light.match import Difference
from iovolc.model.grid import Grid, Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]

WINDOW_KM: Final = 300.0
_WINDOW_PX: Final = 8.0
"""Displacement is told from slopes under a Gaussian of this width: wider than most of what changes, and many pixels."""
_DETAIL: Final = Scale(60.0)
"""Contrast is told from detail between this width and the window's: finer is noise, coarser may be light."""
_LEAST_SIGMA_KM: Final = 1e-3
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Settled:
    """A difference of two maps that lie on each other.

    Parameters
    ----------
    pair : Difference
        Less what another contrast and a smooth displacement make.
    left_km2 : mapping of str to ndarray, shape (row, col), float32
        Variance of the displacement that is left, along each axis, by sheet, at reduced pixels; NaN where
        the maps share nothing.
    """

    pair: Difference
    left_km2: Mapping[str, Plane]


def settled(pair: Difference, newer: Look, older: Look, owned: Mapping[str, NDArray[np.bool_]], grid: Grid) -> Settled:
    """The difference less what another contrast and a smooth displacement of one map make of what both show.

    Parameters
    ----------
    pair : Difference
        Of the two looks.
    newer, older : Look
        They say how well they are registered.
    owned : mapping of str to ndarray, shape (row, col), bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.

    Notes
    -----
    The contrast is one number: the regression of the detail of all differences on that of both maps' mean.

    About each place the displacement u is the mean of its posterior: the prior is a Gaussian of the stated registration
    sigma of both maps, the likelihood that of ``d = c + u . slope`` with the robust scatter of all differences, of
    which as many count for one as err together. Its posterior variance, and what varies within a window, are left.

    What a displacement leaves of a difference counts for at most three sigma (Huber's weights, in three rounds; steep
    edges would else count for too little), and slopes are those that both maps share, so that a change moves little;
    its brightness is even about its middle, where slopes are odd.
    """
    spread = spread_of(pair.value, owned)
    if not spread > 0.0:
        return Settled(pair, {})
    ground = {name: (pair.shown[name] - 0.5 * value).astype(np.float32) for name, value in pair.value.items()}
    level = {name: _mean(plane, _window(grid.sheet(name)), grid.sheet(name)) for name, plane in ground.items()}
    excess = _contrast(pair.value, ground, level, spread, owned, grid)
    even = {
        name: (value - excess * (ground[name] - level[name])).astype(np.float32) for name, value in pair.value.items()
    }
    datum = _datum(pair.value, spread, max(1.0, pair.resolution_km / grid.pixel_km), owned)
    placed = {
        name: _in_place(value, ground[name], spread, datum, (newer, older), grid.sheet(name))
        for name, value in even.items()
    }
    settled_value = {name: value for name, (value, _) in placed.items()}
    return Settled(replace(pair, value=settled_value), {name: left for name, (_, left) in placed.items()})


def mean_left_km2(settles: Sequence[Settled], sheet: Sheet) -> Plane:
    """Variance of the displacement that is left against the older maps that show a place, at each pixel of a sheet."""
    held = [one.left_km2[sheet.name] for one in settles if sheet.name in one.left_km2]
    if not held:
        return np.zeros(sheet.shape, np.float32)
    shown = np.sum([np.isfinite(left) for left in held], axis=0)
    mean = np.nansum(held, axis=0) / np.maximum(shown, 1)
    return expand(mean.astype(np.float32), sheet.shape[0] // mean.shape[0])


def _window(sheet: Sheet) -> Scale:
    return Scale(max(WINDOW_KM, _WINDOW_PX * sheet.pixel_km))


def _contrast(
    values: Mapping[str, Plane],
    ground: Mapping[str, Plane],
    level: Mapping[str, Plane],
    spread: float,
    owned: Mapping[str, NDArray[np.bool_]],
    grid: Grid,
) -> float:
    """By how much the newer map's contrast is larger, as a share."""
    shared, power = 0.0, 0.0
    for name, value in values.items():
        own, sheet = owned[name] & np.isfinite(value), grid.sheet(name)
        clipped = np.clip(value, -CLIP * spread, CLIP * spread)
        shown, different = (
            (_mean(plane, _DETAIL, sheet) - wide)[own].astype(np.float64)
            for plane, wide in ((ground[name], level[name]), (clipped, _mean(clipped, _window(sheet), sheet)))
        )
        shared += float(shown @ different)
        power += float(shown @ shown)
    return shared / power if power > 0.0 else 0.0


def _mean(plane: Plane, scale: Scale, sheet: Sheet) -> Plane:
    """Mean of what is known under a Gaussian, at each pixel."""
    factor = scale.factor(sheet)
    known = np.isfinite(plane)
    sums, weights, _ = reduce_weighted(np.where(known, plane, np.float32(0.0)), known.astype(np.float32), factor)
    total, weight = smooth(sums, sheet, scale.sigma_km), smooth(weights, sheet, scale.sigma_km)
    return expand(total / np.maximum(weight, np.float32(1e-6)), factor)


def _datum(
    values: Mapping[str, Plane], spread: float, resolution_px: float, owned: Mapping[str, NDArray[np.bool_]]
) -> float:
    """Variance of pixels as if they were independent, as blocks scatter: from one pixel's to a resolution element's.

    What blurs a map correlates its noise; that of a duller camera's own pixels stays as it is.
    """
    factor = 2 ** math.ceil(math.log2(resolution_px))
    steps = [np.empty(0, np.float32)]
    for name, value in values.items():
        own = owned[name] & np.isfinite(value)
        sums, counts, _ = reduce_weighted(np.where(own, value, np.float32(0.0)), own.astype(np.float32), factor)
        means = np.where(counts == factor**2, sums / np.float32(factor**2), np.float32(np.nan))
        between = np.abs(np.diff(means, axis=1))
        steps.append(between[np.isfinite(between)])
    sizes = np.concatenate(steps)
    most = resolution_px * spread
    scatter = factor * MAD_TO_SIGMA * float(np.median(sizes)) / math.sqrt(2.0) if sizes.size else most
    return min(max(scatter, spread), most) ** 2


def _in_place(
    value: Plane, ground: Plane, spread: float, datum: float, looks: tuple[Look, Look], sheet: Sheet
) -> tuple[Plane, Plane]:
    across, along = _shared_slopes(ground, value, sheet)
    window = _window(sheet)
    factor = window.factor(sheet)
    # Sums over a block stand for all pixels under the window.
    unit = np.float32(datum / (4.0 * math.pi * (window.sigma_km / (sheet.pixel_km * factor)) ** 2))
    prior = (unit / _stated2(looks, sheet, factor)).astype(np.float32)
    bound = np.float32(CLIP * spread)
    found = _found(value, value, (across, along), prior, bound, sheet)
    for _ in range(_ROUNDS - 1):
        found = _found(value, found.left, (across, along), prior, bound, sheet)
    shown = smooth(np.ones_like(prior), sheet, window.sigma_km)
    left_km2 = unit * found.doubt + _hidden2(found.displacement, shown, sheet, window)
    left_km2 = left_km2 + _aside2(found.displacement, found.told, shown, sheet, window)
    return found.left, np.where(found.shown, left_km2, np.float32(np.nan))


@dataclass(frozen=True, slots=True)
class _Found:
    """A displacement at reduced pixels, and what it leaves of a difference.

    Parameters
    ----------
    left : ndarray, shape (row, col), float32
        The difference less what the displacement makes, at the sheet's pixels.
    displacement : tuple of ndarray, float32
        Along columns and rows, in kilometres.
    doubt, told : ndarray, float32
        Variance along either, in units of a datum's, and how much the slopes tell about each place.
    shown : ndarray of bool
        Where there are pixels.
    """

    left: Plane
    displacement: tuple[Plane, Plane]
    doubt: Plane
    told: Plane
    shown: NDArray[np.bool_]


def _found(
    value: Plane, left: Plane, ground: tuple[Plane, Plane], prior: Plane, bound: np.float32, sheet: Sheet
) -> _Found:
    """The displacement that a difference tells of which so much was left before; only that is held within bounds."""
    factor = sheet.shape[0] // prior.shape[0]
    across, along = ground
    sums = _moments(value, left, across, along, bound, factor)
    means = [smooth(part, sheet, _window(sheet).sigma_km) for part in sums]
    east, south, doubt = _displacement(means, prior)
    left = _taken_out(value, across, along, expand(east, factor), expand(south, factor))
    return _Found(left, (east, south), doubt, (means[4] + means[6]).astype(np.float32), sums[0] > 0)


def _hidden2(displacement: tuple[Plane, Plane], shown: Plane, sheet: Sheet, window: Scale) -> Plane:
    """What a window hides of how a displacement varies, as variance along an axis: what it would hide of this."""
    hidden = [axis - smooth(axis, sheet, window.sigma_km) / shown for axis in displacement]
    return (smooth(np.mean(np.square(hidden), axis=0), sheet, window.sigma_km) / shown).astype(np.float32)


def _aside2(displacement: tuple[Plane, Plane], told: Plane, shown: Plane, sheet: Sheet, window: Scale) -> Plane:
    """What a displacement that is told by one side alone errs by elsewhere, as variance along an axis.

    Beside a map's edge, or a field of contrast, the window's weight lies aside: by its variance times the slope of the
    logarithm of what it holds. So far away the displacement is another one by its own slopes.
    """
    coarse = reduced_sheet(sheet, sheet.shape[0] // told.shape[0])
    off2 = _steepness2(np.log(np.maximum(told, np.float32(1e-20))), coarse)
    far2 = np.minimum(off2 * window.sigma_km**4, (2.0 * window.sigma_km) ** 2)
    steep2 = 0.5 * (_steepness2(displacement[0], coarse) + _steepness2(displacement[1], coarse))
    return (0.5 * far2 * smooth(steep2, sheet, window.sigma_km) / shown).astype(np.float32)


def _steepness2(plane: Plane, sheet: Sheet) -> Plane:
    across, along = slopes(plane, sheet)
    return across**2 + along**2


def _displacement(sums: Sequence[Plane], prior: Plane) -> tuple[Plane, Plane, Plane]:
    """Posterior mean along columns and rows, and variance along either, from the sums of :func:`_moments`.

    The prior's precision and the variance are in units of a datum's.
    """
    n, a, b, d, aa, ab, bb, ad, bd = sums
    n = np.maximum(n, np.float32(1e-6))
    aa, ab, bb, ad, bd = aa - a * a / n, ab - a * b / n, bb - b * b / n, ad - a * d / n, bd - b * d / n
    aa, bb = aa + prior, bb + prior
    whole = aa * bb - ab * ab
    east, south, variance = (bb * ad - ab * bd) / whole, (aa * bd - ab * ad) / whole, 0.5 * (aa + bb) / whole
    return east.astype(np.float32), south.astype(np.float32), variance.astype(np.float32)


def _shared_slopes(ground: Plane, value: Plane, sheet: Sheet) -> tuple[Plane, Plane]:
    """Of each slope of the two maps the lesser, 0 where they lean opposite ways: a change has edges in one only."""
    newer, older = (slopes((ground + half * value).astype(np.float32), sheet) for half in (0.5, -0.5))
    for one, other in zip(newer, older, strict=True):
        in_rows(_lesser, other, one)
    return newer


@kernel
def _lesser(other: Plane, slope: Plane) -> None:
    """Put into a slope the lesser of two, 0 where they lean opposite ways."""
    for row in range(slope.shape[0]):
        for col in range(slope.shape[1]):
            one, two = slope[row, col], other[row, col]
            if not one * two > 0:
                slope[row, col] = 0.0
            elif not abs(one) < abs(two):
                slope[row, col] = two


def _stated2(looks: tuple[Look, Look], sheet: Sheet, factor: int) -> NDArray[np.float64]:
    """Square of the registration sigma of both looks, in square kilometres, in the middle of each block."""
    lat, lon_e = pixel_lat_lon(reduced_sheet(sheet, factor))
    both = sum(sample(look.registration_sigma, lat, lon_e)[..., 0] ** 2 for look in looks)
    return np.maximum(both, _LEAST_SIGMA_KM**2)


def _moments(
    value: Plane, left: Plane, across: Plane, along: Plane, bound: np.float32, factor: int
) -> NDArray[np.float32]:
    """Sums over blocks, shape (9, row, col): of pixels, both slopes and the difference, and of their products.

    A difference counts as what is taken out of it and as much of the rest as is within bounds.
    """
    sums = np.zeros((9, value.shape[0] // factor, value.shape[1] // factor), np.float32)

    def some(first: int, end: int) -> None:
        _add_moments(value, left, across, along, bound, factor, first, end, sums)

    in_parts(some, sums.shape[1], value.size)
    return sums


@kernel
def _add_moments(
    value: Plane, left: Plane, across: Plane, along: Plane, bound: np.float32, factor: int, begin: int, end: int,
    sums: NDArray[np.float32],
) -> None:  # fmt: skip
    cols = sums.shape[2]
    for row in range(begin * factor, end * factor):
        for col in range(cols * factor):
            d = value[row, col]
            if np.isfinite(d):
                rest = left[row, col]
                d += min(max(rest, -bound), bound) - rest
                a, b = across[row, col], along[row, col]
                own = sums[:, row // factor, col // factor]
                own[0] += 1.0
                own[1] += a
                own[2] += b
                own[3] += d
                own[4] += a * a
                own[5] += a * b
                own[6] += b * b
                own[7] += a * d
                own[8] += b * d


def _taken_out(value: Plane, across: Plane, along: Plane, east: Plane, south: Plane) -> Plane:
    out = np.empty_like(value)
    in_rows(_take_out, value, across, along, east, south, out)
    return out


@kernel
def _take_out(value: Plane, across: Plane, along: Plane, east: Plane, south: Plane, out: Plane) -> None:
    for row in range(value.shape[0]):
        for col in range(value.shape[1]):
            out[row, col] = value[row, col] - east[row, col] * across[row, col] - south[row, col] * along[row, col]
