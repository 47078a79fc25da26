import numpy as np
import pytest
from registration_scene import WHOLE, displaced, surface, turned

from iovolc import body
from iovolc.config import RegistrationConfig
from iovolc.geometry import lattice, radial
from iovolc.geometry.registration import register
from iovolc.geometry.sphere import lat_lon, unit_vectors
from iovolc.model.epoch import Registration
from iovolc.model.observation import Bounds
from small_grid import slow_uncompiled

GROUND = surface(1)
PIXEL_KM = 31.79
REGION = Bounds(-50.0, 50.0, 50.0, -50.0)
SHAPE = (100, 100)
COARSE = RegistrationConfig(tile_km=(1020.0, 1020.0), search_km=(130.0, 100.0))


@pytest.fixture(autouse=True)
def _few_knots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shifts need no fine field; without compilation it would cost minutes."""
    monkeypatch.setattr(radial, "KNOTS", 80)


def registered(pixels: np.ndarray, config: RegistrationConfig = COARSE, sigma_km: float = 10.0) -> Registration:
    return register(pixels, REGION, GROUND, WHOLE, config, label_sigma_km=sigma_km, grid_pixel_km=PIXEL_KM)


def error_px(found: Registration, displacement: object) -> np.ndarray:
    lat, lon_e = np.meshgrid(np.linspace(-40, 40, 17), np.linspace(-40, 40, 17))
    points = unit_vectors(lat, lon_e).reshape(-1, 3)
    measured, true = points + lattice.sample(found.warp, *lat_lon(points))[:, :3], points + displacement(points)
    measured, true = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in (measured, true))
    return np.linalg.norm(measured - true, axis=1) * body.RADIUS_KM / PIXEL_KM


def bent(points: np.ndarray) -> np.ndarray:
    """A smooth warp of at most two pixels."""
    x, y, z = points.T
    pull = np.stack((np.zeros_like(x), np.sin(3.0 * z), np.cos(2.0 * y)), axis=1)
    pull -= np.sum(pull * points, axis=1, keepdims=True) * points
    return 1.5 * PIXEL_KM / body.RADIUS_KM * pull


@pytest.mark.parametrize("east_deg", [0.0, 0.7, -5.2])
def test_known_shift_is_recovered_to_a_tenth_of_a_pixel(east_deg: float) -> None:
    found = registered(displaced(GROUND, turned(east_deg), REGION, SHAPE))
    assert found.method in {"local", "shift"}
    assert np.median(error_px(found, turned(east_deg))) < 0.1
    assert found.shift_east_km == pytest.approx(east_deg * PIXEL_KM * 0.88, abs=0.13 * abs(east_deg) * PIXEL_KM + 3.0)


@pytest.fixture(scope="module")
def warped() -> Registration:
    """A warped view of finer ground, a tenth of which changed."""
    ground, shape = surface(2), (200, 200)
    pixels = displaced(ground, bent, REGION, shape)
    pixels[30:90, 40:110] = displaced(surface(2, seed=50), bent, REGION, shape)[30:90, 40:110]
    config = RegistrationConfig(tile_km=(510.0, 510.0))
    return register(pixels, REGION, ground, WHOLE, config, grid_pixel_km=0.5 * PIXEL_KM)


@slow_uncompiled
def test_smooth_warp_is_recovered_although_some_ground_changed(warped: Registration) -> None:
    assert warped.method == "local"
    assert np.median(error_px(warped, bent)) < 0.15


@slow_uncompiled
def test_changed_ground_has_no_tiles(warped: Registration) -> None:
    lat, lon_e = warped.tiles[:, 0], warped.tiles[:, 1]
    inside = (abs(lat - 20.0) < 8.0) & (abs(lon_e + 12.5) < 8.0)
    assert len(lat) > 50
    assert not inside.any()


@slow_uncompiled
def test_warp_and_sigma_are_given_for_the_whole_sphere(warped: Registration) -> None:
    values = warped.warp.values
    assert values.shape == (61, 120, 4)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert values[30, 60, 3] < 0.5 * 0.5 * PIXEL_KM
    assert values[30, 0, 3] > 1.5 * values[30, 60, 3]


def test_tiles_report_place_displacement_and_residual() -> None:
    found = registered(displaced(GROUND, turned(0.7), REGION, SHAPE))
    assert found.tiles.shape[1] == 6
    assert np.abs(found.tiles[:, :2]).max() < 55.0
    assert np.median(found.tiles[:, 2]) == pytest.approx(found.shift_east_km, abs=1e-3)
    assert (found.tiles[:, 4] >= 0.0).all()
    assert (found.tiles[:, 5] > COARSE.min_correlation).all()


def test_other_ground_is_left_where_its_label_says() -> None:
    found = registered(displaced(surface(1, seed=50), turned(0.0), REGION, SHAPE), sigma_km=7.0)
    assert found.method == "none"
    assert not found.warp.values[..., :3].any()
    assert (found.warp.values[..., 3] == 7.0).all()
    assert found.sigma_km == 7.0


def test_without_label_the_configured_sigma_holds() -> None:
    empty = np.full(SHAPE, np.nan, np.float32)
    found = registered(empty, COARSE.model_copy(update={"default_sigma_km": 12.0}), float("nan"))
    assert found.method == "none"
    assert found.sigma_km == 12.0


def test_few_tiles_give_a_shift_and_a_cautious_sigma() -> None:
    config = COARSE.model_copy(update={"min_tiles": 1000})
    found = registered(displaced(GROUND, turned(0.7), REGION, SHAPE), config)
    assert found.method == "shift"
    assert np.median(error_px(found, turned(0.7))) < 0.1
    assert found.sigma_km > 2.0
    assert np.ptp(found.warp.values[..., 3]) == 0.0


def test_tiles_that_disagree_more_than_the_label_are_not_believed() -> None:
    config = COARSE.model_copy(update={"min_tiles": 1000})
    assert registered(displaced(GROUND, bent, REGION, SHAPE), config, sigma_km=0.5).method == "none"


def test_pixels_too_coarse_for_tiles_are_not_registered() -> None:
    coarse = np.ones((20, 40), np.float32)
    found = register(coarse, WHOLE, GROUND, WHOLE, COARSE, grid_pixel_km=PIXEL_KM)
    assert found.method == "none"


def test_same_input_gives_the_same_bytes() -> None:
    pixels = displaced(GROUND, bent, REGION, SHAPE)
    first, second = registered(pixels), registered(pixels.copy())
    assert first.warp.values.tobytes() == second.warp.values.tobytes()
    assert first.tiles.tobytes() == second.tiles.tobytes()
