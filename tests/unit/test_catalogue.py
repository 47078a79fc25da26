"""Reading catalogues: what a row becomes, and what each mistake is called."""

import errno
import math
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_sample import GLOBAL, GOOD, write_catalogue

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.fields import CHANNEL_RANGES_UM, COLUMNS, json_schema
from iovolc.archive.rows import Row
from iovolc.errors import Finding, InputError, TransientIOError
from iovolc.model.observation import CHANNELS, Bounds

DISC = {
    "projection": "disc",
    "sub_observer_lat": "1.5",
    "sub_observer_lon_w": "200",
    "north_angle_deg": "10",
    "range_km": "100000",
    "disc_x": "64",
    "disc_y": "65.5",
    "disc_radius_px": "50",
}


def read_one(tmp_path: Path, **cells: str) -> Row:
    content = read_catalogue(write_catalogue(tmp_path, GOOD | cells))
    assert content.findings == ()
    (row,) = content.rows
    return row


def find_one(tmp_path: Path, **cells: str) -> Finding:
    content = read_catalogue(write_catalogue(tmp_path, {**GOOD, "path": "first.png"}, GOOD | cells))
    assert [row.path for row in content.rows] == ["first.png"], "the good row must survive the bad one"
    (finding,) = content.findings
    assert finding.row == 3
    return finding


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_a_full_row_keeps_every_value(tmp_path: Path) -> None:
    row = read_one(
        tmp_path, id="pj57-red",
        mission="Juno", instrument="JunoCam", band="RED", band_index="2", wavelength_um="0.698",
        fwhm_um="0.2", quantity="iof", unit="1", scale="1e-4", offset="-0.5", nodata="-32768", psf_km="3.2",
        registration_sigma_km="4", licence="CC0", credit="NASA, SwRI", range_km="12000", sub_observer_lat="10",
        sub_observer_lon_w="220", sub_solar_lat="-2.1", sub_solar_lon_w="33.6", projection="label",
    )  # fmt: skip
    assert (row.id, row.mission, row.instrument, row.band, row.band_index) == ("pj57-red", "Juno", "JunoCam", "RED", 2)
    assert (row.channel, row.wavelength_um, row.fwhm_um, row.quantity, row.unit) == ("red", 0.698, 0.2, "iof", "1")
    assert (row.scale, row.offset, row.nodata, row.psf_km) == (1e-4, -0.5, -32768.0, 3.2)
    assert (row.registration_sigma_km, row.licence, row.credit) == (4.0, "CC0", "NASA, SwRI")
    assert (row.range_km, row.sub_observer_lat, row.sub_solar_lat) == (12000.0, 10.0, -2.1)
    assert row.sub_observer_lon_e == pytest.approx(140.0)
    assert row.sub_solar_lon_e == pytest.approx(-33.6)
    assert row.number == 2


def test_blanks_stay_blank(tmp_path: Path) -> None:
    row = read_one(tmp_path, scale="", unit=" ", projection="", band_index="")
    assert (row.scale, row.unit, row.projection, row.band_index, row.nodata) == (None, "", "", None, None)
    assert row.quantity is None
    assert row.is_mosaic is False


def test_nodata_may_be_nan(tmp_path: Path) -> None:
    nodata = read_one(tmp_path, nodata="NaN").nodata
    assert nodata is not None
    assert math.isnan(nodata)


def test_a_single_time_is_an_instant_in_utc(tmp_path: Path) -> None:
    row = read_one(tmp_path, time_utc="2023-12-30T10:36:00+02:00")
    assert row.start_utc == row.time_utc == row.stop_utc == utc(2023, 12, 30, 8, 36)


def test_the_middle_is_taken_from_start_and_stop(tmp_path: Path) -> None:
    row = read_one(tmp_path, time_utc="", start_utc="2023-12-30T08:00:00", stop_utc="2023-12-30T09:00:00")
    assert row.time_utc == utc(2023, 12, 30, 8, 30)


