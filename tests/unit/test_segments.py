import numpy as np
import pytest

from detect_scene import Change, frame_of, look, places_of
from iovolc.detect.levels import base_of, level_of, ranked, reduced_grid
from iovolc.detect.segments import History, find_segments
from iovolc.geometry.sphere import distance_km
from iovolc.model.detection import EpochInfo
from iovolc.model.tables import SEGMENTS
from small_grid import small_grid

GRID = small_grid()
FRAME = frame_of(GRID)
LASTING = Change(20.0, -170.0, 250.0, -0.3, 3)
ACROSS = Change(60.0, 40.0, 250.0, 0.3, 2)


def base_number(looks):
    sides = [one.side for one in looks]
    return base_of([one.blocks for one in sides], [one.resolution_km for one in sides], FRAME)


def history_of(looks, *, relative=False):
    looks = [ranked(one, FRAME) for one in looks] if relative else looks
    base = looks[base_number(looks)]
    levels = tuple(level_of(one, base, FRAME, sigma_model=0.02, reuse_correlation=0.85) for one in looks)
    epochs = tuple(
        EpochInfo(one.record.id, "red", "Galileo", "SSI", one.record.start_utc, one.record.stop_utc) for one in looks
    )
    return History(epochs, levels, relative)


def found_in(looks, **options):
    return find_segments(history_of(looks, **options), FRAME, places_of(GRID))


def near(segments, change):
    away = distance_km(change.lat, change.lon_e, segments["lat"].to_numpy(), segments["lon_e"].to_numpy())
    return segments[away < change.radius_km]


@pytest.fixture(scope="module")
def six():
    gains = (1.0, 1.1, 0.9, 1.05, 1.0, 0.95)
    return [look(GRID, k, [LASTING, ACROSS], gain=gain, offset=0.1 * k) for k, gain in enumerate(gains)]


@pytest.fixture(scope="module")
def found(six):
    return found_in(six)


@pytest.mark.parametrize(("change", "number"), [(LASTING, 3), (ACROSS, 2)])
def test_a_lasting_change_is_one_step_with_its_interval(six, found, change, number):
    row = near(found.segments, change)
    assert len(row) == 1
    row = row.iloc[0]
    assert row["after_utc"] == six[number - 1].record.start_utc
    assert row["before_utc"] == six[number].record.stop_utc
    assert row["step"] == pytest.approx(change.amplitude, abs=4 * row["step_sigma"])
    assert (row["n_before"], row["n_after"]) == (number, 6 - number)
    assert row["later_p_value"] < 1e-4
    assert row["p_value"] <= 1e-4
    assert row["area_km2"] == pytest.approx(np.pi * change.radius_km**2, rel=0.4)
    assert row["segment_id"] in found.footprints


def test_unchanged_places_have_hardly_any(found):
    assert len(found.segments) <= 4
    assert list(found.segments.columns) == SEGMENTS.names


def test_a_change_on_both_sides_of_ownership_is_one_footprint(found):
    name = near(found.segments, ACROSS)["segment_id"].iloc[0]
    assert [sheet for sheet, _ in found.footprints[name].pixels] == ["equator", "north"]


def test_what_comes_and_goes_has_two_steps(six):
    gone = [one if k in (2, 3) else look(GRID, k) for k, one in enumerate(look(GRID, k, [ACROSS]) for k in range(6))]
    rows = near(found_in(gone).segments, ACROSS).sort_values("after_utc")
    assert rows["step"].to_numpy() == pytest.approx([0.3, -0.3], abs=0.1)
    assert rows["n_after"].tolist() == [2, 2]
    assert rows["before_utc"].iloc[1] == six[4].record.stop_utc


def test_two_epochs_have_no_segments(six):
    assert found_in(six[:2]).segments.empty


def test_ranks_have_no_step_in_albedo(six):
    row = near(found_in(six, relative=True).segments, LASTING)
    assert row["step"].isna().all()
    assert (row["rank_step"] < 0).all()
    assert len(row) == 1


def test_the_base_is_the_epoch_that_shows_most():
    looks = [look(GRID, 0, gap=(0.0, 0.0, 600.0)), look(GRID, 1), look(GRID, 2, gap=(0.0, 90.0, 300.0))]
    assert base_number(looks) == base_number(looks[::-1]) == 1
    assert base_number([looks[1], looks[1]]) == 0


def test_levels_take_out_gain_and_light(six):
    history = history_of(six)
    for level in history.levels:
        values = level.value["equator"].astype(np.float32)
        assert abs(np.nanmedian(values)) < 0.01
        assert values.shape == reduced_grid(GRID).sheet("equator").shape
    assert np.sqrt(history.base_variance()) < 0.02
