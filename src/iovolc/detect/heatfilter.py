"""What stands out like a point: the matched filter, its noise, and the peaks of both signs.

Not for flux and place of a source (:mod:`iovolc.detect.heatfit`).
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import ndtr

from iovolc.detect.heatback import rings
from iovolc.detect.heatframe import SIGMA_OF_FWHM, HeatFrame, Mask

Values = NDArray[np.float64]
Shift = tuple[float, float]

KERNELS: Final = ((1.0, 2.5), (0.7, 2.0), (0.45, 1.5))
"""Widths of centre and surroundings, in widths of a point. The first keeps 93 % of the SNR of a full matched filter in
white noise; the sharper ones suit noise that is itself blurred, such as reflected light of uneven ground."""
NARROW_PX: Final = 2.5
"""Points narrower than this (FWHM) lose up to a quarter of their SNR where they lie between pixels."""
BETWEEN: Final[tuple[Shift, ...]] = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
LEAST_WEIGHT: Final = 0.25
_PEAK_SHARE: Final = 0.6
_FLOOR: Final = 1e-9
_TRUNCATED: Final = 4.0


@dataclass(frozen=True, slots=True)
class Response:
    """The matched filter over an image, as the flux (pixel values summed) of a point at each place.

    Parameters
    ----------
    kernel : tuple of float
        Of :data:`KERNELS`, the one in whose noise a point stands out most.
    shifts : tuple of (float, float)
        Rows and columns from the pixels to the places: narrow points are sought between pixels, too.
    middles : ndarray, shape (shift, row, col)
        Local median of the filtered image, which is taken off.
    fluxes : ndarray, same shape
        NaN without data.
    sigmas : ndarray, same shape
        Its robust local standard deviation.
    """

    kernel: tuple[float, float]
    shifts: tuple[Shift, ...]
    middles: Values
    fluxes: Values
    sigmas: Values

    @property
    def sigma(self) -> Values:
        """Standard deviation at the pixels' centres; shape (row, col)."""
        return np.asarray(self.sigmas[0], np.float64)

    @property
    def typical_sigma(self) -> Values:
        """The same of a point anywhere in the pixel."""
        return np.asarray(self.sigmas.mean(axis=0), np.float64)


@dataclass(frozen=True, slots=True)
class Crest:
    """A peak of either sign: its place, and its flux and SNR, both above zero."""

    row: float
    col: float
    flux: float
    snr: float


def respond(residual: Values, frame: HeatFrame, searched: Mask) -> Response:
    """The matched filter over an image without its background.

    Parameters
    ----------
    residual : ndarray, shape (row, col)
        NaN without data.
    frame : HeatFrame
        Sharpness and light: the noise of day and night is measured separately.
    searched : ndarray of bool, same shape
        Pixels whose noise counts.
    """
    kernel = best_kernel(residual, frame, searched)
    shifts = BETWEEN if frame.psf_px < NARROW_PX else BETWEEN[:1]
    planes = [_plane(filtered(residual, frame.psf_px, kernel, shift), frame, searched) for shift in shifts]
    middles, fluxes, sigmas = (np.stack(parts) for parts in zip(*planes, strict=True))
    return Response(kernel, shifts, middles, fluxes, sigmas)


def _plane(flux: Values, frame: HeatFrame, searched: Mask) -> tuple[Values, Values, Values]:
    """Local median of a filtered image, the image without it, and its noise."""
    sigma, middle = np.full(flux.shape, np.nan), np.zeros(flux.shape)
    for side in (frame.day, ~frame.day):
        counted = searched & side & np.isfinite(flux)
        if counted.any():
            around = rings(flux, counted, frame.psf_px)
            sigma[side], middle[side] = around.sigma[side], around.median[side]
    middle = np.nan_to_num(middle)
    floor = _FLOOR * float(np.nanmax(np.abs(flux), initial=0.0)) + float(np.finfo(np.float64).tiny)
    return middle, flux - middle, np.maximum(sigma, floor)


def again(response: Response, residual: Values, frame: HeatFrame) -> Response:
    """The same filter and noise over what is left of an image."""
    planes = [filtered(residual, frame.psf_px, response.kernel, shift) for shift in response.shifts]
    return replace(response, fluxes=np.stack(planes) - response.middles)


