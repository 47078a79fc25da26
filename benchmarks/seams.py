"""How well `iovolc check` finds the seams of mosaics: false findings on seamless maps, and how many of a known kind.

``python benchmarks/seams.py [maps] [FOLDER_OF_REAL_MAPS]`` invents so many seamless maps (default 20), puts seams of
known size and length into them, and lists what is found in each of them and in the real maps.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from tests.small_maps import surface

from iovolc.geometry.seams import Seam, find_seams
from iovolc.model.observation import Bounds

GLOBE = Bounds(-180.0, 180.0, 90.0, -90.0)
SHAPE = (720, 1440)
PPD = 4
LENGTHS_DEG = (10, 15, 20, 30, 40, 60)
TONES = (1.0, 1.5, 2.0, 3.0)
GRAINS = (1.2, 1.5, 2.0, 3.0)


def seamless(seed: int) -> np.ndarray:
    """An invented map in 8 bits whose noise differs from place to place, as compression and resolution make it."""
    rng = np.random.default_rng(seed)
    rough = surface(shape=SHAPE, seed=seed + 1000)
    noise = (0.5 + 2.0 * (rough - rough.min()) / np.ptp(rough)) * rng.normal(size=SHAPE)
    return 200.0 * surface(shape=SHAPE, seed=seed) + noise


def typical_step(pixels: np.ndarray) -> float:
    """Root mean square difference of means over a degree on both sides of a meridian."""
    cells = pixels.reshape(SHAPE[0] // PPD, PPD, SHAPE[1] // PPD, PPD).mean(axis=(1, 3))
    return float(np.sqrt(np.mean(np.diff(cells, axis=1) ** 2)))


def with_seam(
    pixels: np.ndarray, lon: int, lat: int, length: int, *, tone: float, grain: float, seed: int
) -> np.ndarray:
    """A frame of 60 degrees of longitude east of a meridian, whose other edges fade out."""
    rng = np.random.default_rng(seed)
    share = np.zeros(SHAPE)
    top, left = (90 - lat) * PPD, (lon + 180) * PPD
    share[top : top + length * PPD, left : left + 60 * PPD] = 1.0 - np.arange(60 * PPD) / (60.0 * PPD)
    fine = np.abs(np.diff(np.diff(pixels, axis=0), axis=1)).mean()
    # Four independent numbers make a mixed second difference; their mean size is 2 sqrt(2 / pi) sigma.
    sigma = fine * np.sqrt(max(grain**2 - 1.0, 0.0)) / (2.0 * np.sqrt(2.0 / np.pi))
    return pixels + share * (tone * typical_step(pixels) + sigma * rng.normal(size=SHAPE))


def stored(pixels: np.ndarray) -> np.ndarray:
    return np.clip(np.round(pixels), 0, 255).astype(np.float32)


def is_there(seams: tuple[Seam, ...], lon: float) -> bool:
    """Whether a line along the meridian is among them; the frame's other edges do not count."""
    return any(max(abs(seam.start[1] - lon), abs(seam.stop[1] - lon)) < 4.0 for seam in seams)


def curve(maps: list[np.ndarray], name: str, sizes: tuple[float, ...]) -> None:
    print(f"| {name} | " + " | ".join(f"{length} degrees" for length in LENGTHS_DEG) + " |")
    print("|---" * (len(LENGTHS_DEG) + 1) + "|")
    for size in sizes:
        shares = []
        for length in LENGTHS_DEG:
            hits = 0
            for seed, pixels in enumerate(maps):
                lon = -150 + 11 * (seed % 20)
                kind = {"tone": size, "grain": 1.0} if name == "tone" else {"tone": 0.0, "grain": size}
                seamed = with_seam(pixels, lon, length // 2 + seed % 20, length, seed=seed, **kind)
                hits += is_there(find_seams(stored(seamed), GLOBE), lon)
            shares.append(f"{100 * hits / len(maps):.0f} %")
        print(f"| {size:g} | " + " | ".join(shares) + " |", flush=True)


def main() -> None:
    maps = [seamless(seed) for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20)]
    false = [len(find_seams(stored(pixels), GLOBE)) for pixels in maps]
    print(f"seamless maps: {len(maps)}, with a false finding: {sum(count > 0 for count in false)}, lines: {sum(false)}")
    curve(maps, "tone", TONES)
    curve(maps, "grain", GRAINS)
    for path in sorted(Path(sys.argv[2]).glob("*.jpg")) if len(sys.argv) > 2 else ():
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L")).astype(np.float32)
        print(path.name)
        for seam in find_seams(pixels, Bounds(0.0, 360.0, 90.0, -90.0)):
            (north, first), (south, last) = seam.start, seam.stop
            ends = f"{north:+.0f} {first % 360.0:.0f}E to {south:+.0f} {last % 360.0:.0f}E"
            print(f"  {ends}: tone {seam.tone:.2f}, grain {seam.grain:.2f}, {seam.sigmas:.1f} sigma")


if __name__ == "__main__":
    main()
