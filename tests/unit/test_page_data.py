"""The page's data: maps as codes and tiles, epochs, completeness, events and hot spots."""

import numpy as np
import pytest
from publish_sample import GRID, HOSTILE_NAME, PLACES, epoch_map, published, reach, sample_run, utc
from shapely.geometry import box
from tests.page_data import read_data

from iovolc.detect.completeness import SIZES_KM
from iovolc.model.grid import Grid
from iovolc.pipeline.epoch_maps import coarsest_factor
from iovolc.pipeline.explain import explain
from iovolc.publish import page_epochs
from iovolc.publish.page_events import CHUNK, COLUMNS, outline_rings
from iovolc.publish.page_layers import write_layer
from iovolc.publish.page_pixels import Scale, measured_scale, packed, unpacked
from iovolc.publish.page_reach import NEVER, NOT_COMPARED, coded, least, times, write_reach_maps
from iovolc.publish.page_scripts import write_data
from iovolc.publish.sampling import block_means, coarse_mosaic, mosaic
from iovolc.publish.saved import read_run


def index():
    return read_data(published() / "page", "index")


def test_codes_come_back_and_nothing_stays_nothing():
    scale = Scale(-1.0, 1.0, "", (-1.0, 1.0))
    values = np.array([[-5.0, -1.0, 0.0], [1.0, 5.0, np.nan]], np.float32)
    codes = scale.coded(values)
    assert codes.tolist() == [[1, 1, 128], [255, 255, 0]]
    assert (unpacked(packed(codes), codes.shape) == codes).all()


def test_a_measured_scale_holds_nearly_all_values_to_one_step():
    values = np.random.default_rng(1).normal(0.6, 0.1, (200, 400)).astype(np.float32)
    scale = measured_scale(values, "albedo")
    codes = scale.coded(values).astype(float)
    back = scale.low + (codes - 1) / 254 * (scale.high - scale.low)
    step = (scale.high - scale.low) / 254
    assert np.mean(np.abs(back - values) <= step) > 0.995
    assert scale.low < scale.stretch[0] < scale.stretch[1] < scale.high


@pytest.mark.parametrize("values", [np.full((2, 4), np.nan), np.full((2, 4), 0.5)])
def test_a_scale_of_nothing_or_of_one_value_is_still_one(values):
    scale = measured_scale(values.astype(np.float32), "")
    assert scale.high > scale.low


def test_half_a_map_is_the_mean_of_what_is_there():
    nan = np.nan
    four = np.array([[1.0, 3.0, nan, nan], [nan, 5.0, nan, nan]], np.float32)
    assert np.array_equal(block_means(four, 2), np.array([[3.0, nan]], np.float32), equal_nan=True)


def test_tiles_without_data_are_left_out(tmp_path):
    values = np.full((720, 1440), np.nan, np.float32)
    values[:360, :720] = 0.5
    layer = write_layer(tmp_path, "e0000/value", values, Scale(0.0, 1.0, "albedo", (0.2, 0.8)))
    assert [level["there"] for level in layer["levels"]] == ["1", "1000"]
    assert sorted(path.name for path in (tmp_path / "data" / "e0000").iterdir()) == ["value_0_0.js", "value_1_0.js"]
    assert (unpacked(read_data(tmp_path, "e0000/value_1_0"), (360, 720)) == 128).all()
    assert layer["unit"] == "albedo"
    assert write_layer(tmp_path, "none", np.full((4, 8), np.nan), Scale(0.0, 1.0, "", (0.0, 1.0))) is None


