"""What all hot spots say together: how often eruptions begin, and how much they radiate.

Not for single places (:mod:`iovolc.track.hotspots`).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import pandas as pd

from iovolc.track.hotspot_rates import censored_total, exposure_days, rate
from iovolc.track.hotspot_states import detection_probability

BEGINNINGS: Final = ("new", "brightening", "outburst", "reactivated")
LASTING_DAYS: Final = 30.0
"""For so long an eruption stays visible: what it counts as having been watched."""


def eruption_rate(light_curves: pd.DataFrame) -> dict[str, Any] | None:
    """How often eruptions began at the places of some light curves, per year and place.

    Parameters
    ----------
    light_curves : DataFrame
        Schema :data:`iovolc.model.tables.LIGHT_CURVES`; the leading bands alone count.

    Returns
    -------
    dict or None
        ``events, exposure_years`` (summed over the places), ``per_year`` and Garwood's 95 % limits ``low_per_year`` and
        ``high_per_year``, and ``lasting_days``; None where nobody looked. A look without the place counts with the
        probability that it would have shown the place's median.
    """
    events, watched = 0, 0.0
    for _, looks in light_curves.groupby("site_id", sort=True):
        series = lead_looks(looks)
        if series.empty:
            continue
        events += beginnings(series)
        watched += exposure_days(days_of(series), probabilities(series), LASTING_DAYS)
    return {**asdict(rate(events, watched)), "lasting_days": LASTING_DAYS} if watched > 0.0 else None


def totals(light_curves: pd.DataFrame) -> list[dict[str, Any]]:
    """Total spectral intensity of all places by band: medians of detections, limits as limits (Kaplan and Meier).

    Parameters
    ----------
    light_curves : DataFrame
        Schema :data:`iovolc.model.tables.LIGHT_CURVES`.

    Returns
    -------
    list of dict
        ``band, gw_um_sr``, and how many places were ``detected``, are ``limits`` only, or were only seen ``saturated``;
        the last are in no total.
    """
    told = light_curves[light_curves["quantity"] == "intensity"]
    return [row for band, looks in told.groupby("band", sort=True) if (row := _total(str(band), looks)) is not None]


def lead_looks(looks: pd.DataFrame) -> pd.DataFrame:
    """Looks at one place that decide on its activity, and earlier ones of their kind, in order of time."""
    ordered = looks.sort_values("time_utc", kind="stable")
    lead = ordered[ordered["activity"].notna()]
    alike = ordered["band"].isin(set(lead["band"])) & ordered["quantity"].isin(set(lead["quantity"]))
    return ordered[alike]


def beginnings(series: pd.DataFrame) -> int:
    """How often an eruption began."""
    begins = series["activity"].isin(BEGINNINGS) & (series["limit"] != "upper")
    before = series["activity"].isin(BEGINNINGS).shift(fill_value=False)
    return int((begins & ~before).sum())


def days_of(series: pd.DataFrame) -> list[float]:
    """Days since the first look."""
    since = series["time_utc"] - series["time_utc"].iloc[0]
    return [float(value) for value in since / pd.Timedelta(days=1)]


def probabilities(series: pd.DataFrame) -> list[float]:
    """With which each look shows the place at its median brightness: 1 where it did."""
    values = _values(series)
    is_limit = (series["limit"] == "upper").tolist()
    usual = float(np.median([value for value, limit in zip(values, is_limit, strict=True) if not limit]))
    return [
        detection_probability(usual, value) if limit else 1.0 for value, limit in zip(values, is_limit, strict=True)
    ]


def _values(series: pd.DataFrame) -> list[float]:
    names = ("radiance_gw_um_sr", "power_gw", "relative_value")
    rows = zip(*(series[name].tolist() for name in names), strict=True)
    return [next(float(value) for value in row if not math.isnan(value)) for row in rows]


def _total(band: str, looks: pd.DataFrame) -> dict[str, Any] | None:
    values: list[float] = []
    limits: list[bool] = []
    saturated = 0
    for _, mine in looks.groupby("site_id", sort=True):
        by_limit = {str(limit): _values(part) for limit, part in mine.groupby("limit")}
        if "detection" in by_limit:
            values.append(float(np.median(by_limit["detection"])))
            limits.append(False)
        elif "lower" in by_limit:
            saturated += 1
        else:
            values.append(min(by_limit["upper"]))
            limits.append(True)
    return _row(band, values, limits, saturated) if not all(limits) else None


def _row(band: str, values: Sequence[float], limits: Sequence[bool], saturated: int) -> dict[str, Any]:
    return {
        "band": band, "gw_um_sr": censored_total(values, limits), "detected": len(limits) - sum(limits),
        "limits": sum(limits), "saturated": saturated,
    }  # fmt: skip