def test_a_mosaic_has_a_span_to_the_end_of_its_last_day(tmp_path: Path) -> None:
    row = read_one(tmp_path, time_utc="", mosaic_start_utc="1979-03-05", mosaic_stop_utc="1979-07-10")
    assert row.is_mosaic
    assert row.start_utc == utc(1979, 3, 5)
    assert row.stop_utc == utc(1979, 7, 10, 23, 59, 59)
    assert row.start_utc < row.time_utc < row.stop_utc


@pytest.mark.parametrize(
    ("left", "right"), [("0", "360"), ("160", "200"), ("360", "0"), ("-180", "180"), ("200", "160")]
)
def test_edges_may_wrap_and_mirror(tmp_path: Path, left: str, right: str) -> None:
    row = read_one(tmp_path, **(GLOBAL | {"left_lon_e": left, "right_lon_e": right}))
    assert row.edges == Bounds(float(left), float(right), 90.0, -90.0)


def test_a_disc_keeps_what_is_said_of_it(tmp_path: Path) -> None:
    row = read_one(tmp_path, **DISC)
    assert (row.disc_x, row.disc_y, row.disc_radius_px, row.north_angle_deg) == (64.0, 65.5, 50.0, 10.0)
    assert row.sub_observer_lon_e == pytest.approx(160.0)


def test_a_disc_may_leave_everything_to_label_and_ephemeris(tmp_path: Path) -> None:
    row = read_one(tmp_path, projection="disc")
    assert (row.projection, row.sub_observer_lat, row.range_km, row.disc_x) == ("disc", None, None, None)


@pytest.mark.parametrize("code", ["IAU_2015:50110", "IAU:2015:50110"])
def test_authority_codes_of_io_are_accepted(tmp_path: Path, code: str) -> None:
    assert read_one(tmp_path, projection=code).projection == "IAU_2015:50110"


@pytest.mark.parametrize(
    ("cells", "code", "column", "said"),
    [
        ({"path": ""}, "E503", "path", "blank"),
        ({"scale": "one"}, "E401", "scale", "`one` is not a plain number"),
        ({"scale": "0,5"}, "E401", "scale", "the decimal mark is a point"),
        ({"scale": "0"}, "E401", "scale", "leaves no image"),
        ({"offset": "nan"}, "E401", "offset", "`nan`"),
        ({"offset": "1e999"}, "E401", "offset", "`1e999`"),
        ({"psf_km": "-3"}, "E401", "psf_km", "greater than 0"),
        ({"range_km": "500"}, "E401", "range_km", "1830"),
        ({"band_index": "0"}, "E401", "band_index", "at least 1"),
        ({"band_index": "1.5"}, "E401", "band_index", "whole number"),
        ({"sub_solar_lat": "91"}, "E401", "sub_solar_lat", "-90 to 90"),
        ({"time_utc": "30.12.2023"}, "E301", "time_utc", "`30.12.2023`"),
        ({"time_utc": "2023-12-30T25:00:00Z"}, "E301", "time_utc", "ISO 8601"),
        ({"time_utc": "0001-01-01T00:00:00+14:00"}, "E301", "time_utc", "ISO 8601"),
        ({"time_utc": "", "start_utc": "2023-12-30"}, "E302", "stop_utc", "`stop_utc` is blank"),
        ({"mosaic_stop_utc": "2023-12-30"}, "E302", "mosaic_start_utc", "`mosaic_start_utc` is blank"),
        ({"start_utc": "2024-01-01", "stop_utc": "2023-01-01"}, "E303", "start_utc", "is after stop_utc 2023-01-01"),
        ({"start_utc": "2024-01-01", "stop_utc": "2024-01-02"}, "E303", "time_utc", "is outside 2024-01-01"),
        (
            {"mosaic_start_utc": "2023-01-01", "mosaic_stop_utc": "2024-01-01", "start_utc": "2022-01-01"},
            "E303",
            "start_utc",
            "is outside 2023-01-01",
        ),
        (GLOBAL | {"top_lat": "-90", "bottom_lat": "90"}, "E203", "top_lat", "not above"),
        (GLOBAL | {"top_lat": "90.5"}, "E203", "top_lat", "-90 to 90"),
        (GLOBAL | {"left_lon_e": "-10"}, "E203", "right_lon_e", "370 degrees wide"),
        (GLOBAL | {"left_lon_e": "360"}, "E203", "right_lon_e", "0 degrees wide"),
        (GLOBAL | {"top_lat": ""}, "E205", "top_lat", "blank: top_lat"),
        ({"projection": "bounds"}, "E205", "left_lon_e", "left_lon_e, right_lon_e, top_lat, bottom_lat"),
        ({"top_lat": "10", "bottom_lat": "0"}, "E205", "left_lon_e", "left_lon_e, right_lon_e"),
        (DISC | {"disc_x": ""}, "E205", "disc_x", "disc_x is blank, though"),
        (DISC | {"sub_observer_lon_w": ""}, "E205", "sub_observer_lon_w", "the point's other coordinate"),
        ({"sub_solar_lon_w": "20"}, "E205", "sub_solar_lat", "sub_solar_lat is blank, though"),
        ({"projection": "mercator"}, "E403", "projection", "label, bounds, disc"),
        ({"projection": "EPSG:4326"}, "E202", "projection", "`WGS 84` has a radius of 6378.14 km, Io has 1821.49 km"),
        ({"projection": "IAU_2015:30100"}, "E202", "projection", "Moon"),
        ({"projection": "IAU_2015:99999"}, "E202", "projection", "cannot be read as a coordinate system"),
        ({"channel": "Red"}, "E403", "channel", "violet, blue, green"),
        ({"quantity": "dn"}, "E403", "quantity", "iof, radiance, relative"),
        ({"id": "../escape"}, "E403", "id", "letters, digits"),
        ({"wavelength_um": "0.42"}, "E404", "wavelength_um", "`red` is 0.58 to 0.8"),
    ],
)
def test_each_mistake_has_its_number_and_column(
    tmp_path: Path, cells: dict[str, str], code: str, column: str, said: str
) -> None:
    finding = find_one(tmp_path, **cells)
    assert (finding.code, finding.column) == (code, column)
    assert said in finding.detail
    assert f"row 3, column `{column}`" in str(finding)


