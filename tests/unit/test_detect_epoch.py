from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from detect_scene import Change, frame_of, look, places_of
from iovolc import hands
from iovolc.config import DetectConfig
from iovolc.detect.compare import compare
from iovolc.detect.describe import Shape
from iovolc.detect.epoch import EpochChange, described, detect_epoch
from iovolc.detect.rows import _unhidden
from iovolc.geometry.sphere import distance_km
from iovolc.light.partners import resolution_groups
from iovolc.model.detection import Detected
from iovolc.model.grid import Grid
from small_grid import cap_km2, coarse_grid, slow_uncompiled, small_grid

FOUR = Grid.at(4)
SMALL = small_grid()
CHANGES = (
    Change(10.0, 60.0, 60.0, -0.35, 3),
    Change(-20.0, 179.0, 90.0, 0.3, 3),
    Change(61.0, -40.0, 120.0, -0.3, 3),
    Change(-85.0, 0.0, 250.0, -0.2, 3),
    Change(30.0, -120.0, 80.0, -0.4, 2),
)


class Run(NamedTuple):
    change: EpochChange
    detected: Detected


def run(grid, newer, older, **settings):
    config, places = DetectConfig(**settings), places_of(grid)
    change = detect_epoch(newer, older, frame_of(grid), places, config)
    return Run(change, described(change, places, config))


def nearest(detections, lat, lon_e):
    away = distance_km(lat, lon_e, detections["lat"].to_numpy(), detections["lon_e"].to_numpy())
    return detections.iloc[int(np.argmin(away))], float(np.min(away))


@pytest.fixture(scope="module")
def found():
    """Epoch 3 against 0, 1 and 2: four changes since epoch 2, and one that epoch 2 shows already."""
    older = [look(FOUR, number, CHANGES, gain=1.0 + 0.1 * number) for number in range(3)]
    return run(FOUR, look(FOUR, 3, CHANGES, gain=0.9, offset=0.2), older)


@pytest.mark.parametrize("change", CHANGES[:4], ids=lambda change: f"{change.lat},{change.lon_e}")
@slow_uncompiled
def test_known_changes_are_found_where_they_are(found, change):
    row, away_km = nearest(found.detected.detections, change.lat, change.lon_e)
    assert away_km < 0.5 * FOUR.pixel_km
    assert row["kind"] == ("darkening" if change.amplitude < 0 else "brightening")
    assert row["q_value"] < 0.01
    assert row["snr"] > 7.0
    assert row["area_km2"] == pytest.approx(cap_km2(change.radius_km), rel=0.1)
    assert row["contrast"] == pytest.approx(0.9 * change.amplitude, rel=0.15)
    assert np.isnan(row["rank_contrast"])


@slow_uncompiled
def test_nothing_else_is_significant(found):
    significant = found.detected.detections.query("q_value < 0.01")
    for _, row in significant.iterrows():
        assert min(distance_km(row["lat"], row["lon_e"], c.lat, c.lon_e) for c in CHANGES) < 300.0


@slow_uncompiled
def test_rows_name_the_epoch_and_its_predecessors(found):
    rows = found.detected.detections
    assert set(rows["observation_id"]) == {"epoch-3"}
    assert set(rows["channel"]) == {"red"}
    assert rows["event_id"].isna().all()
    for references in rows["reference_ids"]:
        assert set(references) == {"epoch-0", "epoch-1", "epoch-2"}


@slow_uncompiled
def test_footprints_and_looks_belong_to_the_rows(found):
    ids = set(found.detected.detections["detection_id"])
    assert set(found.detected.footprints) == ids
    assert set(found.detected.looks["detection_id"]) == ids
    assert len(ids) == len(found.detected.detections)


