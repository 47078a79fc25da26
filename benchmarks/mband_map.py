"""How many peaks of Keck's global M-band map lie within 3 degrees of a published source, beside 500 rotations.

``python benchmarks/mband_map.py MAP.jpg DAVIES.csv`` reads the false-colour map along its colour table, searches it as
a run would (a closed map, pixels of a stretched picture by day), and compares the places. The map has no label: 180 W
stands in its middle, west to the left.
"""

import csv
import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc.archive.colours import invert_colours
from iovolc.detect.heat import Thresholds, find_heat
from iovolc.detect.heatframe import HeatFrame
from iovolc.geometry.native import ground_of, place_at
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds

Values = NDArray[np.float64]

PLACE = Bounds(0.0, 360.0, 90.0, -90.0)
"""East longitudes from 0 to 360, left to right: 180 in the middle."""
PSF_DEG = 3.0
ROTATIONS, LEAST_TURN_DEG, NEAR_DEG = 500, 15.0, 3.0


def published(path: Path) -> Values:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return unit_vectors([float(row["lat"]) for row in rows], [-float(row["lon_w"]) for row in rows])


def peaks(path: Path, snr: float) -> tuple[Values, int]:
    """Directions of the peaks, and how many the negative has."""
    values = np.asarray(invert_colours(np.asarray(Image.open(path).convert("RGB")), "hot", farthest=math.inf).values)
    shape = (values.shape[0], values.shape[1])
    nothing = np.zeros(shape, bool)
    psf_px = PSF_DEG * shape[1] / 360.0
    pixels = values.astype(np.float64)
    whole = HeatFrame(pixels, nothing, ground_of(PLACE, shape), ~nothing, psf_px, is_disc=False, wraps=True)
    hot = find_heat(whole, Thresholds(snr, snr, 60.0))
    cols, rows = ([getattr(source, name) + 0.5 for source in hot.sources] for name in ("col", "row"))
    lat, lon_e = place_at(PLACE, shape, cols, rows)
    return unit_vectors(lat, lon_e), hot.negatives


def share_near(places: Values, among: Values) -> float:
    return float(np.mean((places @ among.T).max(axis=1) >= math.cos(math.radians(NEAR_DEG))))


def rotated(places: Values, angle: float) -> Values:
    cos, sin = math.cos(angle), math.sin(angle)
    return places @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def main() -> None:
    picture, truth = Path(sys.argv[1]), published(Path(sys.argv[2]))
    rng = np.random.default_rng(3)
    for snr in (8.0, 5.0):
        found, negatives = peaks(picture, snr)
        share = share_near(found, truth)
        turns = np.radians(rng.uniform(LEAST_TURN_DEG, 360.0 - LEAST_TURN_DEG, ROTATIONS))
        turned = np.array([share_near(found, rotated(truth, float(turn))) for turn in turns])
        mirrored = share_near(found * np.array([1.0, -1.0, 1.0]), truth)
        print(
            f"SNR {snr:g}: {len(found)} peaks ({negatives} in the negative), {round(share * len(found))} = {share:.2f} "
            f"within {NEAR_DEG:g} deg of one of {len(truth)}; rotated {turned.mean():.2f} "
            f"(p {(1 + np.sum(turned >= share)) / (1 + ROTATIONS):.3f}); the map mirrored {mirrored:.2f}"
        )


if __name__ == "__main__":
    main()
