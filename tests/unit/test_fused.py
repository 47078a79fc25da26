"""The warp by lines of pixels against the same pixel by pixel, and its arc tangent against the C library's."""

import math

import numpy as np
import pytest

from iovolc.geometry import lines, taps, targets, views
from iovolc.geometry.arctan import arctan2
from iovolc.geometry.projections import source
from iovolc.geometry.warp import warp
from iovolc.model.grid import Grid, Window
from iovolc.model.observation import Bounds, Disc, Projected
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

GRID = Grid.at(4)
PLACEMENTS = {
    "map": Bounds(0.0, 360.0, 90.0, -90.0),
    "region": Bounds(-60.0, 100.0, 85.0, -70.0),
    "polar": Projected("IAU_2015:50130", (4_000.0, 0.0, -6e5, 0.0, -4_000.0, 6e5)),
    "sinusoidal": Projected("IAU_2015:50120", (2e4, 0.0, -5.8e6, 0.0, -2e4, 2.9e6)),
    "orthographic": Projected("+proj=ortho +R=1821490 +lat_0=50 +lon_0=-40", (6_000.0, 0.0, -2e6, 0.0, -6_000.0, 2e6)),
    "disc": Disc(40.0, -40.0, 12.0, 150.0, 150.0, 12.0, 40_000.0),
}
EDGE = 290
"""Columns and rows of a polar sheet that reach from its corner, where discs are hidden, to beyond a line's end."""


def one_pixel(image, origin, target, i, j, least_cos):
    """Value of one target pixel: the mean over evenly spaced points that lie between valid pixels."""
    p, x, y = tuple(origin.parameters.tolist()), tuple(target.xs[j]), tuple(target.ys[i])
    col, row, coarse, fine, mu = views.project(
        origin.kind, p, *targets.direction(target.hemisphere, x, y, (0.0, 1.0, 0.0), (0.0, 1.0, 0.0))
    )
    if not mu >= least_cos:
        return math.nan
    width, height = targets.ground_size(target.hemisphere, target.pixel, x, y)
    ratio = 1821.49 / math.sqrt(coarse * fine) if coarse * fine > 0.0 else 0.0
    across, down = targets.subpoints(width * ratio), targets.subpoints(height * ratio)
    total, weight = 0.0, 0.0
    for up in target.shifts[down, :down]:
        for right in target.shifts[across, :across]:
            u = targets.direction(target.hemisphere, x, y, tuple(right), tuple(up))
            col, row, _, _, _ = views.project(origin.kind, p, *u)
            part, share = taps.bilinear(image, col, row, *origin.edges)
            total, weight = total + part, weight + share
    return total / weight if weight > 0.0 and weight >= (0.5 - 1e-6) * across * down else math.nan


@pytest.mark.parametrize("sheet", GRID.sheets[:2], ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("name", PLACEMENTS)
def test_lines_of_pixels_are_what_single_pixels_are(name, sheet):
    placement = PLACEMENTS[name]
    if name in {"map", "region"} and sheet.name == "equator":
        pytest.skip("rows and columns are made apart there")
    generator = np.random.default_rng(5)
    image = generator.random((300, 300), np.float32)
    image[generator.random(image.shape) < 0.1] = np.nan
    window = Window(200, 203, 0, EDGE)
    found = warp(image, placement, sheet, window=window, max_emission_deg=80.0)
    origin, target = source(placement, image.shape), targets.target(sheet, window)
    expected = [
        [one_pixel(image, origin, target, i, j, math.cos(math.radians(80.0))) for j in range(0, EDGE, 7)]
        for i in range(3)
    ]
    np.testing.assert_array_equal(found.value[:, ::7], np.array(expected, np.float32))
    assert np.isfinite(found.value).any() or sheet.name == "equator"


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (2, 2), (40, 60)])
def test_a_line_is_read_as_single_positions_are(shape):
    generator = np.random.default_rng(6)
    image = generator.random(shape, np.float32)
    image[generator.random(shape) < 0.1] = np.nan
    work, places = np.zeros(lines.SIZE), np.zeros(lines.STRETCH, np.int64)
    work[lines.COL :][:200], work[lines.ROW :][:200] = generator.uniform(-3.0, 63.0, (2, 200))
    work[lines.COL :][7] = np.nan
    edges = float(shape[1]), 1.0, 1.0
    lines.add(image, edges, 200, work, places)
    for j in range(200):
        total, weight = taps.bilinear(image, work[lines.COL + j], work[lines.ROW + j], *edges)
        assert (work[lines.TOTAL + j], work[lines.WEIGHT + j]) == (total, weight)


def test_the_arc_tangent_is_that_of_the_library():
    generator = np.random.default_rng(7)
    radius, angle = generator.uniform(1e-9, 5.0, 5000), generator.uniform(-math.pi, math.pi, 5000)
    for y, x in zip(radius * np.sin(angle), radius * np.cos(angle), strict=True):
        assert arctan2(y, x) == pytest.approx(math.atan2(y, x), rel=0.0, abs=1e-15)
    for y, x in ((0.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0), (1.0, 1.0), (-1.0, -1.0)):
        assert arctan2(y, x) == pytest.approx(math.atan2(y, x), rel=0.0, abs=1e-15)
    assert math.isnan(arctan2(math.nan, 1.0))
    assert math.isnan(arctan2(1.0, math.nan))
