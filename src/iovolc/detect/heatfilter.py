"""What stands out like a point: the matched filter, its noise, and the peaks of both signs.

Not for flux and place of a source (:mod:`iovolc.detect.heatfit`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import ndtr

from iovolc.detect.heatback import rings
from iovolc.detect.heatframe import SIGMA_OF_FWHM, HeatFrame, Mask

Values = NDArray[np.float64]

KERNELS: Final = ((1.0, 2.5), (0.7, 2.0), (0.45, 1.5))
"""Widths of centre and surroundings, in widths of a point. The first keeps 93 % of the SNR of a full matched filter in
white noise; the sharper ones suit noise that is itself blurred, such as reflected light of uneven ground."""
LEAST_WEIGHT: Final = 0.25
_PEAK_SHARE: Final = 0.6
_FLOOR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Response:
    """The matched filter over an image, as the flux (pixel values summed) of a point at each pixel.

    Parameters
    ----------
    kernel : tuple of float
        Of :data:`KERNELS`, the one in whose noise a point stands out most.
    middle : ndarray, shape (row, col)
        Local median of the filtered image, which is taken off.
    flux : ndarray, same shape
        NaN without data.
    sigma : ndarray, same shape
        Its robust local standard deviation.
    """

    kernel: tuple[float, float]
    middle: Values
    flux: Values
    sigma: Values

    @property
    def snr(self) -> Values:
        """Flux over sigma."""
        return self.flux / self.sigma


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
    flux = filtered(residual, frame.psf_px, kernel)
    sigma, middle = np.full(flux.shape, np.nan), np.zeros(flux.shape)
    for side in (frame.day, ~frame.day):
        counted = searched & side & np.isfinite(flux)
        if counted.any():
            around = rings(flux, counted, frame.psf_px)
            sigma[side], middle[side] = around.sigma[side], around.median[side]
    middle = np.nan_to_num(middle)
    floor = _FLOOR * float(np.nanmax(np.abs(flux), initial=0.0)) + float(np.finfo(np.float64).tiny)
    return Response(kernel, middle, flux - middle, np.maximum(sigma, floor))


def again(response: Response, residual: Values, frame: HeatFrame) -> Response:
    """The same filter and noise over what is left of an image."""
    flux = filtered(residual, frame.psf_px, response.kernel) - response.middle
    return Response(response.kernel, response.middle, flux, response.sigma)


def best_kernel(residual: Values, frame: HeatFrame, searched: Mask) -> tuple[float, float]:
    """The kernel with the least noise per flux of a point, over the whole image."""
    noises: list[float] = []
    for kernel in KERNELS:
        found = filtered(residual, frame.psf_px, kernel)[searched]
        noises.append(float(np.nanmedian(np.abs(found - np.nanmedian(found)))) if found.size else np.inf)
    return KERNELS[int(np.argmin(noises))]


def filtered(residual: Values, psf_px: float, kernel: tuple[float, float]) -> Values:
    """Flux of a point at each pixel: a Gaussian less one of its surroundings, gaps left out."""
    sigma = psf_px * SIGMA_OF_FWHM
    return _difference(residual, sigma, kernel) / _unit_response(sigma, kernel)


def point(shape: tuple[int, int], row: float, col: float, sigma_px: float) -> Values:
    """A Gaussian point of unit flux, integrated over the pixels; ``row`` and ``col`` count from the first centre."""
    down, right = (
        np.diff(ndtr((np.arange(length + 1) - 0.5 - at) / sigma_px))
        for length, at in zip(shape, (row, col), strict=True)
    )
    return down[:, None] * right


def peaks(response: Response, within: Mask, psf_px: float, sign: float = 1.0) -> NDArray[np.intp]:
    """Local maxima of one sign inside a mask, the most significant first; shape (peak, 2) of row and column.

    Maxima are those of the whole image: the slope of a source outside the mask is none.
    """
    snr = np.where(np.isfinite(response.snr), sign * response.snr, -np.inf)
    size = max(2 * round(_PEAK_SHARE * psf_px / 2.0) + 1, 3)
    found = np.argwhere((snr == ndimage.maximum_filter(snr, size)) & (snr > 0.0) & within)
    return found[np.argsort(-snr[tuple(found.T)], kind="stable")]


def _difference(values: Values, sigma_px: float, kernel: tuple[float, float]) -> Values:
    known = np.isfinite(values)
    filled, weight = np.where(known, values, 0.0), known.astype(np.float64)
    parts: list[Values] = []
    for width in (kernel[0] * sigma_px, kernel[1] * sigma_px):
        share = ndimage.gaussian_filter(weight, width, mode="constant")
        share = np.where(share >= LEAST_WEIGHT, share, np.nan)
        parts.append(ndimage.gaussian_filter(filled, width, mode="constant") / share)
    return np.where(known, parts[0] - parts[1], np.nan)


@lru_cache(maxsize=64)
def _unit_response(sigma_px: float, kernel: tuple[float, float]) -> float:
    half = int(np.ceil(5.0 * kernel[1] * sigma_px)) + 1
    alone = point((2 * half + 1, 2 * half + 1), half, half, sigma_px)
    return float(_difference(alone, sigma_px, kernel)[half, half])
