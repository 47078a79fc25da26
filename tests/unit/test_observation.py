import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from iovolc.model.observation import Bounds, Disc, ObservationRecord, Projected, format_utc, parse_utc

WHEN = datetime(2023, 12, 30, 8, 36, tzinfo=UTC)
WHOLE = Bounds(-180.0, 180.0, 90.0, -90.0)
NEAR = Disc(20.0, -80.0, 12.0, 512.5, 500.25, 1.5, 3_300.0)
MAP = Projected("IAU_2015:50110", (1000.0, 0.0, -5.7e6, 0.0, -1000.0, 2.9e6))


def record(**changes):
    plain = ObservationRecord("obs", "00", "a.tif", "red", "iof", WHEN, WHEN, WHEN, WHOLE)
    return replace(plain, **changes)


def through_json(value):
    return ObservationRecord.from_json(json.loads(json.dumps(value.to_json(), allow_nan=False)))


def differing(one, other):
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in ObservationRecord.__slots__}
    return {
        name
        for name, (a, b) in pairs.items()
        if a != b and not (isinstance(a, float) and math.isnan(a) and math.isnan(b))
    }


@pytest.mark.parametrize("placement", [WHOLE, NEAR, MAP])
def test_a_record_comes_back_from_json(placement):
    before = record(placement=placement, notes=("one", "two"), psf_km=3.5, is_mosaic=True, band_index=2)
    after = through_json(before)
    assert differing(before, after) == set()
    assert type(after.placement) is type(placement)


def test_unknown_numbers_are_null_in_json():
    plain = record().to_json()
    assert plain["psf_km"] is None
    assert plain["time_utc"] == "2023-12-30T08:36:00Z"
    assert math.isnan(through_json(record()).psf_km)


def test_a_record_is_frozen():
    with pytest.raises(AttributeError):
        record().id = "other"


def test_json_with_an_unknown_quantity_is_refused():
    with pytest.raises(ValidationError, match="quantity"):
        ObservationRecord.from_json({**record().to_json(), "quantity": "pretty"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-12-30T08:36:00Z", WHEN),
        ("2023-12-30T08:36", WHEN),
        ("2023-12-30T10:36:00+02:00", WHEN),
        ("2023-12-30", datetime(2023, 12, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_utc(text, expected):
    found = parse_utc(text)
    assert found == expected
    assert found.utcoffset() == timedelta(0)


def test_what_is_no_time_is_refused():
    with pytest.raises(ValueError, match="yesterday"):
        parse_utc("yesterday")


def test_times_are_written_in_utc_whatever_their_zone():
    assert format_utc(WHEN.astimezone(timezone(timedelta(hours=-7)))) == "2023-12-30T08:36:00Z"
