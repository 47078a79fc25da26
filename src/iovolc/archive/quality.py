"""Findings about an image that need no base map: values, unit, saturation, time.

Not for where the image lies (:mod:`iovolc.archive.convention`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from iovolc.archive.missions import FIRST_MAP_UTC, mission_of
from iovolc.archive.origin import Origin
from iovolc.errors import Finding
from iovolc.geometry.view import ground_pixel_km
from iovolc.model.observation import Observation, ObservationRecord, format_utc

MAX_IOF: Final = 2.0
"""Io's brightest frost reflects little more than a white surface would: no map has half of its pixels above this."""
MAX_SATURATED: Final = 0.05
BYTE_LEVELS: Final = 256
SAMPLE: Final = 200_000
"""Statistics look at about so many evenly spaced pixels."""


def quality(observation: Observation, origin: Origin, *, now_utc: datetime) -> tuple[Finding, ...]:
    """What is wrong with an image by itself.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    origin : Origin
        For the findings.
    now_utc : datetime
        No observation is younger.

    Returns
    -------
    tuple of Finding
        E220, E310, E411, E412, E414 to E416.
    """
    record = observation.record
    findings = [*_times(record, origin, now_utc), *_unit(record, origin)]
    step = max(1, int(np.sqrt(observation.pixels.size / SAMPLE)))
    values = observation.pixels[::step, ::step]
    values = values[np.isfinite(values)].astype(np.float64)
    low, high = float(np.nanmin(observation.pixels)), float(np.nanmax(observation.pixels))
    if low == high:
        return (*findings, origin.finding("E416", f"every pixel that has data is {low:g}", "band_index"))
    if not np.isfinite(ground_pixel_km(observation.pixels, record.placement)):
        findings.append(origin.finding("E220", "no place on Io falls on the image", "projection"))
    if values.size:
        findings += _values(values, record, origin)
    return (*findings, *_saturated(observation, origin))


def _times(record: ObservationRecord, origin: Origin, now_utc: datetime) -> Iterator[Finding]:
    start, stop = record.start_utc, record.stop_utc
    span = format_utc(start) if start == stop else f"{format_utc(start)} to {format_utc(stop)}"
    mission = mission_of(record.mission)
    if stop > now_utc:
        yield origin.finding("E310", f"{span} lies in the future", "time_utc")
    elif start < FIRST_MAP_UTC:
        yield origin.finding("E310", f"{span} is older than any resolved picture of Io, 1979", "time_utc")
    elif mission is not None and (stop < mission.first_utc or start > (mission.last_utc or now_utc)):
        end = format_utc(mission.last_utc)[:10] if mission.last_utc else "now"
        detail = f"{span}, but {record.mission} observed Io from {format_utc(mission.first_utc)[:10]} to {end}"
        yield origin.finding("E310", detail, "time_utc")


def _unit(record: ObservationRecord, origin: Origin) -> Iterator[Finding]:
    if record.quantity == "radiance" and not record.unit:
        yield origin.finding("E414", "a radiance without a unit has no meaning", "unit")


def _values(values: np.ndarray, record: ObservationRecord, origin: Origin) -> Iterator[Finding]:
    if record.quantity == "relative":
        return
    stored = (values - record.offset) / record.scale
    levels = np.unique(np.round(stored))
    is_byte = bool(np.all(np.abs(stored - np.round(stored)) < 1e-3)) and levels[0] >= 0 and levels[-1] < BYTE_LEVELS
    unscaled = record.scale == 1.0 and record.offset == 0.0
    median = float(np.median(values))
    if is_byte and unscaled and levels.size > 2:
        detail = f"its values are the whole numbers {levels[0]:.0f} to {levels[-1]:.0f}, declared as {record.quantity}"
        yield origin.finding("E412", detail, "quantity")
    elif median < 0.0:
        yield origin.finding("E415", f"half of the values are below {median:.3g}", "quantity")
    elif record.quantity == "iof" and median > MAX_IOF:
        detail = f"half of the values are above {median:.3g}, but an I/F above {MAX_IOF:g} is not one of Io"
        yield origin.finding("E415", detail, "quantity")


def _saturated(observation: Observation, origin: Origin) -> Iterator[Finding]:
    if observation.saturated is None:
        return
    known = np.count_nonzero(np.isfinite(observation.pixels))
    share = np.count_nonzero(observation.saturated) / max(known, 1)
    if share > MAX_SATURATED:
        yield origin.finding("E411", f"{100.0 * share:.0f} % of its pixels lie at an end of the range")
