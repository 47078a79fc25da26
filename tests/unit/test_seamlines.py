import numpy as np
import pytest
from tests.small_grid import ALL_SLOW_UNCOMPILED

from iovolc.geometry.seamlines import Line, joined, outstanding

pytestmark = ALL_SLOW_UNCOMPILED


@pytest.fixture
def steps() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(120, 200)).clip(-1.5, 1.5)


def test_the_line_along_which_all_steps_are_alike_stands_out(steps: np.ndarray) -> None:
    rows = np.arange(40, 90)
    steps[rows, np.round(150 + 0.24 * rows).astype(int) % 200] = -1.2
    best = max(outstanding(steps, 40, sigmas=6.0, least=0.8), key=lambda line: line.sigmas)
    assert best.slope == pytest.approx(0.24)
    assert best.at(60) == pytest.approx(150 + 0.24 * 60, abs=1.0)


def test_without_one_there_is_none(steps: np.ndarray) -> None:
    assert outstanding(steps, 40, sigmas=6.0, least=0.8) == []
    assert outstanding(steps[:30], 40, sigmas=6.0, least=0.0) == []
    assert outstanding(np.full((60, 50), np.nan), 40, sigmas=6.0, least=0.0) == []


def test_lines_that_are_half_unknown_do_not_count(steps: np.ndarray) -> None:
    steps[:, 100] = 1.5
    steps[::2, 95:105] = np.nan
    assert outstanding(steps, 40, sigmas=6.0, least=0.8) == []


def test_lines_along_one_another_are_one_as_long_as_all() -> None:
    lines = [
        Line(0, 40, 10.0, 0.0, 7.0, (0, 40)), Line(30, 70, 12.0, 0.0, 9.0, (30, 70)),
        Line(40, 80, 212.0, 0.0, 8.0, (40, 80)), Line(0, 40, 100.0, 0.0, 6.5, (0, 40)),
    ]  # fmt: skip
    first, second = joined(lines, 200)
    assert (first.sigmas, first.at_first, first.ends) == (9.0, 12.0, (0, 80))
    assert second is lines[3]


def test_rows_that_begin_again_join_the_ends():
    lines = [Line(100, 140, 20.0, 0.0, 9.0, (100, 140)), Line(8, 48, 21.0, 0.0, 7.0, (8, 48))]
    assert len(joined(lines, 200)) == 2
    (seam,) = joined(lines, 200, circle=120)
    assert seam.ends == (100, 168)
