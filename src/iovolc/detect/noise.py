"""How widely the filter's answers scatter, and how significant they are.

Not for the surrogate fields that have this noise (:mod:`iovolc.detect.null`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.broad import block_px, mean_about
from iovolc.detect.classes import PRIOR_KM2, Codes, class_ratios, number_of_codes
from iovolc.detect.matched import SURROUNDINGS, Response
from iovolc.detect.middle import middle_size
from iovolc.detect.pyramid import Scale
from iovolc.detect.residual import CLIP, CLIPPED_VARIANCE
from iovolc.geometry.compiled import kernel
from iovolc.geometry.smooth import FWHM_PER_SIGMA
from iovolc.hands import in_parts, in_rows
from iovolc.model.grid import Grid, Sheet
from iovolc.robust import MAD_TO_SIGMA

Plane = NDArray[np.float32]
Scalar = TypeVar("Scalar", bound=np.generic)

Floors = tuple[Plane | float, Plane | float]
"""Local systematic errors of an amplitude by itself and against its surroundings."""

SMOOTH_KM = 1200.0
"""Shortest wave of the errors of light and tone: tones are matched within 600 km (:mod:`iovolc.light.match`)."""
SMOOTH_SHARE_MOST = 0.25
"""At most this share of them is taken to be left against the surroundings: the filters' own scatter shows the rest."""


REGION_KM = 900.0
"""Noise is told apart in regions of this width, or of three filters."""
LEVEL_KM = 300.0
"""The level of amplitudes is told within at least this width, or twice that of the filter's surroundings: so wide that
no change of the filter's size counts for much. For filters above 150 km that is wider than light errs alike."""
REGION_SHARE = 0.3
"""What a region shows counts for this share, all of the map for the rest: real changes are part of it."""

_PRIOR_FILTERS: Final = 200.0
"""A class of so many squares of the filter's width, at least, tells its noise by half."""


class Noise(NamedTuple):
    """By how much wider the filter's answers scatter at one scale than for white noise; nan where unknown.

    Parameters
    ----------
    alone, against : float
        Of amplitudes by themselves, and against their surroundings.
    """

    alone: float
    against: float


class LocalNoise(NamedTuple):
    """The same about each pixel of a sheet, at the scale's reduced pixels; shape (row, col), float32.

    Parameters
    ----------
    alone, against : ndarray
        As of :class:`Noise`.
    level : ndarray
        Mean amplitude of the region without strong ones: what light and tone leave over large areas.
    """

    alone: Plane
    against: Plane
    level: Plane


def measured_noise(
    responses: Mapping[str, Response],
    owned: Mapping[str, NDArray[np.bool_]],
    classes: Codes,
    grid: Grid,
    scale: Scale,
) -> tuple[Noise, dict[str, LocalNoise]]:
    """The noise of all sheets, and about each pixel by sheet.

    A picture is noisier where it is smeared or ends, than all over Io; and the noise changes at once where another look
    comes in.

    Parameters
    ----------
    responses : mapping of str to Response
        The filter's answers by sheet.
    owned : mapping of str to ndarray of bool
        Pixels that belong to the sheet, full size.
    classes : mapping of str to ndarray, shape (row, col), uint16
        Noise classes of the pixels, full size (:func:`iovolc.detect.classes.noise_classes`).
    grid : Grid
        The grid.
    scale : Scale
        Size of the filter.
    """
    reduced = {name: _at_reduced(classes[name], answer.factor) for name, answer in responses.items()}
    sparse = {name: _evenly(codes, responses, name) for name, codes in reduced.items()}
    pixel_km = grid.pixel_km * _coarsest(responses)
    both = [_scattered(responses, owned, against=against) for against in (False, True)]
    noise = Noise(*(_factor(scattered) for scattered in both))
    of_class = [
        _class_noise(scattered, sparse, factor, pixel_km, scale) for scattered, factor in zip(both, noise, strict=True)
    ]
    del both  # planes fill the memory
    return noise, {
        name: LocalNoise(
            *_regional(answer, [_by_class(ratio, reduced[name]) for ratio in of_class], grid.sheet(name), scale)
        )
        for name, answer in responses.items()
    }


