"""More hands compute the same, to the bit, and an error of one is everyone's."""

import time
from threading import current_thread

import numpy as np
import pytest

from iovolc import hands as module
from iovolc.detect.matched import respond
from iovolc.detect.pyramid import Scale, expand
from iovolc.geometry.box import box_of
from iovolc.geometry.smooth import smooth
from iovolc.hands import both, by_rows, each, hands, in_parts, in_rows
from small_grid import small_grid

GRID = small_grid(2)


@pytest.fixture
def small_is_worth_while(monkeypatch):
    monkeypatch.setattr(module, "_LEAST_SIZE", 1)


def parts_of(length, grain, count):
    parts = []
    with hands(count):
        in_parts(lambda first, end: parts.append((first, end)), length, length, grain)
    return sorted(parts)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("length", "grain"), [(1, 1), (7, 1), (7, 4), (8, 4), (129, 128), (1000, 1)])
@pytest.mark.usefixtures("small_is_worth_while")
def test_parts_are_all_of_it_once(length, grain, count):
    parts = parts_of(length, grain, count)
    assert [first for first, _ in parts] == [0, *(end for _, end in parts[:-1])]
    assert parts[-1][1] == length
    assert all(first % grain == 0 for first, _ in parts)


def test_what_is_small_is_one_part():
    assert parts_of(100, 1, 2) == [(0, 100)]


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_items(count):
    with hands(count):
        assert list(each(str, range(20))) == [str(i) for i in range(20)]


@pytest.mark.usefixtures("small_is_worth_while")
def test_a_hand_has_no_hands():
    def parts(_):
        return parts_of(8, 1, 1)

    with hands(2):
        assert list(each(parts, range(2))) == [[(0, 8)]] * 2


@pytest.mark.usefixtures("small_is_worth_while")
def test_an_error_of_a_part_is_raised():
    def fails(first, end):
        raise ValueError(f"{first} {end}")

    with hands(2), pytest.raises(ValueError, match="0 2"):
        in_parts(fails, 8, 8)


@pytest.mark.usefixtures("small_is_worth_while")
def test_a_kernel_gets_the_same_rows_of_all_planes():
    plane, column, out = np.arange(20.0).reshape(5, 4), np.arange(5.0), np.empty((5, 4))

    def add(values, of_row, total):
        total[:] = values + of_row[:, None]

    with hands(2):
        in_rows(add, plane, column, out)
    np.testing.assert_array_equal(out, plane + column[:, None])


def planes(name, seed):
    generator, sheet = np.random.default_rng(seed), GRID.sheet(name)
    weight = generator.uniform(0.5, 2.0, sheet.shape).astype(np.float32)
    weight[:, sheet.shape[1] // 3 : sheet.shape[1] // 2] = 0.0
    return generator.standard_normal(sheet.shape, dtype=np.float32), weight, sheet


@pytest.mark.parametrize("name", ["equator", "north"])
@pytest.mark.parametrize("fwhm_km", [60.0, 200.0, 700.0])
@pytest.mark.usefixtures("small_is_worth_while")
def test_more_hands_give_the_same_answer(name, fwhm_km):
    difference, weight, sheet = planes(name, 1)
    alone = respond(difference, weight, sheet, Scale(fwhm_km))
    with hands(3):
        together = respond(difference, weight, sheet, Scale(fwhm_km))
    for part in ("amplitude", "against", "sigma"):
        np.testing.assert_array_equal(getattr(alone, part), getattr(together, part))


@pytest.mark.parametrize("sigma_km", [20.0, 90.0, 300.0])
@pytest.mark.usefixtures("small_is_worth_while")
def test_more_hands_smooth_alike(sigma_km):
    difference, weight, sheet = planes("equator", 2)
    alone = smooth(difference * weight, sheet, sigma_km)
    with hands(3):
        together = smooth(difference * weight, sheet, sigma_km)
    np.testing.assert_array_equal(alone, together)


@pytest.mark.usefixtures("small_is_worth_while")
def test_more_hands_cut_and_put_alike():
    _, weight, sheet = planes("equator", 3)
    box = box_of(weight, wraps=sheet.wraps)
    with hands(3):
        np.testing.assert_array_equal(box.put(box.cut(weight)), weight)
        np.testing.assert_array_equal(expand(weight, 3), np.kron(weight, np.ones((3, 3), np.float32)))


@pytest.mark.parametrize("count", [1, 2])
def test_two_works_give_what_each_gives(count):
    with hands(count):
        assert both(lambda: 1, lambda: "second") == (1, "second")


def slowly(done):
    time.sleep(0.2)
    done.append(True)


def two_parts(fails, late):
    in_parts(lambda first, _: (fails, late)[first](), 2, 1 << 20)


@pytest.mark.parametrize("work", [both, lambda fails, late: list(each(lambda one: one(), [fails, late])), two_parts])
def test_nobody_is_at_work_any_more_when_an_error_is_told(work):
    done = []

    def fails():
        raise ValueError("the first")

    with hands(2):
        with pytest.raises(ValueError, match="the first"):
            work(fails, lambda: slowly(done))
        assert done


def test_one_hand_is_the_thread_itself_wherever_it_is_asked_for():
    with hands(2), hands(1):
        assert list(each(lambda _: current_thread(), range(3))) == [current_thread()] * 3


def test_an_error_of_the_second_work_is_told():
    def fails():
        raise ValueError("the second")

    with hands(2), pytest.raises(ValueError, match="the second"):
        both(lambda: 1, fails)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (40, 3000), (3, 70_000)])
@pytest.mark.usefixtures("small_is_worth_while")
def test_what_is_made_by_rows_is_what_is_made_at_once(count, shape):
    one, other = np.random.default_rng(3).standard_normal((2, *shape)).astype(np.float32)
    with hands(count):
        made = by_rows(lambda a, b: np.where(b > 0.0, a / b, np.float32(0.0)), one, other)
    np.testing.assert_array_equal(made, np.where(other > 0.0, one / other, np.float32(0.0)))
    assert made.dtype == np.float32
