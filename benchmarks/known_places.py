"""Where known changes of Io rank among the events of a run on the real maps, and how often chance does as well.

``python benchmarks/known_places.py OUT`` reads the outputs of ``iovolc run tests/real/eras.csv`` at 8 pixels per degree
and prints the table of ``docs/validation.md``: the rank of the best event of tier B of the known sign within 100 km of
each place among the events of its pair, as the page lists them, and in how many of 500 rotations of the place about
Io's axis, by 10 degrees at least, an event of that sign and as high a rank lies as near.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from iovolc.geometry.sphere import distance_km

NEAR_KM = 100.0
ROTATIONS = 500
LEAST_TURN_DEG = 10.0
COLOURS = frozenset({"red", "green", "blue"})
CLEAR = frozenset({"clear"})


@dataclass(frozen=True)
class Known:
    """A change that geologists tell of: its place (degrees), the channels of its pair of eras and its sign."""

    name: str
    lat: float
    lon_e: float
    channels: frozenset[str]
    sign: int


PLACES = (
    Known("Prometheus, vent moved", -1.6, -155.4, COLOURS, -1),
    Known("Zamama", 18.0, -173.0, COLOURS, -1),
    Known("Amirani, flows", 22.0, -114.7, COLOURS, -1),
    Known("Masubi", -43.5, -54.5, COLOURS, -1),
    Known("Kanehekili", -20.0, -32.0, CLEAR, -1),
    Known("Masubi, new flow", -43.5, -49.0, CLEAR, -1),
    Known("Amirani, deposit gone", 25.0, -115.5, CLEAR, 1),
)


def ranked(events: pd.DataFrame, channels: frozenset[str]) -> pd.DataFrame:
    """Events of these channels in the order of the page."""
    mine = events[[not channels.isdisjoint(found) for found in events["channels"]]]
    return mine.sort_values(
        ["tier", "reliability", "snr"], ascending=[True, False, False], kind="stable", ignore_index=True
    )


def distances_km(events: pd.DataFrame, lat: float, lons_e: NDArray[np.float64]) -> NDArray[np.float64]:
    """From places at one latitude to each event's outline, shape (places, events); 0 within it."""
    columns = []
    for outline in shapely.from_wkb(events["geometry"].to_numpy()):
        rim = shapely.get_coordinates(outline)
        away = distance_km(lat, lons_e[:, None], rim[None, :, 1], rim[None, :, 0]).min(axis=1)
        turns = (lons_e[:, None] + np.array([-360.0, 0.0, 360.0])).ravel()
        within = shapely.contains_xy(outline, turns, np.full(turns.size, lat)).reshape(-1, 3).any(axis=1)
        columns.append(np.where(within, 0.0, away))
    return np.stack(columns, axis=1)


def first_near(near: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Rank from 1 of the first event that is near each place, infinite if there is none."""
    return np.where(near.any(axis=1), near.argmax(axis=1) + 1.0, np.inf)


def main() -> None:
    events = pd.read_parquet(Path(sys.argv[1]) / "events.parquet")
    turns = np.random.default_rng(1).uniform(LEAST_TURN_DEG, 360.0 - LEAST_TURN_DEG, ROTATIONS)
    for channels, pair in ((COLOURS, "Voyager, Galileo"), (CLEAR, "Galileo, Juno")):
        print(f"{pair}: {(ranked(events, channels)['tier'] == 'B').sum()} events of tier B")
    print("| place | pair | rank (of 500 rotations as high) |\n|---|---|---|")
    for place in PLACES:
        order = ranked(events, place.channels)
        counts = ((order["tier"] == "B") & (np.sign(order["rank_contrast"]) == place.sign)).to_numpy()
        lons_e = place.lon_e + np.concatenate([[0.0], turns])
        ranks = first_near(counts & (distances_km(order, place.lat, lons_e) <= NEAR_KM))
        pair = "Voyager, Galileo" if place.channels == COLOURS else "Galileo, Juno"
        told = f"{ranks[0]:.0f} ({(ranks[1:] <= ranks[0]).sum()})" if np.isfinite(ranks[0]) else "none of its sign near"
        print(f"| {place.name} | {pair} | {told} |")


if __name__ == "__main__":
    main()