def test_findings_name_the_product(tmp_path: Path) -> None:
    assert find_one(tmp_path, path="maps/b.png", scale="x").product == "maps/b.png"


def test_all_mistakes_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    bad = GOOD | {"scale": "x", "time_utc": "yesterday", "channel": "pink"}
    content = read_catalogue(write_catalogue(tmp_path, bad))
    assert [finding.code for finding in content.findings] == ["E301", "E403", "E401"]


def test_an_unknown_column_is_named_with_its_nearest(tmp_path: Path) -> None:
    content = read_catalogue(write_catalogue(tmp_path, GOOD | {"wavelenght_um": "0.7", "zzz": "1"}))
    near, far = content.findings
    assert (near.code, near.row, near.column) == ("E502", 1, "wavelenght_um")
    assert "did you mean `wavelength_um`?" in near.detail
    assert "no column has a similar name" in far.detail
    assert len(content.rows) == 1


def test_the_same_row_twice_keeps_the_first(tmp_path: Path) -> None:
    content = read_catalogue(write_catalogue(tmp_path, GOOD, GOOD | {"path": "./a.png"}))
    assert [row.number for row in content.rows] == [2]
    (finding,) = content.findings
    assert (finding.code, finding.row, finding.column) == ("E505", 3, "path")
    assert "row 2" in finding.detail


def test_the_same_observation_under_another_id_is_found(tmp_path: Path) -> None:
    content = read_catalogue(write_catalogue(tmp_path, GOOD | {"id": "one"}, GOOD | {"id": "two"}))
    assert [finding.code for finding in content.findings] == ["E505"]


def test_an_id_with_two_contents_is_refused(tmp_path: Path) -> None:
    rows = [GOOD | {"id": "one"}, GOOD | {"id": "one", "scale": "2"}, GOOD | {"id": "one"}]
    content = read_catalogue(write_catalogue(tmp_path, *rows))
    assert [(f.code, f.row, f.column) for f in content.findings] == [("E504", 3, "id"), ("E505", 4, "path")]
    assert [row.number for row in content.rows] == [2]


