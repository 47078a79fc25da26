import numpy as np
import pytest

from iovolc.detect.artefacts import Setting, artefacts, relief, relit, streaks
from iovolc.detect.clusters import Cluster
from iovolc.detect.cutout import cut_out
from iovolc.detect.straight import straight_edge
from iovolc.model.detection import Footprint
from small_grid import disc, small_grid

GRID = small_grid()
SHEET = GRID.sheet("equator")
CLEAR = Setting((np.nan, np.nan), 0.0, 0.0, 0.0)
SPOT = disc(SHEET, 10.0, 20.0, 200.0)
BESIDE = disc(SHEET, 10.0, 34.0, 200.0)
RING = disc(SHEET, 10.0, 20.0, 330.0) & ~SPOT


def terrain(seed=1, spread=0.1):
    return (spread * np.random.default_rng(seed).standard_normal(SHEET.shape)).astype(np.float32)


def around(newer, older, inside=SPOT, others=None, sign=-1):
    """The cutout of one footprint on the equator sheet."""
    cluster = Cluster(sign, 0, 8.0, 1.0, 0.1, Footprint((("equator", np.flatnonzero(inside).astype(np.int32)),)))
    changed = inside if others is None else inside | others
    return cut_out(
        cluster, {"equator": newer}, {"equator": newer}, {"equator": newer - older}, {"equator": changed}, GRID
    )


def contrast(cutout):
    return float(cutout.difference[cutout.inside].mean())


def measured(cutout, setting=CLEAR):
    return artefacts(cutout, contrast(cutout), setting)


def test_the_cutout_holds_the_footprint_and_as_much_again_around_it():
    older = terrain()
    cutout = around(older - 2 * SPOT.astype(np.float32), older)
    assert cutout.inside.sum() == SPOT.sum()
    assert np.allclose(cutout.difference[cutout.inside], -2.0, atol=1e-5)
    assert cutout.distance[cutout.inside].max() == 0.0
    assert cutout.around.sum() > 4 * cutout.inside.sum()


def test_a_cutout_crosses_the_seam_of_the_map_as_if_it_were_not_there():
    older = terrain()
    apart = [disc(SHEET, 0.0, lon_e, 200.0) for lon_e in (180.0, 0.0)]
    cuts = [around(np.zeros_like(older) - 2 * spot, np.zeros_like(older), spot) for spot in apart]
    assert cuts[0].inside.shape == cuts[1].inside.shape
    assert np.array_equal(cuts[0].inside, cuts[1].inside)


def test_a_large_footprint_is_thinned_but_keeps_its_place():
    wide = disc(SHEET, 0.0, 0.0, 2000.0)
    cutout = around(np.zeros(SHEET.shape, np.float32) - wide, np.zeros(SHEET.shape, np.float32), wide)
    assert max(cutout.inside.shape) <= 97
    assert cutout.step > 1
    assert np.nanmean(cutout.difference[cutout.inside]) == pytest.approx(-1.0, abs=0.1)


def test_a_plain_new_deposit_shows_no_sign_of_an_artefact():
    older = terrain()
    found = measured(around(older - 2 * SPOT.astype(np.float32), older))
    assert found.relief < 0.05
    assert found.seam < 0.5
    assert found.clutter < 0.1
    assert found.disagreement < 0.05
    assert found.streaks < 0.4


def test_both_flanks_in_one_map_are_relief_whichever_map_it_is():
    flat = terrain()
    lit = flat - 2 * SPOT.astype(np.float32) + 2 * BESIDE.astype(np.float32)
    assert relief(around(lit, flat), -2.0) > 0.6
    assert relief(around(flat, lit, sign=1), 2.0) > 0.6


def test_a_deposit_that_moved_is_no_relief_for_each_map_shows_one_dark_place():
    ground = terrain()
    newer, older = ground - 2 * SPOT.astype(np.float32), ground - 2 * BESIDE.astype(np.float32)
    assert relief(around(newer, older), -2.0) < 0.05


def test_a_bright_ring_around_a_dark_flow_is_no_relief():
    ground = terrain()
    newer = ground - 2 * SPOT.astype(np.float32) + 2 * RING.astype(np.float32)
    assert relief(around(newer, ground), -2.0) < 0.15


def ridges(phase):
    """Parallel ridges around the spot, lit from one side or from the other."""
    cols = np.broadcast_to(np.arange(SHEET.shape[1]), SHEET.shape)
    return (np.cos(2 * np.pi * (cols / 16.0 + phase)) * disc(SHEET, 10.0, 20.0, 500.0)).astype(np.float32)


