from pathlib import Path

import pytest

from iovolc import machine
from iovolc.archive.costs import Costs, load_costs
from iovolc.config import load
from iovolc.parallel import Threads, at_most, runner, workers_of
from iovolc.pipeline.context import Context
from iovolc.pipeline.expect import expect, fitting
from iovolc.pipeline.forecast import HAND_SHARE, Work, affordable, forecast, grid_pixels, memory_mib
from iovolc.spells import Reported

COSTS = Costs(
    date="2026-01-01", machine="made up", start_s=1.0, ingest_s=(1.0, 0.0), compare_s=(2.0, 0.0, 1.0),
    follow_s=(0.0, 0.0), publish_s=(4.0, 0.0), memory_mib=(100.0, 50.0, 10.0), epoch_bytes_px=8.0, kept_bytes_px=2.0,
    run_bytes_px=10.0,
)  # fmt: skip
PIXELS = grid_pixels(4)
MPX = PIXELS / 1e6


def cost(work, *, workers=2, free_mib=1e6):
    return forecast(work, 4, COSTS, workers=workers, free_mib=free_mib)


def test_time_is_that_of_all_steps_shared_among_the_workers():
    found = cost(Work(ingest=4, compare=(1, 3)))
    assert found.processor_s == pytest.approx(1.0 + 4.0 + 4.0 + 4.0 + 4.0 * MPX, abs=0.1)
    assert found.seconds == pytest.approx(1.0 + 4.0 + (4.0 + 4.0 + 4.0 * MPX) / 2.0, abs=0.1)


def test_bytes_are_those_of_epochs_what_is_kept_and_outputs():
    found = cost(Work(ingest=2, compare=(1,)))
    assert (found.store_bytes, found.run_bytes) == (18 * PIXELS, 10 * PIXELS)
    assert cost(Work(publish=False)).run_bytes == 0


def test_no_more_work_at_a_time_than_the_memory_holds():
    work = Work(compare=(24,) * 10)
    two = memory_mib(work.compare, MPX, COSTS, 2)
    assert cost(work, workers=8, free_mib=two).workers == 2
    assert cost(work, workers=8, free_mib=0.99 * two).workers == 1
    assert cost(work, workers=8, free_mib=1.0).workers == 1
    assert "of 8: there is no memory for more" in cost(work, workers=8, free_mib=two).text()


def test_a_worker_that_shares_a_comparison_adds_a_share_of_its_memory():
    alone, shared = (memory_mib((3,), MPX, COSTS, workers) for workers in (1, 2))
    assert shared == pytest.approx(alone + HAND_SHARE * (alone - COSTS.memory_mib[0]))
    assert affordable((3,), 4, COSTS, workers=2, free_mib=alone) == 1


def test_the_largest_comparisons_decide_on_memory():
    assert memory_mib((1, 9, 4), MPX, COSTS, 2) == pytest.approx(100.0 + MPX * (2 * 50.0 + 13 * 10.0))
    assert memory_mib((), MPX, COSTS, 2) == 100.0 + MPX * 50.0


def test_the_line_for_people():
    line = cost(Work(ingest=3000)).text()
    assert line.startswith("expected: about 25 min with 2 workers, 50 min of processor time, ")
    assert line.endswith("GiB on disk")


def test_the_costs_that_iovolc_carries_are_measured_ones():
    costs = load_costs()
    assert min(costs.ingest_s[1], costs.compare_s[1], costs.compare_s[2], costs.memory_mib[1]) > 0.0
    assert "cores" in costs.machine


def test_the_configuration_says_how_much_memory_there_is(tmp_path):
    config = load(None, ("cluster.memory_gib=0.1", "grid.pixels_per_degree=8"))
    context = Context(tmp_path, config, Threads(4))
    expected = expect(Work(compare=(1, 1, 1)), context)
    assert (expected.asked, expected.workers) == (4, 1)
    assert fitting(context, expected) == Threads(1)


def test_fewer_workers_keep_what_reports_on_them():
    assert at_most(Reported(Threads(4), Path("tasks.csv")), 2) == Reported(Threads(2), Path("tasks.csv"))
    with runner(workers=3) as threads:
        assert workers_of(at_most(threads, 2)) == 2
        assert at_most(threads, 5) == threads


def test_memory_is_limited_by_the_container(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("1073741824\n")
    (tmp_path / "memory.current").write_text("536870912\n")
    free = machine.free_mib()
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine.free_mib() == pytest.approx(min(512.0, free), rel=0.01)
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 268435456\n")
    assert machine.free_mib() == pytest.approx(min(768.0, free), rel=0.01)  # files that were read give way
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.free_mib() > 0.0
