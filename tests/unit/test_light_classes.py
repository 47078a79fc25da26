import numpy as np
import pytest

from iovolc.config import LightConfig
from iovolc.light.classes import LightClass, classes_of, light_flags
from iovolc.light.sources import Rays, Terms
from iovolc.model.flags import UNUSABLE, Flag
from iovolc.model.tables import LIGHT_CLASSES

CONFIG = LightConfig()
K = 0.005


def flag(incidence, by_jupiter=20.0, emission=30.0, *, eclipsed=False, config=CONFIG, k=K):
    """Flag of one place of white paper."""
    angles = [np.array([angle], float) for angle in (incidence, emission, 40.0, by_jupiter, 50.0)]
    sun, jupiter = (np.maximum(np.cos(np.radians(angle)), 0.0) for angle in (angles[0], angles[3]))
    return Flag(int(light_flags(Rays(*angles), Terms(sun, k * jupiter), config, eclipsed=eclipsed)[0]))


@pytest.mark.parametrize(
    ("incidence", "expected"),
    [
        (30.0, Flag(0)),
        (74.9, Flag(0)),
        (75.1, Flag.TERMINATOR),
        (89.8, Flag.MIXED_LIGHT | Flag.TERMINATOR),
        (91.0, Flag.MIXED_LIGHT | Flag.TERMINATOR),
        (92.9, Flag.MIXED_LIGHT | Flag.TERMINATOR),
        (93.1, Flag.JUPITER_LIT),
        (150.0, Flag.JUPITER_LIT),
    ],
)
def test_from_day_over_twilight_to_jupitershine(incidence, expected):
    assert flag(incidence) == expected


@pytest.mark.parametrize(
    ("by_jupiter", "emission", "expected"),
    [
        (74.0, 64.0, Flag.JUPITER_LIT),
        (76.0, 30.0, Flag.JUPITER_LIT | Flag.TERMINATOR),
        (30.0, 66.0, Flag.JUPITER_LIT | Flag.LIMB),
        (90.0, 30.0, Flag.DARK),
    ],
)
def test_night_has_limits_of_its_own(by_jupiter, emission, expected):
    assert flag(130.0, by_jupiter, emission) == expected


def test_a_day_side_seen_obliquely_counts_up_to_its_own_limit():
    assert [flag(30.0, emission=emission) for emission in (69.0, 71.0)] == [Flag(0), Flag.LIMB]


def test_an_emission_that_is_not_known_is_no_reason():
    assert flag(30.0, emission=np.nan) == Flag(0)


def test_the_far_side_is_dark_by_night_and_without_jupiters_light_all_of_it():
    assert flag(120.0, by_jupiter=90.0) == Flag.DARK
    assert flag(120.0, k=0.0) == Flag.DARK


def test_an_eclipse_covers_all():
    assert flag(30.0, eclipsed=True) == flag(130.0, eclipsed=True) == Flag.ECLIPSE


def test_limits_are_configuration():
    config = LightConfig(max_incidence_deg=60.0, twilight_deg=10.0)
    assert flag(65.0, config=config) == Flag.TERMINATOR
    assert flag(99.0, config=config) & Flag.MIXED_LIGHT


@pytest.mark.parametrize("bits", [Flag.MIXED_LIGHT, Flag.DARK, Flag.ECLIPSE, Flag.TERMINATOR, Flag.LIMB])
def test_what_light_forbids_leaves_the_statistics(bits):
    assert bits & UNUSABLE
    assert not Flag.JUPITER_LIT & UNUSABLE


def test_classes_come_from_flags_and_have_the_words_of_the_tables():
    flags = np.array([0, Flag.TERMINATOR, Flag.JUPITER_LIT, Flag.MIXED_LIGHT, Flag.DARK, Flag.ECLIPSE], np.uint16)
    found = [LightClass(code).word for code in classes_of(flags)]
    assert found == ["sun", "sun", "jupiter", "mixed", "dark", "eclipse"]
    assert {light.word for light in LightClass} == set(LIGHT_CLASSES)
