import math
from dataclasses import replace

import numpy as np
import pytest

from iovolc.detect.cutout import Cutout
from iovolc.detect.lightflags import light_words, shadow_alignment
from iovolc.detect.lightplace import PlaceLight
from iovolc.light.classes import LightClass

HIGH = PlaceLight(LightClass.SUN, 30.0, 20.0, 10.0, 90.0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"incidence_deg": 72.0}, ["terminator"]),
        ({"emission_deg": 65.0}, ["limb"]),
        ({"after_eclipse": True}, ["post_eclipse"]),
        ({"emission_deg": 30.0, "phase_deg": 60.0}, ["specular"]),
        ({"emission_deg": 30.0, "phase_deg": 5.0}, []),
        ({"emission_deg": 50.0, "phase_deg": 79.0}, []),
        ({"emission_deg": math.nan, "phase_deg": math.nan}, []),
    ],
)
def test_what_light_may_have_done_is_named(changes, expected):
    assert light_words([replace(HIGH, **changes)]) == expected


def test_a_source_as_wide_as_jupiter_is_mirrored_more_widely():
    light = replace(HIGH, emission_deg=48.0, phase_deg=78.0)
    assert light_words([light]) == []
    assert light_words([replace(light, light=LightClass.JUPITER)]) == ["specular"]


def test_one_of_the_maps_is_enough_and_labels_that_tell_no_light_are_passed_over():
    low = replace(HIGH, incidence_deg=72.0)
    assert light_words([HIGH, low]) == ["terminator"]
    assert light_words([replace(low, azimuth_deg=math.nan)]) == []


def flanks(bright_right=True):
    """A change that is bright on one side and dark on the other; the footprint is the bright side."""
    shape = (21, 21)
    down, right = np.mgrid[: shape[0], : shape[1]] - 10
    first, second = np.hypot(right - 3, down) < 3, np.hypot(right + 3, down) < 3
    inside, lobe = (first, second) if bright_right else (second, first)
    difference = 0.3 * inside - 0.3 * lobe
    distance = np.where(inside, 0.0, 1.0)
    zeros = np.zeros(shape)
    pixels = np.arange(inside.size).reshape(shape)
    others, east = zeros.astype(bool), right.astype(float)
    return Cutout(difference, difference, zeros, difference, inside, others, distance, east, 1, 3.0, pixels)


EAST, WEST = HIGH, replace(HIGH, azimuth_deg=270.0)


def test_flanks_along_a_light_that_moved_are_shadows():
    assert shadow_alignment(flanks(), 0.3, EAST, WEST, ("equator", 0.0)) == pytest.approx(1.0, abs=0.01)
    assert shadow_alignment(flanks(), 0.3, replace(EAST, azimuth_deg=180.0), replace(EAST, azimuth_deg=0.0),
                            ("equator", 0.0)) == pytest.approx(0.0, abs=0.01)  # fmt: skip


def test_a_mountain_of_the_older_map_counts_as_well():
    """Its sunny side is missing in the newer one: the difference is dark towards the older light."""
    assert shadow_alignment(flanks(), 0.3, replace(EAST, azimuth_deg=0.0), WEST, ("equator", 0.0)) > 0.9


def test_a_light_that_stayed_moves_no_shadow():
    assert shadow_alignment(flanks(), 0.3, EAST, EAST, ("equator", 0.0)) == 0.0
    higher = replace(EAST, incidence_deg=10.0)
    assert shadow_alignment(flanks(), 0.3, EAST, higher, ("equator", 0.0)) > 0.9


def test_without_a_second_lobe_or_a_known_light_there_is_no_shadow():
    alone = replace(flanks(), difference=0.3 * flanks().inside)
    assert shadow_alignment(alone, 0.3, EAST, WEST, ("equator", 0.0)) == 0.0
    unknown = replace(EAST, azimuth_deg=math.nan)
    assert shadow_alignment(flanks(), 0.3, unknown, unknown, ("equator", 0.0)) == 0.0


@pytest.mark.parametrize(("sheet", "lon_e"), [("north", 90.0), ("south", -90.0)])
def test_on_polar_sheets_directions_turn_with_longitude(sheet, lon_e):
    """There the meridians run across the sheet: light from the north falls along its rows."""
    north = replace(EAST, azimuth_deg=0.0)
    found = [shadow_alignment(flanks(side), 0.3, north, EAST, (sheet, lon_e)) for side in (True, False)]
    assert max(found) > 0.9
    assert min(found) < 0.1
