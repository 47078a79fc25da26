"""How well the limb of the Keck pictures is found again in copies that were resized, shifted and made noisy.

``python benchmarks/limb_fit.py FOLDER`` fits each picture and three copies of it, with the plate scale and without, and
prints the differences of centre (pixels) and radius (per cent), and the plate scale that free fits give. Copies share
the picture's own unevenness, so that this measures repeatability; drawn discs (``benchmarks/limb_truth.py``) measure
truth.
"""

import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from iovolc import body
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.limbfit import LimbFit
from keck_catalogue import ARCSEC, Picture, pictures, write

COPIES = 3
NOISE = 0.02
CLAIMED_PX = 0.3


def copy(picture: Picture, rng: np.random.Generator) -> tuple[NDArray[np.float32], float, float, float]:
    """A noisy copy; its scale, and where the column and row 0 of the picture come to lie."""
    scale, right, down = rng.uniform(0.8, 1.2), *rng.uniform(-8.0, 8.0, 2)
    side = int(np.ceil(scale * picture.pixels.shape[0])) + 20
    row, col = np.mgrid[:side, :side] + 0.5
    here = ((row - 10.0 - down) / scale - 0.5, (col - 10.0 - right) / scale - 0.5)
    filled = np.nan_to_num(picture.pixels, nan=float(np.nanmedian(picture.pixels)))
    moved = ndimage.map_coordinates(filled, here, order=3, mode="nearest")
    level = float(np.quantile(filled, 0.9))
    noisy = moved + rng.normal(0.0, NOISE * level, moved.shape)
    return noisy.astype(np.float32), scale, 10.0 + right, 10.0 + down


def main(folder: Path) -> None:
    rng = np.random.default_rng(20)
    off: dict[str, list[float]] = defaultdict(list)
    plate: dict[str, list[float]] = defaultdict(list)
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        write(folder, Path(place) / "catalogue.csv")
        for picture in pictures(folder, Path(place) / "catalogue.csv"):
            known = fit_limb(picture.pixels, picture.view)
            if not known.is_usable:
                refused.append(f"{picture.row.path}: {known.problem}")
                continue
            # In Brackett alpha the volcanoes outshine the disc, whose limb then hides in their haloes.
            kind = "Bra" if picture.row.band == "Bra" else "others"
            free = fit_limb(picture.pixels, replace(picture.view, radius_px=None))
            if free.is_usable:
                arcsec = ARCSEC * body.RADIUS_KM / picture.view.range_km
                plate[picture.row.band].append(free.radius_px / arcsec)
            for _ in range(COPIES):
                pixels, scale, right, down = copy(picture, rng)
                again = fit_limb(pixels, replace(picture.view, radius_px=(picture.view.radius_px or 0.0) * scale))
                if again.is_usable:
                    far = apart(again, known, scale, right, down)
                    off[f"{kind}: centre, radius known"].append(far)
                    if again.centre_sigma_px <= CLAIMED_PX:
                        off["standard error up to 0.3 px: centre"].append(far)
                off[f"{kind}: copies refused"].append(float(not again.is_usable))
                again = fit_limb(pixels, replace(picture.view, radius_px=None))
                if free.is_usable and again.is_usable:
                    off[f"{kind}: centre, radius free"].append(apart(again, free, scale, right, down))
                    off[f"{kind}: radius, per cent"].append(
                        100.0 * abs(again.radius_px / (scale * free.radius_px) - 1.0)
                    )
    print("refused:", *refused, sep="\n  ")
    for name, values in off.items():
        low, high, last = np.quantile(values, (0.5, 0.9, 1.0))
        within = np.mean(np.array(values) <= (1.0 if "cent" in name[-4:] else 0.3))
        print(f"{name:35s} n {len(values):4d}  median {low:.3f}  p90 {high:.3f}  max {last:.3f}  within {within:.3f}")
    for band, values in plate.items():
        low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
        print(f"plate scale {band:5s} n {len(values):3d}  {low:.1f} {middle:.1f} {high:.1f} px per arcsec")


def apart(again: LimbFit, original: LimbFit, scale: float, right: float, down: float) -> float:
    """Distance in the copy's pixels from where the original's centre has come to lie."""
    return float(
        np.hypot(again.centre_x - scale * original.centre_x - right, again.centre_y - scale * original.centre_y - down)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
