"""Seams: steps of tone and of grain along straight lines are found where they are, and nothing else is one."""

import numpy as np
import pytest
from tests.small_grid import ALL_SLOW_UNCOMPILED
from tests.small_maps import surface

from iovolc.geometry.seams import Seam, find_seams
from iovolc.model.observation import Bounds, Disc, Projected

pytestmark = ALL_SLOW_UNCOMPILED

GLOBE = Bounds(-180.0, 180.0, 90.0, -90.0)
SHAPE = (540, 1080)
LAT, LON = np.meshgrid(90.0 - (np.arange(540) + 0.5) / 3.0, (np.arange(1080) + 0.5) / 3.0 - 180.0, indexing="ij")


@pytest.fixture(scope="module")
def seamless() -> np.ndarray:
    noise = np.random.default_rng(1).normal(size=SHAPE)
    return np.round(200.0 * surface(shape=SHAPE) + noise).astype(np.float32)


def framed(pixels: np.ndarray, inside: np.ndarray, *, tone: float = 0.0, noise: float = 0.0) -> np.ndarray:
    """The map with a brighter or rougher frame whose east side fades out."""
    fading = np.where(inside, np.clip((80.0 - LON) / 80.0, 0.0, 1.0), 0.0)
    rough = np.random.default_rng(2).normal(size=SHAPE)
    return np.round(pixels + fading * (tone + noise * rough)).astype(np.float32)


def nearest(seams: tuple[Seam, ...], lon_e: float) -> Seam:
    assert seams
    return min(seams, key=lambda seam: abs(seam.start[1] - lon_e))


def test_a_map_without_seams_has_none(seamless: np.ndarray) -> None:
    assert find_seams(seamless, GLOBE) == ()


def test_a_step_in_tone_is_found_where_it_is(seamless: np.ndarray) -> None:
    seams = find_seams(framed(seamless, (LON > 10.0) & (np.abs(LAT) < 25.0), tone=40.0), GLOBE)
    seam = nearest(seams, 10.0)
    assert seam.start[1] == pytest.approx(10.0, abs=2.0)
    assert seam.stop[1] == pytest.approx(10.0, abs=2.0)
    assert (seam.start[0], seam.stop[0]) == (pytest.approx(25.0, abs=3.0), pytest.approx(-25.0, abs=3.0))
    assert seam.tone * float(seamless.std()) == pytest.approx(36.0, rel=0.3)
    assert seam.sigmas > 6.0


def test_a_change_of_noise_along_a_slanting_line_is_found(seamless: np.ndarray) -> None:
    slanting = (LON > 10.0 + 0.2 * LAT) & (np.abs(LAT) < 20.0)
    seam = nearest(find_seams(framed(seamless, slanting, noise=4.0), GLOBE), 14.0)
    assert seam.start[1] - seam.stop[1] == pytest.approx(8.0, abs=4.0)
    assert seam.grain > 2.0
    assert seam.tone < 0.3


def test_a_seam_from_west_to_east_is_found_across_the_maps_edge(seamless: np.ndarray) -> None:
    around = np.roll(framed(seamless, (LON > -40.0) & (LAT < 15.0) & (LAT > -40.0), noise=5.0), 600, axis=1)
    assert any(
        seam.start[0] == pytest.approx(15.0, abs=3.0) == seam.stop[0] and seam.stop[1] < seam.start[1]
        for seam in find_seams(around, GLOBE)
    )


@pytest.mark.parametrize("painted", [np.nan, 127.0])
def test_gaps_and_painted_areas_are_no_seams(seamless: np.ndarray, painted: float) -> None:
    pixels = np.where((np.abs(LON - 30.0) < 30.0) & (np.abs(LAT) < 40.0), painted, seamless).astype(np.float32)
    pixels[LAT < -65.0] = painted
    assert find_seams(pixels, GLOBE) == ()


def test_where_the_maps_own_edges_meet_is_no_seam(seamless: np.ndarray) -> None:
    assert find_seams((seamless + 0.3 * (LON + 180.0)).astype(np.float32), GLOBE) == ()


def test_a_short_edge_is_no_seam(seamless: np.ndarray) -> None:
    assert find_seams(framed(seamless, (np.abs(LON - 10.0) < 4.0) & (np.abs(LAT) < 4.0), tone=40.0), GLOBE) == ()


def test_a_map_in_another_projection_has_the_same_seam(seamless: np.ndarray) -> None:
    metres = np.radians(1.0) * 1_821_490.0 / 3.0
    placement = Projected("IAU_2015:50110", (metres, 0.0, -540 * metres, 0.0, -metres, 270 * metres))
    framing = framed(seamless, (LON > 10.0) & (np.abs(LAT) < 25.0), tone=40.0)
    assert find_seams(framing, placement) == find_seams(framing, GLOBE) != ()


def test_discs_and_coarse_maps_have_none(seamless: np.ndarray) -> None:
    disc = Disc(0.0, 0.0, 0.0, 540.0, 270.0, 10.0, 6e5)
    assert find_seams(seamless, disc) == ()
    assert find_seams(framed(seamless, LON > 10.0, tone=80.0)[::3, ::3].copy(), GLOBE) == ()
    assert find_seams(np.full(SHAPE, 7.0, np.float32), GLOBE) == ()
