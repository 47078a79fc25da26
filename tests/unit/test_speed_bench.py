"""The speed bench: who is timed when, what is told of it, and when it fails. No time itself is asserted."""

import json
from dataclasses import replace
from itertools import count

import pytest
from benchmarks.speed import clock, commands
from benchmarks.speed.clock import Times, race, ratio
from benchmarks.speed.stages import FLOOR, OWN, STAGES, Stage
from tests.small_maps import iovolc

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


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_has_peers_and_a_floor_that_run(stage, tmp_path):
    contenders = stage.make(small_grid(2), tmp_path)
    assert {OWN, FLOOR} < {*contenders}
    for work in contenders.values():
        work()


def stage_of(own_s, peer_s):
    """A stage whose contenders move a clock of their own."""
    return Stage("made up", "a note", 2.0, lambda *_: {OWN: own_s, "peer": peer_s, FLOOR: 0.5})


@pytest.fixture
def _made_up(monkeypatch):
    def times(contenders, rounds):
        return {name: Times((seconds,) * rounds) for name, seconds in contenders.items()}

    monkeypatch.setattr(commands, "race", times)
    monkeypatch.setattr(commands, "STAGES", (stage_of(1.0, 3.0), replace(stage_of(1.0, 1.5), name="slower")))


@pytest.mark.usefixtures("_made_up")
def test_the_page_and_the_record_tell_the_same(tmp_path):
    summary = commands.bench_speed(tmp_path / "out", page=tmp_path / "page.md")
    assert json.loads((tmp_path / "out" / "speed.json").read_text()) == summary
    assert summary["too_slow"] == ["slower"]
    assert "| made up | 1e+03 | 3e+03 | 3 (3 to 3) | 0.5 | peer: a note |" in (tmp_path / "page.md").read_text()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["speed.json"]


@pytest.mark.usefixtures("_made_up")
def test_only_a_check_fails_where_a_stage_is_too_slow(tmp_path):
    plain = iovolc("bench", "speed", "--out", tmp_path, "--quiet")
    assert plain.code == 0
    assert "far slower than it was: slower" in plain.out
    assert iovolc("bench", "speed", "--out", tmp_path, "--quiet", "--check").code == 5
