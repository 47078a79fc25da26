"""Events as the page's data: a short row each for table and maps; all that is known in chunks, loaded on demand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from iovolc.model.tables import DETECTIONS, Table
from iovolc.publish import canonical
from iovolc.publish.explained import explained
from iovolc.publish.figures import strongest_detections
from iovolc.publish.page_evidence import evidence
from iovolc.publish.page_scripts import write_data
from iovolc.publish.page_view import event as event_view
from iovolc.publish.page_view import rows_by_event
from iovolc.publish.tables import json_rows

COLUMNS: Final = (
    "event_id", "tier", "kind", "status", "activity", "lat", "lon_e", "position_sigma_km", "diameter_km", "area_km2",
    "area_sigma_km2", "onset_after_utc", "onset_before_utc", "last_seen_utc", "n_epochs", "channels", "snr", "q_value",
    "reliability", "nearest_feature", "nearest_km", "flags",
)  # fmt: skip
"""Of the events table: what the page's table, filters and maps need."""
_FOR_THE_ACCOUNT: Final = ("inputs", "points", "null_statistics", "configuration")
CHUNK: Final = 50
"""Events whose details lie in one file."""
_DECIMALS: Final = {"lat": 3, "lon_e": 3, "reliability": 3, "snr": 2}
_COARSE_DEG: Final = 0.12


def event_rows(events: Table, frame: pd.DataFrame) -> list[list[Any]]:
    """The rows of :data:`COLUMNS`, in the order given; times as days."""
    return [[_short(name, row[name]) for name in COLUMNS] for row in json_rows(frame, events)]


def write_events(
    folder: Path,
    shown: gpd.GeoDataFrame,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    pictures: Mapping[str, str],
    record: Mapping[str, Any],
) -> None:
    """Write the details of all events, :data:`CHUNK` to a file.

    Parameters
    ----------
    folder : Path
        Of the page.
    shown : GeoDataFrame
        All events in the order of the page, with their footprints.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    pictures : mapping of str to str
        File name of the figure by event id.
    record : mapping
        The run's record.
    """
    detail = _Details(tables, pictures, record, shown)
    for start in range(0, len(shown), CHUNK):
        part = shown.iloc[start : start + CHUNK]
        rows = pd.DataFrame(part.drop(columns="geometry"))
        plain = json_rows(rows, tables["events"][0])
        every = zip(rows.to_dict("records"), plain, part.geometry, strict=True)
        write_data(folder, f"events/{start // CHUNK:04d}", [detail(*one) for one in every])


class _Details:
    """Makes the details of events; what all of them need is gathered once."""

    def __init__(
        self,
        tables: Mapping[str, tuple[Table, pd.DataFrame]],
        pictures: Mapping[str, str],
        record: Mapping[str, Any],
        events: pd.DataFrame,
    ) -> None:
        found = tables["detections"][1]
        self._pictures, self._events = pictures, events
        self._record = canonical.plain({name: record[name] for name in _FOR_THE_ACCOUNT})
        self._inputs = {item["id"]: item for item in self._record["inputs"]}
        self._rows = rows_by_event(found)
        self._best = strongest_detections(found).to_dict("index")
        self._plain = _grouped(json_rows(found, DETECTIONS), "event_id")
        curves, looks = tables["light_curves"]
        self._looks = _grouped(json_rows(looks[looks["site_id"].isin(events["site_id"])], curves), "site_id")

    def __call__(self, row: Mapping[Any, Any], plain: Mapping[str, Any], outline: Any) -> dict[str, Any]:
        name = row["event_id"]
        mine, best = self._rows.get(name, []), self._best.get(name)
        told = event_view(row, None, mine)
        found, looks = self._plain.get(name, ()), self._looks.get(plain["site_id"], ())
        return {
            "facts": told["details"],
            "evidence": evidence(row, mine),
            "detections": told["detections"],
            "explain": explained(plain, found, looks, self._inputs, self._record, self._events).text(),
            "picture": self._pictures.get(name),
            "outline": outline_rings(outline),
            "after": best["observation_id"] if best else None,
            "before": next(reversed([*best["reference_ids"]]), None) if best else None,
        }


def _grouped(rows: Iterable[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows by what they hold in a column, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def outline_rings(outline: Any) -> list[list[list[float]]]:
    """The rings of a footprint as lines of longitude and latitude, no finer than the page draws them."""
    coarse = shapely.simplify(outline, _COARSE_DEG)
    rings = [ring for polygon in shapely.get_parts(coarse) for ring in (polygon.exterior, *polygon.interiors)]
    return [[[round(lon, 2), round(lat, 2)] for lon, lat in ring.coords] for ring in rings]


def _short(name: str, value: Any) -> Any:
    if name.endswith("_utc"):
        return None if value is None else value[:10]
    if isinstance(value, float):
        return round(value, _DECIMALS[name]) if name in _DECIMALS else float(f"{value:.4g}")
    return value
