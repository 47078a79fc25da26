"""One exposure, one product: identity, precedence and reasons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.archive.product_ids import LEVELS, Exposure, exposure_of, level_of
from iovolc.archive.versions import Known, superseded

TIME = datetime(2023, 12, 30, 8, 36, tzinfo=UTC)


def known(product_id: str, **changes: object) -> Known:
    row = Known(
        product_id=product_id, version="", level="", instrument="JunoCam", band="RED", start_utc=TIME,
        sha256=f"hash of {product_id}",
    )  # fmt: skip
    return replace(row, **changes)


def kept(*rows: Known) -> list[str]:
    return [row.product_id for row, verdict in zip(rows, superseded(rows), strict=True) if verdict.kept]


@pytest.mark.parametrize(
    ("product_id", "exposure", "level", "version"),
    [
        ("JNCE_2023364_57C00012_V01", "JNC_2023364_57C00012", "raw", "01"),
        ("JNCR_2023364_57C00012_V02.IMG", "JNC_2023364_57C00012", "calibrated", "02"),
        ("jncr_2023364_57c00012", "JNC_2023364_57C00012", "calibrated", ""),
        ("JIR_IMG_EDR_2017033T114006_V02", "JIR_IMG_2017033T114006", "raw", "02"),
        ("JIR_IMG_RDR_2017033T114006_V03", "JIR_IMG_2017033T114006", "calibrated", "03"),
        ("JIR_SPE_RDR_2017033T114006_V03", "JIR_SPE_2017033T114006", "calibrated", "03"),
        ("C0383600826R.IMG", "C0383600826", "raw", ""),
        ("C0383600826S", "C0383600826", "raw", ""),
        ("C1639118.IMG", "C1639118", "raw", ""),
        ("C1639118_RAW.IMG", "C1639118", "raw", ""),
        ("C1639118_CLEANED.IMG", "C1639118", "cleaned", ""),
        ("C1639118_CALIB.LBL", "C1639118", "calibrated", ""),
        ("C1639118_GEOMED.IMG", "C1639118", "without distortion", ""),
        ("lor_0034974380_0x630_sci_1", "LOR_0034974380", "calibrated", "1"),
        ("LOR_0034974380_0X630_ENG_2.FIT", "LOR_0034974380", "raw", "2"),
        ("mc0_0034974380_0x530_sci", "MC0_0034974380", "calibrated", ""),
        ("N1356904900_1", "N1356904900", "raw", "1"),
        ("N1356904900_2_CALIB.IMG", "N1356904900", "calibrated", "2"),
        ("1_N1356904900.118", "N1356904900", "raw", ""),
        ("E6I0032", "E6I0032", "", ""),
        ("30INECLPSE01C_MSY02.IOF", "30INECLPSE01C_MSY02.IOF", "", ""),
        ("my map_V12.tif", "MY MAP", "", "12"),
        ("", "", "", ""),
    ],
)
def test_product_ids(product_id: str, exposure: str, level: str, version: str) -> None:
    assert exposure_of(product_id) == Exposure(exposure, level, version)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("REDR", "raw"),
        ("EDR", "raw"),
        ("RDR", "calibrated"),
        ("JUNOCAM-RDR", "calibrated"),
        ("CALIBRATED_IMAGE", "calibrated"),
        ("GEOMED", "without distortion"),
        ("CLEANED_IMAGE", "cleaned"),
        ("MAP_PROJECTED", "map"),
        ("sci", "calibrated"),
        ("jpeg", "picture"),
        ("", "unknown"),
        ("L9", "unknown"),
        *((level, level) for level in LEVELS),
    ],
)
def test_words_of_levels(text: str, level: str) -> None:
    assert level_of(text) == level


def test_calibrated_wins_over_raw_and_a_map_over_both() -> None:
    raw, calibrated = known("JNCE_2023364_57C00012_V01"), known("JNCR_2023364_57C00012_V01")
    mapped = known("JNCR_2023364_57C00012_V01", level="map", sha256="another")
    assert kept(raw, calibrated) == [calibrated.product_id]
    verdicts = superseded([raw, mapped, calibrated])
    assert [verdict.kept for verdict in verdicts] == [False, True, False]
    assert [verdict.by for verdict in verdicts] == [1, None, 1]
    assert verdicts[0].reason == "raw; JNCR_2023364_57C00012_V01 of the same exposure is kept, which is map"
    assert verdicts[1].reason == ""


def test_the_newer_version_wins_only_within_a_level() -> None:
    old, new = known("JNCR_2023364_57C00012_V09"), known("JNCR_2023364_57C00012_V10")
    raw = known("JNCE_2023364_57C00012_V11")
    assert kept(old, new, raw) == [new.product_id]
    assert "version 09; JNCR_2023364_57C00012_V10" in superseded([old, new])[0].reason


def test_versions_are_numbers_with_parts() -> None:
    rows = [known("X", version=version, sha256=version) for version in ("1", "1.2", "1.10", "", "V1.9")]
    assert [verdict.kept for verdict in superseded(rows)] == [False, False, True, False, False]


def test_the_labels_version_counts_before_the_ids() -> None:
    rows = [known("N1356904900_2", version="1"), known("N1356904900_1", version="3")]
    assert kept(*rows) == ["N1356904900_1"]


@pytest.mark.parametrize(
    "change",
    [
        {"band": "BLUE"},
        {"instrument": "JIRAM"},
        {"product_id": "JNCR_2023364_57C00013_V01"},
        {"start_utc": TIME + timedelta(minutes=2)},
    ],
)
def test_what_differs_is_another_exposure(change: dict[str, object]) -> None:
    row = known("JNCE_2023364_57C00012_V01")
    other = replace(row, **{"sha256": "other", **change})
    assert all(verdict.kept for verdict in superseded([row, other]))


def test_small_differences_of_spelling_and_time_are_the_same_exposure() -> None:
    raw = known("JNCE_2023364_57C00012_V01")
    calibrated = known(
        "jncr_2023364_57c00012_v01", instrument="JUNO CAM", band=" red", start_utc=TIME + timedelta(seconds=0.06)
    )
    assert kept(raw, calibrated) == [calibrated.product_id]


def test_a_count_that_both_voyagers_reached_is_two_exposures() -> None:
    first = known("C1639118_CALIB.IMG", start_utc=datetime(1979, 3, 4, tzinfo=UTC))
    second = known("C1639118_GEOMED.IMG", start_utc=datetime(1979, 7, 9, tzinfo=UTC))
    assert kept(first, second) == [first.product_id, second.product_id]
    third = known("C1639118_RAW.IMG", start_utc=datetime(1979, 7, 9, tzinfo=UTC))
    assert kept(first, third, second) == [first.product_id, second.product_id]


def test_an_unknown_time_does_not_part_an_exposure() -> None:
    rows = [known("C1639118_CALIB.IMG", start_utc=None), known("C1639118_GEOMED.IMG")]
    assert kept(*rows) == ["C1639118_GEOMED.IMG"]


def test_without_an_id_only_the_same_bytes_are_the_same() -> None:
    a, b, c = known("", sha256="1"), known("", sha256="1"), known("", sha256="2")
    verdicts = superseded([a, b, c])
    assert [verdict.kept for verdict in verdicts] == [True, False, True]
    assert verdicts[1].reason == "the same bytes as another row"


def test_a_level_that_is_not_known_loses() -> None:
    rows = [known("E6I0032", level="L9"), known("E6I0032", level="REDR", sha256="other")]
    assert [verdict.kept for verdict in superseded(rows)] == [False, True]


def test_equal_copies_are_chosen_by_name_then_bytes_not_by_order() -> None:
    rows = [known("lor_0034974380_0x632_sci_1"), known("lor_0034974380_0x630_sci_1")]
    for order in permutations(rows):
        assert kept(*order) == ["lor_0034974380_0x630_sci_1"]
    assert superseded(rows)[0].reason.startswith("another copy; ")


def test_no_rows() -> None:
    assert superseded([]) == ()


ROWS = st.lists(
    st.builds(
        Known,
        product_id=st.sampled_from(["JNCE_2023364_57C00012_V01", "JNCR_2023364_57C00012_V02", "C1639118_RAW", "X", ""]),
        version=st.sampled_from(["", "1", "2.1", "x"]),
        level=st.sampled_from(["", "EDR", "RDR", "map"]),
        instrument=st.sampled_from(["JunoCam", ""]),
        band=st.sampled_from(["RED", "BLUE"]),
        start_utc=st.sampled_from([None, TIME, TIME + timedelta(hours=1)]),
        sha256=st.sampled_from(["a", "b", "c"]),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, data=st.data())
def test_every_loser_names_a_winner_and_order_never_matters(rows: list[Known], data: st.DataObject) -> None:
    verdicts = superseded(rows)
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.by is not None:
            assert verdicts[verdict.by].kept
            assert (rows[verdict.by].instrument, rows[verdict.by].band) == (row.instrument, row.band)
        assert verdict.kept == (verdict.by is None) == (not verdict.reason)
    shuffled = data.draw(st.permutations(rows))
    chosen = sorted(repr(row) for row, verdict in zip(rows, verdicts, strict=True) if verdict.kept)
    again = sorted(repr(row) for row, verdict in zip(shuffled, superseded(shuffled), strict=True) if verdict.kept)
    assert again == chosen
