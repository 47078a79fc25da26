import numpy as np
import pytest
from misread_sample import BASE, EVEN_BASE, noisy, region
from registration_scene import WHOLE, surface

from iovolc.geometry.even import even_plane
from iovolc.geometry.variants import STATED, Variant, compare
from iovolc.model.observation import Bounds
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED


def table_of(pixels, bounds=WHOLE):
    return compare(even_plane(np.ascontiguousarray(pixels, np.float32), bounds), EVEN_BASE)


MISREAD = {
    "mirrored": (BASE[:, ::-1], Variant(mirrored=True)),
    "upside down": (BASE[::-1], Variant(upside_down=True)),
    "rotated": (BASE[::-1, ::-1], Variant(mirrored=True, upside_down=True)),
    "half a turn": (np.roll(BASE, 360, axis=1), Variant(east_deg=-180.0)),
    "a quarter": (np.roll(BASE, -180, axis=1), Variant(east_deg=90.0)),
    "any angle": (np.roll(BASE, 66, axis=1), Variant(east_deg=-33.0)),
    "negative": (-BASE, Variant(negative=True)),
    "mirrored and turned, a negative": (-np.roll(BASE[:, ::-1], 40, axis=1), Variant(True, False, True, 20.0, 0.0)),
}


@pytest.mark.parametrize("name", MISREAD)
def test_a_misread_map_is_named_with_its_margin(name):
    pixels, expected = MISREAD[name]
    table = table_of(noisy(pixels))
    assert table.misread is not None
    assert table.misread.variant == expected
    assert table.misread.correlation > 0.7
    assert table.misread.margin == pytest.approx(table.stated.correlation - table.misread.correlation)
    assert table.misread.margin_sigma < -table.needed_sigma


def test_the_right_map_is_confirmed():
    table = table_of(noisy(BASE))
    assert table.misread is None
    assert table.can_be_told
    assert table.scores[0].variant == STATED


@pytest.mark.parametrize("seed", range(5))
def test_of_another_surface_nothing_is_claimed(seed):
    table = table_of(surface(seed=100 + seed))
    assert table.misread is None
    assert not table.can_be_told


def test_chance_stays_below_what_is_needed_on_other_surfaces():
    strays = [abs(table_of(surface(seed=seed)).stated.correlation_sigma) for seed in range(20, 32)]
    assert max(strays) < 4.0


def test_a_faint_likeness_is_no_claim():
    faint = 0.04 * BASE[:, ::-1] + surface(seed=77)
    assert table_of(faint).misread is None


PART = Bounds(40.0, 140.0, 50.0, -30.0)


def test_a_region_mirrored_in_its_own_frame():
    table = table_of(region(BASE, PART)[:, ::-1], PART)
    assert table.misread is not None
    variant = table.misread.variant
    assert (variant.mirrored, variant.upside_down) == (True, False)
    assert variant.east_deg % 360.0 == pytest.approx(PART.left_lon_e + PART.right_lon_e, abs=1.0)


def test_a_region_upside_down_in_its_own_frame():
    table = table_of(region(BASE, PART)[::-1], PART)
    assert table.misread is not None
    assert table.misread.variant.upside_down
    assert table.misread.variant.north_deg == pytest.approx(PART.top_lat + PART.bottom_lat, abs=1.0)


def test_a_region_whose_west_longitudes_were_taken_for_east():
    table = table_of(region(BASE, PART)[:, ::-1], Bounds(-140.0, -40.0, 50.0, -30.0))
    assert table.misread is not None
    assert table.misread.variant == Variant(mirrored=True)


def test_too_small_a_region_makes_no_claim():
    small = Bounds(40.0, 60.0, 20.0, 0.0)
    table = table_of(region(BASE, small)[:, ::-1], small)
    assert table.scores == ()
    assert table.misread is None
    assert table.stated is None


@pytest.mark.parametrize("pixels", [np.full((90, 180), 3.0), np.full((90, 180), np.nan)])
def test_without_contrast_nothing_is_told(pixels):
    assert not table_of(pixels).can_be_told


def test_a_broad_shade_and_another_stretch_change_little():
    shade = 1.0 + 0.8 * np.cos(np.linspace(0.0, 2.0 * np.pi, BASE.shape[1]))
    table = table_of(np.exp(BASE * shade / 100.0))
    assert table.scores[0].variant == STATED
    assert table.scores[0].correlation > 0.8


def test_names_say_the_reading():
    assert Variant().name == "as stated"
    assert Variant(mirrored=True, negative=True).name == "mirrored east-west, as a negative"
    assert Variant(True, True, east_deg=-90.0).name == "rotated by 180 degrees, moved -90 degrees east"
    assert Variant(upside_down=True, north_deg=3.0).name == "upside down, moved +3 degrees north"
