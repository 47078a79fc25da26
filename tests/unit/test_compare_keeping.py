"""A comparison whose planes lie on the disk tells to the last bit what one in memory tells."""

from dataclasses import fields, replace

import numpy as np
import pytest
from light_sample import lighting

from detect_scene import frame_of, look
from iovolc.config import DetectConfig
from iovolc.cube.scratch import scratch_of
from iovolc.detect import compare as comparing
from iovolc.detect.compare import compare
from iovolc.light.classes import LightClass
from iovolc.light.lit import lit
from small_grid import ALL_SLOW_UNCOMPILED, small_grid

pytestmark = ALL_SLOW_UNCOMPILED

GRID = small_grid()
FRAME = frame_of(GRID)


def half_lit(number, **changes):
    """An epoch whose west the Sun and whose east Jupiter lights; each with a gap of its own."""
    plain = look(GRID, number, gap=(20.0 * number - 40.0, 50.0, 600.0))
    codes = {name: np.full(plane.shape, LightClass.SUN, np.uint8) for name, plane in plain.side.tone.items()}
    for plane in codes.values():
        plane[:, plane.shape[1] // 2 :] = LightClass.JUPITER
    told = lit(lighting(**changes), plain.side.tone, codes, FRAME.owned, GRID)
    return replace(plain, side=replace(plain.side, lit=told))


@pytest.fixture(scope="module")
def epochs():
    older = [half_lit(number, sub_observer_lon_e=20.0 * number) for number in range(3)]
    return half_lit(5), [*older, look(GRID, 3, resolution_km=90.0), look(GRID, 4, gap=(-60.0, -80.0, 900.0))]


def on_disk(one, keep):
    light = one.side.lit
    light = None if light is None else replace(light, planes=keep(light.planes))
    return replace(one, side=replace(one.side, tone=keep(one.side.tone), lit=light))


@pytest.mark.parametrize("held_bytes", [1, 200_000])
def test_the_same_comes_from_the_disk_some_rows_at_a_time(epochs, tmp_path, monkeypatch, held_bytes):
    newer, older = epochs
    plain = compare(newer, older, FRAME, DetectConfig())
    (tmp_path / "cache").mkdir()
    keep = scratch_of(tmp_path, 0)
    monkeypatch.setattr(comparing, "_HELD_BYTES", held_bytes)
    kept = compare(newer, [on_disk(one, keep) for one in older], FRAME, DetectConfig(), keep=keep)
    for name, one in plain.fields.items():
        for field in fields(one):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(kept.fields[name], field.name))
        for part in ("median", "count", "shown", "bare", "registration_km"):
            np.testing.assert_array_equal(*(getattr(found, part)[name] for found in (plain, kept)))
        for pair, again in zip(plain.pairs, kept.pairs, strict=True):
            np.testing.assert_array_equal(pair.value[name], again.value[name])
    assert any(pair.light_variance for pair in kept.pairs)
    assert any(pair.of_light for pair in kept.pairs)
