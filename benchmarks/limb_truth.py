"""How far the fitted limb is from the truth on drawn pictures like Keck's, with Io's own ground and volcanoes.

``python benchmarks/limb_truth.py FOLDER MAP HOTSPOTS.csv`` draws each picture of FOLDER's geometry anew: the ground of
MAP (a global map centred on 180 degrees), the volcanoes of HOTSPOTS.csv with random strengths, the blur of a 10 m
mirror behind imperfect optics with a halo, noise, and eight bits. Unlike copies of a picture
(``benchmarks/limb_fit.py``), these know their centre. Printed are the errors, and whether the standard errors are true,
for the nights of even and of odd number apart.
"""

import csv
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc.geometry.disc import place_disc
from iovolc.geometry.ellipsoid import DiscPositions, disc_lat_lon, disc_pixel
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.limbfit import LimbFit
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.discview import DiscView
from keck_catalogue import ARCSEC, FILTERS, MIRROR_M, PX_PER_ARCSEC, pictures, write

Values = NDArray[np.float64]

FINE = 2
SIDE = 218
SPOTS = {"Kc": 0.003, "H2O": 0.01, "PAH": 0.02, "Lp": 0.1, "Brac": 0.08, "Bra": 0.4, "Ms": 0.3}
"""Light of all volcanoes as a share of the ground's, in the median."""
CONTRAST = {"Kc": 0.7, "H2O": 1.2, "Bra": 1.8}
"""Of the ground, in units of the map's; 1 for other bands. Frost is dark at 4.05 micrometres."""
CLAIMED_PX = 0.3


def draw(
    view: DiscView, x: float, y: float, band: str, ground: Values, spots: tuple[Values, ...], rng: np.random.Generator
) -> NDArray[np.float32]:
    """One picture; the disc's centre is at column x and row y."""
    fine = place_disc(view, centre_x=x * FINE, centre_y=y * FINE, radius_px=(view.radius_px or 0.0) * FINE)
    row, col = np.mgrid[: SIDE * FINE, : SIDE * FINE] + 0.5
    lat, lon_e = disc_lat_lon(fine, col, row)
    shown = np.isfinite(lat)
    normal = unit_vectors(lat[shown], lon_e[shown])
    towards = unit_vectors(view.sub_observer_lat, view.sub_observer_lon_e)
    mu = np.clip(normal @ towards, 1e-3, 1.0)
    sun = unit_vectors(view.sub_solar_lat or 0.0, view.sub_solar_lon_e or 0.0)
    mu0 = np.clip(normal @ sun, 0.0, 1.0)
    share = rng.uniform(0.3, 0.8)
    steps = ground.shape[0] / 180.0
    albedo = ground[((90.0 - lat[shown]) * steps).astype(int) % ground.shape[0],
                    ((lon_e[shown] % 360.0) * steps).astype(int) % ground.shape[1]]  # fmt: skip
    contrast = CONTRAST.get(band, 1.0) * rng.uniform(0.7, 1.3)
    albedo = np.maximum(1.0 + contrast * (albedo / albedo.mean() - 1.0), 0.05)
    bright = np.zeros(lat.shape)
    bright[shown] = albedo * (share * 2.0 * mu0 / (mu0 + mu) + (1.0 - share) * mu0)
    _add_spots(bright, disc_pixel(fine, *spots[:2]), spots[2], SPOTS[band] * rng.lognormal(0.0, 0.7), rng)
    sharp = _blurred(bright, FILTERS[band][1], rng).reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    noise = rng.choice([0.003, 0.01, 0.02]) * np.quantile(sharp, 0.9)
    sharp = np.clip((sharp + rng.normal(0.0, noise, sharp.shape)) / np.quantile(sharp, 0.9995), 0.0, 1.0)
    return (np.round(sharp * 255.0) / 255.0).astype(np.float32)


def _add_spots(bright: Values, at: DiscPositions, power: Values, share: float, rng: np.random.Generator) -> None:
    seen = np.nonzero(at.cos_emission > 0.02)[0]
    strength = power[seen] * rng.lognormal(0.0, 1.5, len(seen)) * at.cos_emission[seen]
    strength *= share * bright.sum() / strength.sum()
    np.add.at(bright, (at.row[seen].astype(int), at.col[seen].astype(int)), strength)


