import numpy as np
from light_sample import lighting

from detect_scene import frame_of
from iovolc.light.blocks import block_means
from iovolc.light.classes import LightClass
from iovolc.light.lit import blocks_of, light_pairs, lit, only, plane_of
from small_grid import small_grid

GRID = small_grid()
FRAME = frame_of(GRID)
SUN, JUPITER, DARK, UNKNOWN = LightClass.SUN, LightClass.JUPITER, LightClass.DARK, LightClass.UNKNOWN


def halves(west, east):
    """Codes of an epoch whose halves are lit differently."""
    return {
        sheet.name: np.where(np.arange(sheet.shape[1]) < sheet.shape[1] // 2, west, east).astype(np.uint8)
        * np.ones((sheet.shape[0], 1), np.uint8)
        for sheet in GRID.sheets
    }


def tones(value=1.0):
    return {sheet.name: np.full(sheet.shape, value, np.float32) for sheet in GRID.sheets}


def epoch(west, east):
    codes = halves(west, east)
    usable = {name: np.where(codes[name] <= JUPITER, plane, np.nan) for name, plane in tones().items()}
    return lit(lighting(), usable, codes, FRAME.owned, GRID)


def test_one_source_needs_neither_planes_nor_blocks():
    found = epoch(SUN, SUN)
    assert (found.classes, dict(found.planes), dict(found.blocks)) == ((SUN,), {}, {})


def test_places_that_do_not_count_make_no_class():
    assert epoch(SUN, DARK).classes == (SUN,)


def test_two_sources_have_blocks_of_their_own():
    found = epoch(SUN, JUPITER)
    assert found.classes == (SUN, JUPITER)
    one, other = found.blocks[SUN], found.blocks[JUPITER]
    assert np.isfinite(one).any()
    assert np.isfinite(other).any()
    assert not (np.isfinite(one) & np.isfinite(other)).any()


def test_all_pairs_of_sources_are_told_apart_and_what_is_unknown_is_one():
    both = epoch(SUN, JUPITER)
    assert light_pairs(None, None) == ((UNKNOWN, UNKNOWN),)
    assert light_pairs(both, None) == ((SUN, UNKNOWN), (JUPITER, UNKNOWN))
    assert len(light_pairs(both, both)) == 4


def test_the_part_of_a_source_is_cut_out_and_a_single_one_is_left_whole():
    plane, both = tones()["equator"], epoch(SUN, JUPITER)
    part = plane_of(plane, both, "equator", JUPITER)
    np.testing.assert_array_equal(np.isfinite(part), both.planes["equator"] == JUPITER)
    np.testing.assert_array_equal(part, only(plane, both.planes["equator"], JUPITER))
    assert plane_of(plane, epoch(SUN, SUN), "equator", SUN) is plane
    assert plane_of(plane, None, "equator", UNKNOWN) is plane
    blocks = block_means(tones(), FRAME.owned, GRID)
    assert blocks_of(blocks, None, UNKNOWN) is blocks
    assert blocks_of(blocks, both, SUN) is both.blocks[SUN]
