"""PDS4: places by the cartography dictionary, display directions, numbers, and hostile labels."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from format_sample import (
    AXES_M,
    COLS,
    FLAT,
    RADIUS,
    ROWS,
    STEP,
    TOLERANCE_PX,
    cartography,
    displayed,
    gap_px,
    misplaced,
    open_file,
    refused,
    true_places,
    write_pds4,
)  # fmt: skip
from rasterio import Affine

from iovolc.archive.formats import pds4_array
from iovolc.archive.formats.on_demand import PDS4 as FAMILY
from iovolc.model.observation import Bounds, Projected

SMALL = np.arange(6, dtype=">i2").reshape(2, 3)
PLANE = {"data_type": "SignedMSB2"}
METRE = math.radians(RADIUS)


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre_e", [0.0, -90.0, 180.0])
@pytest.mark.parametrize("west", [False, True])
@pytest.mark.parametrize("graphic", [False, True])
@pytest.mark.parametrize("axes_m", [(RADIUS, RADIUS), AXES_M])
def test_every_convention_lands_on_the_same_grid(
    tmp_path: Path, centre_e: float, west: bool, graphic: bool, axes_m: tuple[float, float]
) -> None:
    flattened = axes_m == AXES_M
    planes = true_places(centre_e, graphic=graphic and flattened).astype(">f8")
    path = write_pds4(tmp_path, planes, cart=cartography(centre_e, west=west, graphic=graphic, axes_m=axes_m))
    product = open_file(FAMILY, path)
    assert product.bands[0].misplaced is None
    assert gap_px(product) < TOLERANCE_PX


def test_the_two_latitudes_would_be_told_apart(tmp_path: Path) -> None:
    planes = true_places(0.0, graphic=True).astype(">f8")
    path = write_pds4(tmp_path, planes, cart=cartography(0.0, axes_m=AXES_M))
    off_deg = gap_px(open_file(FAMILY, path)) * STEP
    assert off_deg == pytest.approx(math.degrees(FLAT), rel=0.02)


@pytest.mark.parametrize("lon_e", [0.0, -90.0, 180.0])
@pytest.mark.parametrize("direction", ["Positive East", "Positive West"])
def test_maps_written_by_gdal_land_on_the_same_grid(tmp_path: Path, lon_e: float, direction: str) -> None:
    path = tmp_path / "gdal.xml"
    transform = Affine(STEP * METRE, 0, -180 * METRE, 0, -STEP * METRE, 90 * METRE)
    profile = {"width": COLS, "height": ROWS, "count": 2, "dtype": "float64", "transform": transform}
    crs = f"+proj=eqc +lon_0={lon_e} +R={RADIUS}"
    with rasterio.open(path, "w", driver="PDS4", crs=crs, LONGITUDE_DIRECTION=direction, **profile) as dataset:
        dataset.write(true_places(lon_e))
    assert f"<cart:longitude_direction>{direction}" in path.read_text()
    assert gap_px(open_file(FAMILY, path)) < TOLERANCE_PX


@pytest.mark.parametrize("code", ["IAU_2015:50130", "IAU_2015:50135", "IAU_2015:50120", "IAU_2015:50165"])
def test_other_projections_written_by_gdal_are_read(tmp_path: Path, code: str) -> None:
    path = tmp_path / "gdal.xml"
    transform = Affine(50_000.0, 0, -400_000.0, 0, -50_000.0, 300_000.0)
    profile = {"width": 16, "height": 12, "count": 1, "dtype": "uint8", "crs": code, "transform": transform}
    with rasterio.open(path, "w", driver="PDS4", **profile) as dataset:
        dataset.write(np.ones((1, 12, 16), np.uint8))
    facts = open_file(FAMILY, path).bands[0]
    assert facts.misplaced is None
    assert isinstance(facts.placement, Projected)
    assert facts.placement.transform == pytest.approx(tuple(transform)[:6])


def test_pixels_per_degree_and_bounds_place_a_map_too(tmp_path: Path) -> None:
    planar = """<cart:Planar><cart:map_projection_name>Simple Cylindrical</cart:map_projection_name></cart:Planar>"""
    path = write_pds4(tmp_path, true_places(180.0).astype(">f8"), cart=cartography(180.0, west=True, planar=planar))
    product = open_file(FAMILY, path)
    assert product.bands[0].placement == Bounds(0.0, 360.0, 90.0, -90.0)
    assert gap_px(product) < TOLERANCE_PX


def test_a_geographic_grid_lies_between_its_bounds(tmp_path: Path) -> None:
    cart = cartography(0.0, west=True, planar="<cart:Geographic/>", sides=(200.0, 160.0))
    path = write_pds4(tmp_path, SMALL, cart=cart, **PLANE)
    assert open_file(FAMILY, path).bands[0].placement == Bounds(-200.0, -160.0, 90.0, -90.0)


@pytest.mark.parametrize("vertical", ["Top to Bottom", "Bottom to Top"])
@pytest.mark.parametrize("horizontal", ["Left to Right", "Right to Left"])
def test_display_directions_are_honoured(tmp_path: Path, vertical: str, horizontal: str) -> None:
    planes = true_places(0.0).astype(">f8")
    stored = planes[:, :: -1 if vertical.startswith("B") else 1, :: -1 if horizontal.startswith("R") else 1]
    path = write_pds4(tmp_path, stored, cart=cartography(0.0), display=displayed(vertical, horizontal))
    assert gap_px(open_file(FAMILY, path)) < TOLERANCE_PX


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0), (2, 1, 0)])
def test_axes_may_stand_in_any_order(tmp_path: Path, order: tuple[int, int, int]) -> None:
    names = tuple(("Band", "Line", "Sample")[axis] for axis in order)
    stored = true_places(0.0).astype(">f8").transpose(order)
    path = write_pds4(tmp_path, stored, cart=cartography(0.0), names=names)
    assert gap_px(open_file(FAMILY, path)) < TOLERANCE_PX


def test_display_axes_decide_where_names_say_nothing(tmp_path: Path) -> None:
    display = displayed("Top to Bottom", "Left to Right", ("Second", "First"))
    path = write_pds4(tmp_path, SMALL, display=display, names=("First", "Second"), **PLANE)
    np.testing.assert_array_equal(open_file(FAMILY, path).read(0).numbers, SMALL.T)


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("Positive East", "Positive", "E201", "longitude_direction"),
        ("Planetocentric", "unknown", "E201", "latitude_type"),
        ("cart:a_axis_radius", "cart:no_radius", "E201", "radii"),
        (f"{RADIUS}<", "6378137<", "E202", "6378.14 km"),
        (">Equirectangular\n", ">Bonne\n", "E202", "bonne"),
        ("upperleft_corner_x unit=\"m\">-", "upperleft_corner_x unit=\"m\">-9", "E203", "outside any map"),
    ],
)  # fmt: skip
def test_what_does_not_place_a_map_is_said(tmp_path: Path, old: str, new: str, code: str, said: str) -> None:
    path = write_pds4(tmp_path, SMALL, cart=cartography(0.0), alter=lambda text: text.replace(old, new), **PLANE)
    finding = misplaced(FAMILY, path)
    assert (finding.code, finding.column) == (code, None)
    assert said in finding.detail


def test_longitudes_that_run_the_other_way_are_noticed(tmp_path: Path) -> None:
    path = write_pds4(tmp_path, SMALL, cart=cartography(-90.0, sides=(-90.0, 270.0)), **PLANE)
    finding = misplaced(FAMILY, path)
    assert finding.code == "E207"
    assert "begins at 90.000 E" in finding.detail
    assert "270.000 E" in finding.detail


def test_a_disagreement_with_gdal_prints_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_pds4(tmp_path, SMALL, cart=_degrees_for_gdal(cartography(0.0)), **PLANE)
    assert open_file(FAMILY, path).bands[0].misplaced is None
    elsewhere = Projected(f"+proj=eqc +lon_0=90 +R={RADIUS}", (METRE, 0.0, 0.0, 0.0, -METRE, 0.0))
    monkeypatch.setattr("iovolc.archive.formats.agreement._gdal_placement", lambda *_: elsewhere)
    finding = misplaced(FAMILY, path)
    assert finding.code == "E207"
    assert "the label has the first and last pixel at 85.000 N -175.000 E" in finding.detail
    assert "GDAL at -0.500 N 90.500 E" in finding.detail


def _degrees_for_gdal(cart: str) -> str:
    return cart.replace("\n</cart:map_projection_name>", "</cart:map_projection_name>")


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(pds4_array._TYPES))
def test_all_types_of_numbers_are_read(tmp_path: Path, name: str) -> None:
    dtype = np.dtype(pds4_array._TYPES[name])
    values = np.array([[0, 1, 2], [100, 5, 127]], dtype)
    stored = open_file(FAMILY, write_pds4(tmp_path, values, data_type=name, offset=7)).read(0)
    assert stored.numbers.dtype == dtype.newbyteorder("=")
    np.testing.assert_array_equal(stored.numbers, values)


def test_types_are_spelt_as_in_the_standard() -> None:
    spelt = {"UnsignedLSB2": "<u2", "SignedMSB4": ">i4", "IEEE754LSBSingle": "<f4", "IEEE754MSBDouble": ">f8"}
    assert spelt.items() <= dict(pds4_array._TYPES).items()
    assert len(pds4_array._TYPES) == 18


def test_complex_numbers_are_refused(tmp_path: Path) -> None:
    assert refused(FAMILY, write_pds4(tmp_path, SMALL, data_type="ComplexLSB8")).code == "E103"


def test_special_constants_are_not_valid(tmp_path: Path) -> None:
    constants = """<Special_Constants><missing_constant>1</missing_constant><invalid_constant>2</invalid_constant>
