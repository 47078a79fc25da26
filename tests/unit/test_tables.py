import pytest

from iovolc.model.detection import LOOKS
from iovolc.model.observation import CHANNELS
from iovolc.model.tables import DETECTIONS, EVENTS, TABLES, Column, Table, json_schema

ALL = [*TABLES.values(), LOOKS]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_columns_are_named_once_and_described(table):
    assert len(set(table.names)) == len(table.names)
    assert set(table.sort_by) <= set(table.names)
    for column in table.columns:
        assert column.description
        assert not column.values or column.kind == "text"


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_what_has_a_unit_carries_it_in_its_name(table):
    endings = {"km": "_km", "km2": "_km2"}
    for column in table.columns:
        if column.unit in endings:
            assert column.name.endswith((endings[column.unit], "_km", "_km2"))


def test_events_get_one_column_per_channel_in_the_order_of_wavelength():
    named = EVENTS.with_channels(["red", "violet"]).names
    start = named.index("dlna_violet")
    assert named[start : start + 2] == ["dlna_violet", "dlna_red"]
    assert "dlna_<channel>" not in named
    assert len(named) == len(EVENTS.names) + 1


def test_events_without_channels_have_no_such_column():
    assert not any(name.startswith("dlna") for name in EVENTS.with_channels([]).names)


def test_tables_without_such_a_column_stay_as_they_are():
    assert DETECTIONS.with_channels(CHANNELS) == DETECTIONS


def test_the_json_schema_tells_types_units_and_allowed_values():
    properties = json_schema(DETECTIONS)["properties"]
    assert properties["kind"]["type"] == "string"
    assert "darkening" in properties["kind"]["enum"]
    assert properties["contrast"]["type"] == ["number", "null"]
    assert properties["area_km2"]["unit"] == "km2"
    assert properties["flags"] == {
        "description": properties["flags"]["description"], "type": "array", "items": {"type": "string"},
    }  # fmt: skip


def test_the_json_schema_requires_all_columns_and_dates_its_times():
    schema = json_schema(EVENTS)
    assert schema["required"] == EVENTS.names
    assert schema["properties"]["onset_before_utc"]["format"] == "date-time"


def test_null_is_among_the_allowed_values_of_what_may_be_null():
    column = Column("colour", "text", "One of two", nullable=True, values=("red", "green"))
    table = Table("sample", "A sample", (column,), ("colour",))
    assert json_schema(table)["properties"]["colour"]["enum"] == ["red", "green", None]
