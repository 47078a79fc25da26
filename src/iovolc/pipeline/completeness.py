"""Completeness: where, when and with which probability a change of a size and contrast would have been found.

Reads published outputs alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.archive.gazetteer import load_features
from iovolc.detect.completeness import SIZES_KM, CoarseMaps
from iovolc.detect.curve import Curves
from iovolc.errors import ConfigError
from iovolc.geometry.longitudes import wrap180
from iovolc.model.observation import format_utc
from iovolc.publish.reach import read_reach
from iovolc.publish.run_output import Completeness, EpochReach
from iovolc.publish.saved import SavedRun
from iovolc.track.exposure import AreaRate, Watch, area_rate, exposures_km2_years, map_area_km2

Floats = NDArray[np.float64]

_DAY_S: Final = 86400.0
_LEAST_FOUND: Final = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """The change that is asked for: diameter in km, and contrast in ln albedo or in standard deviations of rank."""

    size_km: float
    contrast: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place in degrees, with its name if it was asked for by one."""

    lat: float
    lon_e: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run's comparisons say of a change.

    Parameters
    ----------
    change : Change
        The change.
    place : Place or None
        The place asked for.
    epochs : tuple of dict
        One row per comparison: epoch, channel, times, areas in km2 found with 50 and 90 %, and the probability at the
        place.
    channels : tuple of dict
        One row per channel: areas in which any comparison would have found it, the area where none would, the rate.
    warnings : tuple of str
        What the run's own injections contradict.
    """

    change: Change
    place: Place | None
    epochs: tuple[dict[str, Any], ...]
    channels: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        place = None if self.place is None else {
            "lat": self.place.lat, "lon_e": self.place.lon_e, "name": self.place.name
        }  # fmt: skip
        return {
            "size_km": self.change.size_km,
            "contrast": self.change.contrast,
            "place": place,
            "epochs": list(self.epochs),
            "channels": list(self.channels),
            "warnings": list(self.warnings),
        }

    def text(self) -> str:
        """A table of the comparisons and a line per channel."""
        at = "" if self.place is None else f" at {self.place.name or ''} {self.place.lat:g} N {self.place.lon_e:g} E"
        head = f"a change of {self.change.size_km:g} km and contrast {self.change.contrast:g}{at}".replace("  ", " ")
        table = pd.DataFrame(list(self.epochs))
        return "\n".join([head, table.to_string(index=False, na_rep="-"), *map(_line, self.channels), *self.warnings])


def completeness(run: SavedRun, change: Change, place: Place | None = None) -> Answer:
    """Where a change would have been found, comparison by comparison.

    Parameters
    ----------
    run : SavedRun
        A published run.
    change : Change
        Its size lies within those that are told (:data:`iovolc.detect.completeness.SIZES_KM`).
    place : Place or None
        Where else to look at closely.

    Raises
    ------
    ConfigError
        If the size is beyond those, the contrast not positive, or the run tells no completeness.
    """
    if not SIZES_KM[0] <= change.size_km <= SIZES_KM[-1]:
        raise ConfigError(f"completeness is told for sizes from {SIZES_KM[0]:g} to {SIZES_KM[-1]:g} km")
    if not change.contrast > 0.0:
        raise ConfigError("give a contrast above zero, for example 0.2 for 20 % in albedo")
    reach = read_reach(run.folder, run.record)
    rows = [_row(epoch, epoch.maps, reach.curves, change, place) for epoch in reach.epochs]
    channels = [_channel(name, reach, change, run.detections, run.events) for name in _names(reach)]
    return Answer(change, place, tuple(rows), tuple(channels), contradictions(reach.record["check"]))


def contradictions(checks: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What a reader must know where a run's own injections contradict the detection curves.

    Parameters
    ----------
    checks : mapping of str to mapping
        The checks in ``run.json``, by kind of map.
    """
    return tuple(
        f"Of {check['injected']} changes injected into the {kind} maps of this run {check['found']} were found, where "
        f"{check['expected']:.0f} were expected: completeness, limits and rates are not to be trusted there."
        for kind, check in checks.items()
        if check["contradicts"]
    )


def place_of(site: str, lat: float | None, lon_e: float | None) -> Place | None:
    """The place that a user names, by the name of a feature or by degrees; None for neither.

    Raises
    ------
    ConfigError
        If there is no such feature, or only one of latitude and longitude is given.
    """
    if site:
        named = [feature for feature in load_features() if feature.name.lower() == site.lower()]
        if not named:
            raise ConfigError(f"no feature of Io is named `{site}`: give its whole name, such as Loki Patera")
        return Place(named[0].lat, named[0].lon_e, named[0].name)
    if lat is None and lon_e is None:
        return None
    if lat is None or lon_e is None or not -90.0 <= lat <= 90.0:
        raise ConfigError("a place needs --lat (-90 to 90) and --lon-e")
    return Place(lat, float(wrap180(lon_e)))


def _chance(epoch: EpochReach, maps: CoarseMaps, curves: Curves, change: Change) -> Floats:
    """Probability that a comparison would have found a change, on its coarse map."""
    sizes = np.log(SIZES_KM)
    place = float(np.interp(math.log(change.size_km), sizes, np.arange(len(SIZES_KM), dtype=np.float64)))
    low, part = math.floor(place), place - math.floor(place)
    below, above = (np.maximum(maps.margin[k].astype(np.float32), 1e-9) for k in (low, math.ceil(place)))
    margin = np.exp((1.0 - part) * np.log(below) + part * np.log(above))
    curve = curves.of(relative=epoch.relative, elements=change.size_km / epoch.resolution_km)
    return np.where(maps.share > 0, curve.probability(change.contrast * margin), 0.0)