def _blurred(bright: Values, wavelength_um: float, rng: np.random.Generator) -> Values:
    """A core of the mirror's width, shaken by 1 to 3 pixels, and a halo with the rest of the light."""
    wave = np.hypot(*np.meshgrid(*[np.fft.fftfreq(2 * side) for side in bright.shape[::-1]]))
    cutoff = MIRROR_M / (wavelength_um * 1e-6) / (PX_PER_ARCSEC * FINE * ARCSEC)
    share = np.clip(wave / cutoff, 0.0, 1.0)
    core = 2.0 / np.pi * (np.arccos(share) - share * np.sqrt(1.0 - share**2))
    core *= _gaussian(wave, rng.uniform(1.0, 3.0) * FINE)
    strehl = rng.uniform(0.35, 0.75)
    transfer = strehl * core + (1.0 - strehl) * _gaussian(wave, rng.uniform(40.0, 90.0) * FINE / 2.355)
    padded = np.fft.fft2(bright, wave.shape)
    return np.fft.ifft2(padded * transfer).real[: bright.shape[0], : bright.shape[1]]


def _gaussian(wave: Values, sigma_px: float) -> Values:
    return np.exp(-2.0 * (np.pi * wave * sigma_px) ** 2)


def report(name: str, fits: list[tuple[LimbFit, float, float, float]]) -> None:
    """One line: errors of centre and radius, and the standard errors."""
    used = [entry for entry in fits if entry[0].is_usable]
    off = np.array([(fit.centre_x - x, fit.centre_y - y) for fit, x, y, _ in used])
    sigma = np.array([fit.centre_sigma_px for fit, *_ in used])
    radius = np.array([fit.radius_px / true - 1.0 for fit, _, _, true in used])
    far, claimed = np.hypot(*off.T), sigma <= CLAIMED_PX
    told = f"{np.mean(far[claimed] <= CLAIMED_PX):.2f}" if claimed.any() else "none"
    within = [np.mean(np.abs(off) < count * sigma[:, None]) for count in (1, 2)]
    print(
        f"{name:18s} n {len(fits):3d} refused {len(fits) - len(used):2d}  centre median {np.median(far):.2f} p90 "
        f"{np.quantile(far, 0.9):.2f} within 0.3 px {np.mean(far <= 0.3):.2f}  in 1 sigma {within[0]:.2f} 2 sigma "
        f"{within[1]:.2f}  claimed {claimed.mean():.2f}, of these within {told}  "
        f"radius within 1 per cent {np.mean(np.abs(radius) <= 0.01):.2f}"
    )


def main(folder: Path, map_path: Path, hot_spots: Path) -> None:
    with Image.open(map_path) as image:
        ground = np.asarray(image.convert("L").resize((1440, 720), Image.Resampling.BOX), np.float64) / 255.0
    with hot_spots.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    spots = tuple(np.array([float(e[key] or 1.0) for e in entries]) for key in ("lat", "lon_e", "power_gw"))
    found: dict[str, list[tuple[LimbFit, float, float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as place:
        write(folder, Path(place) / "catalogue.csv")
        shown = [p for p in pictures(folder, Path(place) / "catalogue.csv") if p.pixels.shape == (SIDE, SIDE)]
    nights = sorted({picture.night for picture in shown})
    for index, picture in enumerate(shown):
        rng = np.random.default_rng([7, index])
        view, radius_px = picture.view, picture.view.radius_px or 0.0
        x, y = SIDE / 2 + rng.uniform(-6.0, 6.0, 2)
        pixels = draw(view, x, y, picture.row.band, ground, spots, rng)
        half = "even" if nights.index(picture.night) % 2 == 0 else "odd"
        kind = picture.row.band if picture.row.band in ("Bra", "Ms", "Lp") else "others"
        known, free = fit_limb(pixels, view), fit_limb(pixels, replace(view, radius_px=None))
        for name in (f"known {half}", f"known {kind}"):
            found[name].append((known, x, y, radius_px))
        found[f"free {half}"].append((free, x, y, radius_px))
    for name in sorted(found):
        report(name, found[name])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
