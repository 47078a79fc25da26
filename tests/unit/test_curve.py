"""Detection curves: fitted, interpolated, inverted."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from iovolc.detect.curve import Curve, Curves, FittedCurve, fit_curve


def drawn(middle, width, ceiling, count, seed=0):
    generator = np.random.default_rng(seed)
    margin = generator.uniform(0.4, 2.2, count)
    return margin, generator.random(count) < ceiling * ndtr((margin - middle) / width)


@pytest.mark.parametrize(("middle", "width", "ceiling"), [(1.0, 0.1, 0.99), (1.3, 0.25, 0.8), (0.8, 0.15, 0.98)])
def test_a_fit_finds_the_curve_behind_the_draws(middle, width, ceiling):
    curve = fit_curve(*drawn(middle, width, ceiling, 1500))
    assert curve.middle == pytest.approx(middle, abs=4 * curve.middle_sigma)
    assert curve.width == pytest.approx(width, abs=4 * curve.width_sigma)
    assert curve.ceiling == pytest.approx(ceiling, abs=max(4 * curve.ceiling_sigma, 0.02))
    assert curve.count == 1500


def test_uncertainty_shrinks_with_the_number_of_injections():
    few, many = (fit_curve(*drawn(1.0, 0.15, 0.97, count)) for count in (100, 1600))
    assert many.middle_sigma == pytest.approx(0.25 * few.middle_sigma, rel=0.4)


def test_changes_that_are_never_found_get_a_low_ceiling():
    margin = np.linspace(0.4, 2.2, 300)
    curve = fit_curve(margin, np.zeros(300, bool))
    assert curve.probability(2.0) < 0.03
    assert curve.margin_at(0.5) == math.inf


def test_a_handful_gives_a_curve_too():
    curve = fit_curve([0.5, 1.5], [False, True])
    assert 0.6 < curve.middle < 1.4
    assert curve.middle_sigma > 0.1


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_margin_and_probability_are_inverse(probability):
    curve = Curve(1.1, 0.2, 0.97)
    assert curve.probability(curve.margin_at(probability)) == pytest.approx(probability)


def test_nothing_is_found_where_nothing_was_compared():
    assert Curve(0.2, 0.3).probability(np.array([0.0, 1.0])).tolist() == pytest.approx([0.0, 0.996], abs=1e-3)


CURVES = Curves(
    (FittedCurve(False, 2.0, Curve(1.2, 0.2, 0.5)), FittedCurve(False, 8.0, Curve(1.0, 0.1, 1.0)))
)  # fmt: skip


@pytest.mark.parametrize(
    ("elements", "middle", "ceiling"),
    [(0.5, 1.2, 0.5), (2.0, 1.2, 0.5), (4.0, 1.1, 0.75), (8.0, 1.0, 1.0), (50.0, 1.0, 1.0)],
)
def test_curves_are_interpolated_in_the_logarithm_of_size(elements, middle, ceiling):
    curve = CURVES.of(relative=False, elements=elements)
    assert (curve.middle, curve.ceiling) == (pytest.approx(middle), pytest.approx(ceiling))


def test_without_a_fitted_curve_half_of_what_just_passes_is_found():
    assert CURVES.of(relative=True, elements=3.0).probability(1.0) == pytest.approx(0.5)
