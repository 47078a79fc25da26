"""Lists truth beside finding: which replayed eruptions were found, how well, and which events match none."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from iovolc.demo.eruptions import DAYS_PER_YEAR
from iovolc.demo.surface import BANDS
from iovolc.demo.view import distance_km

Verdict = Literal["found", "missed", "not required", "false"]

MIN_EXPLAINED: Final = 0.03
"""Changes of ln albedo smaller than this explain no event."""
DEFAULT_RESOLUTION_KM: Final = 20.0
_RISES: Final = ("brightening", "whitening")
_FALLS: Final = ("darkening", "reddening")

COMPARISON_COLUMNS: Final = (
    "truth_id", "site", "verdict", "must_find", "reason", "truth_lat", "truth_lon_e", "truth_onset_utc",
    "truth_area_km2", "truth_band", "truth_contrast", "resolution_elements", "event_id", "kind", "tier", "lat",
    "lon_e", "distance_km", "onset_after_utc", "onset_before_utc", "onset_holds", "area_km2", "area_ratio",
    "other_events",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """An event of the run, as far as it matters here; times are NaT where unknown."""

    row: Any
    distance_km: float

    @property
    def order(self) -> tuple[str, pd.Timestamp, float, str]:
        before = self.row.onset_before_utc
        return (
            self.row.tier,
            pd.Timestamp.max.tz_localize("UTC") if pd.isna(before) else before,
            -self.row.area_km2,
            (self.row.event_id),
        )


def compare(truth: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Truth beside finding.

    An event finds an eruption if it has the sign of the eruption's strongest band, lies within its equivalent radius
    (or two resolution elements, if that is more) and is not said to have been seen before the eruption began. Of
    several the best tier, then the earliest, then the largest is listed. An event is false if it finds none and no
    eruption's growth or fading explains it.

    Parameters
    ----------
    truth : DataFrame
        Columns of :data:`iovolc.demo.expect.TRUTH_COLUMNS`, from memory or read back from ``truth.csv``.
    events : DataFrame
        Schema :data:`iovolc.model.tables.EVENTS`.

    Returns
    -------
    DataFrame
        :data:`COMPARISON_COLUMNS`: one row per eruption in the order of ``truth``, then one per false event by id.
    """
    ours = list(truth.assign(onset_utc=pd.to_datetime(truth["onset_utc"], utc=True)).itertuples(index=False))
    theirs = _events(events)
    finders = [[found for found in _near(one, theirs) if _finds(one, found)] for one in ours]
    rows = [_truth_row(one, min(found, key=lambda f: f.order, default=None), len(found))
            for one, found in zip(ours, finders, strict=True)]  # fmt: skip
    used = {found.row.event_id for group in finders for found in group}
    used |= {found.row.event_id for one in ours for found in _near(one, theirs) if _explains(one, found.row)}
    false = sorted((row for row in theirs if row.event_id not in used), key=lambda row: row.event_id)
    rows += [{"verdict": "false", **_event_part(row)} for row in false]
    table = pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))
    return table.astype({"must_find": "boolean", "onset_holds": "boolean", "other_events": "Int64"})


def _events(events: pd.DataFrame) -> list[Any]:
    times = {name: pd.to_datetime(events[name], utc=True) for name in ("onset_after_utc", "onset_before_utc")}
    return list(events.assign(**times).itertuples(index=False))


def _near(one: Any, events: Iterable[Any]) -> list[_Found]:
    """The events within the eruption's farthest edge, two resolution elements allowed."""
    rows = list(events)
    if not rows:
        return []
    lats, lons = np.array([row.lat for row in rows]), np.array([row.lon_e for row in rows])
    distances = distance_km(one.lat, one.lon_e, lats, lons)
    limit = one.reach_km + 2.0 * _resolution_km(one)
    return [_Found(row, float(d)) for row, d in zip(rows, distances, strict=True) if d <= limit]