def test_data_cannot_end_their_script(tmp_path):
    hostile = "</script><!-- \u2028 'ä\n"
    write_data(tmp_path, "x/y", {"name": hostile, "none": float("nan")})
    assert "<" not in (tmp_path / "data" / "x" / "y.js").read_text(encoding="ascii")
    assert read_data(tmp_path, "x/y") == {"name": hostile, "none": None}


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_a_coarse_mosaic_is_the_mosaic_seen_from_farther(factor):
    smooth = {
        sheet.name: np.fromfunction(lambda row, col: 0.001 * row + 0.0 * col, sheet.shape).astype(np.float32)
        for sheet in GRID.sheets
    }
    fine, coarse = mosaic(GRID, smooth), coarse_mosaic(GRID, smooth, factor)
    rows, cols = coarse.shape
    means = fine.reshape(rows, factor, cols, factor).mean(axis=(1, 3))
    assert coarse.shape == (720 // factor, 1440 // factor)
    assert np.abs(coarse - means)[2:-2].max() < 0.004


def test_a_coarse_mosaic_averages_what_is_there():
    sheets = {sheet.name: np.full(sheet.shape, np.nan, np.float32) for sheet in Grid.at(4).sheets}
    sheets["equator"][:, 0] = 2.0
    coarse = coarse_mosaic(Grid.at(4), sheets, 2)
    assert (coarse[100:200, 0] == 2.0).all()
    assert np.isnan(coarse[100:200, 1:]).all()


@pytest.mark.parametrize(
    ("per_degree", "least_per_degree", "factor"),
    [(4, 4, 1), (8, 4, 2), (16, 4, 4), (16, 8, 2), (9, 4, 1), (2, 4, 1), (10, 4, 2)],
)
def test_maps_are_as_coarse_as_allowed(per_degree, least_per_degree, factor):
    assert coarsest_factor(per_degree, least_per_degree) == factor


def test_epochs_by_time_with_their_layers():
    epochs = index()["epochs"]
    assert [epoch["id"] for epoch in epochs] == ["obs-a", "obs-b", "obs-c"]
    every = ["difference", "value", "z"]
    assert [sorted(epoch["layers"]) for epoch in epochs] == [["value"], every, every]
    assert [epoch["share"] for epoch in epochs] == [None, None, 0.5]
    assert [len(epoch["layers"]["difference"]["levels"]) for epoch in epochs[1:]] == [1, 2], "the newest in full"
    change = epochs[2]["layers"]["difference"]
    assert change["low"] == -change["high"], "so that no change is white"


def test_only_the_newest_epochs_have_maps(tmp_path, monkeypatch):
    monkeypatch.setattr(page_epochs, "MOST_MAPS", 1)
    epochs = page_epochs.write_epochs(tmp_path, sample_run())
    assert [bool(epoch["layers"]) for epoch in epochs] == [False, False, True]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["e0002"]


def test_what_an_earlier_run_drew_is_copied(tmp_path):
    drawn = []

    def keep(observation_id, least, draw):
        folder = tmp_path / "kept" / observation_id
        if not folder.exists():
            folder.mkdir(parents=True)
            drawn.append((observation_id, least))
            draw(folder, f"m{observation_id[-1]}", epoch_map(observation_id, least))
        return folder

    first, second = (page_epochs.write_epochs(tmp_path / name, sample_run(kept_drawing=keep)) for name in "12")
    assert sorted(drawn) == [("obs-a", 4), ("obs-b", 4), ("obs-c", 8)]
    assert first == second
    assert first[1]["layers"]["value"]["name"] == "mb/value"
    assert read_data(tmp_path / "1", "mb/value_0_0") == read_data(tmp_path / "2", "mb/value_0_0")


def test_a_map_of_the_page_is_the_raster_in_steps():
    layer = index()["epochs"][2]["layers"]["difference"]
    shape = layer["levels"][-1]["rows"], layer["levels"][-1]["cols"]
    assert shape == (720, 1440)
    tile = unpacked(read_data(published() / "page", "e0002/difference_1_0"), (360, 720))
    lat, lon_e = PLACES["evt-equator"][:2]
    code = int(tile[int((90 - lat) * 4), int((lon_e + 180) * 4)])
    assert layer["low"] + (code - 1) / 254 * (layer["high"] - layer["low"]) == pytest.approx(-0.25, abs=0.005)


def test_completeness_in_codes_of_contrast():
    epoch = reach().epochs[0]
    codes = coded(epoch, [1.0] * len(SIZES_KM))
    east, west = codes[:, 90, 270], codes[:, 90, 90]
    assert west.tolist() == [NOT_COMPARED] * 4
    assert east[0] == 254, "contrast 10 is the last that is told"
    contrast = 0.01 * np.exp((east.astype(float) - 1) / 253 * np.log(1000))
    assert contrast == pytest.approx([10.0, 1.0, 0.1, 1 / 30], rel=0.02)
    assert (coded(epoch, [np.inf] * 4)[:, 90, 270] == NEVER).all()


def test_stronger_by_a_factor_and_the_least_of_all():
    planes = np.array([[[0, 1, 100, 255]]], np.uint8)
    doubled = times(planes, [2.0])[0, 0]
    assert doubled.tolist() == [0, 26, 125, 255], "ln 2 is 25.4 of the steps"
    assert times(planes, [None])[0, 0].tolist() == [0, 255, 255, 255]
    other = np.array([[[5, 0, 40, 0]]], np.uint8)
    assert least([planes, other])[0, 0].tolist() == [5, 1, 40, 255]


def test_completeness_lies_twice_and_agrees(tmp_path):
    told = write_reach_maps(tmp_path, reach(), {"obs-c": 2})
    assert told["epochs"] == [{"epoch": 2, "relative": False, "sure": [1.128] * 4}]
    assert told["kinds"] == ["albedo"]
    planes = np.stack([unpacked(text, (180, 360)) for text in read_data(tmp_path, "reach/e0002")])
    block = unpacked(read_data(tmp_path, "reach/b019"), (1, 4, 30, 30))  # the second row of blocks, the eighth column
    assert (block[0] == planes[:, 30:60, 210:240]).all()
    half, _ = read_data(tmp_path, "reach/all_albedo")
    assert (unpacked(half[2], (180, 360)) == planes[2]).all()
    assert write_reach_maps(tmp_path, None, {}) is None


def test_all_events_are_in_the_index_in_order():
    told = index()["events"]
    rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
    assert told["columns"] == list(COLUMNS)
    assert told["chunk"] == CHUNK
    assert [row["event_id"] for row in rows] == ["evt-equator", "evt-seam", "evt-pole", "evt-edge60"]
    assert rows[0]["onset_before_utc"] == "2007-02-28"
    assert rows[0]["nearest_feature"] == HOSTILE_NAME


def test_the_details_of_an_event():
    detail = read_data(published() / "page", "events/0000")[0]
    assert (detail["after"], detail["before"]) == ("obs-c", "obs-b")
    assert ["Area", "126\u202f000 ± 900 km²"] in detail["facts"]
    assert detail["picture"] == "evt-equator.png"
    assert detail["evidence"][0].startswith("Tier A")
    assert any("believed, about 0.4% of it would be false" in text for text in detail["evidence"])
    assert "from\n  obs-a: maps/a.tif" in detail["explain"]
    lons = [lon for ring in detail["outline"] for lon, _ in ring]
    assert min(lons) == pytest.approx(-59.5 - 6.4, abs=0.5)


def test_the_account_is_that_of_the_command():
    detail = read_data(published() / "page", "events/0000")[1]
    assert detail["explain"] == explain(read_run(published()), "evt-seam").text()


def test_outlines_keep_their_holes_and_lose_their_steps():
    outline = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    rings = outline_rings(outline)
    assert sorted(len(ring) for ring in rings) == [5, 5]
    stairs = box(0, 0, 1, 1).union(box(1, 0, 1.05, 0.95))
    assert len(stairs.exterior.coords) == 8
    assert len(outline_rings(stairs)[0]) == 5


def test_hot_spots_without_a_curve_are_told():
    told = index()["spots"]
    assert [row["name"] for row in told["rows"]] == ["Loki Patera"]
    facts = dict(told["rows"][0]["facts"])
    assert facts["Probability that it is seen in more than half of the adequate looks"] == "0.9"
    assert not any("West longitude" in label for label in facts)
    assert read_data(published() / "page", "curves/0000") == [[]]


def test_a_run_without_maps_of_epochs_still_has_a_page(tmp_path):
    epochs = page_epochs.write_epochs(tmp_path, sample_run(epoch_map=None))
    assert [epoch["layers"] for epoch in epochs] == [{}, {}, {}]
    assert epochs[0]["start"] == f"{utc(1979, 3, 5):%Y-%m-%dT%H:%M}"
