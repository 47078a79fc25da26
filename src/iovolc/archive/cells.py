"""One cell of a catalogue: from text to a value of its column's kind, or a finding that names the column.

Not for rules between columns; those are in :mod:`iovolc.archive.rows`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from iovolc.archive.crs import why_refused
from iovolc.archive.fields import Column
from iovolc.archive.origin import Origin
from iovolc.archive.paths import why_not_plain
from iovolc.errors import Finding
from iovolc.model.observation import parse_utc

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INTEGER: Final = re.compile(r"\d{1,18}")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_AUTHORITY: Final = re.compile(r"(IAU:2015|[A-Za-z][A-Za-z0-9_]*):(\d+)")
PROJECTIONS: Final = ("label", "bounds", "disc")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: an instant, or a whole day from its first to its last second."""

    first: datetime
    last: datetime

    @property
    def middle(self) -> datetime:
        """The middle, to the whole second."""
        return self.first + (self.last - self.first) // timedelta(seconds=2) * timedelta(seconds=1)


CellValue = str | float | int | Moment


class CellError(ValueError):
    """A cell that cannot be used; carries the finding's code and detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def read_cells(
    columns: Mapping[str, Column], cells: Mapping[str, str], origin: Origin
) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a row by column, and what is wrong with its other cells; a blank in a required column is E503.

    Parameters
    ----------
    columns : mapping of str to Column
        What the row may hold.
    cells : mapping of str to str
        Texts by column.
    origin : Origin
        For the messages.
    """
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, column in columns.items():
        text = cells.get(name, "").strip()
        if text:
            value = read_cell(column, text, origin)
            if isinstance(value, Finding):
                findings.append(value)
            else:
                values[name] = value
        elif column.required:
            findings.append(origin.finding("E503", "the cell is blank", name))
    return values, findings


def read_cell(column: Column, text: str, origin: Origin) -> CellValue | Finding:
    """The value of one cell that is not blank.

    Parameters
    ----------
    column : Column
        What the cell should hold.
    text : str
        The cell, stripped of surrounding blanks.
    origin : Origin
        For the message.

    Returns
    -------
    str, float, int, Moment or Finding
        A finding (E2xx to E4xx) if the text cannot be used.
    """
    try:
        return _READERS[column.kind](column, text)
    except CellError as error:
        return origin.finding(error.code, error.detail, column.name)


def _read_text(_column: Column, text: str) -> str:
    return text


def _read_path(_column: Column, text: str) -> str:
    reason = why_not_plain(text)
    if reason:
        raise CellError("E106", reason)
    return text


def _read_id(_column: Column, text: str) -> str:
    if _ID.fullmatch(text) is None:
        raise CellError("E403", f"`{text}` is no id: letters, digits, `.`, `_` and `-`, at most 120, allowed")
    return text


def _read_choice(column: Column, text: str) -> str:
    if text not in column.choices:
        raise CellError("E403", f"`{text}`; allowed are {', '.join(column.choices)}")
    return text


def _read_number(column: Column, text: str) -> float:
    if column.name == "nodata" and text.lower() == "nan":
        return math.nan
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    if not math.isfinite(number):
        raise CellError("E401", f"`{text}` is not a plain number; the decimal mark is a point")
    if column.name == "scale" and number == 0.0:
        raise CellError("E401", "a scale of 0 leaves no image")
    _check_range(column, number, text)
    return number


def _read_integer(column: Column, text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise CellError("E401", f"`{text}` is not a whole number")
    _check_range(column, int(text), text)
    return int(text)


def _check_range(column: Column, number: float, text: str) -> None:
    below = (column.low is not None and number < column.low) or (column.positive and number <= 0.0)
    above = column.high is not None and number > column.high
    if below or above:
        unit = f" {column.unit}" if column.unit else ""
        raise CellError(column.range_code, f"`{text}`{unit} is outside the range: {column.range_text}")


def _read_time(_column: Column, text: str) -> Moment:
    try:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            instant = parse_utc(text).replace(microsecond=0)
            return Moment(instant, instant)
    except (ValueError, OverflowError) as error:
        raise CellError("E301", f"`{text}` is no ISO 8601 time") from error
    return Moment(datetime.combine(day, time(0, 0, 0), UTC), datetime.combine(day, time(23, 59, 59), UTC))


def _read_projection(_column: Column, text: str) -> str:
    if text in PROJECTIONS:
        return text
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        raise CellError("E403", f"`{text}`; allowed are {', '.join(PROJECTIONS)} or a code such as IAU_2015:50110")
    code = f"{match[1].replace('IAU:2015', 'IAU_2015')}:{match[2]}"
    refused = why_refused(code)
    if refused is not None:
        raise CellError("E202", refused)
    return code


_READERS: Final = {
    "path": _read_path,
    "text": _read_text,
    "id": _read_id,
    "choice": _read_choice,
    "number": _read_number,
    "integer": _read_integer,
    "time": _read_time,
    "projection": _read_projection,
}
