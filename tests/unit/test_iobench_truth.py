"""The changes that the benchmark puts in: their shapes, their names and their places."""

import math

import numpy as np
import pytest
from benchmarks.iobench.truth import FAMILIES, MAX_LAT, draw_shape, is_apart, window
from iobench_sample import disc

from iovolc import body

LAT, LON = np.meshgrid(np.arange(-12.0, 12.0, 0.05), np.arange(-12.0, 12.0, 0.05), indexing="ij")
PIXEL_KM2 = (math.radians(0.05) * body.RADIUS_KM) ** 2 * np.cos(np.radians(LAT))


@pytest.mark.parametrize(
    "truth",
    [
        disc(),
        disc(width_km=200.0, azimuth_deg=30.0),
        disc(inner=0.6),
        disc(length_km=500.0, width_km=120.0, soft=0.08, lobes=0.12, azimuth_deg=70.0),
    ],
    ids=["disc", "ellipse", "ring", "flow"],
)
def test_the_stated_area_is_the_area_of_the_shape(truth):
    inside = (truth.weight(LAT, LON) >= 0.5) * PIXEL_KM2
    assert inside.sum() == pytest.approx(truth.area_km2, rel=0.02)


def test_a_ring_has_a_hole_and_a_disc_has_none():
    middle = np.array([0.0])
    assert disc().weight(middle, middle)[0] == pytest.approx(1.0, abs=0.01)
    assert disc(inner=0.6).weight(middle, middle)[0] < 0.01


def test_the_long_axis_points_where_the_azimuth_says():
    east = disc(length_km=400.0, width_km=100.0, azimuth_deg=90.0)
    along, across = east.weight(np.array([0.0, 5.0]), np.array([5.0, 0.0]))
    assert along > 0.9
    assert across < 0.01


@pytest.mark.parametrize(
    ("truth", "kind"),
    [
        (disc(), "darkening"),
        (disc(dln=(0.3, 0.3, 0.3)), "brightening"),
        (disc(dln=(-0.03, -0.15, -0.3)), "reddening"),
        (disc(dln=(0.07, 0.18, 0.3)), "whitening"),
        (disc(inner=0.6), "ring"),
    ],
)
def test_a_change_is_called_by_its_colours(truth, kind):
    assert truth.kind == kind


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_drawn_shapes_keep_to_their_family(family):
    rng = np.random.default_rng(3)
    shapes = [draw_shape(family, rng, 1) for _ in range(40)]
    radii = [shape.radius_km for shape in shapes]
    assert family.radius_km[0] <= min(radii) <= max(radii) <= family.radius_km[1] * 1.0001
    assert max(abs(shape.lat) for shape in shapes) <= MAX_LAT
    assert max(max(map(abs, shape.dln)) for shape in shapes) == pytest.approx(1.0)


def test_changes_keep_their_distance():
    assert is_apart(disc(), [])
    assert is_apart(disc(), [disc(lon_e=20.0)])
    assert not is_apart(disc(), [disc(lon_e=14.0)])


def test_the_window_holds_the_shape_across_the_seam():
    lats, lons = 90.0 - (np.arange(180) + 0.5), -180.0 + (np.arange(360) + 0.5)
    truth = disc(lon_e=179.0, lat=40.0)
    rows, cols = window(truth, lats, lons, 0.0)
    everywhere = truth.weight(*np.meshgrid(lats, lons, indexing="ij"))
    inside = everywhere[np.ix_(rows, cols)]
    assert inside.sum() == pytest.approx(everywhere.sum(), rel=1e-3)
    assert len(cols) < 60