def _at_reduced(plane: NDArray[Scalar], factor: int) -> NDArray[Scalar]:
    return plane[factor // 2 :: factor, factor // 2 :: factor]


def _by_class(ratio: Plane, codes: NDArray[np.uint16]) -> Plane:
    if ratio.size == 1:
        return np.broadcast_to(ratio[0], codes.shape)
    out = np.empty(codes.shape, np.float32)
    in_rows(partial(_take, ratio), codes, out)
    return out


@kernel
def _take(ratio: Plane, codes: NDArray[np.uint16], out: Plane) -> None:
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            out[row, col] = ratio[codes[row, col]]


def _class_noise(scattered: Mapping[str, Plane], reduced: Codes, factor: float, pixel_km: float, scale: Scale) -> Plane:
    """Noise factor of each class, drawn to that of all of Io; that itself where nothing scatters or is known."""
    count = number_of_codes(reduced)
    if count == 1 or not factor > 0.0:
        return np.full(count, factor, np.float32)
    codes = [reduced[name] for name in scattered]
    prior = max(PRIOR_KM2, _PRIOR_FILTERS * scale.fwhm_km**2) / pixel_km**2
    return np.float32(factor) * class_ratios(tuple(scattered.values()), codes, count, prior, factor)


def _regional(answer: Response, of_class: Sequence[Plane], sheet: Sheet, scale: Scale) -> tuple[Plane, Plane, Plane]:
    """The noise by itself and against the surroundings, as the class says it and the region; and the level.

    The level is that of amplitudes that do not stand out from the noise: strong changes make none.
    """
    region_km = max(REGION_KM, 3.0 * scale.fwhm_km)
    level_km = max(LEVEL_KM, 2.0 * SURROUNDINGS * scale.fwhm_km)

    def wider(amplitude: Plane, sigma: Plane, factor: Plane) -> Plane:
        wide = np.empty(factor.shape, np.float32)
        in_rows(_widened, _mean_about(_add_clipped, amplitude, sigma, factor, sheet, region_km), factor, wide)
        return wide

    alone, against = of_class
    return (
        wider(answer.amplitude, answer.sigma, alone),
        wider(answer.against, answer.against_sigma, against),
        _mean_about(_add_amplitudes, answer.amplitude, answer.sigma, alone, sheet, level_km),
    )


def _mean_about(
    add: Callable[..., None], amplitude: Plane, sigma: Plane, factor: Plane, sheet: Sheet, fwhm_km: float
) -> Plane:
    """Mean of what a kernel adds up by blocks, about each pixel."""
    sigma_km = fwhm_km / FWHM_PER_SIGMA
    edge = block_px(sheet, amplitude.shape, sigma_km)
    shape = amplitude.shape[0] // edge, amplitude.shape[1] // edge
    sums, counts = (np.zeros(shape, np.float32) for _ in range(2))

    def some(first: int, end: int) -> None:
        rows = slice(first * edge, end * edge)
        add(amplitude[rows], sigma[rows], factor[rows], edge, sums[first:end], counts[first:end])

    in_parts(some, shape[0], amplitude.size)
    return mean_about(sums, counts, amplitude.shape, sheet, sigma_km)


@kernel
def _add_amplitudes(amplitude: Plane, sigma: Plane, factor: Plane, edge: int, sums: Plane, counts: Plane) -> None:
    """Add up by blocks the amplitudes that do not stand out from sigma, widened, and the pixels with one."""
    for row in range(amplitude.shape[0]):
        block = row // edge
        for col in range(sums.shape[1]):
            for k in range(col * edge, (col + 1) * edge):
                bound = np.float32(CLIP) * sigma[row, k] * factor[row, k]
                if sigma[row, k] < np.inf and abs(amplitude[row, k]) <= bound:
                    counts[block, col] += np.float32(1.0)
                    sums[block, col] += amplitude[row, k]


@kernel
def _add_clipped(amplitude: Plane, sigma: Plane, factor: Plane, edge: int, sums: Plane, counts: Plane) -> None:
    """Add up by blocks the clipped squares of amplitudes in units of sigma, widened, and the pixels with any sigma."""
    for row in range(amplitude.shape[0]):
        block = row // edge
        for col in range(sums.shape[1]):
            for k in range(col * edge, (col + 1) * edge):
                if sigma[row, k] < np.inf:
                    counts[block, col] += np.float32(1.0)
                    if factor[row, k] > 0.0:  # otherwise nothing scatters
                        ratio = amplitude[row, k] / (sigma[row, k] * factor[row, k])
                        sums[block, col] += min(ratio * ratio, np.float32(CLIP * CLIP))


@kernel
def _widened(mean: Plane, factor: Plane, out: Plane) -> None:
    """How much wider than white the noise is, from the mean of the clipped squares around."""
    common = np.float32(1.0 - REGION_SHARE)
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            here = mean[row, col] / np.float32(CLIPPED_VARIANCE)
            out[row, col] = factor[row, col] * np.sqrt(np.float32(REGION_SHARE) * here + common)


class Systematic(Protocol):
    """Systematic errors of amplitudes of any size."""

    @property
    def sigma_floor(self) -> float:
        """By themselves; light errs smoothly, so that little of it is left against the surroundings."""
        ...

    @property
    def local(self) -> bool:
        """Whether amplitudes are told against their surroundings, too."""
        ...


def smooth_share(scale: Scale) -> float:
    """Share of a smooth error that an amplitude keeps against its surroundings: what its curvature makes of it."""
    wave = 2.0 * math.pi * scale.sigma_km / SMOOTH_KM
    return min(SMOOTH_SHARE_MOST, 0.5 * (SURROUNDINGS**2 - 1.0) * wave**2)


def total_errors(
    answer: Response, noise: Noise | LocalNoise, systematic: Systematic, floors: Floors, scale: Scale
) -> tuple[Plane, Plane]:
    """Standard deviation of the amplitude by itself and against its surroundings, at the reduced pixels.

    The latter is inf where amplitudes are not told against their surroundings.
    """
    floor2 = systematic.sigma_floor**2
    alone = _total(answer.sigma, noise.alone, floor2, floors[0])
    if not systematic.local:
        return alone, np.full_like(alone, np.inf)
    return alone, _total(answer.against_sigma, noise.against, smooth_share(scale) ** 2 * floor2, floors[1])


def _total(sigma: Plane, noise: Plane | float, constant: float, floor: Plane | float) -> Plane:
    noise, floor = (np.broadcast_to(np.asarray(part, np.float32), sigma.shape) for part in (noise, floor))
    out = np.empty_like(sigma)
    in_rows(partial(_sum_of_errors, np.float32(constant)), sigma, noise, floor, out)
    return out


@kernel
def _sum_of_errors(constant: np.float32, sigma: Plane, noise: Plane, floor: Plane, out: Plane) -> None:
    """White noise, made wider, with two systematic errors: the variance of one, and the other by pixel."""
    for row in range(sigma.shape[0]):
        for col in range(sigma.shape[1]):
            wider = noise[row, col] * sigma[row, col]
            out[row, col] = math.sqrt(wider * wider + constant + floor[row, col] * floor[row, col])


def noise_factor(
    responses: Mapping[str, Response], owned: Mapping[str, NDArray[np.bool_]], *, against: bool = False
) -> float:
    """How much wider the filter's answers scatter than for white noise: 1.4826 MAD about zero, over all sheets.

    Parameters
    ----------
    responses : mapping of str to Response
        By sheet.
    owned : mapping of str to ndarray of bool
        Pixels that belong to the sheet, full size.
    against : bool
        Whether of the amplitudes against the surroundings.

    Returns
    -------
    float
        1 for white noise of the stated variance; nan where nothing is covered.
    """
    return _factor(_scattered(responses, owned, against=against))


def _scattered(
    responses: Mapping[str, Response], owned: Mapping[str, NDArray[np.bool_]], *, against: bool
) -> dict[str, Plane]:
    """Sizes of the sheets' own amplitudes in units of sigma, as far apart on all of them; NaN for others."""
    return {
        name: _evenly(_scatter(*answer.told_by(against=against), owned[name], answer.factor), responses, name)
        for name, answer in responses.items()
    }


def _coarsest(responses: Mapping[str, Response]) -> int:
    """Of the sheets' reductions."""
    return max((answer.factor for answer in responses.values()), default=1)


def _evenly(plane: NDArray[Scalar], responses: Mapping[str, Response], name: str) -> NDArray[Scalar]:
    """The pixels of a sheet's reduced plane that lie as far apart as those of the coarsest sheet."""
    return np.ascontiguousarray(_at_reduced(plane, _coarsest(responses) // responses[name].factor))


def _factor(scattered: Mapping[str, Plane]) -> float:
    return MAD_TO_SIGMA * middle_size(tuple(scattered.values()))


def _scatter(amplitude: Plane, sigma: Plane, owned: NDArray[np.bool_], step: int) -> Plane:
    """Sizes of a sheet's own amplitudes in units of sigma; NaN for others."""
    found = np.empty_like(amplitude)

    def some(first: int, end: int) -> None:
        rows = slice(first, end)
        _scatter_of(amplitude[rows], sigma[rows], owned[first * step : end * step], step, found[rows])

    in_parts(some, found.shape[0], found.size)
    return found


@kernel
def _scatter_of(amplitude: Plane, sigma: Plane, owned: NDArray[np.bool_], step: int, found: Plane) -> None:
    below, above = step // 2, (step - 1) // 2  # the two middle rows, so that north and south are equals
    for row in range(amplitude.shape[0]):
        lower, upper = owned[row * step + below], owned[row * step + above]
        for col in range(amplitude.shape[1]):
            if sigma[row, col] < np.inf and lower[col * step + below] and upper[col * step + below]:
                found[row, col] = abs(amplitude[row, col] / sigma[row, col])
            else:
                found[row, col] = np.nan


def significance(
    answer: Response, noise: LocalNoise, systematic: Systematic, floors: Floors, scale: Scale
) -> tuple[Plane, Plane]:
    """Total sigma and significance of the clearer of two: by itself, and against the surroundings."""
    alone, local = total_errors(answer, noise, systematic, floors, scale)
    z = np.empty_like(alone)
    in_rows(_clearer, answer.amplitude, answer.told(noise.level), answer.sigma, local, alone, z)
    return alone, z


@kernel
def _clearer(amplitude: Plane, told: Plane, white: Plane, local: Plane, sigma: Plane, z: Plane) -> None:
    """The significance of the clearer one at each pixel, 0 where not covered; its error takes that of the amplitude."""
    for row in range(z.shape[0]):
        for col in range(z.shape[1]):
            z[row, col] = 0.0
            if np.isfinite(white[row, col]):
                z[row, col] = amplitude[row, col] / sigma[row, col]
                against = np.float32(told[row, col] / local[row, col])
                if abs(against) > abs(z[row, col]):
                    sigma[row, col], z[row, col] = local[row, col], against
