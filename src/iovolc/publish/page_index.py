"""The page's index: everything its first view needs, small enough for 5 000 events."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from iovolc import body
from iovolc.archive.gazetteer import load_features
from iovolc.model.tables import TIERS, Table
from iovolc.publish.drawing import DIVERGING, NO_DATA, OKABE_ITO, TIER_STYLE
from iovolc.publish.page_epochs import ordered_inputs, write_base, write_epochs
from iovolc.publish.page_events import CHUNK as EVENT_CHUNK
from iovolc.publish.page_events import COLUMNS, event_rows, write_events
from iovolc.publish.page_layers import TILE
from iovolc.publish.page_reach import write_reach_maps
from iovolc.publish.page_scripts import write_data
from iovolc.publish.page_spots import CHUNK as SPOT_CHUNK
from iovolc.publish.page_spots import LOOK, write_spots
from iovolc.publish.panels import colour_table
from iovolc.publish.run_output import RunOutput

_COLOURS: Final = {"value": "gray", "difference": DIVERGING, "z": DIVERGING, "count": "cividis"}
"""Why these: :mod:`iovolc.publish.drawing`; cividis was made to look alike to all eyes."""


def write_page_data(
    folder: Path,
    run: RunOutput,
    tables: Mapping[str, tuple[Table, pd.DataFrame]],
    shown: gpd.GeoDataFrame,
    pictures: Mapping[str, str],
    record: Mapping[str, Any],
) -> None:
    """Write ``data/``: the index, maps, events and light curves.

    Parameters
    ----------
    folder : Path
        Of the page.
    run : RunOutput
        The run.
    tables : mapping of str to (Table, DataFrame)
        The published tables.
    shown : GeoDataFrame
        All events in the order of the page, with footprints.
    pictures : mapping of str to str
        File name of the figure by event id.
    record : mapping
        The run's record.
    """
    numbers = {item.id: number for number, item in enumerate(ordered_inputs(run))}
    write_events(folder, shown, tables, pictures, record)
    events = pd.DataFrame(shown.drop(columns="geometry"))
    write_data(
        folder,
        "index",
        {
            "run": run.run_id,
            "radius_km": body.RADIUS_KM,
            "tile": TILE,
            "colours": {kind: _hex(name) for kind, name in _COLOURS.items()},
            "no_data": NO_DATA,
            "bands": OKABE_ITO,
            "tiers": {tier: TIER_STYLE[tier][1] for tier in TIERS},
            "base": write_base(folder, run),
            "channels": _channels(run),
            "epochs": write_epochs(folder, run),
            "reach": write_reach_maps(folder, run.completeness, numbers),
            "events": {"columns": COLUMNS, "rows": event_rows(tables["events"][0], events), "chunk": EVENT_CHUNK},
            "spots": {"rows": write_spots(folder, tables), "look": LOOK, "chunk": SPOT_CHUNK},
            "names": _names(),
        },
    )


def _channels(run: RunOutput) -> Sequence[str]:
    """Channels with epochs, those that were compared first."""
    first = [summary.channel for summary in run.channels]
    return [*first, *sorted({item.channel for item in run.manifest.inputs} - set(first))]


def _names() -> list[tuple[str, float, float, float]]:
    """Named features for orientation, the largest first."""
    features = sorted(load_features(), key=lambda item: (-item.diameter_km, item.name))
    return [(item.name, round(item.lat, 2), round(item.lon_e, 2), round(item.diameter_km)) for item in features]


def _hex(name: str) -> str:
    """The 256 colours of a map as hexadecimal digits, six to a colour."""
    return colour_table(name)[:256].tobytes().hex()
