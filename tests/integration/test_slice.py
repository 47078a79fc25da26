"""From files to tables: what a user is told about changes that are really there."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from tests.integration.conftest import BRIGHT, DARK, POLE_GROWN, SEAM_GROWN
from tests.page_data import coarsest_map, read_data
from tests.small_maps import TIMES, contents, near

from iovolc import body
from iovolc.geometry.sphere import distance_km

PIXEL_KM = 15.9


def only(table, spot):
    rows = near(table, spot)
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_the_run_ends_well(small) -> None:
    assert small.answer.values["events"] == len(small.events)
    assert small.answer.values["run"] == small.record["run_id"] == small.events["run_id"].iloc[0]
    assert small.record["state"] == "ok"


def test_every_change_is_one_event_and_nothing_else_is_likely(small) -> None:
    events = small.events
    for spot in (DARK, BRIGHT, POLE_GROWN, SEAM_GROWN):
        only(events, spot)
    assert sorted(events["tier"][events["tier"] != "C"]) == ["A", "A", "A", "B"]


@pytest.mark.parametrize(
    ("spot", "kind", "tier", "onset"),
    [(DARK, "darkening", "A", 0), (BRIGHT, "brightening", "B", 1)],
    ids=["seen twice", "seen once"],
)
def test_sign_place_area_and_onset(small, spot, kind, tier, onset) -> None:
    event = only(small.events, spot)
    assert (event["kind"], event["tier"]) == (kind, tier)
    assert distance_km(spot.lat, spot.lon_e, event["lat"], event["lon_e"]) <= 0.5 * PIXEL_KM
    assert event["area_km2"] == pytest.approx(spot.area_km2, rel=0.1)
    assert event["dlna_green"] == pytest.approx(spot.dlna, abs=0.05)
    assert event["onset_after_utc"] == pd.Timestamp(TIMES[onset])
    assert event["onset_before_utc"] == pd.Timestamp(TIMES[onset + 1])


@pytest.mark.parametrize("spot", [POLE_GROWN, SEAM_GROWN], ids=["over the pole", "across 180 E"])
def test_a_growing_event_keeps_one_id_where_maps_end(small, spot) -> None:
    event = only(small.events, spot)
    detections = small.detections[small.detections["event_id"] == event["event_id"]]
    assert list(detections["observation_id"]) == ["map1", "map2"]
    assert event["onset_after_utc"] == pd.Timestamp(TIMES[0])
    assert distance_km(spot.lat, spot.lon_e, event["lat"], event["lon_e"]) <= PIXEL_KM


def test_west_longitudes_are_those_of_the_east(small) -> None:
    for table in (small.events, small.detections):
        assert np.allclose((-table["lon_e"]) % 360.0, table["lon_w"], atol=1e-3)
        assert table["lon_e"].between(-180.0, 180.0).all()


def test_the_geometry_lies_round_the_place_and_carries_the_code_of_io(small) -> None:
    events = gpd.read_parquet(small.out / "events.parquet")
    assert events.crs.to_authority() == ("IAU_2015", "50100")
    dark = only(events, DARK)
    west, south, east, north = dark["geometry"].bounds
    assert west < DARK.lon_e < east
    assert south < DARK.lat < north
    assert only(events, SEAM_GROWN)["geometry"].bounds[2] <= 180.0 + 1e-9


def test_the_rasters_show_the_change_where_it_is(small) -> None:
    with rasterio.open(small.out / "rasters" / "green_difference.tif") as raster:
        row, col = raster.index(*_metres(BRIGHT))
        shown = raster.read(1)
    assert shown[row, col] == pytest.approx(BRIGHT.dlna, abs=0.1)


def _metres(spot):
    return np.radians(spot.lon_e) * body.RADIUS_M, np.radians(spot.lat) * body.RADIUS_M


def test_csv_and_parquet_say_the_same(small) -> None:
    for name in ("events", "detections", "looks"):
        table = pd.read_parquet(small.out / f"{name}.parquet")
        text = pd.read_csv(small.out / f"{name}.csv", keep_default_na=False)
        assert len(text) == len(table)
    assert list(pd.read_csv(small.out / "events.csv")["event_id"]) == list(small.events["event_id"])


def test_tables_obey_the_schemas_published_with_them(small) -> None:
    for name in ("events", "detections", "looks", "segments", "hotspots", "light_curves"):
        schema = json.loads((small.out / "schemas" / f"{name}.schema.json").read_text())
        table = pd.read_parquet(small.out / f"{name}.parquet")
        _obeys(table, schema.get("items", schema))


def _obeys(table, schema) -> None:
    for column in schema["required"]:
        assert column in table.columns
    for column, rule in schema["properties"].items():
        allowed = set(rule.get("enum", ()))
        values = table[column].dropna() if column in table.columns else ()
        assert not allowed or {*values} <= allowed, column


def test_the_store_holds_the_same_bytes(small) -> None:
    inside = contents(small.store / "runs" / small.record["run_id"])
    assert inside == contents(small.out)
    assert len(inside) > 30
    assert json.loads((small.store / "runs" / "latest.json").read_text()) == {"run_id": small.record["run_id"]}


def test_the_page_and_the_record_name_the_inputs(small) -> None:
    assert [item["id"] for item in small.record["inputs"]] == ["map0", "map1", "map2"]
    assert small.record["area_compared_km2"] == pytest.approx(small.record["area_of_io_km2"], rel=0.02)
    page = (small.out / "page").rglob("*")
    text = "".join(path.read_text(errors="replace") for path in page if path.suffix in {".html", ".js"})
    assert only(small.events, DARK)["event_id"] in text


def test_the_page_shows_the_changes_where_they_are(small) -> None:
    page = small.out / "page"
    index = read_data(page, "index")
    assert [epoch["id"] for epoch in index["epochs"]] == [item["id"] for item in small.record["inputs"]]
    assert len(index["events"]["rows"]) == len(small.events)
    assert [sorted(epoch["layers"]) for epoch in index["epochs"]] == [["value"], *2 * [["difference", "value", "z"]]]
    shown = coarsest_map(page, index["epochs"][1]["layers"]["difference"])
    per_degree = shown.shape[1] / 360

    def at(lat, lon_e):
        return shown[int((90 - lat) * per_degree), int((lon_e + 180) * per_degree)]

    assert at(DARK.lat, DARK.lon_e) == pytest.approx(DARK.dlna, abs=0.06)
    assert at(DARK.lat, DARK.lon_e + 30) == pytest.approx(0.0, abs=0.05)
    assert at(BRIGHT.lat, BRIGHT.lon_e) == pytest.approx(0.0, abs=0.05), "it came later"
