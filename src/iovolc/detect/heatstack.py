"""Repeated frames of one night and band: their stack, which frames bear a source out, and one scale for all.

Not for maps, nor for frames between which Io turned far: a point of the ground must stay a point.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc.detect.heat import MERGED_PSF, Source, Thresholds, find_heat
from iovolc.detect.heatback import background
from iovolc.detect.heatfilter import Response, again, filter_error, respond
from iovolc.detect.heatfit import Fitted, flux_at, model
from iovolc.detect.heatframe import HeatFrame, Mask
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.native import place_at
from iovolc.model.observation import Disc

Values = NDArray[np.float64]

LEAST_FRAMES: Final = 2
"""A source of a stack counts if as many frames bear it out."""
BORNE_SNR: Final = 3.0
"""So much stands out at the place in a frame that bears a source out."""
EXPECTED_SNR: Final = 4.0
"""A frame in which a source would stand out as much should bear it out: nine of ten do."""
LEAST_SHARED: Final = 3
"""A frame's scale is told by as many spots that others show, too."""
_POLISHES: Final = 20


@dataclass(frozen=True, slots=True)
class Layer:
    """One frame of a night.

    Parameters
    ----------
    frame, disc : HeatFrame, Disc
        The image and its placement.
    sources : tuple of Source
        What was found in it.
    psf_px : float
        FWHM of a point, as measured.
    rest : ndarray, shape (row, col)
        The image without background and sources.
    left : Response
        The same, filtered.
    searched : ndarray of bool, shape (row, col)
        Where sources were sought.
    scale : float
        What its values are divided by for comparison with other frames.
    """

    frame: HeatFrame
    disc: Disc
    sources: tuple[Source, ...]
    psf_px: float
    rest: Values
    left: Response
    searched: Mask
    scale: float

    @property
    def sought(self) -> Mask:
        """Where a point would have counted, or one lies near."""
        return np.isfinite(self.left.fluxes[0]) & np.isfinite(self.left.sigma) & ~self.frame.saturated & self.searched


@dataclass(frozen=True, slots=True)
class Sight:
    """A place in one frame.

    Parameters
    ----------
    source : Source
        What lies there: the frame's own source, or what is measured at the very place, found or not.
    number : int or None
        Of the frame's own source.
    away_px : float
        How far it lies from the place.
    """

    source: Source
    number: int | None
    away_px: float = 0.0

    @property
    def borne_out(self) -> bool:
        """Whether the frame shows it."""
        return self.number is not None or self.source.snr >= BORNE_SNR


@dataclass(frozen=True, slots=True)
class Repeated:
    """A place of the night: what each frame says of it; None where one did not look.

    Parameters
    ----------
    sights : tuple of (Sight or None)
        By frame.
    unrepeated : bool
        Whether one frame alone shows it, and another should.
    """

    sights: tuple[Sight | None, ...]
    unrepeated: bool

    @property
    def looks(self) -> int:
        """Frames that looked at it."""
        return sum(sight is not None for sight in self.sights)

    @property
    def borne_out(self) -> int:
        """Frames that show it."""
        return sum(sight is not None and sight.borne_out for sight in self.sights)


def layer_of(
    frame: HeatFrame, disc: Disc, sources: Sequence[Source], psf_px: float, thresholds: Thresholds, scale: float
) -> Layer:
    """A frame, ready for its night.

    Parameters
    ----------
    frame : HeatFrame
        The image.
    disc : Disc
        Its placement.
    sources, psf_px : sequence of Source, float
        What :func:`iovolc.detect.heat.find_heat` found in it, and the sharpness it measured.
    thresholds : Thresholds
        With which it did.
    scale : float
        For relative frames their median background, as :attr:`iovolc.detect.heat.Hot.unit_flux`.
    """
    sharp = replace(frame, psf_px=psf_px)
    residual = frame.pixels - background(frame)
    searched = sharp.searched(thresholds.max_emission_deg)
    response = respond(residual, sharp, searched)
    own = [_as_fitted(one) for one in sources]
    rest = residual - model((residual.shape[0], residual.shape[1]), own)
    return Layer(frame, disc, tuple(sources), psf_px, rest, again(response, rest, sharp), searched, scale)