<high_instrument_saturation>5</high_instrument_saturation><valid_minimum>1</valid_minimum></Special_Constants>"""
    product = open_file(FAMILY, write_pds4(tmp_path, SMALL, constants=constants, **PLANE))
    stored = product.read(0)
    np.testing.assert_array_equal(stored.valid, [[False, False, False], [True, True, False]])
    np.testing.assert_array_equal(stored.saturated, [[False, False, False], [False, False, True]])
    assert product.bands[0].nodata == 1.0


@pytest.mark.parametrize("text", ["16#FF7FFFFB#", "0xFF7FFFFB", "-3.4028226550889045e+38"])
def test_constants_may_be_bits(tmp_path: Path, text: str) -> None:
    values = np.array([[1.0, np.uint32(0xFF7FFFFB).view(np.float32)]], ">f4")
    constants = f"<Special_Constants><missing_constant>{text}</missing_constant></Special_Constants>"
    stored = open_file(FAMILY, write_pds4(tmp_path, values, data_type="IEEE754MSBSingle", constants=constants)).read(0)
    np.testing.assert_array_equal(stored.valid, [[True, False]])
    assert stored.saturated is None


def test_the_label_is_understood(tmp_path: Path) -> None:
    element = "<unit>I/F</unit><scaling_factor>0.0001</scaling_factor><value_offset>-0.5</value_offset>"
    extra = """<geom:Geometry><geom:longitude_direction>Positive West</geom:longitude_direction>
