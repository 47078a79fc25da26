"""What a new epoch makes a run do again, counted by what it adds to the store's cache; the work itself is stood in."""

from datetime import timedelta

import numpy as np
import pytest

from iovolc.config import load
from iovolc.cube.manifest import commit
from iovolc.model import frames
from iovolc.model.detection import FORCED, LOOKS, Detected, Segmented
from iovolc.model.tables import DETECTIONS, SEGMENTS
from iovolc.parallel import Threads
from iovolc.pipeline import detect, facts, segments
from iovolc.pipeline.context import Context
from iovolc.pipeline.epoch_maps import EpochMaps
from store_sample import GRID, START, put

MOST = 3
NOTHING = Detected(frames.empty(DETECTIONS), frames.empty(LOOKS), {}, frames.empty(FORCED))
SETTINGS = (f"detect.max_predecessors={MOST}", "grid.pixels_per_degree=4")


@pytest.fixture
def context(tmp_path, monkeypatch):
    """A store whose comparisons, levels and drawings cost nothing; facts are those of epochs that show everything."""
    blocks = facts.frame_of(4)[0].places.area_km2
    monkeypatch.setattr(facts, "_arrays", lambda _: {"blocks": np.ones_like(blocks)})
    monkeypatch.setattr(detect, "_compute", lambda _: None)
    monkeypatch.setattr(detect, "_save", lambda _, folder: (folder / "done").touch())
    monkeypatch.setattr(detect, "_load", lambda _: (NOTHING, {}))
    monkeypatch.setattr(segments, "_matched", lambda _: None)
    monkeypatch.setattr(segments, "_save_level", lambda _, folder: (folder / "done").touch())
    monkeypatch.setattr(segments, "find_segments", lambda *_: Segmented(frames.empty(SEGMENTS), {}))
    return Context(tmp_path, load(None, SETTINGS), Threads(1))


def units(context):
    """Results kept, by stage."""
    folders = [path for path in (context.store / "cache").glob("*/*") if path.is_dir()]
    return {stage: sum(path.parent.name == stage for path in folders) for stage in {one.parent.name for one in folders}}


def run(context, manifest):
    """Detection, segments and drawings of a manifest; how many results each stage added."""
    before = units(context)
    scan = detect.detect(manifest, context)
    segments.segments(manifest, context)
    entries = {entry.observation_id: entry for entry in manifest.entries}
    compared = {task.entry.observation_id: task for task in scan.tasks}
    maps = EpochMaps(context.store, entries, compared, context.config.light, GRID)
    for name in entries:
        maps.kept_drawing(name, 4, lambda folder, *_: (folder / "done").touch())
    return {stage: count - before.get(stage, 0) for stage, count in units(context).items()}


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    monkeypatch.setattr(EpochMaps, "__call__", lambda *_: None)


def archive(context, count, *, channel="green"):
    return commit(context.store, GRID, [put(context.store, index, channel=channel) for index in range(count)])


def added(context, day, name, **changes):
    """The manifest with one epoch more, so many days after the first one."""
    time = START + timedelta(days=day)
    facts_ = {"time_utc": time, "start_utc": time - timedelta(hours=1), "stop_utc": time + timedelta(hours=1)}
    return commit(context.store, GRID, [put(context.store, 50, id=name, **facts_, **changes)])


def test_a_new_epoch_costs_the_same_in_archives_of_5_and_of_20(context):
    costs = []
    for count in (5, 20):
        run(context, archive(context, count))
        costs.append(run(context, added(context, 100 * count + 5000, f"new-{count}", channel="green")))
    assert costs[0] == costs[1] == {"detect": 1, "partners": 1, "facts": 1, "levels": 1, "segments": 1, "page": 1}


def test_nothing_new_costs_nothing(context):
    manifest = archive(context, 6)
    run(context, manifest)
    assert set(run(context, manifest).values()) == {0}


def test_a_late_epoch_costs_itself_and_those_that_choose_it(context):
    run(context, archive(context, 12))
    cost = run(context, added(context, 250, "late", channel="green"))
    # Between the third and the fourth: the three next ones are compared with it, all later ones choose anew.
    assert (cost["detect"], cost["levels"], cost["page"]) == (1 + MOST, 1, 1 + MOST)
    assert cost["partners"] == 9


def test_a_new_epoch_of_another_channel_leaves_this_one_alone(context):
    run(context, archive(context, 5))
    cost = run(context, added(context, 9000, "red", channel="red"))
    assert {stage: count for stage, count in cost.items() if count} == {"page": 1}


def test_an_epoch_is_compared_with_the_latest_of_equally_fine_ones(context):
    manifest = archive(context, 6)
    chosen = detect.plan(manifest, context)[-1].predecessors
    assert [entry.observation_id for entry in chosen] == ["obs-2", "obs-3", "obs-4"]


def test_facts_keep_what_is_known_of_the_light(tmp_path, monkeypatch):
    entry = put(tmp_path, 1)
    side = type("Side", (), {"blocks": np.array([1.0, np.nan]), "lit": None})
    monkeypatch.setattr(facts, "look_at", lambda *_: type("Look", (), {"side": side}))
    config = load(None, ()).light
    found = facts.facts_of(tmp_path, entry, config)
    np.testing.assert_array_equal(found.blocks, [1.0, np.nan])
    assert found.lit is None
    assert facts.resolution_of(tmp_path, entry) == 8.25
