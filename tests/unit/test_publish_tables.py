"""Tables as parquet and CSV: what stands in the files agrees with the schema."""

import geopandas as gpd
import jsonschema
import pandas as pd
import pyarrow.parquet as pq
import pyproj
import pytest
from publish_sample import CHANNELS, RUN_ID, events, published, sample_run

from iovolc.model.detection import Tracked
from iovolc.model.frames import empty
from iovolc.model.tables import DETECTIONS, EVENTS, LIGHT_CURVES, json_schema
from iovolc.publish.schemas import PUBLISHED
from iovolc.publish.tables import event_frame, json_rows, run_tables, to_arrow, without_formulas, write_tables

TABLES = {table.name: table.with_channels(CHANNELS) for table in PUBLISHED}


def test_geoparquet_keeps_the_code_of_io():
    frame = gpd.read_parquet(published() / "events.parquet")
    assert frame.crs.to_authority() == ("IAU_2015", "50100")
    assert frame.crs == pyproj.CRS("IAU_2015:50100")
    assert frame.geometry.is_valid.all()
    assert sorted(frame.geometry.geom_type.unique()) == ["MultiPolygon", "Polygon"]


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_are_those_of_the_schema(name):
    table = TABLES[name]
    arrow = pq.read_schema(published() / f"{name}.parquet")
    assert [field for field in arrow.names if field != "geometry"] == table.names
    assert list(pd.read_csv(published() / f"{name}.csv").columns) == table.names


def test_lists_are_lists_in_parquet_and_joined_in_csv():
    rows = pq.read_table(published() / "events.parquet").to_pylist()
    assert rows[0]["channels"] == ["red", "green"]
    assert rows[0]["parents"] == []
    csv = pd.read_csv(published() / "events.csv", keep_default_na=False)
    assert csv["channels"][0] == "red;green"
    assert csv["parents"][0] == ""


def test_csv_and_parquet_say_the_same():
    csv = pd.read_csv(published() / "events.csv")
    parquet = pd.read_parquet(published() / "events.parquet")
    for name in ("event_id", "lat", "lon_e", "lon_w", "area_km2", "p_value", "tier"):
        assert csv[name].tolist() == parquet[name].tolist()
    assert csv["onset_before_utc"][0] == "2007-02-28T00:00:00Z"
    assert csv["new_site"].tolist() == parquet["new_site"].tolist()


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_stays_a_text(text):
    frame = pd.DataFrame({name: [None] for name in LIGHT_CURVES.names} | {"band": [text], "emission_deg": [-1.5]})
    plain = without_formulas(frame, LIGHT_CURVES)
    assert plain["band"].tolist() == [f"'{text}"]
    assert plain["emission_deg"].tolist() == [-1.5]
    assert frame["band"].tolist() == [text]


def test_other_texts_are_left_alone_in_csv():
    frame = pd.DataFrame({name: [None] * 2 for name in LIGHT_CURVES.names} | {"band": ["M-band", ""]})
    assert without_formulas(frame, LIGHT_CURVES)["band"].tolist() == ["M-band", ""]
    assert without_formulas(frame, LIGHT_CURVES)["site_id"].isna().all()


def test_the_run_id_is_filled():
    assert set(pd.read_csv(published() / "events.csv", dtype=str)["run_id"]) == {RUN_ID}


def test_absent_values_are_null_not_nan():
    row = pq.read_table(published() / "events.parquet").to_pylist()[0]
    assert row["rank_contrast"] is None
    assert row["dlna_green"] is None
    assert row["dlna_red"] == -0.25


@pytest.mark.parametrize("name", TABLES)
def test_the_json_schema_accepts_the_rows(name):
    table, frame = run_tables(sample_run())[name]
    validator = jsonschema.Draft202012Validator(json_schema(table))
    for row in json_rows(frame, table):
        validator.validate(row)


def test_the_json_schema_refuses_a_wrong_row():
    table, frame = run_tables(sample_run())["events"]
    row = {**json_rows(frame, table)[0], "tier": "Z"}
    with pytest.raises(jsonschema.ValidationError, match="'Z' is not one of"):
        jsonschema.validate(row, json_schema(table))


def test_the_types_do_not_depend_on_the_rows():
    table = EVENTS.with_channels(CHANNELS)
    assert to_arrow(empty(table), table).schema == to_arrow(events(), table).schema


def test_no_events_make_readable_files(tmp_path):
    run = sample_run(tracked=Tracked(empty(EVENTS.with_channels(CHANNELS)), empty(DETECTIONS), {}))
    tables = run_tables(run)
    write_tables(tmp_path, tables, event_frame(run, tables["events"][1]))
    frame = gpd.read_parquet(tmp_path / "events.parquet")
    assert len(frame) == 0
    assert frame.crs.to_authority() == ("IAU_2015", "50100")
