"""Labels' text and the values of their keywords."""

from datetime import UTC, datetime

import pytest

from iovolc.archive.labels.keywords import Keywords, bit_pattern, parse_time
from iovolc.archive.labels.pvl_text import MAX_LABEL_BYTES, MAX_TEXT, parse_pvl
from iovolc.archive.labels.values import LabelError

LABEL = b"""CCSD3ZF0000100000001NJPL3IF0PDS200000001 = SFDU_LABEL\r
/* a comment = 5 */\r
^IMAGE = ("A.IMG", 14)\r
PRODUCT_VERSION_ID = 01\r
SPACECRAFT_CLOCK_START_COUNT = 03836008.26\r
EXPOSURE = 195.83 <MS>\r
FILTER_NAME = {RED, BLUE}\r
MEAN = "N/A"\r
MASK = 16#FF7FFFFB#\r
NOTE = "two\r
   lines"\r
Object = Core\r
  Group = Pixels\r
    Type = Real\r
  End_Group\r
EndObject\r
END\r
\x00\xff BINARY = 7"""


@pytest.fixture(scope="module")
def keywords() -> Keywords:
    return Keywords.of(parse_pvl(LABEL))


def test_values_stay_as_written(keywords: Keywords) -> None:
    assert keywords.text("PRODUCT_VERSION_ID") == "01"
    assert keywords.text("SPACECRAFT_CLOCK_START_COUNT") == "03836008.26"
    assert keywords.text("NOTE") == "two lines"
    assert keywords.text("FILTER_NAME") == "BLUE, RED"
    assert keywords.plain()["CORE.PIXELS.TYPE"] == "Real"
    assert "BINARY" not in keywords.values


def test_keywords_are_found_by_the_end_of_their_path(keywords: Keywords) -> None:
    assert keywords.text("PIXELS.TYPE") == keywords.text("TYPE") == "Real"
    assert keywords.text("NOTHING", "MEAN", "TYPE") == "Real"


def test_numbers_come_in_the_unit_asked_for(keywords: Keywords) -> None:
    assert keywords.number("EXPOSURE", unit="s") == pytest.approx(0.19583)
    assert keywords.number("MEAN") is None
    assert keywords.number("MASK") == 0xFF7FFFFB
    with pytest.raises(LabelError, match="in `ms`"):
        keywords.number("EXPOSURE", unit="km")
    with pytest.raises(LabelError, match="not a number"):
        keywords.number("NOTE")
    with pytest.raises(LabelError, match="not a whole number from 1 to 9"):
        keywords.integer("EXPOSURE", low=1, high=9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1997-02-19T21:07:27.314Z", datetime(1997, 2, 19, 21, 7, 27, 314000, UTC)),
        ("1997-050T21:07:27.314", datetime(1997, 2, 19, 21, 7, 27, 314000, UTC)),
        ("2000-366", datetime(2000, 12, 31, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("1997-366", None),
        ("1997-02-30", None),
        ("1997-02-19T25:00", None),
        ("yesterday", None),
    ],
)
def test_times_of_archives(text: str, expected: datetime | None) -> None:
    assert parse_time(text) == expected


def test_bit_patterns() -> None:
    assert [bit_pattern(text) for text in ("16#FF#", "2#101#", "-12", "8#9#", "x")] == [255, 5, -12, None, None]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"A = 5\n", "no END"),
        (b"", "no END"),
        (b"A = (1, 2\nEND\n", "cannot be read"),
        (b'A = "open\nEND\n', "cannot be read"),
        (b"A = " + b"(" * 5000 + b"\nEND\n", "cannot be read"),
        (b"Group = A\n" * 14 + b"End_Group\n" * 14 + b"END\n", "deep"),
        (b"A = 1\n" * 6000 + b"END\n", "more than 5000 statements"),
        (b"A=" * 200 + b"\nEND\n", "cannot be read"),
        (b'A = "x y" = C\nEND\n', "cannot be read"),
        (b"Group = G\nA = (1, 2) = C\nEnd_Group\nEND\n", "cannot be read"),
        (b" " * (MAX_TEXT + 1) + b"\nEND\n", "bytes, more than"),
        (b" " * MAX_LABEL_BYTES + b"\nEND\n", "no END"),
    ],
)
def test_what_is_no_label_is_refused_with_its_reason(content: bytes, detail: str) -> None:
    with pytest.raises(LabelError, match=detail):
        Keywords.of(parse_pvl(content))


def test_statements_without_a_value_are_blanks() -> None:
    keywords = Keywords.of(parse_pvl(b"A = \nB = 5\nC =\nEND\n"))
    assert (keywords.text("A"), keywords.number("B"), keywords.text("C")) == ("", 5.0, "")
