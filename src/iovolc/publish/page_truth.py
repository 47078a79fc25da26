"""Truth beside finding, as the page shows it: the columns of :func:`iovolc.demo.truth.compare` in plain words."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from iovolc.publish.drawing import place_text
from iovolc.publish.wording import NOTHING, count, date, is_known, onset, quantity

Row = Mapping[Any, Any]

MARKS: Final = {"found": "✓", "missed": "✗", "not required": "○", "false": "!"}
"""A sign before each verdict, so that colour is not needed to tell them apart."""
_MEANING: Final = {
    "found": "an event of the right sign lies at the place, and not before the eruption began",
    "missed": "it was well visible, and no event fits",
    "not required": "it could not have been seen well, so it does not count if it was not found",
    "false": "an event that no eruption explains",
}


def truth_view(table: pd.DataFrame | None, linked: set[str]) -> dict[str, Any] | None:
    """The sentence, the legend and the rows of the truth table; None if nothing is known of the truth.

    Parameters
    ----------
    table : DataFrame or None
        Columns of :data:`iovolc.demo.truth.COMPARISON_COLUMNS`.
    linked : set of str
        Event ids that the page shows.
    """
    if table is None:
        return None
    rows = table.to_dict("records")
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in MARKS}
    return {
        "sentence": _sentence(counts),
        "legend": [(MARKS[verdict], verdict, meaning) for verdict, meaning in _MEANING.items() if counts[verdict]],
        "rows": [_row(row, linked) for row in rows],
    }


def _sentence(counts: Mapping[str, int]) -> str:
    required = counts["found"] + counts["missed"]
    text = f"Of {count(required, 'replayed eruption')} that were found or had to be, {counts['found']} were found"
    text += f" and {counts['missed']} missed."
    if counts["not required"]:
        text += f" {count(counts['not required'], 'more eruption')} could not be seen well enough to be required."
    return f"{text} {count(counts['false'], 'event')} of tier A or B matched no eruption."


def _row(row: Row, linked: set[str]) -> dict[str, Any]:
    event = row["event_id"] if is_known(row["event_id"]) else None
    return {
        "mark": MARKS[row["verdict"]],
        "verdict": row["verdict"],
        "class": row["verdict"].replace(" ", "-"),
        "site": row["site"] if is_known(row["site"]) else "no eruption",
        "was": _was(row),
        "began": date(row["truth_onset_utc"]),
        "event": event or NOTHING,
        "link": event if event in linked else None,
        "what": f"{row['kind']}, tier {row['tier']}" if event else "",
        "where": f"{_where(row)}; {_area(row)}" if event else NOTHING,
        "onset": _onset(row) if event else NOTHING,
        "remark": _remark(row),
    }


def _was(row: Row) -> str:
    if not is_known(row["truth_lat"]):
        return NOTHING
    change = f"{row['truth_contrast']:+.2f} ln albedo in {row['truth_band']}"
    place = place_text(row["truth_lat"], row["truth_lon_e"])
    return f"{place}; {quantity(row['truth_area_km2'])} km², {change}"


def _where(row: Row) -> str:
    if is_known(row["distance_km"]):
        return f"{row['distance_km']:.0f} km off"
    return place_text(row["lat"], row["lon_e"])


def _onset(row: Row) -> str:
    held = {True: ": holds the truth", False: ": misses the truth"}
    return onset(row) + (held[bool(row["onset_holds"])] if is_known(row["onset_holds"]) else "")


def _area(row: Row) -> str:
    ratio = f" ({row['area_ratio']:.2f} of the truth)" if is_known(row["area_ratio"]) else ""
    return f"{quantity(row['area_km2'])} km²{ratio}"


def _remark(row: Row) -> str:
    others = row["other_events"]
    texts = [row["reason"]] if is_known(row["reason"]) and row["reason"] else []
    if is_known(others) and others > 0:
        texts.append(f"{count(int(others), 'more event')} of it")
    return "; ".join(texts) or NOTHING
