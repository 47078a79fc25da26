import numpy as np
import pytest

from iovolc.light.gains import solve_gain

PRIOR = 0.15


def solve(*pairs):
    return solve_gain([offset for offset, _ in pairs], [sigma for _, sigma in pairs], prior_sigma=PRIOR)


def test_without_predecessors_nothing_is_told():
    assert solve() is None
    assert solve((np.nan, 0.1)) is None


def test_one_predecessor_may_err_itself_so_half_of_the_offset_is_ours():
    found = solve((0.2, 1e-6))
    assert np.log(found.gain) == pytest.approx(0.1)
    assert found.pull == pytest.approx(0.2 / (PRIOR * np.sqrt(2.0)))


def test_many_predecessors_that_agree_leave_no_doubt():
    found = solve(*[(0.2, 0.01)] * 50)
    assert np.log(found.gain) == pytest.approx(0.2, rel=0.03)
    assert found.sigma < 0.03
    assert found.n == 50


def test_what_was_badly_matched_counts_little():
    found = solve((0.0, 0.01), (2.0, 5.0))
    assert abs(np.log(found.gain)) < 0.01


def test_a_gain_far_from_its_prior_is_doubtful():
    assert not solve((0.3, 0.02)).is_doubtful
    assert solve((0.9, 0.02)).is_doubtful


def test_pulls_of_gains_drawn_from_the_prior_are_standard_normal():
    generator = np.random.default_rng(1)
    pulls = []
    for _ in range(400):
        own, *others = PRIOR * generator.standard_normal(4)
        pulls.append(solve(*[(own - other + 0.03 * generator.standard_normal(), 0.03) for other in others]).pull)
    assert np.std(pulls) == pytest.approx(1.0, abs=0.1)
    assert np.mean(pulls) == pytest.approx(0.0, abs=0.15)
