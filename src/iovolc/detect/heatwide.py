"""Whether a bright source is a point, a pair of points, or wider than a point: then a disc or a ring.

Not for faint sources, whose width cannot be told.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc.detect.heatfit import Fitted, fit_sources, groups, model
from iovolc.detect.heatframe import SIGMA_OF_FWHM
from iovolc.detect.heatshape import fit_shape

Values = NDArray[np.float64]

SHARP_SNR: Final = 20.0
"""From here the width of a source is fitted."""
EXTENDED_RATIO: Final = 1.25
EXTENDED_SIGMAS: Final = 3.0
ALONE_PSF: Final = 1.5
JOINED_SIGMAS: Final = 3.0
"""Sources are joined by light that stands out as much between them."""
LEAST_PARTS: Final = 3
"""The SNR of so many peaks side by side adds up: they are more likely parts of one source than two are."""
MAX_ACROSS_PSF: Final = 6.0
"""Farther apart they are sources of their own."""
RING_COST: Final = 6.0
"""So much better (twenty to one) a ring must fit than a disc: small ones look alike."""
_PAIR_STEP: Final = 0.6
_COMPARED_PSF: Final = 1.25
_AREA: Final = 0.25 * math.pi
_TINY: Final = 1e-300


def widened(residual: Values, sources: Sequence[Fitted], snrs: Sequence[float], noise: Values, psf_px: float) -> (
    tuple[list[Fitted], list[float]]
):  # fmt: skip
    """The sources, those wider than a point replaced by a Gaussian, disc, ring or two points, whichever leaves least.

    Parameters
    ----------
    residual : ndarray, shape (row, col)
        The image without its background; NaN where it is not used.
    sources : sequence of Fitted
        Points.
    snrs : sequence of float
        Of the matched filter.
    noise : ndarray, shape (row, col)
        Noise per pixel.
    psf_px : float
        FWHM of a point.

    Returns
    -------
    sources, snrs : list
        What was replaced shares the SNR by flux.
    """
    out: list[tuple[Fitted, float]] = []
    for group in _groups(residual, sources, noise, psf_px):
        points = [sources[number] for number in group]
        together = math.hypot(*(snrs[number] for number in group))
        best = points
        if together >= SHARP_SNR or (len(group) >= LEAST_PARTS and sum(snrs[n] for n in group) >= SHARP_SNR):
            others = [one for number, one in enumerate(sources) if number not in group]
            best = _likeliest(residual - model(residual.shape, others), points, noise, psf_px)
        if best is points:
            out += [(sources[number], snrs[number]) for number in group]
        else:
            total = sum(one.flux for one in best)
            out += [(one, together * one.flux / total) for one in best]
    return [one for one, _ in out], [snr for _, snr in out]


def _groups(residual: Values, sources: Sequence[Fitted], noise: Values, psf_px: float) -> list[list[int]]:
    """Numbers of sources that may be parts of one: near each other, or joined by light, and not too far across."""
    sigma = psf_px * SIGMA_OF_FWHM
    smooth = ndimage.gaussian_filter(np.nan_to_num(residual), sigma) * (2.0 * math.sqrt(math.pi) * sigma)
    with np.errstate(invalid="ignore"):
        regions, _ = ndimage.label(smooth >= JOINED_SIGMAS * noise, np.ones((3, 3)))
    places = [(one.row, one.col) for one in sources]
    near = groups(places, ALONE_PSF * psf_px)
    joined: dict[int, list[int]] = {}
    for number, (row, col) in enumerate(places):
        joined.setdefault(int(regions[_pixel(row, col, regions.shape)]), []).append(number)
    whole = [part for region, part in joined.items() if region > 0 and len(part) > 1]
    whole = [part for part in whole if _across([places[number] for number in part]) <= MAX_ACROSS_PSF * psf_px]
    taken = {number for part in whole for number in part}
    return [*whole, *(rest for group in near if (rest := [number for number in group if number not in taken]))]


def _across(places: Sequence[tuple[float, float]]) -> float:
    return max(math.hypot(a[0] - b[0], a[1] - b[1]) for a in places for b in places)


def _likeliest(residual: Values, points: list[Fitted], noise: Values, psf_px: float) -> list[Fitted]:
    """The points, a wide Gaussian, a disc, a ring, or of a single one two points: the least by Schwarz's criterion."""
    usable = np.isfinite(residual)
    middle = _as_one(points, psf_px)
    wide = fit_sources(residual, usable, [(middle.row, middle.col, middle.flux)], psf_px, free=True)[0]
    hollow = len(points) > 1 and not np.isfinite(wide.covariance).all()
    if not (hollow or _is_wide(wide, noise, psf_px)):
        return points
    start = wide if len(points) == 1 else middle
    disc, ring = (fit_shape(residual, usable, start, psf_px, ring=edge) for edge in (False, True))
    rivals = [[wide], *([one] for one in (disc, ring) if _has_size(one, noise))]
    around = max((disc, ring), key=lambda one: one.width_px)
    if len(points) == 1:
        rivals.append(fit_sources(residual, usable, _pair_starts(residual, start), psf_px))
    sound = [points, *(rival for rival in rivals if all(np.isfinite(one.covariance).all() for one in rival))]
    cost = [_criterion(residual, rival, around, psf_px) + RING_COST * rival[0].ring for rival in sound]
    best = int(np.argmin(cost))
    rings = [value for value, rival in zip(cost, sound, strict=True) if rival[0].ring]
    told = sound[best][0] is disc or (sound[best][0] is wide and math.isfinite(disc.diameter_sigma_px))
    if told and rings and rings[0] < cost[best] + 2.0 * RING_COST:
        return [_of_unknown_shape(disc, ring, noise)]
    return sound[best]


