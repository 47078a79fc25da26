"""Point sources of known flux put into images: how often they are found, and how well they are measured.

``python benchmarks/heat_injection.py [images]`` prints, for images of white noise by night (and for a disc by day):
the SNR at which half are found, the bias of the flux and the error of the place at SNR 10 and more, pairs of equal
sources told apart at 1.5 widths, false sources per image, and how often errors hold the truth. SNR is that of a
matched filter in the image's own white noise.
"""

import math
import sys

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.heat import Hot, Thresholds, find_heat
from iovolc.detect.heatfilter import point
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


def flux_of(snr: float, psf_px: float) -> float:
    """Flux of a well sampled point in unit noise."""
    return snr * 2.0 * math.sqrt(math.pi) * psf_px * SIGMA_OF_FWHM


def nearest(hot: Hot, row: float, col: float, reach_px: float) -> int | None:
    away = [math.hypot(source.row - row, source.col - col) for source in hot.sources]
    return int(np.argmin(away)) if away and min(away) <= reach_px else None


def trials(snr: float, psf_px: float, count: int, seed: int, *, bright: float = 0.0) -> Values:
    """Found (0 or 1), flux over truth, offset in pixels, error of flux in sigmas; NaN where not found."""
    rng = np.random.default_rng(seed)
    out = np.full((count, 4), np.nan)
    for number in range(count):
        row, col = 64.0 + rng.uniform(-25.0, 25.0, 2)
        flux = flux_of(snr, psf_px)
        image = (
            disc(bright)
            + rng.standard_normal((SIZE, SIZE))
            + flux * point((SIZE, SIZE), row, col, psf_px * SIGMA_OF_FWHM)
        )
        hot = find_heat(frame(image, psf_px, by_day=bright > 0.0), STRICT)
        at = nearest(hot, row, col, NEAR_PSF * psf_px)
        out[number, 0] = at is not None
        if at is not None:
            found = hot.sources[at]
            out[number, 1] = found.flux / flux
            out[number, 2] = math.hypot(found.row - row, found.col - col)
            out[number, 3] = abs(found.flux - flux) / found.flux_sigma
    return out


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
            image += flux_of(snr, psf_px) * point((SIZE, SIZE), at[0], at[1], psf_px * SIGMA_OF_FWHM)
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
            ratio = seen[:, 1][np.isfinite(seen[:, 1])]
            error = np.std(ratio) / math.sqrt(len(ratio))
            print(
                f"  SNR {snr:g}: found {seen[:, 0].mean():.2f}, flux bias {np.mean(ratio) - 1.0:+.2%} +- {error:.2%}, "
                f"place off by {np.nanmedian(seen[:, 2]):.2f} px (median), "
                f"1 sigma holds {np.mean(seen[seen[:, 0] > 0, 3] <= 1.0):.2f}"
            )
        for snr in (15.0, 20.0, 40.0):
            print(f"  pairs at 1.5 widths, SNR {snr:g} each: {pairs(psf_px, 1.5, snr, count):.2f} told apart")
    by_day = trials(10.0, 3.0, count, 950, bright=50.0)
    print(
        f"by day, 50 noises bright, width 3 px, SNR 10: found {by_day[:, 0].mean():.2f}, "
        f"flux bias {np.nanmean(by_day[:, 1]) - 1.0:+.2%}"
    )
    rng = np.random.default_rng(5)
    false = [
        len(find_heat(frame(rng.standard_normal((SIZE, SIZE)), 3.0, by_day=False), STRICT).sources)
        for _ in range(count)
    ]
    print(f"false sources per image of noise alone: {np.mean(false):.3f}")


if __name__ == "__main__":
    main()
