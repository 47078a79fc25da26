"""Io in Jupiter's shadow and after it."""

from datetime import UTC, datetime, timedelta

import pytest

from iovolc.geometry.ephemeris import sky_from_earth
from iovolc.geometry.sky import Sky
from iovolc.light.eclipse import eclipse_phase


@pytest.mark.parametrize(
    ("sub_solar_lon_e", "expected"),
    [
        (20.0, "sunlit"),
        (10.0, "sunlit"),
        (9.78, "penumbra"),
        (0.0, "umbra"),
        (-9.6, "umbra"),
        (-9.78, "penumbra"),
        (-9.9, "post_eclipse"),
        (-13.9, "post_eclipse"),
        (-14.2, "sunlit"),
        (180.0, "sunlit"),
    ],
)
def test_the_sun_sets_behind_jupiter_and_rises_west_of_it(sub_solar_lon_e: float, expected: str) -> None:
    sky = Sky(sub_solar_lat=0.0, sub_solar_lon_e=sub_solar_lon_e, sub_jovian_lat=0.0, sub_jovian_lon_e=0.0)
    assert eclipse_phase(sky) == expected


def test_without_sun_or_jupiter_only_what_is_said_counts() -> None:
    assert eclipse_phase(Sky()) is None
    assert eclipse_phase(Sky(sub_solar_lat=0.0, sub_solar_lon_e=0.0)) is None
    assert eclipse_phase(Sky(eclipse="umbra")) == "umbra"
    assert eclipse_phase(Sky(eclipse="sunlit")) == "sunlit"


def test_an_ephemeris_goes_through_all_phases_in_order() -> None:
    start = datetime(2016, 1, 1, tzinfo=UTC)
    phases = [eclipse_phase(sky_from_earth(start + timedelta(minutes=minute))) for minute in range(0, 2880, 5)]
    runs = [phase for phase, before in zip(phases[1:], phases, strict=False) if phase not in (before, "penumbra")]
    assert runs[:3] in (["umbra", "post_eclipse", "sunlit"], ["post_eclipse", "sunlit", "umbra"])
    assert 5 <= phases.count("post_eclipse") <= 14