def _finds(one: Any, found: _Found) -> bool:
    row = found.row
    close = found.distance_km <= max(one.radius_km, 2.0 * _resolution_km(one))
    not_early = pd.isna(row.onset_before_utc) or row.onset_before_utc >= one.onset_utc
    return close and not_early and _sign(one, row) > 0


def _explains(one: Any, row: Any) -> bool:
    """Whether the eruption's own history, its fading included, makes such an event where it lies."""
    until = _contrast(one, row.onset_before_utc, late=True)
    since = _contrast(one, row.onset_after_utc, late=False)
    sign = 1 if one.deposits > 1 else _sign(one, row)
    if sign > 0 and until > MIN_EXPLAINED:
        return True
    return (sign < 0 or one.deposits > 1) and since - until > MIN_EXPLAINED


def _sign(one: Any, row: Any) -> int:
    """+1 if the event changed as the eruption did, -1 if the other way; by the eruption's strongest common band."""
    for band in sorted(BANDS, key=lambda name: -abs(getattr(one, f"contrast_{name}"))):
        value = getattr(row, f"dlna_{band}", math.nan)
        if value is not None and not math.isnan(value) and value != 0.0:
            return 1 if value * getattr(one, f"contrast_{band}") > 0 else -1
    rises = getattr(one, f"contrast_{one.band}") > 0
    if row.kind in _RISES or row.kind in _FALLS:
        return 1 if (row.kind in _RISES) == rises else -1
    return -1 if row.kind == "fading" else 1


def _contrast(one: Any, time: pd.Timestamp, *, late: bool) -> float:
    """Size of the eruption's contrast at a time; an unknown time is the onset (late) or long before (not late)."""
    peak = max(abs(getattr(one, f"contrast_{band}")) for band in BANDS)
    if pd.isna(time):
        return peak if late else 0.0
    days = (time - one.onset_utc).total_seconds() / 86400.0
    if days <= 0.0:
        return 0.0
    return peak * min(1.0, days / one.growth_days) * math.exp(-days / DAYS_PER_YEAR / one.fade_years)


def _resolution_km(one: Any) -> float:
    return DEFAULT_RESOLUTION_KM if pd.isna(one.resolution_km) else float(one.resolution_km)


def _truth_row(one: Any, found: _Found | None, count: int) -> dict[str, Any]:
    verdict: Verdict = "found" if found else "missed" if one.must_find else "not required"
    row: dict[str, Any] = {
        "truth_id": one.truth_id,
        "site": one.site,
        "verdict": verdict,
        "must_find": bool(one.must_find),
        "reason": one.reason,
        "truth_lat": one.lat,
        "truth_lon_e": one.lon_e,
        "truth_onset_utc": one.onset_utc,
        "truth_area_km2": one.area_km2,
        "truth_band": one.band,
        "truth_contrast": getattr(one, f"contrast_{one.band}"),
        "resolution_elements": one.resolution_elements,
        "other_events": max(count - 1, 0),
    }
    if found is None:
        return row
    return (
        row
        | _event_part(found.row)
        | {
            "distance_km": round(found.distance_km, 1),
            "onset_holds": _holds(one, found.row),
            "area_ratio": round(found.row.area_km2 / one.area_km2, 3),
        }
    )


def _event_part(row: Any) -> dict[str, Any]:
    names = ("event_id", "kind", "tier", "lat", "lon_e", "onset_after_utc", "onset_before_utc", "area_km2")
    return {name: getattr(row, name) for name in names}


def _holds(one: Any, row: Any) -> bool | None:
    """Whether the onset interval holds the truth; None where the event claims no onset."""
    if pd.isna(row.onset_before_utc):
        return None
    after_ok = pd.isna(row.onset_after_utc) or row.onset_after_utc <= one.onset_utc
    return bool(after_ok and one.onset_utc <= row.onset_before_utc)
