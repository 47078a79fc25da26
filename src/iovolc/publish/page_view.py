"""What the page says, as plain values for its template: numbers are texts here, and every text is for people."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar, cast

import pandas as pd

from iovolc.model.tables import Table
from iovolc.publish.drawing import east_text, lat_text, span_text, west_text
from iovolc.publish.page_sure import STATUS_MEANINGS, flag_rows, limits, null_table, sureness
from iovolc.publish.page_truth import truth_view
from iovolc.publish.record import BODY_AREA_KM2
from iovolc.publish.run_output import RunOutput
from iovolc.publish.wording import NOTHING, count, date, is_known, number, onset, quantity, words

Row = Mapping[Any, Any]
Frame = TypeVar("Frame", bound=pd.DataFrame)

PRINTED: Final = 60
"""Events that stand in the page itself, for print and for readers without scripts."""
_STATES: Final = {
    "ok": "complete",
    "degraded": "degraded: some inputs were refused, the rest is published",
    "failed": "failed: these outputs are not complete",
}
_NUMBERS: Final = (
    ("snr", "Signal to noise", 1), ("p_value", "Chance of it where nothing changed (p)", None),
    ("q_value", "False share of all as strong (q)", None), ("reliability", "Reliability, 0 to 1", 2),
    ("rank_contrast", "Change of rank", 3), ("power_gw", "Power (GW)", None),
    ("match_probability", "Probability of not being there by chance", 2),
)  # fmt: skip
_OTHERS: Final = (
    (("iovolc.qgs", "iovolc.gpkg"), "tables and rasters for QGIS, styled"),
    (("stac/collection.json",), "STAC, which tells of every raster"),
    (("events.mrt", "events.tex"), "the events for a paper, byte by byte and in LaTeX"),
    (("CITATION.cff",), "how to cite it"),
    (("run.json",), "the record of the run"),
)
"""Files beside the tables."""


def ordered(events: Frame) -> Frame:
    """The events in the order of the page: by tier, reliability, significance."""
    return cast(
        "Frame",
        events.sort_values(
            ["tier", "reliability", "snr", "event_id"],
            ascending=[True, False, False, True],
            kind="stable",
            ignore_index=True,
        ),
    )


def strongest(events: pd.DataFrame, max_candidates: int) -> pd.DataFrame:
    """The events of the printed part, in the order of the page: the last candidates left out."""
    every = ordered(events)
    candidates = every["tier"] == "C"
    return every[~candidates | (candidates.cumsum() <= max_candidates)]


def until(run: RunOutput) -> str:
    """Date of the newest observation; empty without any."""
    return max((f"{item.stop_utc:%Y-%m-%d}" for item in run.manifest.inputs), default="")


def values(
    run: RunOutput,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    shown: pd.DataFrame,
    pictures: Mapping[str, str],
    record: Mapping[str, Any],
) -> dict[str, Any]:
    """All values of the template ``index.html.j2``.

    Parameters
    ----------
    run : RunOutput
        The run.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    shown : DataFrame
        The events of the page in its order.
    pictures : mapping of str to str
        File name by event id.
    record : mapping
        From :func:`iovolc.publish.record.run_record`.
    """
    every, found = tables["events"][1], tables["detections"][1]
    printed = shown.head(PRINTED)
    rows = rows_by_event(found)
    return {
        "record": record,
        "state": _STATES[run.state],
        "summary": summary(run, record),
        "cards": _cards(record),
        "events": [
            event(row, pictures.get(row["event_id"]), rows.get(row["event_id"], ()))
            for row in printed.to_dict("records")
        ],
        "pictures": len(pictures),
        "all_events": len(every),
        "left_out": len(every) - len(printed),
        "limits": limits(run, every),
        "truth": truth_view(run.truth, set(every["event_id"])),
        "sureness": sureness(run, record),
        "statuses": [(name, text) for name, text in STATUS_MEANINGS.items() if (every["status"] == name).any()],
        "flags": flag_rows(every),
        "null_rows": null_table(run.null_statistics),
        "channels": [_channel(item) for item in record["channels"]],
        "inputs": [_input(item) for item in run.manifest.inputs],
        "refused": record["refused"],
        "credits": [*run.credits],
        "tables": [(name, len(frame)) for name, (_, frame) in tables.items()],
        "others": _others(run),
    }


def summary(run: RunOutput, record: Mapping[str, Any]) -> str:
    """The run in two or three plain sentences."""
    inputs, tiers = run.manifest.inputs, record["counts"]["events_by_tier"]
    if not inputs:
        return "No observation took part in this run, so nothing could be compared."
    start = min(item.start_utc for item in inputs)
    total, sure = record["counts"]["events"], tiers["A"] + tiers["B"]
    first = f"iovolc compared {count(len(inputs), 'observation')} of Io, taken from {start:%Y-%m-%d} to {until(run)}."
    if not total:
        second = "No change was found."
    else:
        second = (
            f"It lists {count(total, _noun(run))}: {tiers['A']} seen in two independent data sets (tier A), "
            f"{tiers['B']} significant in one (tier B), and {count(tiers['C'], 'candidate')} that may not be real "
            "(tier C)."
        )
    third = f"{share(record['area_compared_km2'])} of the surface could be compared at least once"
    return f"{first} {second} {third}{'.' if sure or not total else '; no change is certain yet.'}"


def _others(run: RunOutput) -> Sequence[tuple[Sequence[str], str]]:
    """The files beside the tables that a run has: without inputs there is no STAC."""
    return [item for item in _OTHERS if run.manifest.inputs or "stac" not in item[0][0]]


def _noun(run: RunOutput) -> str:
    """Pictures that are compared by rank show differences; whether the surface changed is for the reader to judge."""
    return "difference" if all(summary.difference == "rank" for summary in run.channels) else "change"


def rows_by_event(detections: pd.DataFrame) -> dict[str, list[Row]]:
    """The rows of the detections of each event, in the order of the table."""
    found: dict[str, list[Row]] = {}
    for row in detections.to_dict("records"):
        found.setdefault(row["event_id"], []).append(row)
    return found


def event(row: Row, picture: str | None, detections: Sequence[Row]) -> dict[str, Any]:
    """One event: its line in the table and its numbers."""
    dlna = [(name.removeprefix("dlna_"), row[name]) for name in row if str(name).startswith("dlna_")]
    details = [
        ("Place", _exact_place(row)),
        ("Nearest name", near(row)),
        ("Area", f"{quantity(row['area_km2'])} ± {quantity(row['area_sigma_km2'])} km²"),
        ("Diameter", f"{row['diameter_km']:.0f} km"),
        ("Onset", onset(row)),
        ("Last seen", date(row["last_seen_utc"])),
        ("Seen in", f"{count(int(row['n_epochs']), 'epoch')}, {', '.join(row['channels'])}"),
        *((f"Change of ln albedo, {channel}", ln_change(value)) for channel, value in dlna if is_known(value)),
        *((label, number(row[name], digits)) for name, label, digits in _NUMBERS if is_known(row[name])),
        ("Light", row["light_class"]),
        ("To bear in mind", ", ".join(words(flag) for flag in row["flags"]) or "nothing special"),
    ]  # fmt: skip
    return {
        **{name: row[name] for name in ("event_id", "kind", "status", "activity", "tier")},
        "place": f"{lat_text(row['lat'], 1)}, {east_text(row['lon_e'], 1)}",
        "west": west_text(row["lon_e"], 1),
        "near": near(row),
        "area": f"{quantity(row['area_km2'])} km²",
        "onset": onset(row),
        "snr": number(row["snr"], 1),
        "picture": picture,
        "details": details,
        "detections": [_detection(item) for item in detections],
    }


def ln_change(value: float) -> str:
    """A change of ln albedo, and what it is in percent."""
    return f"{value:+.3f} ({abs(math.expm1(value)):.0%} {'darker' if value < 0 else 'brighter'})"


def near(row: Row) -> str:
    """The nearest named feature and its distance."""
    if not is_known(row["nearest_feature"]):
        return NOTHING
    return (
        f"{row['nearest_feature']} ({row['nearest_km']:.0f} km)"
        if is_known(row["nearest_km"])
        else row["nearest_feature"]
    )


def share(area_km2: float) -> str:
    """An area with its share of Io."""
    return f"{area_km2 / 1e6:.1f} million km² ({area_km2 / BODY_AREA_KM2:.0%})"


def _cards(record: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    tiers = record["counts"]["events_by_tier"]
    spots = record["counts"]["hotspots"]
    return (
        *((f"events of tier {tier}", str(many)) for tier, many in tiers.items()),
        ("of Io compared at least once", f"{record['area_compared_km2'] / BODY_AREA_KM2:.0%}"),
        ("false changes to be expected", number(record["expected_false_events"], 1)),
        *((("hot spots", str(spots)),) if spots else ()),
    )


def _earlier(item: Mapping[str, Any]) -> str:
    names = item["reference_ids"]
    return ", ".join(names) if len(names) < 4 else f"{len(names)} earlier epochs, {names[0]} to {names[-1]}"


def _channel(item: Mapping[str, Any]) -> dict[str, Any]:
    kind = "change of ln albedo" if item["difference"] == "log_ratio" else "change of matched rank"
    newest = share(item["newest_area_compared_km2"])
    return {
        **item,
        "area": share(item["area_compared_km2"]),
        "newest_area": newest,
        "measure": kind,
        "references": _earlier(item),
    }


def _input(item: Any) -> dict[str, Any]:
    return {
        "id": item.id, "source": " ".join(part for part in (item.mission, item.instrument) if part) or NOTHING,
        "channel": item.channel, "span": span_text((item.start_utc, item.stop_utc)), "credit": item.credit or NOTHING,
        "licence": item.licence or NOTHING, "sha256": item.sha256, "path": item.path,
    }  # fmt: skip


def _exact_place(row: Row) -> str:
    east, west = east_text(row["lon_e"], 2), west_text(row["lon_e"], 2)
    return f"{lat_text(row['lat'], 2)}, {east} = {west}, ± {row['position_sigma_km']:.1f} km"


def _detection(row: Row) -> dict[str, str]:
    contrast = row["contrast"] if is_known(row["contrast"]) else row["rank_contrast"]
    return {
        "observation": row["observation_id"], "references": ", ".join(row["reference_ids"]),
        "channel": row["channel"], "contrast": number(contrast, 3), "snr": number(row["snr"], 1),
        "p_value": number(row["p_value"], None), "resolution": number(row["resolution_km"], 1),
    }  # fmt: skip
