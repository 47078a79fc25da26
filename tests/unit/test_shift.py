import numpy as np
import pytest
from scipy.ndimage import shift as displace

from iovolc.detect.shift import shift_explains
from iovolc.model.grid import Sheet

SHEET = Sheet("equator", (60, 80), 4_000.0, -160_000.0, 120_000.0)
NOISE = 0.02
EDGE = np.where(np.arange(80) < 40, 0.0, 1.0)[None, :] * np.ones((60, 1))


def texture(seed=0):
    generator = np.random.default_rng(seed)
    return displace(generator.normal(0.0, 0.3, SHEET.shape), (0.5, 0.5), order=1, mode="nearest")


def noisy(values, seed=1):
    return (values + np.random.default_rng(seed).normal(0.0, NOISE, values.shape)).astype(np.float32)


def explained(newer, older, rows, cols, sigma_px, weight=None):
    pixels = (np.asarray(rows)[:, None] * SHEET.shape[1] + np.asarray(cols)[None, :] % SHEET.shape[1]).ravel()
    if weight is None:
        weight = np.full(SHEET.shape, 1.0 / (2.0 * NOISE**2), np.float32)
    return shift_explains(newer, newer - older, weight, np.sort(pixels).astype(np.int32), SHEET, sigma_px)


@pytest.mark.parametrize("moved", [(0.0, 1.0), (0.7, 0.7), (0.0, -1.0)])
def test_a_displaced_pattern_is_a_shift(moved):
    surface = EDGE + texture()
    newer, older = noisy(displace(surface, moved, order=1, mode="nearest")), noisy(surface, 2)
    assert explained(newer, older, range(27, 33), range(39, 42), 1.0)


@pytest.mark.parametrize("amplitude", [-0.4, 0.4])
@pytest.mark.parametrize("sigma_px", [0.0, 0.3, 1.0])
def test_a_compact_change_is_none(amplitude, sigma_px):
    surface = EDGE + texture()
    newer, older = noisy(surface), noisy(surface, 2)
    newer[28:33, 20:25] += amplitude
    assert not explained(newer, older, range(28, 33), range(20, 25), sigma_px)


def test_a_displacement_beyond_three_sigma_is_not_believed():
    surface = EDGE + texture()
    newer, older = noisy(displace(surface, (0.0, 3.0), order=1, mode="nearest")), noisy(surface, 2)
    assert not explained(newer, older, range(25, 35), range(40, 43), 0.2)


def test_the_seam_makes_no_difference():
    surface = np.roll(EDGE + texture(), 40, axis=1)
    newer, older = noisy(displace(surface, (0.0, 1.0), order=1, mode="grid-wrap")), noisy(surface, 2)
    assert explained(newer, older, range(27, 33), range(79, 82), 1.0)
    newer, older = noisy(surface), noisy(surface, 2)
    newer[28:33, [78, 79, 0, 1]] += 0.5
    assert not explained(newer, older, range(28, 33), range(78, 82), 1.0)


def test_without_data_around_it_nothing_is_explained():
    surface = EDGE + texture()
    newer, older = noisy(displace(surface, (0.0, 1.0), order=1, mode="nearest")), noisy(surface, 2)
    assert not explained(newer, older, range(27, 33), range(39, 42), 1.0, np.zeros(SHEET.shape, np.float32))


def test_gaps_are_left_out():
    surface = EDGE + texture()
    newer, older = noisy(displace(surface, (0.0, 1.0), order=1, mode="nearest")), noisy(surface, 2)
    weight = np.full(SHEET.shape, 1.0 / (2.0 * NOISE**2), np.float32)
    newer[24:27, 36:46], weight[24:27, 36:46] = np.nan, 0.0
    assert explained(newer, older, range(27, 33), range(39, 42), 1.0, weight)


def test_a_change_at_the_edge_of_the_sheet_is_judged_too():
    surface = EDGE + texture()
    newer, older = noisy(surface), noisy(surface, 2)
    newer[:4, 60:64] += 0.5
    assert not explained(newer, older, range(4), range(60, 64), 1.0)