def best_kernel(residual: Values, frame: HeatFrame, searched: Mask) -> tuple[float, float]:
    """The kernel with the least noise per flux of a point, over the whole image."""
    noises: list[float] = []
    for kernel in KERNELS:
        found = filtered(residual, frame.psf_px, kernel)[searched]
        noises.append(float(np.nanmedian(np.abs(found - np.nanmedian(found)))) if found.size else np.inf)
    return KERNELS[int(np.argmin(noises))]


def filtered(residual: Values, psf_px: float, kernel: tuple[float, float], shift: Shift = (0.0, 0.0)) -> Values:
    """Flux of a point beside each pixel: a Gaussian less one of its surroundings, gaps left out."""
    sigma = psf_px * SIGMA_OF_FWHM
    return _difference(residual, sigma, kernel, shift) / _unit_response(sigma, kernel, shift)


@lru_cache(maxsize=64)
def filter_error(psf_px: float) -> float:
    """Error of the flux that the first kernel, the best in white noise, tells over pixels of unit noise.

    Where a sharper kernel is taken, its noise is less: that of the pixels is told as if it were white.
    """
    sigma, kernel = psf_px * SIGMA_OF_FWHM, KERNELS[0]
    half = _half_px(sigma, kernel)
    alone = np.zeros((2 * half + 1, 2 * half + 1))
    alone[half, half] = 1.0
    weights = _difference(alone, sigma, kernel, BETWEEN[0])
    return float(np.sqrt(np.sum(weights**2))) / _unit_response(sigma, kernel, BETWEEN[0])


def point(shape: tuple[int, int], row: float, col: float, sigma_px: float) -> Values:
    """A Gaussian point of unit flux, integrated over the pixels; ``row`` and ``col`` count from the first centre."""
    down, right = (
        np.diff(ndtr((np.arange(length + 1) - 0.5 - at) / sigma_px))
        for length, at in zip(shape, (row, col), strict=True)
    )
    return down[:, None] * right


def peaks(response: Response, within: Mask, psf_px: float, sign: float = 1.0) -> list[Crest]:
    """Local maxima of one sign inside a mask, the most significant first.

    Maxima are those of the whole image: the slope of a source outside the mask is none.
    """
    known = np.isfinite(response.fluxes) & np.isfinite(response.sigmas)
    each = np.where(known, sign * response.fluxes / response.sigmas, -np.inf)
    best = each.argmax(axis=0)
    snr = each.max(axis=0)
    size = max(2 * round(_PEAK_SHARE * psf_px / 2.0) + 1, 3)
    found = np.argwhere((snr == ndimage.maximum_filter(snr, size)) & (snr > 0.0) & within)
    crests: list[Crest] = []
    for row, col in found[np.argsort(-snr[tuple(found.T)], kind="stable")]:
        number = int(best[row, col])
        down, right = response.shifts[number]
        flux = sign * float(response.fluxes[number, row, col])
        crests.append(Crest(float(row) + down, float(col) + right, flux, float(snr[row, col])))
    return crests


def _difference(values: Values, sigma_px: float, kernel: tuple[float, float], shift: Shift) -> Values:
    known = np.isfinite(values)
    filled, weight = np.where(known, values, 0.0), known.astype(np.float64)
    parts: list[Values] = []
    for width in (kernel[0] * sigma_px, kernel[1] * sigma_px):
        share = _blurred(weight, width, shift)
        share = np.where(share >= LEAST_WEIGHT, share, np.nan)
        parts.append(_blurred(filled, width, shift) / share)
    return np.where(known, parts[0] - parts[1], np.nan)


def _blurred(values: Values, width_px: float, shift: Shift) -> Values:
    """A Gaussian blur, read beside the pixels."""
    reach = int(_TRUNCATED * width_px + 0.5) + 1
    for axis, away in enumerate(shift):
        bell = np.exp(-0.5 * ((np.arange(-reach, reach + 1) - away) / width_px) ** 2)
        values = np.asarray(ndimage.correlate1d(values, bell / bell.sum(), axis, mode="constant"), np.float64)
    return values


@lru_cache(maxsize=64)
def _unit_response(sigma_px: float, kernel: tuple[float, float], shift: Shift) -> float:
    half = _half_px(sigma_px, kernel)
    alone = point((2 * half + 1, 2 * half + 1), half + shift[0], half + shift[1], sigma_px)
    return float(_difference(alone, sigma_px, kernel, shift)[half, half])


def _half_px(sigma_px: float, kernel: tuple[float, float]) -> int:
    """Half the side of a square that holds a kernel."""
    return int(np.ceil(5.0 * kernel[1] * sigma_px)) + 1
