import math

import numpy as np
import pytest

from iovolc.geometry.view import View, ground_pixel_km, reduced
from iovolc.model.observation import Bounds, Disc


def test_pixel_of_a_map_is_its_step_in_latitude() -> None:
    assert ground_pixel_km(np.ones((90, 180), np.float32), Bounds(0.0, 360.0, 90.0, -90.0)) == pytest.approx(
        63.58, abs=0.01
    )


def test_pixel_of_a_region_across_the_seam() -> None:
    assert ground_pixel_km(np.ones((40, 40), np.float32), Bounds(160.0, 200.0, 20.0, -20.0)) == pytest.approx(
        31.79, abs=0.01
    )


def test_pixel_of_a_disc_grows_by_foreshortening() -> None:
    pixel_km = ground_pixel_km(np.ones((200, 200), np.float32), Disc(0.0, 0.0, 0.0, 100.0, 100.0, 20.0, 4e5))
    assert 25.0 < pixel_km < 80.0


def test_view_that_shows_nothing_has_no_pixel_size() -> None:
    off = Disc(0.0, 0.0, 0.0, -500.0, 100.0, 20.0, 4e5)
    assert math.isinf(ground_pixel_km(np.ones((200, 200), np.float32), off))


def test_reduced_view_is_not_coarser_than_asked() -> None:
    whole = Bounds(0.0, 360.0, 90.0, -90.0)
    view = reduced(View(np.ones((180, 360), np.float32), whole, 31.79), 100.0)
    assert view.pixels.shape == (60, 120)
    assert view.pixel_km == pytest.approx(95.37)
    assert reduced(view, 50.0).pixels.shape == (60, 120)