@slow_uncompiled
def test_more_hands_find_the_same(found, monkeypatch):
    monkeypatch.setattr(hands, "_LEAST_SIZE", 1)
    older = [look(FOUR, number, CHANGES, gain=1.0 + 0.1 * number) for number in range(3)]
    with hands.hands(2):
        together = run(FOUR, look(FOUR, 3, CHANGES, gain=0.9, offset=0.2), older)
    pd.testing.assert_frame_equal(together.detected.detections, found.detected.detections, check_exact=True)
    for name, plane in found.change.sigma.items():
        np.testing.assert_array_equal(together.change.sigma[name], plane)
        np.testing.assert_array_equal(together.change.difference[name], found.change.difference[name])
    assert together.change.null == found.change.null


def states(found, lat, lon_e):
    row, _ = nearest(found.detected.detections, lat, lon_e)
    mine = found.detected.looks[found.detected.looks["detection_id"] == row["detection_id"]]
    return dict(zip(mine["observation_id"], mine["state"], strict=True))


@slow_uncompiled
def test_predecessors_look_without_a_new_change(found):
    assert states(found, 10.0, 60.0) == {"epoch-0": "without", "epoch-1": "without", "epoch-2": "without"}


@slow_uncompiled
def test_a_predecessor_that_shows_the_change_looks_with_it(found):
    assert states(found, 30.0, -120.0) == {"epoch-0": "without", "epoch-1": "without", "epoch-2": "with"}


@slow_uncompiled
def test_the_whole_of_io_was_compared(found):
    assert found.change.compared_km2 == pytest.approx(cap_km2(np.pi * 1821.49), rel=5e-3)
    assert found.change.resolution_km == pytest.approx(2.0 * FOUR.pixel_km)
    assert set(found.change.difference) == {"equator", "north", "south"}


@slow_uncompiled
def test_the_null_is_reported(found):
    null = found.change.null
    assert null["observation_id"] == "epoch-3"
    assert len(null["noise_factors"]) == len(null["scales_km"])
    assert null["clusters"] == len(found.detected.detections)
    assert 0.0 < null["p_floor"] < 0.01


@slow_uncompiled
def test_the_order_of_predecessors_does_not_matter():
    older = [look(SMALL, number, CHANGES) for number in range(3)]
    newer = look(SMALL, 3, CHANGES)
    one, other = run(SMALL, newer, older), run(SMALL, newer, older[::-1])
    pd.testing.assert_frame_equal(one.detected.detections, other.detected.detections)
    pd.testing.assert_frame_equal(one.detected.looks, other.detected.looks)


@slow_uncompiled
def test_unchanged_surfaces_hold_significant_changes_no_oftener_than_q():
    runs, q = 16, 0.1
    hits = 0
    for seed in range(runs):
        older = [look(SMALL, number, seed=seed) for number in range(2)]
        rows = run(SMALL, look(SMALL, 2, seed=seed, gain=1.1), older, q=q).detected.detections
        hits += bool((rows["q_value"] <= q).any())
    assert hits <= binom.ppf(0.99, runs, q)


@slow_uncompiled
def test_a_place_that_no_predecessor_shows_is_not_compared():
    wide = Change(0.0, 0.0, 500.0, -0.6, 1)
    older = [look(SMALL, 0, gap=(0.0, 0.0, 900.0))]
    result = run(SMALL, look(SMALL, 1, (wide,)), older)
    assert np.isnan(result.change.difference["equator"][65, 180])
    assert result.change.compared_km2 < cap_km2(np.pi * 1821.49) - 0.95 * cap_km2(900.0)
    away = distance_km(0.0, 0.0, result.detected.detections["lat"], result.detected.detections["lon_e"])
    assert (away > 400.0).all()


@slow_uncompiled
def test_epochs_without_common_ground_give_an_empty_result():
    half = look(SMALL, 1)
    only_north = replace(half, side=replace(half.side, tone={"north": half.side.tone["north"]}))
    older = look(SMALL, 0)
    only_south = replace(older, side=replace(older.side, tone={"south": older.side.tone["south"]}))
    result = run(SMALL, only_north, [only_south])
    assert len(result.detected.detections) == 0
    assert result.change.compared_km2 == 0.0


