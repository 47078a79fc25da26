"""Tables of point measurements: what a row becomes, and what each mistake is called."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.io.votable.tree import VOTableFile
from astropy.table import Table
from points_sample import GOOD, point, write_points

from iovolc.archive.point_marks import is_points_table
from iovolc.archive.points import read_points
from iovolc.errors import InputError
from iovolc.model.glow import Glow

CDS = """Title: Hot spots of Io
================================================================================
Byte-by-byte Description of file: table1.dat
--------------------------------------------------------------------------------
   Bytes Format Units      Label   Explanations
--------------------------------------------------------------------------------
   1-  8 A8     ---        Name    Name of the hot spot
  10- 14 F5.1   deg        Lat     Latitude
  16- 20 F5.1   deg        WLon    West longitude
  22- 32 F11.2  d          JD      Julian date
  34- 37 F4.1   GW/um/sr   L       ? Brightness
--------------------------------------------------------------------------------
Loki      13.0 308.8  2456519.92 60.0
Janus     -3.0  39.0  2456519.92  5.5
"""
MAPPING = """format: {format}
columns: {{site: Name, lat: Lat, lon_w: WLon, time_utc: JD, value: L}}
constants: {{position_sigma_km: 70, band: Lp, wavelength_um: 3.78, limit: detection, unit: GW um-1 sr-1}}
times: jd
"""


def read_one(tmp_path, **cells):
    table = read_points(write_points(tmp_path / "one.csv", point(**cells)))
    assert table.findings == ()
    (glow,) = table.glows
    return glow


def codes(tmp_path, **cells):
    table = read_points(write_points(tmp_path / "two.csv", point(), point(**{"time_utc": "2014-01-01", **cells})))
    assert len(table.glows) == 1, "the good row must survive the bad one"
    assert all(finding.row == 3 for finding in table.findings)
    return [(finding.code, finding.column) for finding in table.findings]


def test_a_row_becomes_a_measurement(tmp_path):
    glow = read_one(tmp_path)
    assert (glow.lat, glow.lon_e) == (13.0, pytest.approx(51.2))
    assert (glow.value, glow.sigma, glow.quantity, glow.limit) == (60.0, 6.0, "intensity", "detection")
    assert glow.covariance_km2 == (4900.0, 4900.0, 0.0)
    assert glow.time_utc == datetime(2013, 8, 15, 10, tzinfo=UTC)
    assert (glow.source, glow.label, glow.band, glow.wavelength_um) == ("test", "Loki Patera", "Lp", 3.78)


def test_a_date_alone_is_noon_and_a_blank_source_the_table(tmp_path):
    glow = read_one(tmp_path, time_utc="2013-08-15", source="")
    assert glow.time_utc == datetime(2013, 8, 15, 12, tzinfo=UTC)
    assert glow.source == "one.csv"


@pytest.mark.parametrize(("lon_w", "lon_e"), [(33.6, -33.6), (220, 140), (0, 0), (180, -180), (-10, 10)])
def test_west_longitudes_become_east(tmp_path, lon_w, lon_e):
    assert read_one(tmp_path, lon_w=lon_w).lon_e == pytest.approx(lon_e)


def test_east_longitudes_stay(tmp_path):
    row = {name: text for name, text in point(lon_e=308.8).items() if name != "lon_w"}
    (glow,) = read_points(write_points(tmp_path / "east.csv", row)).glows
    assert glow.lon_e == pytest.approx(-51.2)


@pytest.mark.parametrize(
    ("unit", "value", "extra", "expected"),
    [
        ("GW/um/sr", 60, {}, 60.0),
        ("W um-1 sr-1", 6e10, {}, 60.0),
        ("W nm-1 sr-1", 6e7, {}, 60.0),
        ("W m-2 um-1", 60e9 / (6.3e11) ** 2, {"range_km": 6.3e8}, 60.0),
        ("W m-2 um-1 sr-1", 24.0, {"area_km2": 2500}, 60.0),
        ("GW", 5000, {}, 5000.0),
        ("TW", 5, {}, 5000.0),
        ("W", 5e12, {}, 5000.0),
        ("relative", 0.3, {}, 0.3),
    ],
)
def test_units_come_to_gigawatts(tmp_path, unit, value, extra, expected):
    glow = read_one(tmp_path, unit=unit, value=value, sigma=value / 10, **extra)
    assert glow.value == pytest.approx(expected)
    assert glow.sigma == pytest.approx(expected / 10)
    kinds = {"relative": "relative", "GW": "power", "TW": "power", "W": "power"}
    assert glow.quantity == kinds.get(unit, "intensity")


def test_a_flux_density_in_jansky(tmp_path):
    # F_lambda = F_nu c / lambda^2: 1 Jy at 3.78 um is 2.098e-13 W m-2 um-1.
    glow = read_one(tmp_path, unit="Jy", value=1.0, range_km=6.3e8)
    assert glow.value == pytest.approx(2.0981e-13 * 6.3e11**2 / 1e9, rel=1e-3)


def test_emission_angles_are_corrected_only_where_they_were_not(tmp_path):
    angle = {"emission_deg": 60}
    assert read_one(tmp_path, emission_corrected="no", **angle).value == pytest.approx(120.0)
    assert read_one(tmp_path, emission_corrected="no", **angle).sigma == pytest.approx(12.0)
    assert read_one(tmp_path, emission_corrected="yes", **angle).value == 60.0


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"lon_w": ""}, ("E512", "lon_w")),
        ({"lat": "95"}, ("E401", "lat")),
        ({"lat": ""}, ("E503", "lat")),
        ({"time_utc": "15 Aug 2013"}, ("E301", "time_utc")),
        ({"limit": "none"}, ("E403", "limit")),
        ({"value": "-1"}, ("E401", "value")),
        ({"position_sigma_km": ""}, ("E503", "position_sigma_km")),
        ({"unit": "furlong"}, ("E510", "unit")),
        ({"unit": "K"}, ("E510", "unit")),
        ({"unit": "Jy"}, ("E511", "range_km")),
        ({"unit": "W m-2 um-1 sr-1"}, ("E511", "area_km2")),
        ({"wavelength_um": ""}, ("E511", "wavelength_um")),
        ({"emission_deg": "30"}, ("E503", "emission_corrected")),
        ({"emission_corrected": "no"}, ("E503", "emission_deg")),
        ({"emission_deg": "70", "emission_corrected": "no"}, ("E513", "emission_deg")),
    ],
)
def test_each_mistake_has_a_number_and_a_column(tmp_path, cells, expected):
    assert codes(tmp_path, **cells) == [expected]


def test_the_same_measurement_twice_counts_once(tmp_path):
    table = read_points(write_points(tmp_path / "twice.csv", point(), point(value=61)))
    assert [finding.code for finding in table.findings] == ["E505"]
    assert [glow.value for glow in table.glows] == [60.0]


def test_a_table_must_declare_one_sense_of_longitude(tmp_path):
    both = write_points(tmp_path / "both.csv", point(lon_e=51.2))
    neither = write_points(tmp_path / "neither.csv", {k: v for k, v in GOOD.items() if k != "lon_w"})
    for path, what in ((both, "both"), (neither, "neither")):
        with pytest.raises(InputError, match=f"E512 .*it has {what}"):
            read_points(path)


def test_a_misspelt_column_is_named(tmp_path):
    table = read_points(write_points(tmp_path / "x.csv", point(wavelenght_um=3.78)))
    (finding,) = table.findings
    assert finding.code == "E502"
    assert "did you mean `wavelength_um`" in finding.detail


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"\xff\xfea", "E501"), (b"value,value\n1,2\n", "stands twice"), (b"site,lon_w,value,limit\n", "no column")],
)
def test_a_broken_table_is_refused_whole(tmp_path, content, match):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=match):
        read_points(path)


def test_point_tables_are_known_by_their_header(tmp_path):
    assert is_points_table(write_points(tmp_path / "points.csv", GOOD))
    (tmp_path / "maps.csv").write_text("path,channel,value,limit\n")
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    assert not any(is_points_table(tmp_path / name) for name in ("maps.csv", "image.png", "gone.csv"))
    (tmp_path / "table.dat").write_text("")
    (tmp_path / "table.dat.columns.yaml").write_text("")
    assert is_points_table(tmp_path / "table.dat")


@pytest.mark.parametrize("content", [b"path,id\ra.png,1\r", b"\x00\xff\xfe", b"", b'"path', b"a\rb,c"])
def test_a_broken_catalogue_is_left_to_its_own_reader(tmp_path, content):
    (tmp_path / "maps.csv").write_bytes(content)
    assert not is_points_table(tmp_path / "maps.csv")


def test_a_folder_and_a_file_that_may_not_be_read_are_no_tables(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert not any(is_points_table(tmp_path / name) for name in ("folder.csv", "loop.csv"))


def declare(path, **values):
    path.with_name(path.name + ".columns.yaml").write_text(MAPPING.format(**values))
    return path


@pytest.mark.parametrize("kind", ["cds", "mrt"])
def test_a_byte_by_byte_table_is_read_as_declared(tmp_path, kind):
    path = tmp_path / "table1.txt"
    path.write_text(CDS)
    table = read_points(declare(path, format=kind))
    assert table.findings == ()
    assert [(glow.label, glow.value) for glow in table.glows] == [("Janus", 5.5), ("Loki", 60.0)]
    assert table.glows[1].lon_e == pytest.approx(51.2)
    assert table.glows[0].time_utc == datetime(2013, 8, 15, 10, 4, 48, tzinfo=UTC)


def votable(path, **extra):
    rows = Table({"Name": ["Loki"], "Lat": [13.0], "WLon": [308.8], "JD": [2456519.92], "L": [60.0]} | extra)
    VOTableFile.from_table(rows).to_xml(str(path))
    return path


def test_a_votable_is_read_as_declared_and_gaps_stay_blank(tmp_path):
    path = votable(tmp_path / "table.vot")
    (glow,) = read_points(declare(path, format="votable")).glows
    assert (glow.label, glow.value, glow.lon_e) == ("Loki", 60.0, pytest.approx(51.2))
    gap = votable(tmp_path / "gap.vot", L=np.ma.masked_array([60.0], [True]))
    assert [finding.code for finding in read_points(declare(gap, format="votable")).findings] == ["E503"]


@pytest.mark.parametrize("text", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<STREAM href="http://example.org/x"/>'])
def test_a_votable_that_points_elsewhere_is_refused(tmp_path, text):
    path = tmp_path / "table.vot"
    path.write_text(votable(tmp_path / "plain.vot").read_text() + text)
    with pytest.raises(InputError, match="which are not read"):
        read_points(declare(path, format="votable"))


@pytest.mark.parametrize(
    ("declaration", "match"),
    [
        ("format: cds\ncolumns: {colour: Name}", "`colour` is no column"),
        ("format: xls\ncolumns: {}", "E514"),
        ("format: [", "E514"),
        ("format: cds\ncolumns: {site: Nom, lon_w: WLon}", "has no column `Nom`"),
        ("format: cds\nreadme: ../x\ncolumns: {}", "same folder"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(tmp_path, declaration, match):
    path = tmp_path / "table1.txt"
    path.write_text(CDS)
    path.with_name("table1.txt.columns.yaml").write_text(declaration)
    if "Nom" in declaration:
        declaration = MAPPING.format(format="cds").replace("site: Name", "site: Nom")
        path.with_name("table1.txt.columns.yaml").write_text(declaration)
    with pytest.raises(InputError, match=match):
        read_points(path)


def test_another_declaration_is_another_table(tmp_path):
    path = tmp_path / "table1.txt"
    path.write_text(CDS)
    first = read_points(declare(path, format="cds"))
    place = path.with_name("table1.txt.columns.yaml")
    place.write_text(place.read_text().replace("70", "90"))
    assert read_points(path).sha256 != first.sha256


def test_a_measurement_survives_json(tmp_path):
    glow = read_one(tmp_path, sigma="", emission_deg=30, emission_corrected="no")
    assert Glow.from_json(json.loads(json.dumps(glow.to_json()))) == glow
