import numpy as np
import pytest
from registration_scene import WHOLE, displaced, surface, turned

from iovolc import body
from iovolc.geometry.matching import Matches, Tiling, match
from iovolc.geometry.sphere import lat_lon
from iovolc.geometry.view import View
from iovolc.model.observation import Bounds

GROUND = surface(1)
REGION = Bounds(-35.0, 35.0, 35.0, -35.0)
REFERENCE = View(GROUND, WHOLE, 31.79)
TILING = Tiling(1020.0, 130.0, 31.79, 0.35)


def unmoved(points: np.ndarray) -> np.ndarray:
    return np.zeros_like(points)


def seen(east_deg: float) -> View:
    return View(displaced(GROUND, turned(east_deg), REGION, (70, 70)), REGION, 31.79)


def error_km(found: Matches, east_deg: float) -> np.ndarray:
    arrivals = found.points + found.displacements
    arrivals /= np.linalg.norm(arrivals, axis=1, keepdims=True)
    return np.linalg.norm(arrivals - found.points - turned(east_deg)(found.points), axis=1) * body.RADIUS_KM


def test_tiles_are_never_smaller_than_32_pixels() -> None:
    assert TILING.size == 32
    assert Tiling(255.0, 40.0, 31.79, 0.35).edge_km == pytest.approx(32 * 31.79)
    assert Tiling(510.0, 64.0, 7.95, 0.35).size == 64


def test_tiles_show_how_far_the_observation_is_displaced() -> None:
    found = match(seen(1.7), REFERENCE, TILING, unmoved)
    assert len(found.points) >= 4
    assert np.median(error_km(found, 1.7)) < 0.15 * 31.79
    assert found.correlation.min() > 0.35


def test_first_guess_is_part_of_the_answer() -> None:
    found = match(seen(6.0), REFERENCE, TILING, turned(5.5))
    assert len(found.points) >= 4
    assert np.median(error_km(found, 6.0)) < 0.15 * 31.79


def test_tiles_lie_only_where_both_have_data() -> None:
    lat, lon_e = lat_lon(match(seen(0.0), REFERENCE, TILING, unmoved).points)
    assert np.abs(lat).max() < 36.0
    assert np.abs(lon_e).max() < 36.0
    assert len(match(seen(0.0), View(np.full_like(GROUND, np.nan), WHOLE, 31.79), TILING, unmoved).points) == 0


def test_changed_ground_loses_its_tiles() -> None:
    other = View(displaced(surface(1, seed=50), turned(0.0), REGION, (70, 70)), REGION, 31.79)
    assert len(match(other, REFERENCE, TILING, unmoved).points) == 0
