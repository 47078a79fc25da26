"""What to look at next: places by how likely they changed since anyone looked, and how well they can be seen.

Not a plan of observations: nights, slews and other targets are not known here.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import numpy as np
import pandas as pd

MAX_EMISSION_DEG: Final = 60.0
"""A place counts as seen up to this angle."""
PRIOR_CHANGES: Final = 0.5
PRIOR_YEARS: Final = 1.0
"""What is taken for granted of a place that was hardly watched: half a change in a year."""
CHANGES: Final = ("new", "outburst", "brightening", "fading", "quiescent", "reactivated")
COLUMNS: Final = (
    "site_id", "name", "lat", "lon_w", "activity", "last_look_utc", "days_since", "changes_per_year", "changed", "seen",
    "score",
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
        :data:`COLUMNS`, the best first: ``changed`` is ``1 - exp(-rate * time)``, ``seen`` the share of a turn in which
        the place is seen at less than :data:`MAX_EMISSION_DEG`, ``score`` their product.
    """
    rows = [_row(site, light_curves, at_utc, sub_observer_lats) for site in hotspots.to_dict("records")]
    kept = [row for row in rows if row is not None]
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


def _row(site: Any, curves: pd.DataFrame, at_utc: datetime, lats: Sequence[float]) -> dict[str, Any] | None:
    rows = cast("list[dict[str, Any]]", curves.to_dict("records"))
    mine = (row for row in rows if row["site_id"] == site["site_id"] and row["time_utc"] <= at_utc)
    looks = sorted(mine, key=lambda row: row["time_utc"])
    if not looks:
        return None
    times: list[datetime] = [row["time_utc"].to_pydatetime() for row in looks]
    activity = [row["activity"] for row in looks if isinstance(row["activity"], str)]
    begun = [
        now for before, now in zip(["", *activity[:-1]], activity, strict=True) if now != before and now in CHANGES
    ]
    years = (times[-1] - times[0]) / timedelta(days=_DAYS)
    rate = (len(begun) + PRIOR_CHANGES) / (years + PRIOR_YEARS)
    since = (at_utc - times[-1]) / timedelta(days=1)
    changed = 1.0 - math.exp(-rate * since / _DAYS)
    seen = float(np.mean([share_seen(site["lat"], lat) for lat in lats]))
    return {
        **{name: site[name] for name in ("site_id", "name", "lat", "lon_w", "activity")},
        "last_look_utc": times[-1], "days_since": round(since, 1), "changes_per_year": round(rate, 2),
        "changed": round(changed, 4), "seen": round(seen, 4), "score": round(changed * seen, 4),
    }  # fmt: skip
