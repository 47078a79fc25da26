"""The shift of a disc from those of its limb points."""

import numpy as np
import pytest

from iovolc.geometry.limbpoints import CENTRE, RADIUS, UNSEEN, fit_shift

ANGLE = np.linspace(0.0, 2.0 * np.pi, 360, endpoint=False)
RIGHT, DOWN = np.cos(ANGLE), np.sin(ANGLE)


def points(right=1.5, down=-0.7, outward=0.4, noise=0.05, seed=1):
    return right * RIGHT + down * DOWN + outward + np.random.default_rng(seed).normal(0.0, noise, ANGLE.size)


def mean_sigma(shifts):
    """Of the shift to the right, over many draws."""
    return np.mean([fit_shift(shift, RIGHT, DOWN, free=CENTRE, correlated=1.0).sigma[0] for shift in shifts])


def test_the_shift_is_found_with_its_errors():
    found = fit_shift(points(), RIGHT, DOWN, free=(*CENTRE, RADIUS), correlated=1.0)
    assert (found.right, found.down, found.outward) == pytest.approx((1.5, -0.7, 0.4), abs=0.02)
    assert found.rms == pytest.approx(0.05, rel=0.15)


def test_an_eighth_of_the_limb_gone_wild_is_left_out():
    shift = points()
    shift[40:85] += 5.0
    found = fit_shift(shift, RIGHT, DOWN, free=(*CENTRE, RADIUS), correlated=1.0)
    assert (found.right, found.down, found.outward) == pytest.approx((1.5, -0.7, 0.4), abs=0.03)
    assert not found.used[40:85].any()


def test_what_is_held_fixed_stays():
    found = fit_shift(points(outward=0.0), RIGHT, DOWN, free=CENTRE, correlated=1.0)
    assert found.outward == 0.0
    assert found.sigma[RADIUS] == 0.0


def test_independent_points_have_the_errors_of_independent_points():
    sigma = mean_sigma([points(0.0, 0.0, 0.0, seed=seed) for seed in range(30)])
    assert sigma == pytest.approx(UNSEEN * 0.05 * np.sqrt(2 / 360), rel=0.15)


def test_neighbours_that_err_together_count_once():
    """No need to say how many: arcs of the limb show it."""
    alone = [points(0.0, 0.0, 0.0, seed=seed) for seed in range(30)]
    together = [np.repeat(shift[:40], 9) for shift in alone]
    assert mean_sigma(together) == pytest.approx(3.0 * mean_sigma(alone), rel=0.25)


@pytest.mark.parametrize("known", [0, 5])
def test_too_few_points_move_nothing(known):
    shift = np.full(ANGLE.size, np.nan)
    shift[:known] = 3.0
    found = fit_shift(shift, RIGHT, DOWN, free=(*CENTRE, RADIUS), correlated=1.0)
    assert (found.right, found.down, found.outward) == (0.0, 0.0, 0.0)
    assert np.isinf(found.sigma[0])


def test_a_short_arc_does_not_tell_shift_from_size():
    shift = np.where(np.abs(ANGLE - np.pi) < 0.1, points(), np.nan)
    found = fit_shift(shift, RIGHT, DOWN, free=(*CENTRE, RADIUS), correlated=1.0)
    assert np.isinf(found.sigma).all()
