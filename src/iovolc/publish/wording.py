"""Numbers, days and areas as texts for people."""

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

NOTHING: Final = "\N{EN DASH}"

Row = Mapping[Any, Any]


def quantity(value: float) -> str:
    """An area to three significant digits, thousands apart."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}".replace(",", "\u202f") if rounded >= 100 else f"{rounded:g}"


def number(value: Any, digits: int | None) -> str:
    """A number rounded to decimals, or to four digits if None; other values as they are; a dash for none."""
    if not is_known(value):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if digits is None else f"{value:.{digits}f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(number(item, digits) for item in value)
    return str(value)


def words(name: str) -> str:
    """A column name or flag as words; units stay at the end."""
    return name.replace("_", " ")


def date(value: Any) -> str:
    """The day of a time; a dash for none."""
    return f"{value:%Y-%m-%d}" if is_known(value) else NOTHING


def onset(row: Row) -> str:
    """When it began, as an interval, or why nothing is claimed."""
    after, before = row["onset_after_utc"], row["onset_before_utc"]
    if is_known(after) and is_known(before):
        return f"{date(after)} to {date(before)}"
    if is_known(before):
        return f"before {date(before)}"
    return f"after {date(after)}" if is_known(after) else "not claimed"


def place_of(event: Row) -> str:
    """A short description of an event for people: kind, place and nearest name."""
    named = is_known(event["nearest_feature"]) and event["nearest_feature"]
    near = f", {event['nearest_km']:.0f} km from {event['nearest_feature']}" if named else ""
    side = "S" if event["lat"] < 0 else "N"
    return f"{event['kind']} at {abs(event['lat']):.1f} {side} {event['lon_w']:.1f} W{near}"


def is_known(value: Any) -> bool:
    """Whether there is a value: not None, NaN, NaT or NA."""
    return not (value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)))


def count(many: int, noun: str) -> str:
    """``1 event``, ``2 events``."""
    return f"{many} {noun}" if many == 1 else f"{many} {noun}s"
