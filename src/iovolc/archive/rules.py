"""Rules between the columns of one row: its span of time, its edges, its points, its wavelength.

A rule whose cells are themselves broken says nothing: the cell's own finding is enough.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from iovolc.archive.cells import Moment
from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.origin import Origin
from iovolc.errors import Finding
from iovolc.model.observation import Bounds, format_utc

EDGES: Final = ("left_lon_e", "right_lon_e", "top_lat", "bottom_lat")
POINTS: Final = (("sub_observer_lat", "sub_observer_lon_w"), ("sub_solar_lat", "sub_solar_lon_w"), ("disc_x", "disc_y"))
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


def check_points(values: Mapping[str, Any], broken: frozenset[str], origin: Origin) -> list[Finding]:
    """E205 for each point of which one coordinate alone is given: the other one must not come from elsewhere."""
    findings: list[Finding] = []
    for pair in POINTS:
        missing = [name for name in pair if name not in values]
        if len(missing) == 1 and not broken.intersection(pair):
            detail = f"{missing[0]} is blank, though the point's other coordinate is given"
            findings.append(origin.finding("E205", detail, missing[0]))
    return findings


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