def test_terrain_lit_from_the_other_side_is_relit_and_terrain_that_stays_is_not():
    ground = terrain(spread=0.02)
    assert relit(around(ground + ridges(0.0), ground + ridges(0.5))) > 0.9
    assert relit(around(ground + ridges(0.0), ground + 0.7 * ridges(0.0))) < 0.05


def test_a_new_deposit_is_not_relit():
    older = terrain()
    assert relit(around(older - 2 * SPOT.astype(np.float32), older)) < 0.3


@pytest.mark.parametrize("edge", ["meridian", "parallel", "oblique"])
def test_a_straight_seam_stands_out_and_a_round_deposit_does_not(edge):
    row, col = np.indices(SHEET.shape)
    lines = {"meridian": col - 205, "parallel": row - 50, "oblique": (col - 205) + (row - 50)}
    older = terrain()
    seamed = older - 2 * SPOT - 2 * (lines[edge] > 0)
    cutout = around(seamed.astype(np.float32), older)
    assert straight_edge(cutout.difference, cutout.inside, 2.0) > 0.8
    plain = around(older - 2 * SPOT.astype(np.float32), older)
    assert straight_edge(plain.difference, plain.inside, 2.0) < 0.5


def test_streaks_are_smeared_maps_and_not_rough_ones():
    smeared = np.broadcast_to(terrain()[:, :1], SHEET.shape).astype(np.float32)
    cutout = around(smeared - 0.1 * SPOT.astype(np.float32), terrain(2))
    assert streaks(cutout.newer, cutout) > 0.8
    assert streaks(cutout.older, cutout) < 0.4


def test_clutter_tells_a_change_in_disorder_from_one_in_order():
    older = terrain()
    assert measured(around(terrain(3, 1.0) - 2 * SPOT.astype(np.float32), older)).clutter > 0.4
    assert measured(around(older - 2 * SPOT.astype(np.float32), older)).clutter < 0.1


def test_other_changes_around_are_no_clutter():
    older = terrain()
    crowd = disc(SHEET, 10.0, 20.0, 800.0) & ~SPOT & (np.indices(SHEET.shape)[0] > 47)
    crowded = (older - 2 * SPOT - 3 * crowd).astype(np.float32)
    assert measured(around(crowded, older)).clutter > 0.5
    assert measured(around(crowded, older, others=crowd)).clutter < 0.1


def test_maps_that_disagree_around_are_told_from_maps_that_agree():
    ground, other = terrain(spread=0.5), terrain(5, 0.5)
    assert measured(around(ground - 3 * SPOT.astype(np.float32), other)).disagreement == pytest.approx(0.5, abs=0.1)
    assert measured(around(ground - 3 * SPOT.astype(np.float32), ground)).disagreement < 0.01


def test_a_feature_the_blurrier_map_shows_too_is_softened_and_a_new_one_is_not():
    ground = terrain()
    newer, faint = ground - 2 * SPOT.astype(np.float32), ground - 1.2 * SPOT.astype(np.float32)
    newer_sharper, older_sharper = Setting((0.9, 0.15), 0.0, 0.0, 0.0), Setting((0.15, 0.9), 0.0, 0.0, 0.0)
    assert measured(around(newer, faint), newer_sharper).softened == pytest.approx(0.6, abs=0.1)
    assert measured(around(newer, faint), older_sharper).softened == 0.0
    assert measured(around(newer, ground), newer_sharper).softened < 0.1


def test_blur_and_displacement_count_against_the_size_of_the_change():
    ground = terrain()
    setting = Setting((0.9, 0.15), 0.3, 2.0, 0.5)
    small, large = disc(SHEET, 0.0, 0.0, 150.0), disc(SHEET, 0.0, 0.0, 600.0)
    little, much = (measured(around(ground - 2 * spot, ground, spot), setting) for spot in (large, small))
    assert much.blur > 3 * little.blur > 0
    assert much.displacement == pytest.approx(4 * little.displacement, rel=0.15)
    assert (much.clipped, much.foreshortening) == (0.3, 0.5)


def test_noise_is_what_exceeds_sharp_terrain():
    ground = terrain()
    cutout = around(ground - 2 * SPOT.astype(np.float32), ground)
    assert measured(cutout, Setting((1.4, 0.5), 0.0, 0.0, 0.0)).noise == pytest.approx(0.4)
    assert measured(cutout, Setting((0.8, 0.5), 0.0, 0.0, 0.0)).noise == 0.0


def test_a_change_with_nothing_compared_around_it_gets_neutral_measures():
    newer = np.where(SPOT, np.float32(-2.0), np.float32(np.nan)).astype(np.float32)
    found = measured(around(newer, np.zeros_like(newer)))
    assert (found.relief, found.seam, found.clutter, found.disagreement) == (0.0, 0.0, 0.0, 0.5)
