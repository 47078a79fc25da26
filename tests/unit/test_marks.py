import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from iovolc.detect.clusters import Cluster
from iovolc.detect.cutout import cut_out
from iovolc.detect.flags import EXPLAINS
from iovolc.detect.marks import along_edge, blocks, flat, smeared, tracks
from iovolc.model.detection import Footprint
from small_grid import disc, small_grid, terrain

GRID = small_grid()
SHEET = GRID.sheet("equator")
SPOT = disc(SHEET, 0.0, 20.0, 250.0)
GROUND = gaussian_filter(terrain(SHEET, 3), 0.7)
ROWS, COLS = np.indices(SHEET.shape)


def around(newer, older=GROUND, inside=SPOT, sign=-1):
    newer, older = (np.asarray(plane, np.float32) for plane in (newer, older))
    cluster = Cluster(sign, 0, 8.0, 1.0, 0.1, Footprint((("equator", np.flatnonzero(inside).astype(np.int32)),)))
    return cut_out(
        cluster, {"equator": newer}, {"equator": newer}, {"equator": newer - older}, {"equator": inside}, GRID
    )


DEPOSIT = around(GROUND - 1.5 * SPOT)


def test_a_new_deposit_bears_no_marks():
    assert tracks(DEPOSIT, -1.5) < 0.1
    assert flat(DEPOSIT) < 0.1
    assert smeared(DEPOSIT) < 0.4
    assert along_edge(DEPOSIT, -1.5) == 0.0


def test_a_thin_bright_track_is_a_track_in_whichever_map_it_is():
    track = (np.abs(ROWS - COLS + 135) <= 1) & SPOT
    wide = np.pad(track, 1)[1:-1, 2:] | track
    assert tracks(around(GROUND + 4.0 * track, inside=wide, sign=1), 2.0) > 0.5
    assert tracks(around(GROUND, GROUND + 4.0 * track, inside=wide), -2.0) > 0.5


def test_a_dark_flow_as_thin_is_no_track():
    flow = (np.abs(ROWS - COLS + 135) <= 1) & SPOT
    assert tracks(around(GROUND - 2.0 * flow, inside=flow), -2.0) < 0.2


def test_a_bright_point_as_sharp_as_the_optics_is_no_track_and_a_sharper_one_is():
    at = np.unravel_index(np.flatnonzero(SPOT)[SPOT.sum() // 2], SHEET.shape)
    distance2 = (ROWS - at[0]) ** 2 + (COLS - at[1]) ** 2
    point, hit = (4.0 * np.exp(-0.5 * distance2 / sigma**2) for sigma in (1.7, 0.5))
    drawn, taken = (around(GROUND + bright, inside=bright >= 2.0, sign=1) for bright in (point, hit))
    assert tracks(drawn, 3.0) > 0.3
    assert tracks(drawn, 3.0, optics_px=4.0) < 0.1
    assert tracks(taken, 3.0, optics_px=4.0) > 0.5
    assert tracks(taken, 3.0, optics_px=1.0) == 0.0


def test_a_clipped_stretch_is_flat_where_the_other_map_has_detail():
    white = np.where(disc(SHEET, 0.0, 20.0, 400.0), 2.0, GROUND)
    assert flat(around(white)) > 0.9
    assert flat(around(GROUND, white)) > 0.9
    assert flat(around(white, white - 1.0 * SPOT)) < 0.3


@pytest.mark.parametrize("axis", [0, 1])
def test_a_map_drawn_out_in_one_direction_is_smeared(axis):
    fill = np.broadcast_to(np.take(GROUND, [60], axis=axis), SHEET.shape)
    assert smeared(around(fill)) > 0.7
    assert smeared(around(GROUND, fill)) > 0.7


def test_ground_about_a_small_change_is_hardly_ever_taken_for_a_smear():
    rows, cols = np.meshgrid(np.arange(20, 100, 8), np.arange(20, 260, 12), indexing="ij")
    ground = gaussian_filter(GROUND, 1.0)
    found = []
    for row, col in zip(rows.ravel(), cols.ravel(), strict=True):
        small = np.hypot(ROWS - row, COLS - col) <= 2.0
        found.append(smeared(around(ground + 1.5 * small, ground, inside=small, sign=1)))
    assert np.mean(np.array(found) > EXPLAINS["smeared"]) < 0.02


def test_a_band_all_along_the_edge_of_what_was_compared_is_a_crescent():
    seen = disc(SHEET, 0.0, 0.0, 1800.0)
    rim = seen & ~disc(SHEET, 0.0, 0.0, 1500.0) & (COLS > 180)
    spoilt = np.where(seen, GROUND - 1.5 * rim, np.nan)
    assert along_edge(around(spoilt, inside=rim), -1.5) > 0.55
    cut = seen & disc(SHEET, 0.0, 56.0, 250.0)
    assert along_edge(around(np.where(seen, GROUND - 1.5 * cut, np.nan), inside=cut), -1.5) < 0.5


@pytest.mark.parametrize("size", [5.0, 7.3, 8.0, 12.0])
def test_a_lattice_of_blocks_stands_out_and_ground_does_not(size):
    ground = GROUND[:96, :96]
    steps = np.floor(np.arange(96) / size).astype(int)
    tiles = 0.5 * np.random.default_rng(5).standard_normal((40, 40))
    assert blocks(0.3 * ground + tiles[np.ix_(steps, steps)]) > 0.6
    assert blocks(ground) < 0.4


def test_stripes_are_no_blocks_and_a_small_window_tells_nothing():
    stripes = np.broadcast_to((np.arange(96) // 8 % 2)[:, None], (96, 96)) + 0.1 * GROUND[:96, :96]
    assert blocks(stripes) < 0.4
    assert blocks(GROUND[:12, :12]) == 0.0
