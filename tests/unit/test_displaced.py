"""How far maps are displaced: simulated displaced maps against what is told of them."""

import numpy as np
import pytest

from iovolc.detect.displaced import Sloped, displaced_shares
from small_grid import small_grid

GRID = small_grid(2)
SHEET = GRID.sheet("equator")
STATED_KM = 20.0
NOISE = 0.02


def ground(seed=1):
    """Slopes per kilometre along rows and columns, as of a surface with few edges."""
    generator = np.random.default_rng(seed)
    strength = 0.004 * generator.lognormal(-1.0, 1.2, SHEET.shape)
    turn = generator.uniform(0.0, 2.0 * np.pi, SHEET.shape)
    return strength * np.cos(turn), strength * np.sin(turn)


def sloped(shift_km, seed=1, changed=None, level=1.0, slope_noise=0.0):
    along, across = ground(seed)
    generator = np.random.default_rng(seed + 100)
    noise = np.sqrt(level) * NOISE * generator.standard_normal(SHEET.shape)
    difference = noise + shift_km[0] * along + shift_km[1] * across
    if changed is not None:
        difference = difference + changed
    z2 = (difference / NOISE) ** 2
    ratio, again = (
        (STATED_KM / NOISE) ** 2
        * sum((slope + slope_noise * generator.standard_normal(SHEET.shape)) ** 2 for slope in (along, across))
        for _ in range(2)
    )
    return Sloped(z2.astype(np.float32), ratio.astype(np.float32), again.astype(np.float32), np.ones(SHEET.shape, bool))


def told_km(part):
    share = displaced_shares({"equator": part}, GRID, GRID.pixel_km)["equator"]
    return STATED_KM * np.sqrt(share)


@pytest.mark.parametrize("per_axis_km", [4.0, 10.0, 30.0])
@pytest.mark.parametrize("level", [0.8, 1.3])
def test_the_displacement_is_told_whatever_was_stated(per_axis_km, level):
    generator = np.random.default_rng(3)
    shift = per_axis_km * generator.standard_normal((2, 13, 36))
    shift_km = np.repeat(np.repeat(shift, SHEET.shape[0] // 13, axis=1), SHEET.shape[1] // 36, axis=2)
    assert float(np.median(told_km(sloped(shift_km, level=level)))) == pytest.approx(per_axis_km, rel=0.25)


def test_noise_in_the_slopes_does_not_hide_the_displacement():
    generator = np.random.default_rng(3)
    shift = 10.0 * generator.standard_normal((2, 13, 36))
    shift_km = np.repeat(np.repeat(shift, SHEET.shape[0] // 13, axis=1), SHEET.shape[1] // 36, axis=2)
    rms = float(np.sqrt(np.mean(np.square(ground()))))
    noisy = told_km(sloped(shift_km, slope_noise=0.5 * rms))
    assert float(np.median(noisy)) == pytest.approx(10.0, rel=0.25)


def test_a_region_that_is_worse_placed_is_told_apart():
    shift_km = np.full((2, *SHEET.shape), 3.0)
    shift_km[:, 100:160, 300:360] = 15.0
    told = told_km(sloped(shift_km))
    assert float(told[120:140, 320:340].mean()) > 2.0 * float(told[60:200, 500:700].mean())


def test_real_changes_are_not_taken_for_displacement():
    changed = np.zeros(SHEET.shape)
    changed[::40, ::40] = 0.5
    changed[100:116, 300:316] = 0.3
    still = np.full((2, *SHEET.shape), 4.0)
    plain, marked = told_km(sloped(still)), told_km(sloped(still, changed=changed))
    assert float(np.median(marked)) == pytest.approx(float(np.median(plain)), rel=0.2)


def test_too_little_to_tell_leaves_the_stated_sigma():
    part = sloped(np.zeros((2, *SHEET.shape)))
    few = Sloped(part.z2, part.ratio, part.again, np.zeros(SHEET.shape, bool))
    assert displaced_shares({"equator": few}, GRID, GRID.pixel_km) == {"equator": 1.0}
