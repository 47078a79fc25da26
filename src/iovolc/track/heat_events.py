"""Events of heat: eruptions in the light curves of hot spots, joined with surface changes or linked to them.

A surface change within the gate of a hot spot whose times allow both is the same event: its row is told the radiance
and power. Others within :data:`NEIGHBOUR_KM` that may be as old are named as related. Places that were only ever active
are no events: nothing happened while they were watched.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from iovolc import body
from iovolc.config import TrackConfig
from iovolc.geometry.sphere import distance_km, pixel_lat_lon, unit_vectors
from iovolc.model.detection import Footprint, Tracked
from iovolc.model.frames import conform
from iovolc.model.grid import SHEET_NAMES, Grid
from iovolc.model.observation import CHANNELS
from iovolc.model.tables import EVENTS
from iovolc.track.hotspots import Heat

BEGINNINGS: Final = ("new", "outburst", "brightening", "reactivated")
"""Activities that begin an event; it lasts until the place fades or is quiet."""
ENDINGS: Final = ("fading", "quiescent")
DOUBTS: Final = frozenset({"uncertain", "unrepeated"})
"""An eruption whose looks all bear one of these flags is a candidate."""
NEIGHBOUR_KM: Final = 500.0
"""Events nearer than this whose onsets may coincide are related, as the four of December 2024 were."""
_SNR_UNKNOWN: Final = 5.0
_OF_SITE: Final = ("lat", "lon_e", "lon_w", "position_sigma_km", "nearest_km", "match_probability")


@dataclass(frozen=True, slots=True)
class _Eruption:
    """Looks of one hot spot, from the first with a beginning to the last before an ending."""

    site: Mapping[str, Any]
    looks: tuple[Mapping[str, Any], ...]
    after_utc: datetime | None

    @property
    def id(self) -> str:
        first = self.looks[0]
        facts = f"{self.site['site_id']} {first['time_utc'].isoformat()} {first['activity']}"
        return hashlib.sha256(facts.encode()).hexdigest()[:12]

    @property
    def peak(self) -> Mapping[str, Any]:
        return max(self.looks, key=_value)


def with_heat(tracked: Tracked, heat: Heat, grid: Grid, channel_of: Mapping[str, str], config: TrackConfig) -> Tracked:
    """The events of surface and heat.

    Parameters
    ----------
    tracked : Tracked
        Surface events.
    heat : Heat
        Hot spots and light curves.
    grid : Grid
        Of the footprints.
    channel_of : mapping of str to str
        Channel by observation id; looks of tables have none.
    config : TrackConfig
        The gate.
    """
    eruptions = [eruption for site in _rows(heat.hotspots) for eruption in _eruptions(site, heat.light_curves)]
    if not eruptions:
        return tracked
    surface = _rows(tracked.events)
    joined = {one.id: _same(one, surface, config) for one in eruptions}
    known = {number: one for one in eruptions if (number := joined[one.id]) is not None}
    rows = [row | (_heat_columns(known[number]) if number in known else {}) for number, row in enumerate(surface)]
    free = [one for one in eruptions if joined[one.id] is None]
    rows += [_row(one, grid, channel_of) for one in free]
    channels = [name.removeprefix("dlna_") for name in tracked.events.columns if name.startswith("dlna_")]
    table = EVENTS.with_channels(channels)
    whole = pd.DataFrame(_related(rows, {one.id for one in free} | {surface[number]["event_id"] for number in known}))
    footprints = {one.id: _footprint(one, grid) for one in free}
    return Tracked(conform(whole, table), tracked.detections, {**tracked.footprints, **footprints})


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _eruptions(site: Mapping[str, Any], curves: pd.DataFrame) -> list[_Eruption]:
    mine = (look for look in _rows(curves) if look["site_id"] == site["site_id"])
    looks = sorted(mine, key=lambda look: look["time_utc"])
    leading = [look for look in looks if look["activity"] is not None]
    found: list[list[Mapping[str, Any]]] = []
    before: list[datetime | None] = []
    open_now, last = False, None
    for look in leading:
        begins = look["activity"] in BEGINNINGS and look["limit"] != "upper"
        if begins and not open_now:
            found.append([])
            before.append(last if last is not None else site["onset_after_utc"])
        open_now = begins or (open_now and look["activity"] not in ENDINGS)
        if open_now and look["limit"] != "upper":
            found[-1].append(look)
        last = look["time_utc"]
    return [_Eruption(site, tuple(group), after) for group, after in zip(found, before, strict=True)]


def _value(look: Mapping[str, Any]) -> float:
    values = (look[name] for name in ("radiance_gw_um_sr", "power_gw", "relative_value"))
    return float(next(value for value in values if value is not None))


def _same(eruption: _Eruption, surface: Sequence[Mapping[str, Any]], config: TrackConfig) -> int | None:
    """Number of the surface event that this is: the nearest within the gate whose onset may be the same."""
    site = eruption.site
    best: tuple[float, int] | None = None
    for number, row in enumerate(surface):
        apart_km = float(distance_km(site["lat"], site["lon_e"], row["lat"], row["lon_e"]))
        sigma_km = math.hypot(site["position_sigma_km"], row["position_sigma_km"], config.source_km)
        inside = apart_km <= row["diameter_km"] / 2.0 or (apart_km / sigma_km) ** 2 < config.gate_chi2
        if inside and _may_coincide(_onset(eruption), _onset_of(row)) and (best is None or (apart_km, number) < best):
            best = (apart_km, number)
    return None if best is None else best[1]


def _onset(eruption: _Eruption) -> tuple[datetime | None, datetime]:
    return eruption.after_utc, eruption.looks[0]["time_utc"]


def _onset_of(row: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    return row["onset_after_utc"], row["onset_before_utc"] or row["last_seen_utc"]


def _may_coincide(one: tuple[datetime | None, datetime], other: tuple[datetime | None, datetime]) -> bool:
    return not ((one[0] and one[0] > other[1]) or (other[0] and other[0] > one[1]))


def _heat_columns(eruption: _Eruption) -> dict[str, Any]:
    site, peak = eruption.site, eruption.peak
    told = {"site_id": site["site_id"], "radiance_gw_um_sr": peak["radiance_gw_um_sr"]}
    if peak["radiance_gw_um_sr"] is None or site["peak_utc"] != peak["time_utc"]:
        return {**told, "power_method": "none"}
    names = ("power_gw", "power_low_gw", "power_high_gw", "power_method")
    return told | {name: site[name] for name in names}


def _row(eruption: _Eruption, grid: Grid, channel_of: Mapping[str, str]) -> dict[str, Any]:
    site, looks = eruption.site, eruption.looks
    seen = {look["observation_id"] for look in looks}
    channels = {channel_of.get(name, "") for name in seen}
    snr = max(_snr(look) for look in looks)
    radius_km = _radius_km(eruption, grid)
    uncertain = all(DOUBTS & set(look["flags"]) for look in looks)
    relative = all(look["quantity"] == "relative" for look in looks)
    tier = "C" if uncertain else "A" if len(seen) > 1 and not relative else "B"
    p_value = math.erfc(min(snr, 30.0) / math.sqrt(2.0))
    return {
        "event_id": eruption.id, "kind": "thermal", "tier": tier,
        "status": {"A": "confirmed", "B": "provisional", "C": "candidate"}[tier],
        "activity": looks[-1]["activity"],
        **{name: site[name] for name in _OF_SITE},
        "nearest_feature": site["name"] if site["nearest_km"] is not None else None,
        "area_km2": math.pi * radius_km**2, "area_sigma_km2": math.pi * radius_km**2, "diameter_km": 2.0 * radius_km,
        "onset_after_utc": eruption.after_utc, "onset_before_utc": looks[0]["time_utc"],
        "last_seen_utc": looks[-1]["time_utc"], "n_epochs": len(seen),
        "channels": [channel for channel in CHANNELS if channel in channels],
        "snr": snr, "combined_snr": snr, "p_value": p_value, "q_value": p_value, "reliability": 0.5,
        **_heat_columns(eruption),
        "new_site": looks[0]["activity"] == "new" or looks[0]["time_utc"] == site["first_seen_utc"],
        "light_class": "unknown", "flags": [], "parents": list(site["parents"]), "run_id": "unpublished",
    }  # fmt: skip


def _snr(look: Mapping[str, Any]) -> float:
    if look["snr"] is not None:
        return float(look["snr"])
    names = ("sigma_gw_um_sr", "power_sigma_gw", "relative_sigma")
    sigma = next((look[name] for name in names if look[name] is not None), None)
    return _value(look) / float(sigma) if sigma else _SNR_UNKNOWN


def _radius_km(eruption: _Eruption, grid: Grid) -> float:
    """Of the place on maps: its error, or two pixels."""
    return max(eruption.site["position_sigma_km"], 2.0 * grid.pixel_km)


def _footprint(eruption: _Eruption, grid: Grid) -> Footprint:
    site = eruption.site
    reach = math.cos(_radius_km(eruption, grid) / body.RADIUS_KM)
    centre = unit_vectors(site["lat"], site["lon_e"])
    polar = abs(site["lat"]) > 60.0
    name = SHEET_NAMES[0] if not polar else "north" if site["lat"] > 0.0 else "south"
    lat, lon_e = pixel_lat_lon(grid.sheet(name))
    inside = np.flatnonzero((unit_vectors(lat, lon_e) @ centre >= reach).ravel())
    return Footprint(((name, inside.astype(np.int32)),))


def _related(rows: list[dict[str, Any]], hot: set[str]) -> list[dict[str, Any]]:
    """The rows with the ids of neighbours of which one is hot and whose onsets may coincide."""
    out: list[dict[str, Any]] = []
    for row in rows:
        near = [
            other["event_id"] for other in rows
            if other is not row and (row["event_id"] in hot or other["event_id"] in hot)
            and float(distance_km(row["lat"], row["lon_e"], other["lat"], other["lon_e"])) <= NEIGHBOUR_KM
            and _may_coincide(_onset_of(row), _onset_of(other))
        ]  # fmt: skip
        out.append({**row, "related": sorted(near)})
    return out
