"""What lights an observation, from its record."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from iovolc.config import LightConfig
from iovolc.errors import InputError
from iovolc.model.observation import Bounds, ObservationRecord
from iovolc.pipeline.lighting import flag_settings, light_settings, lighting_of

CONFIG = LightConfig()
WHEN = datetime(2023, 12, 30, 8, 36, tzinfo=UTC)
RECORD = ObservationRecord(
    "obs", "ab", "a.tif", "green", "iof", WHEN, WHEN, WHEN, Bounds(-180.0, 180.0, 90.0, -90.0),
    sub_solar_lat=3.1, sub_solar_lon_e=118.2, sub_observer_lat=20.0, sub_observer_lon_e=40.0, range_km=6000.0,
)  # fmt: skip
NAN = float("nan")


def test_jupiter_is_added_from_the_ephemeris():
    found = lighting_of(RECORD, CONFIG)
    assert found.sky.sub_jovian_lon_e == pytest.approx(-0.83, abs=0.02)
    assert found.sky.jupiter_distance_km == pytest.approx(422_624.0, abs=50.0)
    assert found.sky.eclipse == "sunlit"
    assert found.jupiter_phase_deg == pytest.approx(61.1, abs=0.1)
    assert 0.005 < found.irradiance < 0.009
    assert found.surface.photometry.model == "lunar_lambert"


def test_the_label_has_the_say_over_sun_and_observer():
    found = lighting_of(replace(RECORD, sub_solar_lon_e=100.0), CONFIG).sky
    assert (found.sub_solar_lat, found.sub_solar_lon_e) == (3.1, 100.0)
    assert (found.sub_observer_lat, found.sub_observer_lon_e, found.range_km) == (20.0, 40.0, 6000.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"is_mosaic": True},
        {"quantity": "radiance"},
        {"unit": "normal albedo"},
        {"unit": " Normal Albedo"},
        {"sub_solar_lat": NAN},
        {"sub_observer_lon_e": NAN},
        {"channel": "M"},
    ],
)
def test_without_a_known_light_or_without_need_there_is_none(changes):
    assert lighting_of(replace(RECORD, **changes), CONFIG) is None


def test_a_stretched_picture_needs_the_sun_alone():
    unseen = replace(RECORD, quantity="relative", sub_observer_lat=NAN, sub_observer_lon_e=NAN, range_km=NAN)
    assert lighting_of(unseen, CONFIG).sky.sub_observer_lat is None


def test_a_range_that_is_not_known_counts_as_infinite():
    found = lighting_of(replace(RECORD, range_km=NAN), CONFIG).sky
    assert found.range_km is None
    assert found.sub_jovian_lon_e == pytest.approx(-0.83, abs=0.1)


def test_eclipses_are_told_and_the_half_hour_after_them_is_sunlit():
    states = [
        lighting_of(replace(RECORD, sub_solar_lat=0.0, sub_solar_lon_e=lon_e), CONFIG).sky.eclipse
        for lon_e in (-0.8, -12.5, 30.0)
    ]
    assert states == ["umbra", "sunlit", "sunlit"]


def test_photometric_parameters_are_those_of_the_configuration():
    found = lighting_of(RECORD, LightConfig(photometry="minnaert"))
    assert found.surface.photometry.model == "minnaert"
    with pytest.raises(InputError, match="E108"):
        lighting_of(RECORD, LightConfig(photometry="marble"))


def test_epochs_depend_on_what_decides_their_flags_and_on_nothing_else():
    plain = flag_settings(CONFIG)
    assert flag_settings(LightConfig(model=False, sigma_phase=0.1, min_snr=(1.0, 1.0))) == plain
    for other in (LightConfig(max_incidence_deg=60.0), LightConfig(photometry="minnaert")):
        assert flag_settings(other) != plain
    assert light_settings(LightConfig(model=False)) != light_settings(CONFIG)
