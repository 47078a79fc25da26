"""Hot spots in one image, on native pixels: contextual search, fits, and how deep the image looks elsewhere.

The null is the image's own negative: noise and albedo are as likely dark as bright, heat is bright. Not for the light
curve of a place (:mod:`iovolc.track.hotspots`) nor for the surface's changes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc.detect.heatback import background
from iovolc.detect.heatfilter import Crest, Response, again, filter_error, peaks, respond
from iovolc.detect.heatfit import Fitted, fit_sources, groups, model
from iovolc.detect.heatframe import SIGMA_OF_FWHM, HeatFrame, Mask
from iovolc.detect.heatsaturated import Core, cores
from iovolc.detect.heatwide import SHARP_SNR, widened
from iovolc.geometry.native import Ground

Values = NDArray[np.float64]
Peak = tuple[float, float, float]
"""Row, column and flux."""

ROUNDS: Final = 3
"""What stands out once the brightest are taken away is sought so many times."""
GHOST_PSF: Final = 2.5
GHOST_SHARE: Final = 0.1
"""Weaker than this share of a source so near is its diffraction ring, or what its fit leaves."""
SHARP_RATIOS: Final = (0.8, 1.25)
"""Widths, in the one told, that the image's own sharpness may have."""
BLEND_PSF: Final = 1.75
MERGED_PSF: Final = 0.6
FDR_LEAST_SNR: Final = 3.0
LEAST_CORE: Final = 0.75
"""Share of a point that must lie on pixels with data."""
SEAM_PSF: Final = 12.0
"""Columns taken over from beyond the seam of a map, in FWHM."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """SNR from which a peak counts, by night and by day (infinite: not at all), and how oblique it may be seen."""

    night: float
    day: float
    max_emission_deg: float


@dataclass(frozen=True, slots=True)
class Source:
    """One hot spot of one image.

    Parameters
    ----------
    row, col : float
        Counted from the centre of the first pixel.
    flux, flux_sigma : float
        Sum over the pixels in the image's unit; of a saturated source a lower limit.
    covariance_px : tuple of float
        Variance along rows and columns, and their covariance.
    snr : float
        Of the matched filter.
    fdr : float
        Share of peaks this strong that are false, counted in the negative image; at most 1.
    width_px : float
        FWHM of what the image shows.
    diameter_px, diameter_sigma_px : float
        Of an extended source itself, without the blur; 0 for a point.
    ring : bool
        Whether it shines at its edge alone.
    extended, blended, saturated, day : bool
        Wider than a point; with a neighbour nearer than 1.75 FWHM; at the end of the range; by daylight.
    """

    row: float
    col: float
    flux: float
    flux_sigma: float
    covariance_px: tuple[float, float, float]
    snr: float
    fdr: float
    width_px: float
    extended: bool
    blended: bool
    saturated: bool
    day: bool
    diameter_px: float = 0.0
    diameter_sigma_px: float = 0.0
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Hot:
    """What one image says of heat.

    Parameters
    ----------
    sources : tuple of Source
        The most significant first.
    limit : ndarray, shape (row, col)
        Flux from which a point would have counted at each pixel; NaN where none was sought, or next to a source.
    unit_flux : float
        Median background per pixel of the searched part: what a relative image's fluxes are told in.
    negatives : int
        Peaks of the negative image above the thresholds.
    psf_px : float
        FWHM of a point, measured where the image allows.
    """

    sources: tuple[Source, ...]
    limit: Values
    unit_flux: float
    negatives: int
    psf_px: float


def find_heat(frame: HeatFrame, thresholds: Thresholds) -> Hot:
    """Hot spots of an image.

    Parameters
    ----------
    frame : HeatFrame
        The image.
    thresholds : Thresholds
        What counts.
    """
    if frame.wraps:
        return _across_seam(frame, thresholds)
    searched = frame.searched(thresholds.max_emission_deg)
    if math.isinf(thresholds.day):
        searched &= ~frame.day
    return _find(frame, thresholds, searched)


def _across_seam(frame: HeatFrame, thresholds: Thresholds) -> Hot:
    """A closed map is searched with columns from beyond its seam on either side."""
    cols = frame.pixels.shape[1]
    margin = min(math.ceil(SEAM_PSF * frame.psf_px), cols)

    def wide(plane: NDArray[Any]) -> NDArray[Any]:
        return np.pad(plane, ((0, 0), (margin, margin)), mode="wrap")

    ground = Ground(*(wide(getattr(frame.ground, name)) for name in Ground.__slots__))
    whole = HeatFrame(
        wide(frame.pixels), wide(frame.saturated), ground, wide(frame.day), frame.psf_px, is_disc=frame.is_disc
    )
    own = np.zeros(whole.pixels.shape, bool)
    own[:, margin : margin + cols] = True
    searched = whole.searched(thresholds.max_emission_deg) & own
    found = _find(whole, thresholds, searched & ~whole.day if math.isinf(thresholds.day) else searched)
    sources = tuple(replace(source, col=(source.col - margin) % cols) for source in found.sources)
    return replace(found, sources=sources, limit=found.limit[:, margin : margin + cols])


def _find(frame: HeatFrame, thresholds: Thresholds, searched: Mask) -> Hot:
    if not searched.any():
        return Hot((), np.full(frame.pixels.shape, np.nan), math.nan, 0, frame.psf_px)
    smooth = background(frame)
    level = np.where(frame.day, thresholds.day, thresholds.night)
    clipped = cores(frame, frame.pixels - smooth, searched)
    residual = np.where(clipped.blind, np.nan, frame.pixels - smooth)
    whole = ndimage.gaussian_filter(np.isfinite(residual) * 1.0, frame.psf_px * SIGMA_OF_FWHM) >= LEAST_CORE
    open_part = searched & ~clipped.blind & whole
    sharp, response = _sharpened(frame, residual, open_part, level)
    search = _Search(sharp, residual, open_part, level, clipped.cores)
    fitted, snrs, left = _resolve(search, response)
    bright = _significances(search, response, fitted, 1.0)
    dark = _significances(search, left, fitted, -1.0)
    share = _false_share(bright, dark)
    sources = (
        *_described(search, response, fitted, snrs, share),
        *(_saturated(core, search, response) for core in clipped.cores),
    )
    limit = np.where(open_part, level * response.typical_sigma, np.nan)
    limit[_near(sources, sharp)] = np.nan
    return Hot(
        tuple(sorted(sources, key=lambda source: (-source.snr, source.row, source.col))),
        limit,
        float(np.nanmedian(smooth[searched])),
        sum(snr >= least for snr, least in dark),
        sharp.psf_px,
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """What every step of the search needs."""

    frame: HeatFrame
    residual: Values
    searched: Mask
    level: Values
    cores: tuple[Core, ...]

    @property
    def usable(self) -> Mask:
        return np.isfinite(self.residual)

    def peaks(self, response: Response, sign: float = 1.0) -> list[Crest]:
        return peaks(response, self.searched, self.frame.psf_px, sign)

    def least_snr(self, crest: Crest) -> float:
        """The threshold where a peak lies."""
        return float(self.level[_pixel(crest, self.level.shape)])

    def is_ghost(self, peak: Peak, known: Sequence[Peak]) -> bool:
        """Whether a peak is what a far brighter neighbour leaves."""
        brighter = (*known, *((core.row, core.col, core.flux) for core in self.cores))
        return any(
            peak[2] < GHOST_SHARE * flux and math.hypot(peak[0] - row, peak[1] - col) < GHOST_PSF * self.frame.psf_px
            for row, col, flux in brighter
        )


def _sharpened(frame: HeatFrame, residual: Values, searched: Mask, level: Values) -> tuple[HeatFrame, Response]:
    """The frame with the sharpness of its own bright points, where there are any, and its filtered image."""
    response = respond(residual, frame, searched)
    bright = [
        (crest.row, crest.col, crest.flux)
        for crest in peaks(response, searched, frame.psf_px)
        if crest.snr >= max(SHARP_SNR, level[_pixel(crest, level.shape)])
    ]
    fits = fit_sources(residual, np.isfinite(residual), bright, frame.psf_px, free=True)
    ratios = [fit.width_px / frame.psf_px for fit in fits if np.isfinite(fit.covariance).all()]
    plain = [ratio for ratio in ratios if SHARP_RATIOS[0] <= ratio <= SHARP_RATIOS[1]]
    if not plain:
        return frame, response
    sharp = replace(frame, psf_px=frame.psf_px * float(np.median(plain)))
    return sharp, respond(residual, sharp, searched)


def _resolve(search: _Search, response: Response) -> tuple[list[Fitted], list[float], Response]:
    """Sources and their SNR: peaks, then what stands out once those are taken away; and what is left at last."""
    fitted: list[Fitted] = []
    snrs: list[float] = []
    left = response
    for _ in range(ROUNDS):
        starts: list[Peak] = [(one.row, one.col, one.flux) for one in fitted]
        before = len(starts)
        for crest in search.peaks(left):
            peak = (crest.row, crest.col, crest.flux)
            if crest.snr >= search.least_snr(crest) and not search.is_ghost(peak, starts):
                starts.append(peak)
                snrs.append(crest.snr)
        if len(starts) == before:
            break
        points = fit_sources(search.residual, search.usable, starts, search.frame.psf_px)
        kept = _distinct(points, MERGED_PSF * search.frame.psf_px)
        if len(kept) < len(points):
            starts, snrs = [starts[number] for number in kept], [snrs[number] for number in kept]
            points = fit_sources(search.residual, search.usable, starts, search.frame.psf_px)
        noise = response.sigma / filter_error(search.frame.psf_px)
        fitted, snrs = widened(search.residual, points, snrs, noise, search.frame.psf_px)
        left = again(response, search.residual - model(search.residual.shape, fitted), search.frame)
    return fitted, snrs, left


def _distinct(points: Sequence[Fitted], reach_px: float) -> list[int]:
    """Numbers of the points without those whose fit ran into an earlier one."""
    kept: list[int] = []
    for number, point in enumerate(points):
        if all(math.hypot(point.row - points[i].row, point.col - points[i].col) > reach_px for i in kept):
            kept.append(number)
    return kept


def _significances(
    search: _Search, response: Response, fitted: Sequence[Fitted], sign: float
) -> list[tuple[float, float]]:
    """SNR and threshold of all peaks of one sign above :data:`FDR_LEAST_SNR`, what neighbours leave set aside."""
    known = [(one.row, one.col, one.flux) for one in fitted]
    return [
        (crest.snr, search.least_snr(crest)) for crest in search.peaks(response, sign)
        if crest.snr >= FDR_LEAST_SNR and not search.is_ghost((crest.row, crest.col, crest.flux), known)
    ]  # fmt: skip


def _false_share(bright: Sequence[tuple[float, float]], dark: Sequence[tuple[float, float]]) -> Values:
    """SNR of the bright peaks, ascending, and the false share from each up; shape (2, peak)."""
    up, down = (np.sort([snr for snr, _ in both]) for both in (bright, dark))
    share = (down.size - np.searchsorted(down, up)) / np.arange(up.size, 0, -1)
    return np.stack((up, np.minimum.accumulate(np.minimum(share, 1.0))))


def _described(
    search: _Search, response: Response, fitted: Sequence[Fitted], snrs: Sequence[float], share: Values
) -> list[Source]:
    psf_px = search.frame.psf_px
    places = [(one.row, one.col) for one in fitted]
    close = {i for group in groups(places, BLEND_PSF * psf_px) if len(group) > 1 for i in group}
    sources: list[Source] = []
    for number, (one, snr) in enumerate(zip(fitted, snrs, strict=True)):
        pixel = _pixel(one, search.frame.pixels.shape)
        noise = float(response.sigma[pixel]) / filter_error(psf_px)
        covariance = one.covariance * noise**2
        if not np.isfinite(covariance).all():
            spread = 2.0 * (psf_px * SIGMA_OF_FWHM / max(snr, 1.0)) ** 2
            covariance = np.diag([float(response.sigma[pixel]) ** 2, spread, spread])
        size_px, size_sigma_px = one.size(psf_px)
        sources.append(
            Source(
                row=one.row, col=one.col, flux=_unflattered(one.flux, covariance[0, 0]),
                flux_sigma=math.sqrt(covariance[0, 0]),
                covariance_px=(float(covariance[1, 1]), float(covariance[2, 2]), float(covariance[1, 2])),
                snr=snr, fdr=_share_at(share, snr), width_px=one.width_px, extended=size_px > 0.0,
                blended=number in close, saturated=False, day=bool(search.frame.day[pixel]),
                diameter_px=size_px, ring=one.ring,
                diameter_sigma_px=size_sigma_px * noise,
            )
        )  # fmt: skip
    return sources


def _unflattered(flux: float, variance: float) -> float:
    """The flux without what the search for the best place adds: in the mean one variance over the flux.

    A fit's place follows the noise uphill: the flux gains half a variance over the flux along either axis. Fluxes under
    three sigma are left alone, for the expansion does not hold there.
    """
    return flux - variance / flux if flux**2 > 9.0 * variance else flux


def _saturated(core: Core, search: _Search, response: Response) -> Source:
    """A saturated source: what its pixels hold at least, at the middle of its core."""
    noise = float(np.nanmedian(response.sigma[search.searched])) if search.searched.any() else math.nan
    spread = (core.width_px * SIGMA_OF_FWHM / 2.0) ** 2
    pixel = _pixel(core, search.frame.pixels.shape)
    return Source(
        row=core.row, col=core.col, flux=core.flux, flux_sigma=noise, covariance_px=(spread, spread, 0.0),
        snr=core.flux / noise, fdr=0.0, width_px=core.width_px, extended=False, blended=False, saturated=True,
        day=bool(search.frame.day[pixel]),
    )  # fmt: skip


def _pixel(at: Crest | Fitted | Core | Source, shape: tuple[int, ...]) -> tuple[int, int]:
    return min(max(round(at.row), 0), shape[0] - 1), min(max(round(at.col), 0), shape[1] - 1)


def _share_at(share: Values, snr: float) -> float:
    """The false share of the strongest peak that is not stronger; 1 without any peak."""
    if not share.shape[1]:
        return 1.0
    return float(share[1][max(int(np.searchsorted(share[0], snr, side="right")) - 1, 0)])


def _near(sources: Sequence[Source], frame: HeatFrame) -> Mask:
    """Pixels so near to a source that a second one would not be told apart."""
    free = np.ones(frame.pixels.shape, bool)
    for source in sources:
        free[_pixel(source, free.shape)] = False
    if free.all():
        return ~free
    return np.asarray(ndimage.distance_transform_edt(free)) < frame.psf_px
