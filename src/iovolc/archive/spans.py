"""When an observation was made: from the first source that says it at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from iovolc.archive.layers import Layer
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct

TIMES: Final = ("start_utc", "time_utc", "stop_utc")
_SECOND: Final = timedelta(seconds=1)


def span_of(layers: tuple[Layer, ...], origin: Origin) -> tuple[dict[str, Any], str]:
    """Start, middle, stop and ``is_mosaic`` of the first layer that has a time, and its source.

    Two sources are never mixed: a label's start beside a catalogue's stop would be an exposure that never was.

    Parameters
    ----------
    layers : tuple of Layer
        The one with the say first.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        E302 if no layer has a time.
    """
    for layer in layers:
        given: dict[str, datetime] = {name: layer.values[name] for name in TIMES if name in layer.values}
        if given:
            return _span(given) | {"is_mosaic": bool(layer.values.get("is_mosaic"))}, layer.source
    detail = "no column of time is filled, and the file names none"
    raise UnreadableProduct([origin.finding("E302", detail, "time_utc")])


def _span(given: Mapping[str, datetime]) -> dict[str, datetime]:
    """The three times in whole seconds that enclose what is known."""
    start = min(given.values()).replace(microsecond=0)
    stop = max(given.values())
    stop = stop if not stop.microsecond else stop.replace(microsecond=0) + _SECOND
    middle = given.get("time_utc", start + (stop - start) / 2).replace(microsecond=0)
    return {"start_utc": start, "time_utc": max(middle, start), "stop_utc": stop}
