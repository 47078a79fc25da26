import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from iovolc.detect.clusters import Cluster
from iovolc.detect.cutout import cut_out
from iovolc.detect.rivals import blurred, displaced, retoned
from iovolc.model.detection import Footprint
from small_grid import disc, small_grid, terrain

GRID = small_grid()
SHEET = GRID.sheet("equator")
SPOT = disc(SHEET, 0.0, 20.0, 250.0)
GROUND = gaussian_filter(terrain(SHEET, 3), 0.7)
GRAY = np.full(SHEET.shape, 0.5)
NOISE = 0.02 * np.random.default_rng(4).standard_normal(SHEET.shape)
RIVALS = (displaced, blurred, retoned)


def around(newer, older, inside=SPOT):
    newer, older = (np.asarray(plane, np.float32) for plane in (newer, older))
    cluster = Cluster(-1, 0, 8.0, 1.0, 0.1, Footprint((("equator", np.flatnonzero(inside).astype(np.int32)),)))
    return cut_out(
        cluster, {"equator": newer}, {"equator": newer}, {"equator": newer - older}, {"equator": inside}, GRID
    )


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("amplitude", [-1.5, 1.5])
def test_no_rival_explains_a_new_deposit(rival, amplitude):
    assert rival(around(GROUND + amplitude * SPOT + NOISE, GROUND)) < 0.4


@pytest.mark.parametrize("moved", [(0.6, -0.4), (3.0, 2.0), (-4.3, 1.2)])
def test_a_map_off_its_place_is_displaced_whichever_it_is(moved):
    other = shift(GROUND, moved, order=1, mode="nearest")
    assert displaced(around(other + NOISE, GROUND)) > 0.6
    assert displaced(around(GROUND + NOISE, other)) > 0.6


@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_a_map_of_poorer_resolution_is_blurred_whichever_it_is(sigma):
    soft = gaussian_filter(GROUND, sigma)
    assert blurred(around(soft + 0.2 * NOISE, GROUND)) > 0.8
    assert blurred(around(GROUND + 0.2 * NOISE, soft)) > 0.8


def test_a_compact_deposit_is_no_blur_that_is_in_doubt():
    """A wide blur would do away with it; one map may be duller than stated by a few tenths of its resolution only."""
    spot = gaussian_filter(disc(SHEET, 0.0, 20.0, 60.0).astype(float), 1.5)
    spot *= 0.15 / spot.max()
    inside = spot > 0.07
    noise = 0.02 * np.random.default_rng(5).standard_normal(SHEET.shape)
    cutout = around(GRAY + spot + noise, GRAY, inside)
    assert blurred(cutout, 1.2) < 0.5 < blurred(cutout)


def test_another_gain_around_here_is_tone():
    assert retoned(around(1.5 * GROUND + 0.3 + NOISE, GROUND)) > 0.9
    assert displaced(around(1.5 * GROUND + 0.3 + NOISE, GROUND)) < 0.5


def test_a_change_with_nothing_around_it_has_no_rivals():
    alone = np.where(SPOT, np.float32(-2.0), np.float32(np.nan))
    assert retoned(around(alone, np.zeros(SHEET.shape))) == 0.0
