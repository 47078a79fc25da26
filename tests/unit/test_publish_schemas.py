"""Schemas beside the outputs and the printed documentation."""

import json

import jsonschema
from publish_sample import published

from iovolc.model.tables import EVENT_FLAGS, SCHEMA_VERSION
from iovolc.publish.rasters import LAYERS
from iovolc.publish.schemas import FLAG_MEANINGS, PUBLISHED, markdown


def test_every_flag_is_explained():
    assert tuple(FLAG_MEANINGS) == EVENT_FLAGS


def test_every_table_has_a_sound_schema():
    for table in PUBLISHED:
        schema = json.loads((published() / "schemas" / f"{table.name}.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["version"] == SCHEMA_VERSION


def test_the_schema_of_events_names_the_channels_of_the_run():
    schema = json.loads((published() / "schemas" / "events.schema.json").read_text())
    assert {"dlna_red", "dlna_green"} <= set(schema["properties"])
    assert "dlna_<channel>" not in schema["properties"]


def test_the_documentation_names_every_table_column_and_layer():
    text = markdown()
    assert all(f"## {table.name}\n" in text for table in PUBLISHED)
    assert all(f"| `{column.name}` |" in text for table in PUBLISHED for column in table.columns)
    assert all(f"| `{layer.name}` |" in text for layer in LAYERS)
    tables = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") not in {3, 5, 6}]
    assert tables == []
