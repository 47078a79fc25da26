"""What a run measured on maps without any change, as ``run.json`` and the page tell it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

_CHECKS: Final = {
    "signs": "darker and brighter ones are not alike",
    "blocks": "large parts lean to one side together",
    "resampling": "resampling alone makes changes",
}


def null_summary(statistics: Sequence[Mapping[str, Any]], detections: pd.DataFrame, q: float) -> dict[str, Any]:
    """The null statistics of a run.

    Parameters
    ----------
    statistics : sequence of mapping
        One per comparison of an epoch with its predecessors.
    detections : DataFrame
        Schema :data:`iovolc.model.tables.DETECTIONS`.
    q : float
        The share of false ones among the changes of a comparison that was asked for.

    Returns
    -------
    dict
        ``by_epoch`` holds each comparison's statistics with the number of changes that ``passed``, the largest p
        among them (``weakest_p``) and ``expected_false``: the clusters in one surrogate field times that p, since a
        cluster's p is its rank among all null clusters. ``expected_false_events`` is their sum;
        ``false_events_per_million_km2`` the same per area, each comparison's area counted
        (``area_compared_summed_km2``). ``contradicted`` names the comparisons whose diagnostics contradict the null.
        Null where nothing was compared.
    """
    passed = detections[detections["q_value"] <= q]
    rows = [
        _row(item, passed.loc[passed["observation_id"] == item["observation_id"], "p_value"]) for item in statistics
    ]
    area = sum(float(row["compared_km2"]) for row in rows)
    expected = sum(float(row["expected_false"]) for row in rows)
    return {
        "comparisons": len(rows),
        "area_compared_summed_km2": round(area, 1),
        "expected_false_events": round(expected, 3) if area > 0.0 else None,
        "false_events_per_million_km2": round(expected / area * 1e6, 5) if area > 0.0 else None,
        "contradicted": [item["observation_id"] for item in statistics if item.get("contradicted")],
        "by_epoch": rows,
    }


def null_notes(statistics: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What a reader must know of comparisons whose diagnostics contradict their null."""
    return tuple(
        f"{item['observation_id']}: what is left beside the changes contradicts the noise by which they were found "
        f"significant ({', '.join(_CHECKS[name] for name in item['contradicted'])}); its changes count for less."
        for item in statistics
        if item.get("contradicted")
    )


def _row(item: Mapping[str, Any], p_values: "pd.Series[float]") -> dict[str, Any]:
    weakest = float(p_values.max()) if len(p_values) else None
    expected = float(item["null_clusters_per_draw"]) * (weakest or 0.0)
    return {**item, "passed": len(p_values), "weakest_p": weakest, "expected_false": round(expected, 6)}
