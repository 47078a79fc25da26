"""Point sources of known flux put into images: how often they are found, and how well they are measured.

``python benchmarks/heat_injection.py [images]`` prints, for images of white noise by night (and for a disc by day):
the SNR at which half are found, the bias of the flux and the error of the place at SNR 10 and more, pairs of equal
sources told apart at 1.5 widths, false sources per image, and how often errors hold the truth. SNR is that of a
matched filter, integrated over the pixels, in the image's own white noise.

The bias is the mean over all found sources less what the same noise adds to a fit that is linear in it, whose mean is
zero: a tenth of the images gives the same error. Beside the errors of place stands the least that any estimator can
have (the bound of Cramer and Rao), as the median offset it allows.
"""

import math
import sys

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.heat import Hot, Thresholds, find_heat
from iovolc.detect.heatfilter import point
from iovolc.detect.heatfit import window_px
from iovolc.detect.heatframe import SIGMA_OF_FWHM, HeatFrame
from iovolc.geometry.native import ground_of
from iovolc.model.observation import Disc

Values = NDArray[np.float64]

SIZE = 128
DISC = Disc(2.0, 40.0, 10.0, 64.0, 64.0, 1821.49 / 56.0, 6e8)
STRICT = Thresholds(night=5.0, day=7.0, max_emission_deg=60.0)
GROUND = ground_of(DISC, (SIZE, SIZE))
NEAR_PSF = 0.75


def frame(image: Values, psf_px: float, *, by_day: bool) -> HeatFrame:
    nothing = np.zeros(image.shape, bool)
    return HeatFrame(image, nothing, GROUND, np.full(image.shape, by_day), psf_px, is_disc=True)


def disc(bright: float) -> Values:
    mu = np.nan_to_num(GROUND.cos_emission)
    return bright * (0.5 * (mu > 0.0) + 0.5 * mu)


def flux_of(snr: float, psf_px: float, row: float, col: float) -> float:
    """Flux of a point there in unit noise."""
    return snr / math.sqrt(float(np.sum(point((SIZE, SIZE), row, col, psf_px * SIGMA_OF_FWHM) ** 2)))


def slopes(psf_px: float, row: float, col: float) -> Values:
    """A unit point and its derivatives by row and column, shape (3, row, col)."""
    sigma, step = psf_px * SIGMA_OF_FWHM, 1e-3

    def at(down: float, right: float) -> Values:
        return point((SIZE, SIZE), row + down, col + right, sigma)

    by_row, by_col = (at(step, 0.0) - at(-step, 0.0)), (at(0.0, step) - at(0.0, -step))
    return np.stack((at(0.0, 0.0), by_row / (2.0 * step), by_col / (2.0 * step)))


def linear(noise: Values, psf_px: float, row: float, col: float, flux: float) -> float:
    """What noise adds to the flux of a fit that begins at the truth and takes one step, as a share of the flux."""
    down, right = np.indices(noise.shape)
    inside = np.hypot(down - row, right - col) <= window_px(psf_px)
    design = np.stack((*slopes(psf_px, row, col)[:, inside], np.ones(int(inside.sum()))), axis=1)
    return float(np.linalg.lstsq(design, noise[inside], rcond=None)[0][0]) / flux


def least_offset(snr: float, psf_px: float) -> float:
    """Median offset of places whose errors are the bound's, in pixels."""
    row = col = SIZE / 2.0 + 0.25
    shape = slopes(psf_px, row, col).reshape(3, -1)
    flux = flux_of(snr, psf_px, row, col)
    return 1.0 / (flux * math.sqrt(float(shape[1] @ shape[1]))) * math.sqrt(2.0 * math.log(2.0))


def nearest(hot: Hot, row: float, col: float, reach_px: float) -> int | None:
    away = [math.hypot(source.row - row, source.col - col) for source in hot.sources]
    return int(np.argmin(away)) if away and min(away) <= reach_px else None


