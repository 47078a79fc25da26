"""The words of a label by the end of their path, whatever its case and underscores, and numbers and times from them.

Not for what a word means; descriptors know that (:mod:`iovolc.archive.instrument`).
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from iovolc.archive.instrument_parts import UNITS, Keyword, plain
from iovolc.geometry.longitudes import wrap180
from iovolc.model.observation import parse_utc

BLANKS: Final = frozenset({"", "NA", "UNK", "UNKNOWN", "NULL", "NONE", "NOTAPPLICABLE", "UNDEFINED"})
_NUMBER: Final = re.compile(r"([-+]?[0-9.]+(?:[eEdD][-+]?\d+)?)\s*(?:<([^<>]+)>|([A-Za-z]+))?")
_UNIT: Final = re.compile(r"\s*(?:<[^<>]*>|Z|UTC)\s*$", re.IGNORECASE)
_ORDINAL: Final = ("%Y-%jT%H:%M:%S.%f", "%Y-%jT%H:%M:%S", "%Y-%jT%H:%M")


@dataclass(frozen=True, slots=True)
class Words:
    """The filled keywords of a label.

    Parameters
    ----------
    by_end : mapping of str to str
        By every end of their path, letters and digits only, joined by dots; the shallowest of equal ends counts.
    """

    by_end: Mapping[str, str]

    @classmethod
    def of(cls, keywords: Mapping[str, str]) -> Self:
        """From the keywords of :class:`~iovolc.archive.product.Facts`."""
        by_end: dict[str, str] = {}
        for path in sorted(keywords, key=lambda path: path.count(".")):
            text = keywords[path].strip().strip("\"'")
            parts = [plain(part) for part in path.split(".")]
            if plain(text) not in BLANKS:
                for first in range(len(parts)):
                    by_end.setdefault(".".join(parts[first:]), text)
        return cls(by_end)

    def text(self, name: str) -> str:
        """The value of a keyword; empty without one."""
        return self.by_end.get(".".join(plain(part) for part in name.split(".")), "")

    def texts(self, keywords: Iterable[Keyword]) -> list[str]:
        """The values of those of these keywords that are filled."""
        return [text for keyword in keywords if (text := self.text(keyword.name))]

    def first(self, keywords: Iterable[Keyword]) -> str:
        """The first of :meth:`texts`; empty without one."""
        return next(iter(self.texts(keywords)), "")

    def number(self, keywords: Iterable[Keyword]) -> float | None:
        """The first number, in seconds, kilometres or degrees; with ``mean_with`` the middle of two.

        A unit written in the label counts before that of the keyword. The middle of two angles is taken on the shorter
        arc.
        """
        for keyword in keywords:
            value = number_of(self.text(keyword.name), keyword.unit)
            other = number_of(self.text(keyword.mean_with), keyword.unit) if keyword.mean_with else None
            if value is not None:
                return value if other is None else value + wrap180(other - value) / 2.0
        return None

    def time(self, keywords: Iterable[Keyword]) -> datetime | None:
        """The first time, UTC."""
        times = (time_of(text) for text in self.texts(keywords))
        return next((time for time in times if time is not None), None)


def number_of(text: str, unit: str = "") -> float | None:
    """A finite number with or without a unit behind it; None for anything else, or an unknown unit."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    written = (match[2] or match[3] or unit).strip().lower()
    factor = UNITS.get(written) if written else 1.0
    try:
        value = float(match[1].upper().replace("D", "E"))
    except ValueError:
        return None
    return value * factor if factor is not None and math.isfinite(value) else None


def time_of(text: str) -> datetime | None:
    """A UTC time in ISO 8601, also with the day of the year; None for anything else."""
    bare = _UNIT.sub("", text.strip())
    try:
        return parse_utc(bare)
    except ValueError:
        pass
    for form in _ORDINAL:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
