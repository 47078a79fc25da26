"""Discs, rings and points of known size put into images: which of them are told, and how wide they come out.

``python benchmarks/heat_extent.py [images]`` prints, for a point of 3 pixels (FWHM) in white noise by night: the share
of points taken for something wider, of discs and rings found extended and told from each other, and the error of their
diameters and fluxes. SNR is that of a point of the same flux in a matched filter.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from heat_injection import SIZE, STRICT, flux_of, frame, nearest
from iovolc.detect.heat import Source, find_heat
from iovolc.detect.heatpsf import spread

Values = NDArray[np.float64]
PSF_PX = 3.0
PIXELS = np.arange(SIZE, dtype=np.float64)


def found(diameter_px: float, snr: float, *, ring: bool, rng: np.random.Generator) -> tuple[Source | None, int, float]:
    """The source at the true place, how many there are in all, and the true flux."""
    row, col = SIZE / 2.0 + rng.uniform(-15.0, 15.0, 2)
    flux = flux_of(snr, PSF_PX, row, col)
    image = rng.standard_normal((SIZE, SIZE))
    image += flux * spread(PIXELS, PIXELS, (row, col), PSF_PX, diameter_px, ring=ring)
    hot = find_heat(frame(image, PSF_PX, by_day=False), STRICT)
    at = nearest(hot, row, col, 0.5 * PSF_PX)
    return (None if at is None else hot.sources[at]), len(hot.sources), flux


def row_of(diameter_psf: float, snr: float, *, ring: bool, count: int) -> str:
    rng = np.random.default_rng(11)
    seen = [found(diameter_psf * PSF_PX, snr, ring=ring, rng=rng) for _ in range(count)]
    wide = [(source, flux) for source, _, flux in seen if source is not None and source.diameter_px > 0.0]
    single = np.mean([number == 1 for _, number, _ in seen])
    told = f"extended {len(wide) / count:.2f}, one source {single:.2f}"
    if not wide or diameter_psf == 0.0:
        return told
    size = np.array([source.diameter_px / PSF_PX / diameter_psf - 1.0 for source, _ in wide])
    flux = np.array([source.flux / truth - 1.0 for source, truth in wide])
    held = np.mean([abs(s.diameter_px - diameter_psf * PSF_PX) <= s.diameter_sigma_px for s, _ in wide])
    rings = np.mean([source.ring for source, _ in wide])
    return (
        f"{told}, rings {rings:.2f}, diameter {np.median(size):+.1%} +- {size.std():.1%}, flux {np.median(flux):+.1%}"
        f" +- {flux.std():.1%}, 1 sigma of the diameter holds {held:.2f}"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    for snr in (30.0, 60.0, 120.0):
        print(f"SNR {snr:g}\n  points: {row_of(0.0, snr, ring=False, count=count)}", flush=True)
        for diameter in (1.5, 2.0, 3.0, 4.0):
            for ring in (False, True):
                told = row_of(diameter, snr, ring=ring, count=count)
                print(f"  {'rings' if ring else 'discs'} {diameter:g} widths across: {told}", flush=True)


if __name__ == "__main__":
    main()
