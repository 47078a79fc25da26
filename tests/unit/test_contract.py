"""The contract of the outputs: what reads those of schema 1.0 reads those of now, and the other way round.

``tests/frozen/schema-1.0`` holds four events of the demo with all that belongs to them, and a hot spot; it is never
made anew. A change that fails here breaks readers: it needs a new major version, and a frozen output of its own.
"""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import jsonschema
import pandas as pd
import pyarrow.parquet as pq
import pytest
from publish_sample import light_curves, published, sample_run

from iovolc.model.frames import conform
from iovolc.model.tables import SCHEMA_VERSION, json_schema
from iovolc.pipeline.diff import diff
from iovolc.pipeline.explain import explain
from iovolc.pipeline.light_curve import light_curve
from iovolc.pipeline.pictures import figure
from iovolc.publish.saved import read_run
from iovolc.publish.schemas import PUBLISHED
from iovolc.publish.tables import json_rows, run_tables

FROZEN = Path(__file__).parents[1] / "frozen" / "schema-1.0"
CHANNELS = ("blue", "green", "red")
TABLES = {table.name: table.with_channels(CHANNELS) for table in PUBLISHED}


def old_schema(name):
    return json.loads((FROZEN / "schemas" / f"{name}.schema.json").read_text())


def of_the_sample(schema):
    """Without the columns of channels that the sample lacks: these follow the run."""
    return schema | {"required": [name for name in schema["required"] if name != "dlna_blue"]}


def kinds(column):
    return set(column["type"] if isinstance(column["type"], list) else [column["type"]])


def test_the_frozen_output_is_of_this_major_version():
    assert SCHEMA_VERSION.split(".")[0] == old_schema("events")["version"].split(".")[0] == "1"


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_only_ever_added(name):
    old, new = old_schema(name)["properties"], json_schema(TABLES[name])["properties"]
    assert [column for column in old if column not in new] == []
    for column, told in old.items():
        now = new[column]
        assert kinds(now) <= kinds(told), column
        assert (now.get("unit"), now.get("format")) == (told.get("unit"), told.get("format")), column
        assert set(now.get("enum", [])) <= set(told.get("enum", [])), column


@pytest.mark.parametrize("name", TABLES)
def test_an_old_reader_reads_new_rows(name):
    run = sample_run(light_curves=light_curves())
    table, frame = run_tables(run)[name]
    validator = jsonschema.Draft202012Validator(of_the_sample(old_schema(name)))
    for row in json_rows(frame, table):
        validator.validate(row)


@pytest.mark.parametrize("name", TABLES)
def test_parquet_keeps_its_types_and_csv_its_order(name):
    old, new = (pq.read_schema(folder / f"{name}.parquet") for folder in (FROZEN, published()))
    changed = [field.name for field in old if field.name != "dlna_blue" and new.field(field.name).type != field.type]
    assert changed == []
    header = (FROZEN / f"{name}.csv").read_text().splitlines()[0].split(",")
    columns = pd.read_csv(published() / f"{name}.csv", nrows=0).columns
    known = [column for column in header if column != "dlna_blue"]
    assert [column for column in columns if column in known] == known


@pytest.mark.parametrize("name", TABLES)
def test_old_rows_fit_the_tables_of_now(name):
    """A column that is new must allow null, for old rows have nothing to say in it."""
    old = pd.read_parquet(FROZEN / f"{name}.parquet")
    rows = json_rows(conform(old, TABLES[name]), TABLES[name])
    assert len(rows) == len(old) > 0
    for row in rows:
        jsonschema.validate(row, json_schema(TABLES[name]))


def test_commands_read_the_old_output(tmp_path):
    run = read_run(FROZEN)
    assert diff(run, run).unchanged == 4
    found = explain(run, "9f75e1bf31a9")
    assert "Pillan" in found.text()
    assert found.inputs
    assert "Loki Patera, 12 km off" in light_curve("Loki Patera", FROZEN).text()
    assert figure("light-curve", run, tmp_path / "loki.png", site="Loki Patera").stat().st_size > 10_000


def test_a_name_whose_probability_nobody_knows_is_told_without(tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(FROZEN, folder)
    spots = pd.read_parquet(folder / "hotspots.parquet")
    spots[["match_probability", "nearest_km"]] = None
    spots.to_parquet(folder / "hotspots.parquet")
    told = light_curve("Loki Patera", folder).text().splitlines()[0]
    assert ", Loki Patera: " in told
    assert "km off" not in told


def test_the_old_footprints_lie_on_io():
    frame = gpd.read_parquet(FROZEN / "events.parquet")
    assert frame.crs.to_authority() == ("IAU_2015", "50100")
    pillan = frame[frame["event_id"] == "9f75e1bf31a9"].geometry.iloc[0]
    assert pillan.contains(gpd.points_from_xy([116.7], [-12.3])[0])


def test_the_record_keeps_its_entries():
    old, new = (json.loads((folder / "run.json").read_text()) for folder in (FROZEN, published()))
    assert set(old) <= set(new)
    assert set(old["inputs"][0]) <= set(new["inputs"][0])
    assert set(old["channels"][0]) <= set(new["channels"][0])
