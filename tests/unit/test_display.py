"""Night sides for the eye."""

import math

import numpy as np
import pytest

from iovolc.light.display import (
    NIGHT_DAY_RANGE,
    measured_night_day_ratio,
    night_day_ratio,
    night_factor,
    ratio_text,
    stretch_night,
    stretch_text,
)


def test_the_ratio_is_a_hundredth_and_never_one() -> None:
    assert NIGHT_DAY_RANGE == (0.001, 0.016)
    assert night_day_ratio(0.0, 0.538) == pytest.approx(NIGHT_DAY_RANGE[1], rel=0.02)
    assert night_day_ratio(123.0, 0.538) == pytest.approx(NIGHT_DAY_RANGE[0], rel=0.1)
    assert night_day_ratio(90.0, 0.538, 420_000.0) > night_day_ratio(90.0, 0.538, 423_400.0)


def test_a_stretched_picture_shows_by_its_ratio() -> None:
    iof = np.array([[0.5, 0.6, 0.7, np.nan], [0.004, 0.005, 0.006, np.nan]], dtype=np.float32)
    night = np.array([[False] * 4, [True] * 4])
    linear = measured_night_day_ratio(iof, night, ~night)
    assert linear == pytest.approx(0.005 / 0.6)
    assert NIGHT_DAY_RANGE[0] < linear < NIGHT_DAY_RANGE[1]
    shown = stretch_night(iof, night, 100.0)
    assert measured_night_day_ratio(shown, night, ~night) == pytest.approx(100.0 * linear)
    np.testing.assert_array_equal(shown[0], iof[0])
    assert shown.dtype == np.float32


def test_without_night_or_day_there_is_no_ratio() -> None:
    iof = np.full((2, 2), 0.5, dtype=np.float32)
    everywhere = np.ones((2, 2), dtype=bool)
    assert math.isnan(measured_night_day_ratio(iof, ~everywhere, everywhere))
    assert math.isnan(measured_night_day_ratio(iof * np.nan, everywhere, everywhere))


def test_the_factor_that_is_stated_is_the_one_applied() -> None:
    factor = night_factor(night_day_ratio(60.0, 0.538))
    assert factor == 130.0
    assert stretch_text(factor) == "night side brightened 130 times"
    assert stretch_night(np.ones((1, 1), dtype=np.float32), np.ones((1, 1), dtype=bool), factor) == 130.0


def test_without_light_there_is_nothing_to_stretch() -> None:
    assert night_factor(night_day_ratio(175.0, 0.538)) is None
    assert ratio_text(0.0) == "no Jupitershine"
    assert ratio_text(night_day_ratio(0.0, 0.538)) == "Jupitershine is 0.016 of sunlight (1/62)"
