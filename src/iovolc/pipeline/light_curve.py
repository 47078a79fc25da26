"""Light curve: what was seen of one hot spot, look by look, and where nothing was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

import pandas as pd

from iovolc.errors import ConfigError
from iovolc.model.detection import Feature
from iovolc.model.frames import to_csv_frame
from iovolc.model.tables import HOTSPOTS, LIGHT_CURVES
from iovolc.pipeline.heat import read_heat, site_rows
from iovolc.pipeline.unseen import feature_of, unseen
from iovolc.publish.drawing import place_text
from iovolc.publish.saved import read_run
from iovolc.publish.tables import json_rows
from iovolc.track.heat_summary import eruption_rate

_SHOWN: Final = ("time_utc", "band", "limit", "activity", "source", "flags")
_VALUES: Final = (
    ("radiance_gw_um_sr", "sigma_gw_um_sr"), ("relative_value", "relative_sigma"), ("power_gw", "power_sigma_gw"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curve:
    """One hot spot and its looks (rows of the published tables), or a named place without one and its limits."""

    spot: pd.DataFrame
    looks: pd.DataFrame
    place: Feature | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; ``hotspot`` is null, and ``place`` says where, where none was found."""
        rows = json_rows(self.looks, LIGHT_CURVES)
        if self.place is not None:
            return {"hotspot": None, "place": asdict(self.place), "eruptions": None, "light_curve": rows}
        return {
            "hotspot": json_rows(self.spot, HOTSPOTS)[0], "eruptions": eruption_rate(self.looks), "light_curve": rows,
        }  # fmt: skip

    def text(self) -> str:
        """A head line and one line per look; columns without any value are left out."""
        values = [name for pair in _VALUES for name in pair if cast("bool", self.looks[name].notna().any())]
        table = to_csv_frame(self.looks, LIGHT_CURVES)[[*_SHOWN[:2], *values, *_SHOWN[2:]]]
        shown = table.to_string(index=False, na_rep="-") if len(table) else "nobody looked"
        return f"{self.head()}\n{shown}"

    def head(self) -> str:
        """Place, name and state, and how often eruptions began there."""
        if self.place is not None:
            where = place_text(self.place.lat, self.place.lon_e)
            return f"{self.place.name} at {where}: no hot spot was found here"
        row = json_rows(self.spot, HOTSPOTS)[0]
        head = f"{row['site_id']} at {place_text(row['lat'], row['lon_e'])}{_named(row)}: {row['activity']}"
        return f"{head}{self._rate()}"

    def _rate(self) -> str:
        """How often eruptions began here; empty where nobody looked."""
        told = eruption_rate(self.looks)
        if told is None:
            return ""
        return (
            f"\n{told['events']} eruptions in {told['exposure_years']:.2f} years watched: "
            f"{told['low_per_year']:.2g} to {told['high_per_year']:.2g} a year (95 %)"
        )


def _named(spot: Mapping[str, Any]) -> str:
    """What it is called, and how sure that is where it was measured; names of sources have no distance."""
    if not spot["name"]:
        return ""
    away = "" if spot["nearest_km"] is None else f", {spot['nearest_km']:g} km off"
    chance = "" if spot["match_probability"] is None else f" (P {spot['match_probability']:.2f})"
    return f", {spot['name']}{away}{chance}"


def light_curve(site: str, run: Path, store: Path | None = None) -> Curve:
    """The light curve of a hot spot of a run, or the limits at a named place where it found none.

    Parameters
    ----------
    site : str
        Name or its first word, alias, or the beginning of an id.
    run : Path
        Outputs of a run.
    store : Path or None
        Its store, for places without a hot spot.

    Raises
    ------
    ConfigError
        If no hot spot, or more than one, is meant.
    """
    heat = read_heat(run)
    spots = site_rows(heat, site)
    place = feature_of(site) if spots.empty and store is not None else None
    if place is not None and store is not None:
        return Curve(spots, unseen(place, read_run(run), store), place)
    if len(spots) != 1:
        known = ", ".join(sorted({str(name) for name in heat.hotspots["name"].dropna()})[:12])
        ids = ", ".join(spots["site_id"])
        nothing = f"none; named are {known or 'none'}; with --store the limits at any named feature are told"
        several = f"{len(spots)} hot spots: {ids}; give one of these ids"
        raise ConfigError(f"`{site}` means {several if ids else nothing}")
    curves = heat.light_curves
    looks = curves[curves["site_id"] == spots["site_id"].iloc[0]]
    return Curve(spots.reset_index(drop=True), looks.reset_index(drop=True))