def test_two_bands_of_one_file_are_two_observations(tmp_path: Path) -> None:
    content = read_catalogue(write_catalogue(tmp_path, GOOD, GOOD | {"channel": "blue"}, GOOD | {"band_index": "3"}))
    assert content.findings == ()
    assert len(content.rows) == 3


def test_rows_are_numbered_as_an_editor_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('path,time_utc,credit\n\na.png,2023-12-30,"two\nlines"\nb.png,never,\n', encoding="utf-8")
    content = read_catalogue(path)
    assert [row.number for row in content.rows] == [3]
    assert content.rows[0].credit == "two\nlines"
    assert [finding.row for finding in content.findings] == [5]


def test_a_comma_without_quotes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("path,time_utc,credit\na.png,2023-12-30,NASA,JPL\nb.png,2023-12-30\n", encoding="utf-8")
    content = read_catalogue(path)
    assert [row.path for row in content.rows] == ["b.png"]
    (finding,) = content.findings
    assert (finding.code, finding.row) == ("E502", 2)
    assert "`JPL`" in finding.detail
    assert "quote" in finding.detail


def test_spreadsheets_may_add_a_mark_and_empty_columns(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(b"\xef\xbb\xbfpath,time_utc,,\r\na.png,2023-12-30,,\r\n,,,\r\n")
    content = read_catalogue(path)
    assert content.findings == ()
    assert [row.path for row in content.rows] == ["a.png"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column `path`"),
        (b"path;time_utc\na.png;2023-12-30\n", "not separated by commas"),
        (b"file,time_utc\na.png,2023-12-30\n", "no column `path`; it holds: file, time_utc"),
        (b"path,time_utc,path\n", "`path` stands twice"),
        (b"path\n\xff\xfe\n", "byte 5 is not UTF-8"),
        (b'path,credit\na.png,"open\nb.png,x\n', "starts in line 2"),
    ],
)
def test_an_unreadable_catalogue_is_an_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_catalogue(path)
    assert caught.value.findings[0].code == "E501"
    assert said in str(caught.value)
    assert "save it as UTF-8 CSV" in str(caught.value)


def test_a_catalogue_has_a_largest_size(tmp_path: Path) -> None:
    path = write_catalogue(tmp_path, GOOD)
    os.truncate(path, (64 << 20) + 1)
    with pytest.raises(InputError, match=r"E501 .*longer than the 64 MiB"):
        read_catalogue(path)


def test_a_catalogue_has_most_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iovolc.archive.catalogue.MAX_ROWS", 2)
    path = write_catalogue(tmp_path, GOOD, GOOD | {"path": "b.png"})
    assert len(read_catalogue(path).rows) == 2
    write_catalogue(tmp_path, GOOD, GOOD | {"path": "b.png"}, GOOD | {"path": "c.png"})
    with pytest.raises(InputError, match=r"E501 .*row 4: it has more than the 2 rows"):
        read_catalogue(path)


def test_a_path_that_is_none_is_found_before_any_file(tmp_path: Path) -> None:
    assert find_one(tmp_path, path="https://example.org/a.png").code == "E106"


def test_a_missing_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"E501.*c\.csv"):
        read_catalogue(tmp_path / "c.csv")


def test_a_passing_disk_error_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(TransientIOError, match=r"c\.csv.*Input/output error.*try again"):
        read_catalogue(tmp_path / "c.csv")


def test_every_channel_has_a_range_of_wavelengths() -> None:
    assert tuple(CHANNEL_RANGES_UM) == CHANNELS
    assert all(low < high for low, high in CHANNEL_RANGES_UM.values())


def test_the_schema_lists_all_columns() -> None:
    schema = json_schema()
    assert list(schema["properties"]) == list(COLUMNS)
    assert schema["required"] == ["path"]
    assert schema["properties"]["top_lat"]["maximum"] == 90
    assert schema["properties"]["psf_km"]["exclusiveMinimum"] == 0
    assert "iof" in schema["properties"]["quantity"]["enum"]
