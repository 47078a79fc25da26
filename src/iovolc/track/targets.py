"""What to look at next: places by how likely they changed since anyone looked, and how well they can be seen.

Not a plan of observations: nights, slews and other targets are not known here.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from iovolc.track.heat_summary import LASTING_DAYS, days_of, lead_looks, probabilities
from iovolc.track.hotspot_rates import exposure_days, rate

MAX_EMISSION_DEG: Final = 60.0
"""A place counts as seen up to this angle."""
PRIOR_CHANGES: Final = 0.5
PRIOR_YEARS: Final = 1.0
"""What is taken for granted of a place that was hardly watched: half a change in a year."""
ADEQUATE: Final = 0.8
"""A look counts as the last one if it shows the place with this probability."""
CHANGES: Final = ("new", "outburst", "brightening", "fading", "quiescent", "reactivated")
COLUMNS: Final = (
    "site_id", "name", "lat", "lon_w", "activity", "last_look_utc", "days_since", "changes", "watched_years",
    "changes_per_year", "low_per_year", "high_per_year", "changed", "seen", "score",
)  # fmt: skip
_DAYS: Final = 365.25


def rank_targets(
    hotspots: pd.DataFrame, light_curves: pd.DataFrame, at_utc: datetime, *, sub_observer_lats: Sequence[float] = (0.0,)
) -> pd.DataFrame:
    """Hot spots by the probability of a change since the last look times the share of time they can be seen.

    Parameters
    ----------
    hotspots, light_curves : DataFrame
        Schemas :data:`iovolc.model.tables.HOTSPOTS` and :data:`iovolc.model.tables.LIGHT_CURVES`.
    at_utc : datetime
        When the next look would be; later looks of the tables do not count.
    sub_observer_lats : sequence of float
        Latitudes over which the observer stands: about 0 from Earth, both signs for a polar orbit. Io turns below.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`, the best first. ``changes_per_year`` is the number of changes over the time watched, with
        Garwood's 95 % limits; ``changed`` is ``1 - exp(-rate * time)`` since the last adequate look, at a rate that
        :data:`PRIOR_CHANGES` in :data:`PRIOR_YEARS` keep from nought; ``seen`` the share of a turn in which the place
        is seen at less than :data:`MAX_EMISSION_DEG`; ``score`` the product of both.
    """
    before = light_curves[light_curves["time_utc"] <= at_utc]
    series = {str(site): lead_looks(looks) for site, looks in before.groupby("site_id", sort=True)}
    kept = [
        _row(site, series[site["site_id"]], at_utc, sub_observer_lats) for site in hotspots.to_dict("records")
        if not series.get(site["site_id"], before[:0]).empty
    ]  # fmt: skip
    frame = pd.DataFrame(kept, columns=list(COLUMNS))
    return frame.sort_values(["score", "site_id"], ascending=[False, True], ignore_index=True)


def share_seen(lat: float, sub_observer_lat: float) -> float:
    """Share of Io's turn in which a place is seen at less than :data:`MAX_EMISSION_DEG` from far away."""
    cos, sin = math.cos(math.radians(lat)), math.sin(math.radians(lat))
    below = math.cos(math.radians(sub_observer_lat)), math.sin(math.radians(sub_observer_lat))
    along, across = math.cos(math.radians(MAX_EMISSION_DEG)) - sin * below[1], cos * below[0]
    if abs(along) >= across:
        return 1.0 if along < 0.0 else 0.0
    return math.acos(along / across) / math.pi


def _row(site: Any, series: pd.DataFrame, at_utc: datetime, lats: Sequence[float]) -> dict[str, Any]:
    shown = probabilities(series)
    found = rate(_changes(series), exposure_days(days_of(series), shown, LASTING_DAYS))
    likely = (found.events + PRIOR_CHANGES) / (found.exposure_years + PRIOR_YEARS)
    adequate = series["time_utc"][[probability >= ADEQUATE for probability in shown]]
    last = (adequate if len(adequate) else series["time_utc"]).iloc[-1].to_pydatetime()
    since = (at_utc - last) / timedelta(days=1)
    changed = 1.0 - math.exp(-likely * since / _DAYS)
    seen = float(np.mean([share_seen(site["lat"], lat) for lat in lats]))
    return {
        **{name: site[name] for name in ("site_id", "name", "lat", "lon_w", "activity")},
        "last_look_utc": last, "days_since": round(since, 1),
        "changes": found.events, "watched_years": round(found.exposure_years, 3),
        "changes_per_year": round(found.per_year, 2),
        "low_per_year": round(found.low_per_year, 2), "high_per_year": round(found.high_per_year, 2),
        "changed": round(changed, 4), "seen": round(seen, 4), "score": round(changed * seen, 4),
    }  # fmt: skip


def _changes(series: pd.DataFrame) -> int:
    """How often the activity of a place became one of :data:`CHANGES`."""
    told = series["activity"].dropna()
    return int((told.isin(CHANGES) & (told != told.shift())).sum())
