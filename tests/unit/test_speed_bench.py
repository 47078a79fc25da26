"""The speed bench: who is timed when, what is told of it, and when it fails. No time itself is asserted."""

import json
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from benchmarks.speed import clock, commands, memory
from benchmarks.speed.clock import Times, race, ratio
from benchmarks.speed.reference import library_kernels, wrapped_labels
from benchmarks.speed.searching import smoothing
from benchmarks.speed.stage import BOUND, FLOOR, OWN, Stage
from benchmarks.speed.stages import STAGES
from tests.small_maps import iovolc

from iovolc.detect.residual import combine, slopes
from iovolc.detect.segment import connected
from iovolc.geometry.smooth import smooth
from iovolc.light import irmad
from small_grid import ALL_SLOW_UNCOMPILED, small_grid

pytestmark = ALL_SLOW_UNCOMPILED


def test_contenders_take_turns_after_a_first_call_each(monkeypatch):
    ticks = count()
    monkeypatch.setattr(clock.time, "process_time", lambda: float(next(ticks)))
    calls = []
    found = race({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3)
    assert calls == ["a", "b"] * 4
    assert found == {"a": Times((1.0, 1.0, 1.0)), "b": Times((1.0, 1.0, 1.0))}


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    assert ratio(Times((1.0, 2.0, 4.0)), Times((3.0, 4.0, 40.0))) == (3.0, 2.0, 10.0)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage.rounds > 1], ids=lambda stage: stage.name)
def test_every_stage_has_peers_and_a_floor_that_run(stage, tmp_path):
    contenders = stage.make(small_grid(2), tmp_path)
    assert {OWN, FLOOR} < {*contenders} - {BOUND}
    for work in contenders.values():
        work()


def test_iovolc_with_the_kernels_of_others_gives_the_same():
    sheet = small_grid(2).sheet("equator")
    generator = np.random.default_rng(1)
    planes = [generator.standard_normal(sheet.shape).astype(np.float32) for _ in range(5)]
    for plane in planes:
        plane[generator.random(sheet.shape) < 0.4] = np.nan
    places = generator.standard_normal((2, 400, 3))

    def results():
        found = combine(planes, [0, 0, 1, 1, 1])
        return (
            found.median, found.spread, found.count, *slopes(planes[0], sheet),
            smooth(np.nan_to_num(planes[1]), sheet, 2.0 * sheet.pixel_km), connected(planes[2] > 1.0, sheet).labels,
            irmad.no_change_probability(*places, np.ones(400)),
        )  # fmt: skip

    own = results()
    with library_kernels():
        others = results()
    for mine, theirs in zip(own, others, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-4)
    assert own[0].dtype == np.float32


def test_regions_are_joined_over_the_seam():
    mask = np.zeros((4, 6), bool)
    mask[0, 0] = mask[1, 5] = mask[3, 2] = True
    labels, count = wrapped_labels(mask, wraps=True)
    assert count == 2
    assert labels[0, 0] == labels[1, 5] != labels[3, 2]


def test_a_process_of_its_own_tells_a_peak_whatever_this_one_does_with_freed_memory(monkeypatch):
    stage = next(stage for stage in STAGES if stage.make is smoothing)
    monkeypatch.setenv("PYTHONPATH", "src")
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "0")  # as the command line leaves it
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", str(2**31 - 1))
    assert memory.peak_mib(stage.name, OWN, 8) > 1.0


def stage_of(own_s, peer_s):
    """A stage whose contenders move a clock of their own."""
    return Stage("made up", "a note", 2.0, lambda *_: {OWN: own_s, "peer": peer_s, FLOOR: 0.5, BOUND: 0.25}, 5.0)


@pytest.fixture
def _made_up(monkeypatch):
    def times(contenders, rounds):
        return {name: Times((seconds,) * rounds) for name, seconds in contenders.items()}

    monkeypatch.setattr(commands, "race", times)
    monkeypatch.setattr(commands, "peak_mib", lambda *_: 12.3)
    monkeypatch.setattr(commands, "STAGES", (stage_of(1.0, 3.0), replace(stage_of(1.0, 1.5), name="slower")))


@pytest.mark.usefixtures("_made_up")
def test_the_page_and_the_record_tell_the_same(tmp_path):
    summary = commands.bench_speed(tmp_path / "out", page=tmp_path / "page.md")
    assert json.loads((tmp_path / "out" / "speed.json").read_text()) == summary
    assert summary["too_slow"] == ["slower"]
    page = (tmp_path / "page.md").read_text()
    assert "| made up | 1e+03 | 3e+03 | 3 (3 to 3) | 5 | 0.5 | 12, 12 | peer: a note |" in page
    assert "made up 0.25; slower 0.25" in page
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["speed.json"]


@pytest.mark.usefixtures("_made_up")
def test_what_is_kept_by_hand_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"old\n\n{commands.KEPT}\n\n## Profile\n")
    commands.bench_speed(tmp_path, page=page)
    assert page.read_text().endswith(f"\n\n{commands.KEPT}\n\n## Profile\n")
    assert "old" not in page.read_text()


@pytest.mark.usefixtures("_made_up")
def test_only_a_check_fails_where_a_stage_is_too_slow(tmp_path):
    plain = iovolc("bench", "speed", "--out", tmp_path, "--quiet")
    assert plain.code == 0
    assert "far slower than it was: slower" in plain.out
    assert iovolc("bench", "speed", "--out", tmp_path, "--quiet", "--check").code == 5
