"""Rules between the columns of one row: its span of time, its edges, its view, its wavelength.

A rule whose cells are themselves broken says nothing: the cell's own finding is enough.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from iovolc.archive.cells import Moment
from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.origin import Origin
from iovolc.errors import Finding
from iovolc.geometry.longitudes import east_from_west
from iovolc.model.discview import DiscView
from iovolc.model.observation import Bounds, format_utc

EDGES: Final = ("left_lon_e", "right_lon_e", "top_lat", "bottom_lat")
DISC_VIEW: Final = ("sub_observer_lat", "sub_observer_lon_w", "north_angle_deg", "range_km")
DISC_SUN: Final = ("sub_solar_lat", "sub_solar_lon_w")
DISC_LIMB: Final = ("disc_x", "disc_y", "disc_radius_px")
SUN_BEHIND_KM: Final = 3e8
"""From beyond 2 au, as from Earth, Io's phase angle stays below 12 degrees."""
_TIMES: Final = ("time_utc", "start_utc", "stop_utc", "mosaic_start_utc", "mosaic_stop_utc")


class Span(NamedTuple):
    """Start, middle and stop of an observation, and whether it is a mosaic's."""

    start: datetime
    time: datetime
    stop: datetime
    is_mosaic: bool


def read_span(values: Mapping[str, Any], broken: frozenset[str], origin: Origin) -> Span | Finding | None:
    """The span of time, or what is wrong with it.

    Parameters
    ----------
    values : mapping
        Values of the cells that were read; times are :class:`~iovolc.archive.cells.Moment`.
    broken : frozenset of str
        Columns whose cells have a finding already.
    origin : Origin
        For the message.

    Returns
    -------
    Span, Finding (E302, E303), or None if no time is given or a time cell is broken
    """
    if broken.intersection(_TIMES):
        return None
    times: dict[str, Moment] = {name: values[name] for name in _TIMES if name in values}
    if not times:
        return None
    prefix = "mosaic_" if "mosaic_start_utc" in times or "mosaic_stop_utc" in times else ""
    ends = (f"{prefix}start_utc", f"{prefix}stop_utc")
    missing = [name for name in ends if name not in times]
    if missing and (prefix or "time_utc" not in times):
        return origin.finding("E302", f"`{missing[0]}` is blank, though the other end is given", missing[0])
    start, stop = (times[name if name in times else "time_utc"] for name in ends)
    if start.first > stop.last:
        detail = f"{format_utc(start.first)} is after {ends[1]} {format_utc(stop.last)}"
        return origin.finding("E303", detail, ends[0])
    span = Moment(start.first, stop.last)
    for name in ("time_utc", "start_utc", "stop_utc"):
        if name in times and not span.first <= times[name].middle <= span.last:
            within = f"{format_utc(span.first)} to {format_utc(span.last)}"
            return origin.finding("E303", f"{format_utc(times[name].middle)} is outside {within}", name)
    return Span(span.first, times.get("time_utc", span).middle, span.last, bool(prefix))


def read_edges(values: Mapping[str, Any], broken: frozenset[str], origin: Origin) -> Bounds | Finding | None:
    """The four outer edges, or what is wrong with them (E203, E205); None where they are not given.

    The edges are needed for ``bounds`` and optional otherwise, but then all four or none.
    """
    if broken.intersection(EDGES):
        return None
    missing = [name for name in EDGES if name not in values]
    if missing:
        if len(missing) == len(EDGES) and values.get("projection") != "bounds":
            return None
        return origin.finding("E205", f"blank: {', '.join(missing)}", missing[0])
    left, right, top, bottom = (values[name] for name in EDGES)
    if top <= bottom:
        return origin.finding("E203", f"top_lat {top:g} is not above bottom_lat {bottom:g}", "top_lat")
    width = abs(right - left)
    if not 0.0 < width <= 360.0:
        return origin.finding("E203", f"{left:g} to {right:g} is {width:g} degrees wide", "right_lon_e")
    return Bounds(left, right, top, bottom)


def read_disc(values: Mapping[str, Any], broken: frozenset[str], origin: Origin) -> DiscView | Finding | None:
    """The view of a ``disc``, or what is missing (E205); None for other projections.

    The centre and the radius may be blank, to be found from the limb; of the centre not one alone. A limb can only be
    found if it is known where the Sun stands, except for an observer so far away that he sees the day side anyway.
    """
    if values.get("projection") != "disc" or broken.intersection(DISC_VIEW + DISC_SUN + DISC_LIMB):
        return None
    fitted = [name for name in DISC_LIMB if name not in values]
    needed = DISC_VIEW
    if fitted:
        needed += tuple(name for name in DISC_LIMB[:2] if len({*fitted} & {*DISC_LIMB[:2]}) == 1)
        needed += DISC_SUN if values.get("range_km", math.inf) < SUN_BEHIND_KM else ()
    missing = [name for name in needed if name not in values]
    if missing:
        hint = "; they are needed to fit the limb" if set(missing) & {*DISC_SUN} else ""
        return origin.finding("E205", f"blank: {', '.join(missing)}{hint}", missing[0])
    return DiscView(
        sub_observer_lat=values["sub_observer_lat"],
        sub_observer_lon_e=east_from_west(values["sub_observer_lon_w"]),
        north_angle_deg=values["north_angle_deg"],
        range_km=values["range_km"],
        sub_solar_lat=values.get("sub_solar_lat"),
        sub_solar_lon_e=east_from_west(values["sub_solar_lon_w"]) if "sub_solar_lon_w" in values else None,
        centre_x=values.get("disc_x"),
        centre_y=values.get("disc_y"),
        radius_px=values.get("disc_radius_px"),
    )


def check_wavelength(values: Mapping[str, Any], origin: Origin) -> list[Finding]:
    """E404 where the wavelength lies outside all that is ever called by the channel's name."""
    if "channel" not in values or "wavelength_um" not in values:
        return []
    channel, wavelength_um = values["channel"], values["wavelength_um"]
    low, high = CHANNEL_RANGES_UM[channel]
    if low <= wavelength_um <= high:
        return []
    detail = f"{wavelength_um:g} µm, but `{channel}` is {low:g} to {high:g} µm"
    return [origin.finding("E404", detail, "wavelength_um")]
