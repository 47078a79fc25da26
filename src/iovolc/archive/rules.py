"""Rules between the columns of one row: its span of time, its edges, its view, its wavelength.

A rule whose cells are themselves broken says nothing: the cell's own finding is enough.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from iovolc import body
from iovolc.archive.cells import Moment
from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.origin import Origin
from iovolc.errors import Finding
from iovolc.geometry.longitudes import east_from_west
from iovolc.model.observation import Bounds, Disc, format_utc

EDGES: Final = ("left_lon_e", "right_lon_e", "top_lat", "bottom_lat")
DISC_VIEW: Final = ("sub_observer_lat", "sub_observer_lon_w", "north_angle_deg", "range_km")
DISC_LIMB: Final = ("disc_x", "disc_y", "disc_radius_px")
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


def read_disc(values: Mapping[str, Any], broken: frozenset[str], origin: Origin) -> Disc | Finding | None:
    """The perspective view of a ``disc``, or what is missing (E205); None for other projections.

    The pixel scale follows from the limb: seen from the distance D, a sphere of radius R has its limb at
    ``R D / sqrt(D**2 - R**2)`` in the plane through its centre.
    """
    if values.get("projection") != "disc" or broken.intersection(DISC_VIEW + DISC_LIMB):
        return None
    missing = [name for name in DISC_VIEW + DISC_LIMB if name not in values]
    if missing:
        limb = "; the limb is not fitted yet, so the disc's centre and radius must be given"
        hint = limb if set(missing) & set(DISC_LIMB) else ""
        return origin.finding("E205", f"blank: {', '.join(missing)}{hint}", missing[0])
    distance_km = values["range_km"]
    limb_km = body.RADIUS_KM * distance_km / math.sqrt(distance_km**2 - body.RADIUS_KM**2)
    return Disc(
        sub_observer_lat=values["sub_observer_lat"],
        sub_observer_lon_e=east_from_west(values["sub_observer_lon_w"]),
        north_angle_deg=values["north_angle_deg"],
        centre_x=values["disc_x"],
        centre_y=values["disc_y"],
        km_per_px=limb_km / values["disc_radius_px"],
        range_km=distance_km,
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
