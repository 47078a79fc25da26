"""What a descriptor finds in a label: units, senses, blanks, and whose geometry it is."""

from datetime import UTC, datetime

import pytest

from iovolc.archive.descriptors import load_descriptors
from iovolc.archive.instrument_parts import Keyword
from iovolc.archive.label_facts import LabelFacts, facts_from
from iovolc.archive.label_words import Words, number_of, time_of

JUNOCAM = {
    "PRODUCT_ID": "JNCE_2023364_57C00012_V01",
    "STANDARD_DATA_PRODUCT_ID": "JUNOCAM-EDR",
    "INSTRUMENT_ID": "JNC",
    "TARGET_NAME": "IO",
    "START_TIME": "2023-12-30T08:36:00.123",
    "EXPOSURE_DURATION": "9.600000 <ms>",
    "JNO:TDI_STAGES_COUNT": "3",
    "SUB_SPACECRAFT_LATITUDE": "-17.1407",
    "SUB_SPACECRAFT_LONGITUDE": "280.2563",
    "SPACECRAFT_ALTITUDE": "7351.7 <km>",
}
JIRAM = {
    "PRODUCT_ID": "JIR_IMG_RDR_2020048T130031_V01",
    "INSTRUMENT_MODE_ID": "SCI_I2_S1",
    "TARGET_NAME": "IO",
    "SUB_SPACECRAFT_LATITUDE": "56.883",
    "SUB_SPACECRAFT_LONGITUDE": "99.707",
    "TARGET_CENTER_DISTANCE": "201408.800",
}
VOYAGER = {
    "PRODUCT_ID": "C1639118_GEOMED.IMG",
    "FILTER_NAME": "ORANGE",
    "EXPOSURE_DURATION": "0.1200 <S>",
    "IMAGE_TIME": "1979-03-04T12:00:00Z",
    "TARGET_NAME": "IO",
}
CASSINI = {
    "PRODUCT_ID": "1_N1356904900.118",
    "FILTER_NAME": '("CL1","GRN")',
    "EXPOSURE_DURATION": "18000.000000",
    "IMAGE_MID_TIME": "2004-109T05:52:24.872",
    "IMAGE_TIME": "2004-109T05:52:33.872",
    "START_TIME": "2004-109T05:52:15.872",
}


def facts(instrument: str, keywords: dict[str, str], **changes: str) -> LabelFacts:
    return facts_from(load_descriptors()[instrument], {**keywords, **changes})


def test_junocam() -> None:
    read = facts("junocam", JUNOCAM)
    assert (read.product_id, read.target) == ("JNCE_2023364_57C00012_V01", "IO")
    assert (read.band, read.filter_name) == (None, "")
    assert read.exposure_s == pytest.approx(0.0096)
    assert (read.sub_observer_lat, read.sub_observer_lon_e) == pytest.approx((-17.1407, 79.7437))
    assert read.range_km == pytest.approx(7351.7 + 1821.49)
    assert (read.quantity, read.unit, read.saturation_dn, read.scale) == ("relative", "DN", 255.0, None)
    assert read.start_utc == datetime(2023, 12, 30, 8, 36, 0, 123000, tzinfo=UTC)


def test_the_same_product_calibrated_has_a_scale() -> None:
    read = facts("junocam", JUNOCAM, PRODUCT_ID="JNCR_2023364_57C00012_V01", STANDARD_DATA_PRODUCT_ID="JUNOCAM-RDR")
    assert (read.quantity, read.unit, read.scale) == ("iof", "I/F", 1e-4)


def test_the_filter_of_a_framelet_counts_before_that_of_the_product() -> None:
    read = facts("junocam", JUNOCAM, FILTER_NAME="BLUE, GREEN, RED", **{"FRAMELET.FRAMELET_FILTER": "RED"})
    assert read.band is not None
    assert (read.filter_name, read.band.channel) == ("RED", "red")


def test_jiram_counts_longitudes_east() -> None:
    read = facts("jiram", JIRAM)
    assert read.sub_observer_lon_e == pytest.approx(99.707)
    assert read.range_km == pytest.approx(201408.8)
    assert read.band is not None
    assert (read.band.channel, read.quantity, read.unit) == ("M", "radiance", "W m-2 sr-1")


def test_the_labels_own_sense_counts_before_the_descriptor() -> None:
    read = facts("jiram", JIRAM, POSITIVE_LONGITUDE_DIRECTION="PositiveWest")
    assert read.sub_observer_lon_e == pytest.approx(-99.707)
    assert facts("junocam", JUNOCAM, POSITIVE_LONGITUDE_DIRECTION="EAST").sub_observer_lon_e == pytest.approx(-79.7437)


def test_geometry_of_another_body_is_left_out() -> None:
    read = facts("jiram", JIRAM, TARGET_NAME="JUPITER")
    assert (read.sub_observer_lat, read.sub_observer_lon_e, read.range_km) == (None, None, None)
    assert read.notes == ("the label's geometry is that of JUPITER, so it is left out",)
    assert read.band is not None  # the rest of the label still counts


def test_the_centre_of_the_coordinates_counts_before_the_target() -> None:
    """JIRAM labels name the body that their geometry is about."""
    jupiter = facts("jiram", JIRAM, COORDINATE_SYSTEM_CENTER_NAME="JUPITER")
    assert (jupiter.target, jupiter.range_km) == ("JUPITER", None)
    io = facts("jiram", JIRAM, COORDINATE_SYSTEM_CENTER_NAME="IO", TARGET_NAME="JUPITER")
    assert (io.target, io.range_km) == ("IO", 201408.8)


