"""Viewing geometry that neither catalogue nor label give."""

from datetime import UTC, datetime

import pytest

from iovolc.archive.descriptors import load_descriptors
from iovolc.archive.layers import CATALOGUE, Layer
from iovolc.archive.observers import completed
from iovolc.geometry.ephemeris import sky_from_earth

TIME = datetime(2014, 2, 8, 9, 0, 0, tzinfo=UTC)
NIRC2 = load_descriptors()["nirc2"]
SSI = load_descriptors()["ssi"]


def test_a_telescope_on_earth_needs_only_the_time() -> None:
    layer = completed((), TIME, NIRC2, "Keck")
    sky = sky_from_earth(TIME)
    assert layer.source == "ephemeris"
    assert layer.values["sub_observer_lon_e"] == sky.sub_observer_lon_e
    assert layer.values["range_km"] == sky.range_km
    assert layer.values["sub_solar_lat"] == sky.sub_solar_lat


def test_what_is_said_is_not_said_again() -> None:
    said = Layer(CATALOGUE, {"sub_observer_lat": 1.0, "sub_observer_lon_e": 20.0})
    assert not {"sub_observer_lat", "sub_observer_lon_e"} & set(completed((said,), TIME, NIRC2, "Keck").values)


def test_a_spacecraft_is_never_taken_for_the_earth() -> None:
    assert completed((), TIME, SSI, "Galileo").values == {}
    assert completed((), TIME, None, "").values == {}


def test_a_spacecraft_whose_place_is_known_gets_the_sun() -> None:
    place = Layer(CATALOGUE, {"sub_observer_lat": 0.3, "sub_observer_lon_e": 50.0, "range_km": 6e5})
    layer = completed((place,), TIME, SSI, "Galileo")
    assert set(layer.values) == {"sub_solar_lat", "sub_solar_lon_e"}
    assert layer.values["sub_solar_lat"] == pytest.approx(sky_from_earth(TIME).sub_solar_lat, abs=0.01)
