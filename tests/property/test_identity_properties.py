"""Ids over all records: stable through JSON, blind to the folder, safe as file names."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.archive.identity import observation_id
from iovolc.model.observation import CHANNELS, QUANTITIES, Bounds, Disc, ObservationRecord, Projected

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
PLACEMENTS = st.one_of(
    st.builds(Bounds, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Disc, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Projected, st.sampled_from(["IAU_2015:50110", "IAU_2015:50135"]), st.tuples(*[NUMBERS] * 6)),
)
TIMES = st.integers(0, 10**9).map(lambda seconds: datetime(1979, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
RECORDS = st.builds(
    lambda time, half, **values: ObservationRecord(
        id="", time_utc=time, start_utc=time - half, stop_utc=time + half, **values
    ),
    time=TIMES,
    half=st.integers(0, 10**8).map(lambda seconds: timedelta(seconds=seconds)),
    sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    path=st.text(min_size=1, max_size=20),
    channel=st.sampled_from(CHANNELS),
    quantity=st.sampled_from(QUANTITIES),
    placement=PLACEMENTS,
    mission=st.text(max_size=30),
    instrument=st.text(max_size=30),
    band_index=st.integers(1, 300),
    scale=NUMBERS,
    offset=NUMBERS,
)


@settings(deadline=None, max_examples=50)
@given(record=RECORDS)
def test_an_id_survives_json(record: ObservationRecord) -> None:
    assert observation_id(ObservationRecord.from_json(record.to_json())) == observation_id(record)


@settings(deadline=None, max_examples=50)
@given(record=RECORDS, path=st.text(min_size=1, max_size=20))
def test_an_id_does_not_know_the_folder(record: ObservationRecord, path: str) -> None:
    assert observation_id(replace(record, path=path)) == observation_id(record)


@settings(deadline=None, max_examples=50)
@given(record=RECORDS)
def test_an_id_is_a_safe_file_name(record: ObservationRecord) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", observation_id(record))
    assert len(observation_id(record)) <= 120


@settings(deadline=None, max_examples=50)
@given(one=RECORDS, two=RECORDS)
def test_other_bytes_have_another_id(one: ObservationRecord, two: ObservationRecord) -> None:
    same_bytes = one.sha256 == two.sha256
    assert same_bytes or observation_id(one) != observation_id(replace(one, sha256=two.sha256))
