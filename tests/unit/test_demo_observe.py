from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from demo_views import view_at

from iovolc.demo.observe import generator, render, seen
from iovolc.demo.plan import View
from iovolc.demo.surface import Surface
from iovolc.demo.view import unit_vectors

QUIET = replace(view_at(2000), sub_solar_lon_e=120.0, resolution_km=60.0, bands=("red", "blue"))


def like(**changes: Any) -> View:
    return replace(QUIET, **changes)


def striped() -> Surface:
    lon = np.radians(np.arange(720) * 0.5 - 179.75)
    plane = np.broadcast_to((0.5 + 0.2 * np.sin(6 * lon)).astype(np.float32), (360, 720))
    return Surface(np.stack([plane, 0.5 * plane, 0.25 * plane]), 2.0)


def test_an_undisturbed_view_shows_the_surface_in_its_bands() -> None:
    picture = render(QUIET, striped(), seed=1, index=0)
    _, lon = picture.frame.places()
    near = np.isfinite(picture.planes[0]) & (np.abs(picture.frame.places()[0]) < 20.0)
    truth = 0.5 + 0.2 * np.sin(6 * np.radians(lon))
    assert picture.planes[0][near] == pytest.approx(truth[near], abs=0.02)
    assert picture.planes[1][near] == pytest.approx(0.25 * picture.planes[0][near], rel=1e-4)


def test_the_view_ends_at_limb_and_terminator() -> None:
    lon = np.arange(-180.0, 180.0, 1.0)
    shown = lon[seen(QUIET, unit_vectors(np.zeros_like(lon), lon), 1, 0)]
    assert shown.max() == pytest.approx(173.0, abs=1.0)  # emission 74 degrees beyond the limb side
    assert shown.min() == pytest.approx(39.0, abs=1.0)  # incidence 81 degrees from the Sun


def test_polar_maps_keep_to_their_hemisphere() -> None:
    lat = np.array([-10.0, 10.0])
    vectors = unit_vectors(lat, np.full(2, 110.0))
    assert list(seen(like(projection="IAU_2015:50130"), vectors, 1, 0)) == [False, True]
    assert list(seen(like(projection="IAU_2015:50135"), vectors, 1, 0)) == [True, False]


def test_the_map_is_cropped_to_what_was_seen() -> None:
    planes = render(QUIET, striped(), seed=1, index=0).planes
    some = np.isfinite(planes[0])
    assert all(edge.any() for edge in (some[0], some[-1], some[:, 0], some[:, -1]))


def test_noise_has_its_size_and_is_independent_between_bands() -> None:
    flat = Surface(np.full((3, 360, 720), 0.4, dtype=np.float32), 2.0)
    planes = render(like(noise=0.02), flat, seed=1, index=0).planes
    red, blue = (plane[np.isfinite(plane)] for plane in planes)
    assert red.std() / red.mean() == pytest.approx(0.02, rel=0.1)
    assert abs(np.corrcoef(red, blue)[0, 1]) < 0.05


def test_the_seed_decides_everything() -> None:
    view = like(noise=0.01, gain_sigma=0.05, light_residual=0.03, shift_km=5.0, warp_km=5.0, gaps=2)
    first, again, other = (render(view, striped(), seed=seed, index=0).planes for seed in (1, 1, 2))
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_each_view_and_purpose_has_its_own_numbers() -> None:
    draws = {generator(1, index, stream, band).random() for index in (0, 1) for stream in (0, 1) for band in (0, 1)}
    assert len(draws) == 8