def trials(snr: float, psf_px: float, count: int, seed: int, *, bright: float = 0.0) -> Values:
    """Found (0 or 1), flux over truth, offset in pixels, error of flux in sigmas, what noise adds to the flux.

    NaN where not found, but for the last.
    """
    rng = np.random.default_rng(seed)
    out = np.full((count, 5), np.nan)
    for number in range(count):
        row, col = SIZE / 2.0 + rng.uniform(-25.0, 25.0, 2)
        flux, noise = flux_of(snr, psf_px, row, col), rng.standard_normal((SIZE, SIZE))
        image = disc(bright) + noise + flux * point((SIZE, SIZE), row, col, psf_px * SIGMA_OF_FWHM)
        hot = find_heat(frame(image, psf_px, by_day=bright > 0.0), STRICT)
        at = nearest(hot, row, col, NEAR_PSF * psf_px)
        out[number, 0], out[number, 4] = at is not None, linear(noise, psf_px, row, col, flux)
        if at is not None:
            found = hot.sources[at]
            out[number, 1] = found.flux / flux
            out[number, 2] = math.hypot(found.row - row, found.col - col)
            out[number, 3] = abs(found.flux - flux) / found.flux_sigma
    return out


def bias(seen: Values) -> tuple[float, float]:
    """Mean of the flux over the truth, less one and what the noise adds to it, and the error of this mean."""
    found = seen[seen[:, 0] > 0]
    excess = found[:, 1] - 1.0 - found[:, 4]
    return float(excess.mean()), float(excess.std() / math.sqrt(len(excess)))


def half_found(psf_px: float, count: int) -> float:
    snrs = np.arange(4.0, 7.6, 0.5)
    shares = [float(trials(snr, psf_px, count, 100 + number)[:, 0].mean()) for number, snr in enumerate(snrs)]
    print(f"  found at SNR {', '.join(f'{snr:g}: {share:.2f}' for snr, share in zip(snrs, shares, strict=True))}")
    return float(np.interp(0.5, np.maximum.accumulate(shares), snrs))


def pairs(psf_px: float, apart_psf: float, snr: float, count: int) -> float:
    rng = np.random.default_rng(7)
    told = 0
    for _ in range(count):
        turn = rng.uniform(0.0, math.pi)
        middle = 64.0 + rng.uniform(-20.0, 20.0, 2)
        step = np.array([math.sin(turn), math.cos(turn)]) * apart_psf * psf_px / 2.0
        image = rng.standard_normal((SIZE, SIZE))
        for at in (middle + step, middle - step):
            image += flux_of(snr, psf_px, at[0], at[1]) * point((SIZE, SIZE), at[0], at[1], psf_px * SIGMA_OF_FWHM)
        hot = find_heat(frame(image, psf_px, by_day=False), STRICT)
        ends = [nearest(hot, at[0], at[1], 0.5 * psf_px) for at in (middle + step, middle - step)]
        told += None not in ends and ends[0] != ends[1]
    return told / count


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for psf_px in (3.0, 1.5, 6.0):
        print(f"width {psf_px:g} px, by night", flush=True)
        print(f"  half are found at SNR {half_found(psf_px, count):.2f}")
        for snr in (10.0, 20.0, 50.0):
            seen = trials(snr, psf_px, count, 900)
            excess, error = bias(seen)
            print(
                f"  SNR {snr:g}: found {seen[:, 0].mean():.2f}, flux bias {excess:+.2%} +- {error:.2%}, place off by "
                f"{np.nanmedian(seen[:, 2]):.2f} px (median; least possible {least_offset(snr, psf_px):.2f}), "
                f"1 sigma holds {np.mean(seen[seen[:, 0] > 0, 3] <= 1.0):.2f}",
                flush=True,
            )
        for snr in (15.0, 20.0, 40.0):
            print(f"  pairs at 1.5 widths, SNR {snr:g} each: {pairs(psf_px, 1.5, snr, count):.2f} told apart")
    by_day = trials(10.0, 3.0, count, 950, bright=50.0)
    print(
        f"by day, 50 noises bright, width 3 px, SNR 10: found {by_day[:, 0].mean():.2f}, "
        f"flux bias {bias(by_day)[0]:+.2%} +- {bias(by_day)[1]:.2%}"
    )
    rng = np.random.default_rng(5)
    false = [
        len(find_heat(frame(rng.standard_normal((SIZE, SIZE)), 3.0, by_day=False), STRICT).sources)
        for _ in range(count)
    ]
    print(f"false sources per image of noise alone: {np.mean(false):.3f}")


if __name__ == "__main__":
    main()
