"""Whether a bright source is a point, a pair of points, or wider than a point.

Not for faint sources, whose width cannot be told.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.heatfit import Fitted, fit_sources, groups, model

Values = NDArray[np.float64]

SHARP_SNR: Final = 20.0
"""From here the width of a source is fitted."""
EXTENDED_RATIO: Final = 1.25
EXTENDED_SIGMAS: Final = 3.0
ALONE_PSF: Final = 1.5
_PAIR_STEP: Final = 0.6
_COMPARED_PSF: Final = 1.25
_AREA: Final = 0.25 * math.pi
_TINY: Final = 1e-300


def widened(residual: Values, sources: Sequence[Fitted], snrs: Sequence[float], noise: Values, psf_px: float) -> (
    tuple[list[Fitted], list[float]]
):  # fmt: skip
    """The sources, those wider than a point replaced by a wide one or by two points, whichever leaves less.

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
    for group in groups([(one.row, one.col) for one in sources], ALONE_PSF * psf_px):
        points = [sources[number] for number in group]
        together = math.hypot(*(snrs[number] for number in group))
        best = points
        if together >= SHARP_SNR:
            others = [one for number, one in enumerate(sources) if number not in group]
            best = _likeliest(residual - model(residual.shape, others), points, noise, psf_px)
        if best is points:
            out += [(sources[number], snrs[number]) for number in group]
        else:
            total = sum(one.flux for one in best)
            out += [(one, together * one.flux / total) for one in best]
    return [one for one, _ in out], [snr for _, snr in out]


def _likeliest(residual: Values, points: list[Fitted], noise: Values, psf_px: float) -> list[Fitted]:
    """The points themselves, one wide source, or of a single wide one two points: the least by Schwarz's criterion."""
    usable = np.isfinite(residual)
    total = sum(one.flux for one in points)
    middle = [sum(getattr(one, name) * one.flux for one in points) / total for name in ("row", "col")]
    wide = fit_sources(residual, usable, [(middle[0], middle[1], total)], psf_px, free=True)[0]
    if not _is_wide(wide, noise, psf_px):
        return points
    rivals = [points, [wide]]
    if len(points) == 1:
        rivals.append(fit_sources(residual, usable, _pair_starts(residual, wide), psf_px))
    sound = [rival for rival in rivals if rival is points or all(np.isfinite(one.covariance).all() for one in rival)]
    return min(sound, key=lambda rival: _criterion(residual, rival, wide, psf_px))


def _is_wide(fit: Fitted, noise: Values, psf_px: float) -> bool:
    if not np.isfinite(fit.covariance).all():
        return False
    at = noise[min(max(round(fit.row), 0), noise.shape[0] - 1), min(max(round(fit.col), 0), noise.shape[1] - 1)]
    return fit.width_px - EXTENDED_RATIO * psf_px > EXTENDED_SIGMAS * fit.width_sigma_px * float(at)


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
    terms = 4 if sources[0] is around else 3 * len(sources)
    return independent * math.log(max(float(np.nanvar(left[near])), _TINY)) + terms * math.log(independent)