def test_longitudes_without_a_sense_are_left_out_and_told() -> None:
    descriptor = load_descriptors()["jiram"].model_copy(update={"longitudes": None})
    read = facts_from(descriptor, JIRAM)
    assert (read.sub_observer_lat, read.sub_observer_lon_e) == (56.883, None)
    assert "east or west" in read.notes[0]


def test_voyager_scale_is_the_labels_own() -> None:
    assert facts("voyager_iss_nac", VOYAGER).scale == 1e-4
    read = facts("voyager_iss_nac", VOYAGER, REFLECTANCE_SCALING_FACTOR="2.5E-05")
    assert read.band is not None
    assert (read.scale, read.quantity, read.band.channel, read.exposure_s) == (2.5e-5, "iof", "orange", 0.12)
    raw = facts("voyager_iss_nac", VOYAGER, PRODUCT_ID="C1639118_RAW.IMG", REFLECTANCE_SCALING_FACTOR="2.5E-05")
    assert (raw.scale, raw.quantity, raw.saturation_dn) == (None, "relative", 255.0)


def test_cassini_bare_exposures_are_milliseconds_and_days_of_the_year_are_read() -> None:
    read = facts("cassini_iss_nac", CASSINI)
    assert read.band is not None
    assert (read.band.name, read.exposure_s) == ("CL1/GRN", 18.0)
    assert read.time_utc == datetime(2004, 4, 18, 5, 52, 24, 872000, tzinfo=UTC)
    assert read.stop_utc == datetime(2004, 4, 18, 5, 52, 33, 872000, tzinfo=UTC)


def test_fits_headers() -> None:
    keck = facts("nirc2", {"INSTRUME": "NIRC2", "FILTER": "Lp + clear", "ITIME": "0.18", "TARGNAME": "Io"})
    assert keck.band is not None
    assert (keck.band.channel, keck.exposure_s, keck.target) == ("L", 0.18, "Io")
    webb = facts("jwst_nircam", {"PUPIL": "CLEAR", "FILTER": "F480M"})
    assert webb.band is not None
    assert (webb.filter_name, webb.band.channel) == ("F480M", "M")
    hubble = facts("hst_acs", {"FILTER1": "CLEAR1S", "FILTER2": "F330W"})
    assert hubble.band is not None
    assert hubble.band.channel == "uv"


def test_a_filter_that_is_not_known_is_told_but_has_no_band() -> None:
    read = facts("ssi", {"FILTER_NAME": "PINK"})
    assert (read.filter_name, read.band) == ("PINK", None)


def test_an_empty_label_says_nothing() -> None:
    for name, descriptor in load_descriptors().items():
        read = facts_from(descriptor, {})
        only = descriptor.bands[0] if name == "lorri" else None
        assert read == LabelFacts(band=only)


@pytest.mark.parametrize("blank", ["N/A", "UNK", "NULL", '"NOT APPLICABLE"', ""])
def test_blanks_are_no_values(blank: str) -> None:
    read = facts("junocam", JUNOCAM, SUB_SPACECRAFT_LATITUDE=blank, EXPOSURE_DURATION=blank, TARGET_NAME=blank)
    assert (read.sub_observer_lat, read.exposure_s, read.target) == (None, None, "")
    assert read.sub_observer_lon_e is not None  # no target is no other target


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("195.83", "ms", 0.19583),
        ("0.19583 <seconds>", "ms", 0.19583),
        ("9.6 ms", "s", 0.0096),
        ("1.5D+02", "", 150.0),
        ("-5", "km", -5.0),
        ("1000 <m>", "km", 1.0),
        ("1e400", "", None),
        ("12 <furlong>", "km", None),
        ("1.2.3", "", None),
        ("(1, 2)", "", None),
        ("", "s", None),
    ],
)
def test_numbers_with_units(text: str, unit: str, value: float | None) -> None:
    assert number_of(text, unit) == (None if value is None else pytest.approx(value))


def test_times() -> None:
    assert time_of("1997-02-19T21:07:27.314Z") == datetime(1997, 2, 19, 21, 7, 27, 314000, tzinfo=UTC)
    assert time_of("2007-02-28T13:14:22.331 <Cal d>") == datetime(2007, 2, 28, 13, 14, 22, 331000, tzinfo=UTC)
    assert time_of("2004-109T05:52") == datetime(2004, 4, 18, 5, 52, tzinfo=UTC)
    assert time_of("6048718.00.0") is None


def test_words_are_found_by_the_end_of_their_path_the_shallowest_first() -> None:
    words = Words.of({"QUBE.MAP.RANGE_KM": "2", "RANGE_KM": "1", "A.B.InstrumentId": "JNC"})
    assert words.text("range_km") == "1"
    assert words.text("MAP.RANGE_KM") == "2"
    assert words.text("INSTRUMENT_ID") == words.text("b.instrumentid") == "JNC"
    assert words.text("KM") == ""


def test_the_middle_of_two_longitudes_is_on_the_shorter_arc() -> None:
    keyword = (Keyword(name="START", mean_with="STOP"),)
    assert Words.of({"START": "359", "STOP": "3"}).number(keyword) == pytest.approx(361.0)
    assert Words.of({"START": "10"}).number(keyword) == 10.0