def channel_rates(
    epochs: Sequence[EpochReach],
    curves: Curves,
    changes: Sequence[Change],
    detections: pd.DataFrame,
    events: pd.DataFrame,
) -> list[AreaRate]:
    """How often changes at least as large and strong happen in a channel: events of tier A and B over the exposure.

    The exposure is that of a change which just is so large and strong; larger ones are found at least as well. Where
    under half of such changes would have been found there is no rate: larger ones would pass for them. The maps of one
    comparison are held at a time.
    """
    *exposures, whole = exposures_km2_years(_watch(epoch, epoch.maps, curves, changes) for epoch in epochs)
    return [
        area_rate(
            _count(epochs[0].channel, change, detections, events), exposure if exposure >= _LEAST_FOUND * whole else 0.0
        )
        for change, exposure in zip(changes, exposures, strict=True)
    ]


def _count(channel: str, change: Change, detections: pd.DataFrame, events: pd.DataFrame) -> int:
    """Events of tier A and B with a detection in the channel that is at least as large and strong."""
    sure = events.loc[events["tier"] != "C", "event_id"]
    contrast = detections["contrast"].fillna(detections["rank_contrast"]).abs()
    large = detections["area_km2"] >= math.pi / 4.0 * change.size_km**2
    mine = detections["event_id"].isin(sure) & large & (contrast >= change.contrast)
    here = mine & (detections["channel"] == channel)
    return int(detections.loc[here, "event_id"].nunique())


def _watch(epoch: EpochReach, maps: CoarseMaps, curves: Curves, changes: Sequence[Change]) -> Watch:
    """One kind for each change, and one that is always found."""
    chances = np.stack([*(_chance(epoch, maps, curves, change) for change in changes), np.ones(maps.share.shape)])
    return Watch(_days(epoch.since_utc), _days(epoch.seen_utc), chances, maps.share.astype(np.float64))


def rate_record(found: AreaRate) -> dict[str, Any]:
    """A rate as plain values, per million km2 and year, with its 95 % limits."""
    return {
        "events": found.events,
        "exposure_million_km2_years": _figures(found.exposure_km2_years / 1e6),
        "per_million_km2_and_year": _figures(found.rate),
        "low_95": _figures(found.low),
        "high_95": _figures(found.high),
    }


def _row(epoch: EpochReach, maps: CoarseMaps, curves: Curves, change: Change, place: Place | None) -> dict[str, Any]:
    chance = _chance(epoch, maps, curves, change)
    area = map_area_km2((chance.shape[0], chance.shape[1])) * maps.share
    row: dict[str, Any] = {
        "channel": epoch.channel,
        "observation_id": epoch.observation_id,
        "since_utc": format_utc(epoch.since_utc),
        "seen_utc": format_utc(epoch.seen_utc),
        "compared_km2": round(float(area.sum())),
        "found_50_km2": round(float(area[chance >= 0.5].sum())),
        "found_90_km2": round(float(area[chance >= 0.9].sum())),
    }
    if place is not None:
        rows, cols = chance.shape
        at = min(int((90.0 - place.lat) * rows / 180.0), rows - 1), int((place.lon_e + 180.0) * cols / 360.0) % cols
        row["probability"] = round(float(chance[at]), 3)
    return row


def _channel(
    name: str,
    reach: Completeness,
    change: Change,
    detections: pd.DataFrame,
    events: pd.DataFrame,
) -> dict[str, Any]:
    mine = [epoch for epoch in reach.epochs if epoch.channel == name]
    best = reduce(np.maximum, (_chance(epoch, epoch.maps, reach.curves, change) for epoch in mine))
    area = map_area_km2((best.shape[0], best.shape[1])) * np.ones(best.shape)
    (found,) = channel_rates(mine, reach.curves, [change], detections, events)
    return {
        "channel": name,
        "ever_found_50_km2": round(float(area[best >= 0.5].sum())),
        "ever_found_90_km2": round(float(area[best >= 0.9].sum())),
        "blind_km2": round(float(area[best < 0.5].sum())),
        **rate_record(found),
    }


def _line(channel: Mapping[str, Any]) -> str:
    events, high = channel["events"], channel["high_95"]
    limits = (
        f"below {high}" if events == 0 else f"{channel['per_million_km2_and_year']} ({channel['low_95']} to {high})"
    )
    if high is None:
        rate = "too rarely found for a rate"
    else:
        rate = f"{events} events at least as large and strong, {limits} per million km2 and year (95 %)"
    return (
        f"{channel['channel']}: found with 90 % at some time on {channel['ever_found_90_km2'] / 1e6:.2f} million km2, "
        f"blind on {channel['blind_km2'] / 1e6:.2f}; {rate}"
    )


def _names(reach: Completeness) -> list[str]:
    return list(dict.fromkeys(epoch.channel for epoch in reach.epochs))


def _days(time: datetime) -> float:
    return time.timestamp() / _DAY_S


def _figures(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None