@pytest.mark.parametrize("quantity", ["iof", "relative"])
@slow_uncompiled
def test_a_predecessor_without_common_ground_has_no_say(quantity):
    east = look(SMALL, 2, gap=(0.0, -90.0, 2900.0))
    dull = look(SMALL, 0, resolution_km=8.0 * SMALL.pixel_km)
    west = look(SMALL, 1, gap=(0.0, 90.0, 2900.0), quantity=quantity)
    alone, beside = (compare(east, older, frame_of(SMALL), DetectConfig()) for older in ([dull], [dull, west]))
    assert [one.record.id for one in beside.older] == [dull.record.id]
    assert (beside.resolution_km, beside.search) == (alone.resolution_km, alone.search)
    assert beside.median_registration_km == alone.median_registration_km


@pytest.mark.parametrize(
    ("sign", "contrast", "level", "told"),
    [
        (1, -0.10, -0.15, 0.05),  # a brightening on ground that errs darker
        (-1, 0.02, 0.1, -0.08),
        (1, 0.10, 0.03, 0.10),
        (-1, -0.10, np.nan, -0.10),
    ],
)
def test_a_change_is_told_beyond_ground_that_errs_the_other_way(sign, contrast, level, told):
    shape = Shape(0.0, 0.0, 1000.0, contrast)
    assert _unhidden(shape, sign, level).contrast == pytest.approx(told)


@slow_uncompiled
def test_a_look_that_is_blind_everywhere_finds_nothing():
    blind = look(SMALL, 1, gap=(0.0, 0.0, 6000.0))
    result = run(SMALL, blind, [look(SMALL, 0)])
    assert len(result.detected.detections) == 0
    assert result.change.compared_km2 == 0.0


@slow_uncompiled
def test_stretched_maps_are_compared_in_ranks():
    grid = coarse_grid()
    change = Change(0.0, 90.0, 500.0, -0.8, 1)
    older = [look(grid, 0, quantity="relative")]
    for quantity in ("relative", "iof"):
        rows = run(grid, look(grid, 1, (change,), quantity=quantity, gain=2.0), older).detected.detections
        row, away_km = nearest(rows, 0.0, 90.0)
        assert away_km < 0.2 * change.radius_km  # noisy edges of a wide footprint move its middle
        assert row["rank_contrast"] < -1.0
        assert np.isnan(row["contrast"])
        assert row["light_class"] == "unknown"


def test_a_coarse_grid_shows_wide_changes():
    grid = coarse_grid()
    change = Change(10.0, 90.0, 600.0, -0.5, 2)
    result = run(grid, look(grid, 2, (change,)), [look(grid, number, (change,)) for number in range(2)])
    row, away_km = nearest(result.detected.detections, 10.0, 90.0)
    assert away_km < grid.pixel_km
    assert row["q_value"] < 0.01
    assert row["contrast"] == pytest.approx(-0.5, abs=0.1)
    assert set(result.detected.looks["state"]) >= {"without"}


@slow_uncompiled
def test_only_the_finest_and_latest_predecessors_are_used():
    older = [look(SMALL, number, resolution_km=64.0 + 40.0 * (number == 2)) for number in range(3)]
    result = run(SMALL, look(SMALL, 3, CHANGES), older, max_predecessors=1)
    assert {reference for row in result.detected.detections["reference_ids"] for reference in row} == {"epoch-1"}


@pytest.mark.parametrize(
    ("resolutions", "expected"),
    [
        ([4.0], [0]),
        ([4.0, 5.0, 6.0], [0, 0, 0]),
        ([4.0, 6.1, 8.0, 9.2], [0, 1, 1, 2]),
        ([4.0, 40.0, 41.0], [0, 1, 1]),
    ],
)
def test_predecessors_are_grouped_by_resolution(resolutions, expected):
    assert resolution_groups(resolutions) == expected
