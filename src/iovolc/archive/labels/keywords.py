"""The keywords of a label as one flat view, and values of a stated kind and unit from them.

A keyword is sought by its name or by the end of its path (``CORE.FORMAT``); the first of several names that the label
fills counts. Words such as ``N/A`` and ``UNK`` are blanks. Not for what a keyword means for the image.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from iovolc.archive.labels.values import Group, LabelError, Text, Value, flatten

BLANKS: Final = frozenset(
    {"", "N/A", "NA", "NULL", "NONE", "UNK", "UNKNOWN", "NOT APPLICABLE", "UNDEFINED", "INVALID", "-"}
)
UNITS: Final = MappingProxyType(
    {
        "km": {"km": 1.0, "kilometer": 1.0, "kilometers": 1.0, "m": 1e-3, "meter": 1e-3, "meters": 1e-3},
        "km/pixel": {"km/pixel": 1.0, "km/pix": 1.0, "kilometers/pixel": 1.0, "km": 1.0, "m/pixel": 1e-3, "m/pix": 1e-3,
                     "meters/pixel": 1e-3, "m": 1e-3},
        "pixel/deg": {"pixel/deg": 1.0, "pix/deg": 1.0, "pixel/degree": 1.0, "pixels/degree": 1.0, "pix/degree": 1.0},
        "deg": {"deg": 1.0, "degree": 1.0, "degrees": 1.0, "rad": math.degrees(1.0), "radians": math.degrees(1.0)},
        "s": {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3,
              "millisecond": 1e-3},
        "um": {"um": 1.0, "µm": 1.0, "micrometer": 1.0, "micrometers": 1.0, "micron": 1.0, "microns": 1.0, "nm": 1e-3,
               "nanometer": 1e-3, "nanometers": 1e-3},
    }
)  # fmt: skip
"""Factors from the spellings of labels to the units that iovolc works in."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d{1,3})?")
_RADIX: Final = re.compile(r"([+-]?)(2|8|16)#([+-]?)([0-9A-Fa-f]{1,16})#")
_INTEGER: Final = re.compile(r"[+-]?\d{1,20}")
_TIME: Final = re.compile(
    r"(?P<year>\d{4})-(?:(?P<doy>\d{3})|(?P<month>\d{1,2})-(?P<day>\d{1,2}))"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}(?:\.\d{0,9})?))?)?Z?"
)


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of a label.

    Parameters
    ----------
    values : mapping of str to value
        By upper-case path, groups joined by dots, in the order of the label's levels.
    """

    values: Mapping[str, Value]
    _by_end: Mapping[str, Value] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_end: dict[str, Value] = dict(self.values)
        for path, value in self.values.items():
            parts = path.split(".")
            for first in range(1, len(parts)):
                by_end.setdefault(".".join(parts[first:]), value)
        object.__setattr__(self, "_by_end", by_end)

    @classmethod
    def of(cls, root: Group) -> "Keywords":
        """The keywords of a parsed label."""
        return cls(flatten(root))

    def find(self, *names: str) -> Value | None:
        """The value of the first of these keywords that is filled."""
        for name in names:
            value = self._by_end.get(name)
            if value is not None and not (isinstance(value, Text) and value.text.upper() in BLANKS):
                return value
        return None

    def text(self, *names: str) -> str:
        """As one line; several words are joined by commas. Empty where no keyword is filled."""
        value = self.find(*names)
        return "" if value is None else as_text(value)

    def number(self, *names: str, unit: str = "", assume: float | None = 1.0) -> float | None:
        """A finite number in one of :data:`UNITS`, or without unit; None where there is none.

        Parameters
        ----------
        *names : str
            Keywords.
        unit : str
            Key of :data:`UNITS`; empty leaves the number as it is.
        assume : float or None
            Factor where the label writes no unit; None refuses such a number.

        Raises
        ------
        LabelError
            If the label writes a unit that is not known for this kind, or no number.
        """
        value = self.find(*names)
        if value is None:
            return None
        if not isinstance(value, Text):
            raise LabelError(f"`{names[0]}` holds several values where one number is wanted")
        number = plain_number(value.text)
        if number is None:
            raise LabelError(f"`{names[0]}` is `{value.text[:40]}`, not a number")
        if not unit:
            return number
        factor = UNITS[unit].get(value.unit) if value.unit else assume
        if factor is None:
            raise LabelError(f"`{names[0]}` is in `{value.unit or 'no unit'}`; known are {', '.join(UNITS[unit])}")
        return number * factor

    def integer(self, *names: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within a range.

        Raises
        ------
        LabelError
            If it is missing without a default, not whole or outside the range.
        """
        number = self.number(*names)
        if number is None:
            if default is None:
                raise LabelError(f"the label does not give `{names[0]}`")
            return default
        if number != int(number) or not low <= number <= high:
            raise LabelError(f"`{names[0]}` is {number:g}, not a whole number from {low} to {high}")
        return int(number)

    def integers(self, *names: str, count: int, low: int, high: int) -> tuple[int, ...]:
        """Several whole numbers within a range.

        Raises
        ------
        LabelError
            If there are not just so many.
        """
        value = self.find(*names)
        numbers = [plain_number(as_text(item)) for item in value] if isinstance(value, tuple) else []
        whole = tuple(int(number) for number in numbers if number is not None and number == int(number))
        if len(whole) != count or not all(low <= number <= high for number in whole):
            raise LabelError(f"`{names[0]}` is not {count} whole numbers from {low} to {high}")
        return whole

    def items(self, *names: str) -> tuple[Value, ...]:
        """The values of a list; a single value is a list of one; empty where no keyword is filled."""
        value = self.find(*names)
        if value is None:
            return ()
        return value if isinstance(value, tuple) else (value,)

    def time(self, *names: str) -> datetime | None:
        """A time in UTC; None where the keyword is blank or holds no time."""
        return parse_time(self.text(*names))

    def plain(self) -> dict[str, str]:
        """All keywords that hold one value, as text."""
        return {path: value.text for path, value in self.values.items() if isinstance(value, Text)}


def as_text(value: Value) -> str:
    """A value as one line of text."""
    return value.text if isinstance(value, Text) else ", ".join(as_text(item) for item in value)


def plain_number(text: str) -> float | None:
    """The finite number that a label writes, also as ``16#FF#``; None if it is none."""
    if _NUMBER.fullmatch(text):
        number = float(text.upper().replace("D", "E"))
        return number if math.isfinite(number) else None
    bits = bit_pattern(text)
    return None if bits is None else float(bits)


def bit_pattern(text: str) -> int | None:
    """The whole number that a label writes in base 2, 8, 10 or 16; None if it is none."""
    if _INTEGER.fullmatch(text):
        return int(text)
    match = _RADIX.fullmatch(text)
    if match is None:
        return None
    try:
        return int(match[1] + match[3] + match[4], int(match[2]))
    except ValueError:
        return None


def parse_time(text: str) -> datetime | None:
    """A time of an archive's label: calendar or day-of-year date, with or without Z; it is UTC either way.

    A leap second becomes the first instant after it. A date alone is its first instant.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        if match["doy"]:
            start = datetime(int(match["year"]), 1, 1, tzinfo=UTC) + timedelta(days=int(match["doy"]) - 1)
        else:
            start = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
        hour, minute, second = int(match["hour"] or 0), int(match["minute"] or 0), float(match["second"] or 0.0)
        if hour > 23 or minute > 59 or second >= 61.0 or (match["doy"] and start.year != int(match["year"])):
            return None
        return start + timedelta(hours=hour, minutes=minute, microseconds=round(second * 1e6))
    except (ValueError, OverflowError):
        return None