def _of_unknown_shape(disc: Fitted, ring: Fitted, noise: Values) -> Fitted:
    """The disc; its diameter is as uncertain as whether it is one."""
    apart = (disc.diameter_px - ring.diameter_px) / float(noise[_pixel(disc.row, disc.col, noise.shape)])
    return replace(disc, diameter_sigma_px=math.hypot(disc.diameter_sigma_px, apart))


def _as_one(points: Sequence[Fitted], psf_px: float) -> Fitted:
    """A Gaussian as wide as some points together."""
    total = sum(one.flux for one in points)
    row, col = (sum(getattr(one, name) * one.flux for one in points) / total for name in ("row", "col"))
    variance = sum(((one.row - row) ** 2 + (one.col - col) ** 2) * one.flux for one in points) / total / 2.0
    return Fitted(row, col, total, math.hypot(psf_px, math.sqrt(variance) / SIGMA_OF_FWHM), np.full((3, 3), np.inf))


def _has_size(fit: Fitted, noise: Values) -> bool:
    """Whether a disc or ring is wider than a point beyond its error."""
    if not np.isfinite(fit.covariance).all():
        return False
    at = float(noise[_pixel(fit.row, fit.col, noise.shape)])
    return fit.diameter_px > EXTENDED_SIGMAS * fit.diameter_sigma_px * at


def _is_wide(fit: Fitted, noise: Values, psf_px: float) -> bool:
    if not np.isfinite(fit.covariance).all():
        return False
    at = float(noise[_pixel(fit.row, fit.col, noise.shape)])
    return fit.width_px - EXTENDED_RATIO * psf_px > EXTENDED_SIGMAS * fit.width_sigma_px * at


def _pixel(row: float, col: float, shape: tuple[int, ...]) -> tuple[int, int]:
    return min(max(round(row), 0), shape[0] - 1), min(max(round(col), 0), shape[1] - 1)


def _pair_starts(residual: Values, wide: Fitted) -> list[tuple[float, float, float]]:
    """Two points on either side of a wide source, along its longer axis."""
    half = math.ceil(wide.width_px)
    top, left = max(round(wide.row) - half, 0), max(round(wide.col) - half, 0)
    part = residual[top : round(wide.row) + half + 1, left : round(wide.col) + half + 1]
    weight = np.maximum(np.nan_to_num(part), 0.0)
    rows, cols = np.indices(part.shape)
    down, right = rows + top - wide.row, cols + left - wide.col
    moments = np.array([[np.sum(weight * a * b) for a in (down, right)] for b in (down, right)])
    axis = np.linalg.eigh(moments)[1][:, -1] * _PAIR_STEP * wide.width_px / 2.0
    return [
        (wide.row + sign * float(axis[0]), wide.col + sign * float(axis[1]), wide.flux / 2.0) for sign in (1.0, -1.0)
    ]  # fmt: skip


def _criterion(residual: Values, sources: Sequence[Fitted], around: Fitted, psf_px: float) -> float:
    """Schwarz's criterion (1978, Ann. Statist. 6, 461) near a source, with one independent value per point's area."""
    left = residual - model(residual.shape, sources)
    down, right = np.ogrid[: residual.shape[0], : residual.shape[1]]
    near = np.hypot(down - around.row, right - around.col) <= _COMPARED_PSF * max(around.width_px, psf_px)
    independent = max(float(np.isfinite(left[near]).sum()) / max(psf_px**2 * _AREA, 1.0), 2.0)
    terms = sum(3 + (one.width_px > psf_px) for one in sources)
    return independent * math.log(max(float(np.nanvar(left[near])), _TINY)) + terms * math.log(independent)