<geom:subsolar_latitude unit="deg">-2.5</geom:subsolar_latitude>
<geom:subsolar_longitude unit="rad">1.5707963</geom:subsolar_longitude>
<geom:subspacecraft_longitude unit="deg">220</geom:subspacecraft_longitude>
<geom:spacecraft_target_center_distance unit="m">2.24e9</geom:spacecraft_target_center_distance></geom:Geometry>
<img:Imaging><img:exposure_duration unit="ms">75</img:exposure_duration><img:Optical_Filter>
<img:filter_name>CLEAR</img:filter_name><img:center_filter_wavelength unit="nm">607</img:center_filter_wavelength>
<img:bandwidth unit="Angstrom">3500</img:bandwidth></img:Optical_Filter></img:Imaging>"""
    facts = open_file(FAMILY, write_pds4(tmp_path, SMALL, element=element, extra=extra, **PLANE)).bands[0]
    assert (facts.product_id, facts.version, facts.level) == ("map_1", "2.1", "Calibrated")
    assert (facts.mission, facts.instrument, facts.target) == ("New Horizons", "LORRI", "Io")
    assert facts.start_utc == datetime(2007, 2, 28, 1, 2, 3, 500_000, tzinfo=UTC)
    assert facts.stop_utc == datetime(2007, 2, 28, 1, 2, 5, tzinfo=UTC)
    assert (facts.quantity, facts.unit, facts.scale, facts.offset) == ("iof", "I/F", 0.0001, -0.5)
    assert (facts.band, facts.exposure_s, facts.range_km) == ("CLEAR", 0.075, 2.24e6)
    assert (facts.wavelength_um, facts.fwhm_um) == (pytest.approx(0.607), pytest.approx(0.35))
    assert (facts.sub_solar_lat, facts.sub_observer_lat) == (-2.5, None)
    assert (facts.sub_solar_lon_e, facts.sub_observer_lon_e) == (pytest.approx(-90.0), 140.0)
    assert facts.keywords["IDENTIFICATION_AREA.VERSION_ID"] == "2.1"
    assert "OBSERVATION_AREA.OBSERVING_SYSTEM.OBSERVING_SYSTEM_COMPONENT.NAME" not in facts.keywords


def test_longitudes_without_a_direction_are_not_used(tmp_path: Path) -> None:
    extra = "<geom:Geometry><geom:subsolar_longitude>90</geom:subsolar_longitude></geom:Geometry>"
    assert open_file(FAMILY, write_pds4(tmp_path, SMALL, extra=extra, **PLANE)).bands[0].sub_solar_lon_e is None


def test_bands_have_their_own_wavelengths(tmp_path: Path) -> None:
    bins = "".join(
        f"<Band_Bin><band_number>{band}</band_number><center_wavelength unit='nm'>{wave}</center_wavelength></Band_Bin>"
        for band, wave in ((2, 700), (1, 400))
    )
    path = write_pds4(tmp_path, np.stack([SMALL, SMALL + 9]).astype(">i2"), constants=bins, **PLANE)
    product = open_file(FAMILY, path)
    assert [facts.wavelength_um for facts in product.bands] == [pytest.approx(0.4), pytest.approx(0.7)]
    np.testing.assert_array_equal(product.read(1).numbers, SMALL + 9)


# --- hostile labels -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE p SYSTEM "http://example.org/p.dtd">',
    ],
)
def test_entities_are_refused(tmp_path: Path, head: str) -> None:
    path = write_pds4(
        tmp_path, SMALL, alter=lambda text: text.replace('"UTF-8"?>', f'"UTF-8"?>{head}').replace("2.1", "&a;"), **PLANE
    )
    finding = refused(FAMILY, path)
    assert finding.code == "E102"
    assert "document type" in finding.detail


@pytest.mark.parametrize(
    "name", ["../map.img", "sub/map.img", "..", "", "/vsicurl/http://h/x", "http://h/x", "c:\\map.img", "&#10;/x"]
)
def test_data_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "map.img").write_bytes(b"\0" * 100)
    finding = refused(FAMILY, write_pds4(folder, SMALL, file_name=name, **PLANE))
    assert finding.code == "E102"
    assert "plain name" in finding.detail


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    path = write_pds4(folder, SMALL, **PLANE)
    (folder / "map.img").rename(tmp_path / "elsewhere.img")
    (folder / "map.img").symlink_to(tmp_path / "elsewhere.img")
    assert "link out of" in refused(FAMILY, path).detail


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("<elements>2<", "<elements>3<", "E102", "needs 18"),
        ("<elements>2<", "<elements>99999999999<", "E103", "more than the"),
        ("<elements>2<", "<elements>-2<", "E102", "not a whole number"),
        ("<elements>2<", "<elements>0<", "E102", "elements"),
        ('"byte">0<', '"byte">5<', "E102", "needs 17"),
        ("Last Index", "First Index", "E103", "axis_index_order"),
        ("<sequence_number>2<", "<sequence_number>1<", "E102", "numbered"),
        ("Array_2D_Image", "Table_Binary", "E103", "no array"),
        ("map.img", "none.img", "E102", "does not lie beside it"),
        ("</Product", "</Wrong", "E102", "not XML"),
        ('"UTF-8"', '"no-such-code"', "E102", "not XML"),
    ],
)
def test_damaged_labels_are_findings(tmp_path: Path, old: str, new: str, code: str, said: str) -> None:
    finding = refused(FAMILY, write_pds4(tmp_path, SMALL, alter=lambda text: text.replace(old, new), **PLANE))
    assert finding.code == code
    assert said in finding.detail
    assert str(tmp_path) not in finding.detail


@pytest.mark.parametrize("filling", ["<a>" * 50 + "</a>" * 50, "<!--" + "x" * (4 << 20) + "-->"])
def test_labels_are_bounded(tmp_path: Path, filling: str) -> None:
    path = write_pds4(tmp_path, SMALL, extra=filling, **PLANE)
    assert refused(FAMILY, path).code == "E102"
