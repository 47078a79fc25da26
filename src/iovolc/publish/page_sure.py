"""How far the page's reader may trust it: what was measured, what a kind of map can say, what the words mean."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from iovolc.publish.run_output import RunOutput
from iovolc.publish.schemas import FLAG_MEANINGS
from iovolc.publish.wording import NOTHING, count, number, words

STATUS_MEANINGS: Final = {
    "candidate": "tier C, may not be real",
    "provisional": "significant in one data set",
    "confirmed": "significant in two independent data sets",
    "fading": "part of it has been undone since",
    "finished": "most of it has been undone since",
}


def sureness(run: RunOutput, record: Mapping[str, Any]) -> list[str]:
    """How often iovolc is wrong, as plain paragraphs."""
    asked = (
        f"In each comparison of an epoch with its predecessors, at most {run.config.detect.q:.0%} of the changes that "
        "pass are expected to be false (Benjamini and Hochberg). Only these can reach tier A or B."
    )
    expected = record["expected_false_events"]
    if expected is None:
        return [f"{asked} How many false events to expect was not measured in this run."]
    area = record["area_compared_summed_km2"] / 1e6
    comparisons = count(run.null_statistics.get("comparisons", 0), "comparison")
    measured = (
        "What was measured: surrogate maps that scatter as the differences of each comparison do, pixel by pixel and "
        "at every size, but hold no change, went through the same search. "
        "Counting the clusters there that are as significant as the weakest "
        f"change that passed in the same comparison, about {number(expected, 1)} false changes are to be expected in "
        f"this whole run: {number(record['false_events_per_million_km2'], 3)} per million km², where each of the "
        f"{comparisons} counts with its own area, {area:.0f} million km² together."
    )
    beyond = (
        "What surrogates do not know: seams, relief under another light, retouching and what else a map maker does. "
        "Such errors come on top; the flags, the reliability and the shift test are there to find them."
    )
    return [asked, measured, beyond]


def limits(run: RunOutput, events: pd.DataFrame) -> list[str]:
    """What maps of this kind cannot say, as plain paragraphs; nothing for calibrated maps alone.

    Parameters
    ----------
    run : RunOutput
        The run.
    events : DataFrame
        All its events.
    """
    ranked = [summary.channel for summary in run.channels if summary.difference == "rank"]
    if not ranked:
        return []
    channels = ", ".join(ranked)
    first = (
        f"The maps in {channels} are stretched pictures, not measurements, and were compared by rank: which places are "
        "brighter or darker than their surroundings. This shows differences between two pictures, ranked by how far "
        "they stand out. It gives no albedo and no power, processing can look like change, and no such event gets "
        "beyond tier B. Look at the pictures before you believe one."
    )
    unordered = sum("span_overlap" in row for row in events["flags"])
    if not unordered:
        return [first]
    second = (
        f"{unordered} of the {count(len(events), 'event')} lie between mosaics whose time spans overlap. Which "
        "side is older is not known there: no onset is claimed, and “brightening” or “darkening” only says how the "
        "mosaic that ends later differs from the other."
    )
    return [first, second]


def flag_rows(events: pd.DataFrame) -> list[tuple[str, str, int]]:
    """The flags that occur: words, meaning and how many events carry them."""
    flags = [flag for row in events["flags"] for flag in row]
    return [(words(flag), meaning, flags.count(flag)) for flag, meaning in FLAG_MEANINGS.items() if flag in flags]


def null_table(statistics: Mapping[str, Any]) -> list[Sequence[str]]:
    """One line per comparison: epoch, channel, million km² compared, null clusters, changes found, passed, false."""
    return [
        (
            str(item["observation_id"]),
            str(item["channel"]),
            f"{item['compared_km2'] / 1e6:.2f}",
            number(float(item["null_clusters_per_draw"]), 1),
            str(item["clusters"]),
            str(item["passed"]),
            number(item["weakest_p"], None) if item["passed"] else NOTHING,
            number(float(item["expected_false"]), 2),
        )
        for item in statistics.get("by_epoch", ())
    ]
