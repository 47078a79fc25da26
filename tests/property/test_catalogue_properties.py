"""Catalogues over all rows: written values come back, whatever stands in a row never stops another."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.fields import COLUMNS
from iovolc.archive.rows import Row, parse_row
from iovolc.model.observation import format_utc

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
TIMES = st.integers(0, 10**9).map(lambda seconds: datetime(1979, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(deadline=None, max_examples=100)
@given(offset=NUMBERS, nodata=NUMBERS, lon_w=st.floats(-360, 360), times=st.lists(TIMES, min_size=2, max_size=2))
def test_written_values_come_back(offset: float, nodata: float, lon_w: float, times: list[datetime]) -> None:
    start, stop = sorted(times)
    cells = {
        "path": "a.png",
        "offset": repr(offset),
        "nodata": repr(nodata),
        "sub_solar_lat": "0",
        "sub_solar_lon_w": repr(lon_w),
        "start_utc": format_utc(start),
        "stop_utc": format_utc(stop),
    }
    row = parse_row(cells, number=2)
    assert isinstance(row, Row)
    assert (row.offset, row.nodata, row.start_utc, row.stop_utc) == (offset, nodata, start, stop)
    assert start <= row.time_utc <= stop
    assert row.sub_solar_lon_e is not None
    assert -180.0 <= row.sub_solar_lon_e < 180.0
    turn = (row.sub_solar_lon_e + lon_w) % 360.0
    assert min(turn, 360.0 - turn) == pytest.approx(0.0, abs=1e-9)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.dictionaries(st.sampled_from(sorted(COLUMNS)), TEXTS, max_size=8))
def test_no_row_stops_another(tmp_path: Path, cells: dict[str, str]) -> None:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(COLUMNS))
    writer.writeheader()
    writer.writerows([cells, {"path": "good.png", "time_utc": "2023-12-30T08:36:00Z"}])
    path = tmp_path / "c.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    content = read_catalogue(path)
    assert "good.png" in {row.path for row in content.rows}
    assert all(finding.row == 2 for finding in content.findings)
