"""When an observation was made."""

from datetime import UTC, datetime, timedelta

import pytest

from iovolc.archive.layers import Layer
from iovolc.archive.origin import Origin
from iovolc.archive.spans import span_of
from iovolc.errors import UnreadableProduct

NOON = datetime(2001, 1, 1, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def span(**values):
    return span_of((Layer("catalogue", {}), Layer("label", values)), Origin("a.img"))


def test_the_middle_follows_from_the_ends() -> None:
    values, source = span(start_utc=NOON, stop_utc=NOON + HOUR)
    assert (values["time_utc"], values["is_mosaic"], source) == (NOON + HOUR / 2, False, "label")


def test_parts_of_seconds_are_enclosed() -> None:
    part = timedelta(seconds=0.25)
    values, _ = span(start_utc=NOON + part, stop_utc=NOON + HOUR + part)
    assert (values["start_utc"], values["stop_utc"]) == (NOON, NOON + HOUR + timedelta(seconds=1))
    assert values["time_utc"].microsecond == 0


def test_a_middle_alone_is_an_instant() -> None:
    values, _ = span(time_utc=NOON)
    assert values["start_utc"] == values["time_utc"] == values["stop_utc"] == NOON


def test_the_first_source_has_the_say_alone() -> None:
    layers = (Layer("catalogue", {"time_utc": NOON, "is_mosaic": True}), Layer("label", {"stop_utc": NOON + HOUR}))
    values, source = span_of(layers, Origin("a.img"))
    assert (values["stop_utc"], values["is_mosaic"], source) == (NOON, True, "catalogue")


def test_no_time_at_all_is_refused() -> None:
    with pytest.raises(UnreadableProduct, match="E302"):
        span_of((Layer("catalogue", {}),), Origin("a.img", 3))
