import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pandera.errors
import pytest

from iovolc.model import frames
from iovolc.model.tables import TABLES, Column, Table

SAMPLE = Table(
    "sample",
    "Every kind of column",
    (
        Column("name", "text", "A text"),
        Column("colour", "text", "One of two", nullable=True, values=("red", "green")),
        Column("size_km", "number", "Two decimals", "km", decimals=2, nullable=True),
        Column("p_value", "number", "Four digits", decimals=None, nullable=True),
        Column("count", "integer", "A count", nullable=True),
        Column("new", "boolean", "Yes or no"),
        Column("when_utc", "time", "A time", nullable=True),
        Column("flags", "list", "Words"),
    ),
    ("name",),
)
WHEN = datetime(2007, 2, 28, 1, 2, 3, tzinfo=UTC)


def frame(**changes):
    row = {
        "name": "b", "colour": "red", "size_km": 1.23456, "p_value": 1.234567e-7, "count": 3, "new": True,
        "when_utc": WHEN, "flags": ["x", "y"],
    }  # fmt: skip
    return pd.DataFrame([row | changes])


def conformed(**changes):
    return frames.conform(frame(**changes), SAMPLE)


def test_numbers_are_rounded_as_the_table_says():
    row = conformed().iloc[0]
    assert row["size_km"] == 1.23
    assert row["p_value"] == 1.235e-7


def test_columns_are_ordered_and_unknown_ones_dropped():
    shuffled = frame(extra=1)[["extra", *reversed(SAMPLE.names)]]
    assert list(frames.conform(shuffled, SAMPLE).columns) == SAMPLE.names


def test_rows_are_sorted_whatever_their_index():
    two = pd.concat([frame(), frame(name="a")], ignore_index=False)
    found = frames.conform(two, SAMPLE)
    assert list(found["name"]) == ["a", "b"]
    assert list(found.index) == [0, 1]


def test_absent_columns_are_null():
    found = frames.conform(frame().drop(columns=["colour", "size_km", "count", "when_utc"]), SAMPLE).iloc[0]
    assert found["colour"] is None
    assert math.isnan(found["size_km"])
    assert pd.isna(found["count"])
    assert pd.isna(found["when_utc"])


@pytest.mark.parametrize("column", ["name", "new", "flags"])
def test_absent_columns_that_may_not_be_null_are_refused(column):
    with pytest.raises(pandera.errors.SchemaError, match=column):
        frames.conform(frame().drop(columns=[column]), SAMPLE)


@pytest.mark.parametrize(
    ("column", "value"), [("colour", "blue"), ("name", ""), ("name", None), ("new", None), ("flags", None)]
)
def test_values_that_break_the_schema_are_refused(column, value):
    with pytest.raises(pandera.errors.SchemaError, match=column):
        conformed(**{column: value})


def test_times_are_turned_to_utc():
    there = conformed(when_utc=WHEN.astimezone(timezone(timedelta(hours=5))))["when_utc"]
    assert there.iloc[0] == pd.Timestamp(WHEN)
    assert str(there.dtype) == "datetime64[us, UTC]"


def test_numpy_texts_and_lists_become_plain():
    found = conformed(name=np.str_("n"), flags=(np.str_("f"),)).iloc[0]
    assert found["name"] == "n"
    assert found["flags"] == ["f"]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_may_be_empty(table):
    table = table.with_channels(["red"])
    found = frames.empty(table)
    assert len(found) == 0
    assert list(found.columns) == table.names
    assert list(frames.to_csv_frame(found, table).columns) == table.names


def test_an_empty_table_has_the_types_of_a_full_one():
    assert frames.empty(SAMPLE).dtypes.equals(conformed().dtypes)


def test_conforming_twice_changes_nothing():
    once = conformed()
    pd.testing.assert_frame_equal(frames.conform(once, SAMPLE), once)


def test_csv_joins_lists_and_writes_times_in_iso():
    row = frames.to_csv_frame(conformed(), SAMPLE).iloc[0]
    assert row["flags"] == "x;y"
    assert row["when_utc"] == "2007-02-28T01:02:03Z"
    assert row["new"] == "true"


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1.23456, 2, 1.23), (-0.001, 2, 0.0), (123456.0, None, 123500.0), (0.00012344, None, 0.0001234),
        (-1e-9, 4, 0.0), (math.inf, 2, math.inf),
    ],
)  # fmt: skip
def test_rounding(value, decimals, expected):
    found = frames.round_number(value, decimals)
    assert found == expected
    assert math.copysign(1.0, found) == math.copysign(1.0, expected)


def test_rounding_keeps_what_is_no_number():
    assert math.isnan(frames.round_number(math.nan, 2))
