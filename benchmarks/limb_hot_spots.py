"""Whether the brightest spots of the Keck L' pictures lie where Io's volcanoes are, once the limb has placed them.

``python benchmarks/limb_hot_spots.py FOLDER HOTSPOTS.csv [SHEET.png]`` prints the share of brightest peaks within 3
degrees of one of the dozen most powerful sources, and within 5 degrees of any, each beside 500 rotations of the
sources in longitude (by at least 15 degrees, lest they stay where they are) and beside peaks drawn without looking at
the picture. Pictures of one night repeat the same spots: the nights are the sample. The sheet shows limb and peaks.

The detector: a disc model (cubic in the cosine of emission and two slopes, robust) is taken away, and maxima of the
difference of Gaussians of 2 and 7 pixels count from 8 sigma.
"""

import csv
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from iovolc.geometry.disc import placed_by_limb
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.limbfit import LimbFit
from iovolc.geometry.native import Ground, ground_of
from iovolc.geometry.outline import outline
from iovolc.geometry.sphere import unit_vectors
from keck_catalogue import PX_PER_ARCSEC, Picture, pictures, write

Values = NDArray[np.float64]

NARROW_PX, WIDE_PX = 2.0, 7.0
MIN_SIGMAS = 8.0
MAX_EMISSION_DEG = 60.0
ROTATIONS = 500
LEAST_TURN_DEG = 15.0
BRIGHTEST = 12
NEAR_DOZEN_DEG, NEAR_ANY_DEG = 3.0, 5.0


@dataclass(frozen=True)
class Peaks:
    """Spots of a picture, the brightest first: pixels, places and significance."""

    picture: Picture
    fit: LimbFit
    ground: Ground
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    sigmas: Values

    @property
    def places(self) -> Values:
        """Directions on Io."""
        return unit_vectors(self.ground.lat[self.rows, self.cols], self.ground.lon_e[self.rows, self.cols])


def find_peaks(picture: Picture, fit: LimbFit) -> Peaks:
    ground = ground_of(placed_by_limb(picture.view, fit), picture.pixels.shape)
    left = without_disc(picture.pixels, ground, fit)
    sharp = ndimage.gaussian_filter(left, NARROW_PX) - ndimage.gaussian_filter(left, WIDE_PX)
    inside = ground.cos_emission >= np.cos(np.radians(MAX_EMISSION_DEG))
    sigma = 1.4826 * np.median(np.abs(sharp[inside] - np.median(sharp[inside])))
    is_peak = inside & (sharp == ndimage.maximum_filter(sharp, 5)) & (sharp >= MIN_SIGMAS * sigma)
    rows, cols = np.nonzero(is_peak)
    order = np.argsort(-sharp[rows, cols])
    return Peaks(picture, fit, ground, rows[order], cols[order], sharp[rows, cols][order] / sigma)


def without_disc(pixels: NDArray[np.float32], ground: Ground, fit: LimbFit) -> Values:
    """The picture less a smooth disc; 0 outside."""
    on_disc = np.isfinite(ground.cos_emission) & np.isfinite(pixels)
    row, col = np.nonzero(on_disc)
    mu = ground.cos_emission[on_disc]
    slopes = ((col - fit.centre_x) / fit.radius_px, (row - fit.centre_y) / fit.radius_px)
    design = np.stack((np.ones_like(mu), mu, mu**2, mu**3, *slopes), axis=1)
    data, weight = pixels[on_disc].astype(np.float64), np.ones(len(mu))
    rest = data
    for _ in range(20):
        root = np.sqrt(weight)
        solution = np.linalg.lstsq(design * root[:, None], data * root, rcond=None)[0]
        rest = data - design @ solution
        scale = 1.4826 * np.median(np.abs(rest))
        weight = np.clip(1.0 - (rest / (4.0 * scale)) ** 2, 0.0, None) ** 2
    left = np.zeros(pixels.shape)
    left[on_disc] = rest
    return left


def sources(path: Path) -> tuple[Values, Values]:
    """Places of the dozen most powerful sources, and of all."""
    with path.open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    entries.sort(key=lambda entry: float(entry["power_gw"] or 0.0), reverse=True)
    places = unit_vectors([float(e["lat"]) for e in entries], [-float(e["lon_w"]) for e in entries])
    return places[:BRIGHTEST], places


def share_near(places: Values, among: Values, degrees: float) -> float:
    return float(np.mean((places @ among.T).max(axis=1) >= np.cos(np.radians(degrees))))


