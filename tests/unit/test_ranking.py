from dataclasses import fields

import numpy as np
import pytest

from iovolc.detect.artefacts import Artefacts
from iovolc.detect.flags import LIMITS
from iovolc.detect.ranking import CAP, MEASURES, Learned, features, isolation, reliability, trust

CLEAN = Artefacts()


def cloud(count, seed, centre=0.0):
    return np.random.default_rng(seed).normal(centre, 1.0, (count, 3))


def test_what_lies_far_from_the_null_is_isolated_and_what_lies_within_is_not():
    null = cloud(200, 1)
    far = isolation(np.array([[9.0, 9.0, 9.0]]), null, 7)
    within = isolation(np.zeros((1, 3)), null, 7)
    assert far[0] > 0.95
    assert within[0] < 0.5


def test_isolation_is_the_same_every_time():
    assert np.array_equal(isolation(cloud(20, 2), cloud(100, 3), 5), isolation(cloud(20, 2), cloud(100, 3), 5))


def test_a_null_too_small_to_learn_from_says_nothing():
    assert isolation(cloud(4, 1), cloud(5, 2), 1).tolist() == [0.5] * 4
    assert len(isolation(np.empty((0, 3)), cloud(50, 2), 1)) == 0


def test_every_artefact_measure_has_a_limit():
    # Lobes along the light are told by `shadow`, but doubted as `relief` already.
    assert {*LIMITS, "shadow"} == {field.name for field in fields(Artefacts)}


def test_a_change_without_signs_of_artefacts_is_trusted_fully():
    assert trust(CLEAN) == 1.0


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_each_measure_halves_trust_at_its_limit_and_more_takes_more(name):
    assert trust(Artefacts(**{name: LIMITS[name]})) == pytest.approx(0.5)
    assert trust(Artefacts(**{name: 2 * LIMITS[name]})) < 0.1


def test_harmless_measures_do_not_add_up_to_doubt():
    assert trust(Artefacts(**{name: 0.5 * limit for name, limit in LIMITS.items()})) > 0.25


LEARNED = Learned(1.5, {"relief": -2.0, "seam": -1.0})


@pytest.mark.parametrize("learned", [None, LEARNED])
def test_a_clean_faint_change_comes_before_a_strong_artefact(learned):
    order = reliability(np.array([0.9, 1.0]), [CLEAN, Artefacts(relief=0.8)], learned)
    assert order[0] > order[1]
    assert (order >= 0).all()
    assert (order <= 1).all()


def test_what_was_learned_is_a_logistic_function_of_capped_measures():
    spoilt = Artefacts(relief=9.0, blur=0.5 * LIMITS["blur"])
    found = features(spoilt)
    assert found[MEASURES.index("relief")] == CAP
    assert found[MEASURES.index("blur")] == pytest.approx(0.5)
    assert LEARNED.probability(spoilt) == pytest.approx(1.0 / (1.0 + np.exp(2.0 * CAP - 1.5)))


def test_no_candidates_have_no_reliability():
    assert reliability(np.empty(0), [], LEARNED).shape == (0,)