def stack(layers: Sequence[Layer]) -> HeatFrame:
    """The mean of some frames as the middle one sees Io, each over its own scale.

    Parameters
    ----------
    layers : sequence of Layer
        At least two, in order of time. What fewer than two see is left out.
    """
    middle = layers[len(layers) // 2]
    lat, lon_e = middle.frame.ground.lat, middle.frame.ground.lon_e
    shown = np.isfinite(lat)
    cube, saturated = np.full((len(layers), *lat.shape), np.nan), np.zeros(lat.shape, bool)
    for number, layer in enumerate(layers):
        at = disc_pixel(layer.disc, lat[shown], lon_e[shown])
        place = np.stack((at.row - 0.5, at.col - 0.5))
        excess = (layer.frame.pixels - background(layer.frame)) / layer.scale
        cube[number, shown] = np.where(at.visible, _sampled(excess, place), np.nan)
        clipped = layer.frame.saturated.astype(np.float64)
        saturated[shown] |= ndimage.map_coordinates(clipped, place, order=0, cval=0.0) > 0.0
    count = np.isfinite(cube).sum(axis=0)
    mean = np.nansum(cube, axis=0) / np.maximum(count, 1)
    pixels = np.where(count >= LEAST_FRAMES, background(middle.frame) / middle.scale + mean, np.nan)
    return replace(middle.frame, pixels=pixels, saturated=saturated)


def repeats(layers: Sequence[Layer], thresholds: Thresholds) -> tuple[Repeated, ...]:
    """The places of a night: sources of the stack that at least two frames bear out, and all that single frames show.

    Parameters
    ----------
    layers : sequence of Layer
        Frames of one night and band in order of time, at least two.
    thresholds : Thresholds
        What counts in the stack.
    """
    hot = find_heat(stack(layers), thresholds)
    found = [_repeated(layers, len(layers) // 2, source) for source in hot.sources]
    kept = [one for one in found if one.borne_out >= LEAST_FRAMES]
    known = {(at, sight.number) for one in kept for at, sight in enumerate(one.sights) if sight is not None}
    for at, layer in enumerate(layers):
        for number, source in enumerate(layer.sources):
            if (at, number) not in known:
                own = _repeated(layers, at, source)
                kept.append(own)
                known |= {(other, sight.number) for other, sight in enumerate(own.sights) if sight is not None}
    return _each_once(kept)


def _each_once(places: Sequence[Repeated]) -> tuple[Repeated, ...]:
    """The places, where two share a source of a frame with that at the nearer one: it tells nothing of the other."""
    nearest: dict[tuple[int, int], tuple[float, int]] = {}
    for index, place in enumerate(places):
        for at, sight in enumerate(place.sights):
            if sight is not None and sight.number is not None:
                key, mine = (at, sight.number), (sight.away_px, index)
                nearest[key] = min(nearest.get(key, mine), mine)

    def own(index: int, at: int, sight: Sight | None) -> Sight | None:
        shared = sight is not None and sight.number is not None and nearest[at, sight.number][1] != index
        return None if shared else sight

    found = [
        replace(place, sights=tuple(own(index, at, sight) for at, sight in enumerate(place.sights)))
        for index, place in enumerate(places)
    ]
    return tuple(
        one for one in found if one.borne_out >= LEAST_FRAMES or any(s and s.number is not None for s in one.sights)
    )


def _repeated(layers: Sequence[Layer], at: int, source: Source) -> Repeated:
    """What all frames say of a source of one of them."""
    shape = (layers[at].frame.pixels.shape[0], layers[at].frame.pixels.shape[1])
    lat, lon_e = (float(x) for x in place_at(layers[at].disc, shape, source.col + 0.5, source.row + 0.5))
    sights = tuple(_sight(layer, lat, lon_e, source) for layer in layers)
    told = {number: sight for number, sight in enumerate(sights) if sight is not None}
    borne = {number for number, sight in told.items() if sight.borne_out}
    strength = max((told[number].source.flux / layers[number].scale for number in borne), default=0.0)
    should = {n for n, sight in told.items() if strength >= EXPECTED_SNR * _noise(layers[n], sight)}
    return Repeated(sights, len(borne) == 1 and bool(should - borne))


def _noise(layer: Layer, sight: Sight) -> float:
    """Noise of a point there, over the frame's scale."""
    rows, cols = layer.frame.pixels.shape
    pixel = min(max(round(sight.source.row), 0), rows - 1), min(max(round(sight.source.col), 0), cols - 1)
    return float(layer.left.sigma[pixel]) / layer.scale


def gains(log_values: Values) -> Values:
    """How much brighter than its night each frame shows all spots (ln), by median polish (Tukey 1977).

    Parameters
    ----------
    log_values : ndarray, shape (frame, spot)
        ln of the spots' brightness; NaN where a frame does not show one.

    Returns
    -------
    ndarray, shape (frame,)
        Zero in the median; zero for frames with fewer than :data:`LEAST_SHARED` spots that others show, too. Seeing and
        clouds change all spots of a frame together, a volcano only its own (ensemble photometry: Honeycutt 1992, Publ.
        Astron. Soc. Pac. 104, 435).
    """
    shared = np.isfinite(log_values).sum(axis=0) >= LEAST_FRAMES
    told = np.isfinite(log_values[:, shared]).sum(axis=1) >= LEAST_SHARED
    gain = np.zeros(len(log_values))
    if told.sum() < LEAST_FRAMES:
        return gain
    left = log_values[told][:, shared]
    left = left[:, np.isfinite(left).sum(axis=0) >= LEAST_FRAMES]
    total = np.zeros(len(left))
    for _ in range(_POLISHES):
        left = left - np.nanmedian(left, axis=0)
        step = np.nanmedian(left, axis=1)
        left, total = left - step[:, None], total + step
    gain[told] = total - float(np.median(total))
    return gain


def _as_fitted(one: Source) -> Fitted:
    nothing = np.zeros((3, 3))
    return Fitted(one.row, one.col, one.flux, one.width_px, nothing, diameter_px=one.diameter_px, ring=one.ring)


def _sampled(values: Values, place: Values) -> Values:
    """Values between the pixels; NaN beside gaps and beyond the frame."""
    known = np.isfinite(values)
    share = ndimage.map_coordinates(known.astype(np.float64), place, order=1, cval=0.0)
    found = ndimage.map_coordinates(np.where(known, values, 0.0), place, order=3, mode="nearest")
    return np.where(share > 1.0 - 1e-9, found, np.nan)


def _sight(layer: Layer, lat: float, lon_e: float, source: Source) -> Sight | None:
    """What a frame shows at a place: its own source there, or the flux of a point; None where it did not look."""
    at = disc_pixel(layer.disc, lat, lon_e)
    row, col = float(at.row) - 0.5, float(at.col) - 0.5
    away = [math.hypot(one.row - row, one.col - col) for one in layer.sources]
    if away and min(away) <= MERGED_PSF * layer.psf_px:
        number = int(np.argmin(away))
        return Sight(layer.sources[number], number, away[number])
    rows, cols = layer.frame.pixels.shape
    if not (bool(at.visible) and 0.0 <= row <= rows - 1.0 and 0.0 <= col <= cols - 1.0):
        return None
    pixel = round(row), round(col)
    if not layer.sought[pixel]:
        return None
    filtered = float(ndimage.map_coordinates(np.nan_to_num(layer.left.fluxes[0]), [[row], [col]], order=1)[0])
    sigma = float(layer.left.sigma[pixel])
    flux, error = flux_at(layer.rest, row, col, layer.psf_px)
    if not math.isfinite(flux):
        return None
    forced = replace(
        source, row=row, col=col, flux=flux, flux_sigma=error * sigma / filter_error(layer.psf_px),
        snr=filtered / sigma if flux > 0.0 else 0.0, width_px=layer.psf_px, extended=False, blended=False,
        saturated=False, day=bool(layer.frame.day[pixel]), diameter_px=0.0, diameter_sigma_px=0.0, ring=False,
    )  # fmt: skip
    return Sight(forced, None)