def rotated(places: Values, angle: float) -> Values:
    cos, sin = np.cos(angle), np.sin(angle)
    return places @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def compare(name: str, found: list[Peaks], among: Values, degrees: float, rng: np.random.Generator) -> None:
    """One line: the share, what rotations give, and what peaks drawn blindly on the same discs give."""
    bright = np.stack([peaks.places[0] for peaks in found])
    share = share_near(bright, among, degrees)
    angles = np.radians(rng.uniform(LEAST_TURN_DEG, 360.0 - LEAST_TURN_DEG, ROTATIONS))
    turned = np.array([share_near(bright, rotated(among, angle), degrees) for angle in angles])
    blind = np.array([share_near(drawn(found, rng), among, degrees) for _ in range(ROTATIONS)])
    nights = {peaks.picture.night: peaks.places[0] for peaks in reversed(found)}
    by_night = share_near(np.stack(list(nights.values())), among, degrees)
    p_turned, p_blind = ((1 + np.sum(null >= share)) / (1 + ROTATIONS) for null in (turned, blind))
    print(
        f"{name:24s} {round(share * len(bright)):3d} of {len(bright):3d} = {share:.2f}"
        f"   rotated {turned.mean():.2f} (p {p_turned:.3f})   blind {blind.mean():.2f} (p {p_blind:.3f})"
        f"   first of each night {by_night:.2f} of {len(nights)}"
    )


def drawn(found: list[Peaks], rng: np.random.Generator) -> Values:
    """For each picture a place on its disc, drawn evenly over the pixels in which peaks are sought."""
    places = []
    for peaks in found:
        row, col = np.nonzero(peaks.ground.cos_emission >= np.cos(np.radians(MAX_EMISSION_DEG)))
        pick = rng.integers(len(row))
        places.append(unit_vectors(peaks.ground.lat[row[pick], col[pick]], peaks.ground.lon_e[row[pick], col[pick]]))
    return np.stack(places)


def sheet(found: list[Peaks], path: Path, columns: int = 6) -> None:
    """The pictures with the fitted limb (white), the peaks (green) and the brightest (cyan)."""
    tiles = [tile(peaks) for peaks in found]
    width, height = max(t.width for t in tiles), max(t.height for t in tiles)
    page = Image.new("RGB", (width * columns, height * -(-len(tiles) // columns)))
    for index, picture in enumerate(tiles):
        page.paste(picture, (index % columns * width, index // columns * height))
    page.save(path)


def tile(peaks: Peaks) -> Image.Image:
    pixels, fit = np.nan_to_num(peaks.picture.pixels), peaks.fit
    grey = Image.fromarray(np.uint8(255 * np.clip(pixels / np.quantile(pixels, 0.995), 0.0, 1.0))).convert("RGB")
    draw = ImageDraw.Draw(grey)
    limb = outline(peaks.picture.view, np.linspace(0.0, 2.0 * np.pi, 120))
    reach = fit.radius_px * limb.reach
    draw.line(list(zip(fit.centre_x + reach * limb.right, fit.centre_y + reach * limb.down, strict=True)), fill="white")
    for index, (row, col) in enumerate(zip(peaks.rows, peaks.cols, strict=True)):
        colour = "lime" if index else "cyan"
        draw.ellipse((col - 4, row - 4, col + 5, row + 5), outline=colour)
    draw.text((3, 3), f"{peaks.picture.row.path} {fit.rms_px:.1f}", fill="yellow")
    return grey


def measure(folder: Path, hot_spots: Path, px_per_arcsec: float, picture_path: Path | None) -> None:
    dozen, every = sources(hot_spots)
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as place:
        catalogue = Path(place) / "catalogue.csv"
        write(folder, catalogue, px_per_arcsec)
        looked = [
            (picture, fit_limb(picture.pixels, picture.view))
            for picture in pictures(folder, catalogue, frozenset({"Lp"}))
        ]
    refused = [picture.row.path for picture, fit in looked if not fit.is_usable]
    all_peaks = [find_peaks(picture, fit) for picture, fit in looked if fit.is_usable]
    found = [peaks for peaks in all_peaks if len(peaks.rows)]
    print(f"{px_per_arcsec:g} px per arcsec: {len(looked)} pictures, limb refused: {', '.join(refused) or 'none'}")
    print(f"no peak of {MIN_SIGMAS:g} sigma: {len(all_peaks) - len(found)}")
    compare(f"{NEAR_DOZEN_DEG:g} deg of the dozen", found, dozen, NEAR_DOZEN_DEG, rng)
    compare(f"{NEAR_ANY_DEG:g} deg of the dozen", found, dozen, NEAR_ANY_DEG, rng)
    compare(f"{NEAR_ANY_DEG:g} deg of any of {len(every)}", found, every, NEAR_ANY_DEG, rng)
    if picture_path is not None:
        sheet(all_peaks, picture_path)


def main() -> None:
    for scale in (PX_PER_ARCSEC, 147.0):
        path = Path(sys.argv[3]) if len(sys.argv) > 3 and scale == PX_PER_ARCSEC else None
        measure(Path(sys.argv[1]), Path(sys.argv[2]), scale, path)


if __name__ == "__main__":
    main()
