import re

import pytest

from iovolc import errors
from iovolc.errors import PROBLEMS, AlgorithmError, Finding, InputError, IovolcError


def test_every_error_has_the_one_root():
    raised = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(raised) > 10
    assert all(issubclass(error, IovolcError) for error in raised)


def test_only_passing_trouble_is_apart_from_the_rest():
    others = [AlgorithmError, InputError, errors.StoreError, errors.ConfigError, errors.DataQualityError]
    assert not any(issubclass(error, errors.TransientIOError) for error in others)


@pytest.mark.parametrize(
    ("leaf", "parent"),
    [
        (errors.UnreadableProduct, InputError),
        (errors.UnsupportedProduct, InputError),
        (errors.AmbiguousGeometry, InputError),
        (errors.StoreConflict, errors.StoreError),
        (errors.StoreCorrupt, errors.StoreError),
    ],
)
def test_leaves_hang_on_their_branch(leaf, parent):
    assert issubclass(leaf, parent)


def test_every_number_stands_for_one_problem() -> None:
    codes = [problem.code for problem in errors._PROBLEMS]
    assert sorted(codes) == sorted(PROBLEMS)


def test_numbers_of_problems_are_well_formed_and_explained():
    for code, problem in PROBLEMS.items():
        assert re.fullmatch(r"E[1-5]\d\d", code)
        assert problem.code == code
        assert problem.title
        assert problem.fix


def test_a_finding_says_what_where_and_how_to_mend():
    text = str(Finding("E301", "img.tif", "it says `yesterday`", row=4, column="time_utc"))
    assert text == (
        "E301 a time cannot be read: img.tif, row 4, column `time_utc`: it says `yesterday`. "
        "Mend: write UTC as ISO 8601, for example 2023-12-30T08:36:00Z."
    )


def test_a_finding_without_a_place_names_the_product_alone():
    assert ": img.tif: gone." in str(Finding("E101", "img.tif", "gone"))


def test_what_strangers_wrote_cannot_steer_a_terminal():
    text = str(Finding("E403", "a\n.tif", "`\x1b[2J\u202egnp`", column="b\n"))
    assert "\n" not in text
    assert "`\\x1b[2J\\u202egnp`" in text
    assert "Universität Zürich, 5 µm" in str(Finding("E403", "a.tif", "Universität Zürich, 5 µm"))


def test_what_strangers_wrote_is_cut_where_it_is_long():
    finding = Finding("E403", "a.tif", "x" * 100_000)
    assert len(finding.detail) == errors.MAX_QUOTED
    assert finding.detail.endswith("x ...")
    assert Finding("E403", "a.tif", "x" * errors.MAX_QUOTED).detail.endswith("xx")


def test_an_input_error_carries_all_its_findings():
    findings = [Finding("E101", "a.tif", "gone"), Finding("E104", "b.tif", "band 9 of 3")]
    error = InputError(iter(findings))
    assert error.findings == tuple(findings)
    assert str(error).splitlines() == [str(finding) for finding in findings]


def test_an_algorithm_error_carries_its_numbers():
    error = AlgorithmError("the fit failed; use more tiles", tiles=3.0, sigma_km=12.5)
    assert error.numbers == {"tiles": 3.0, "sigma_km": 12.5}
    assert str(error) == "the fit failed; use more tiles"
