from dataclasses import astuple, replace
from datetime import UTC, datetime

import pytest

from iovolc.archive.viewing import choose
from iovolc.geometry.ephemeris import sky_from_earth, sky_from_place
from iovolc.geometry.sky import Sky, angle_between_points_deg

TIME = datetime(1997, 2, 19, 21, 7, 27, tzinfo=UTC)
PLACE = {"sub_observer_lat": -0.352, "sub_observer_lon_e": -94.985, "range_km": 1_073_668.0}
SPACECRAFT = Sky(**PLACE)
KERNEL_SKY = replace(sky_from_place(TIME, **PLACE), sub_solar_lat=-0.8, sub_solar_lon_e=-64.0, range_km=1_073_676.0)


def kernels(time_utc, observer):
    assert (time_utc, observer) == (TIME, -77)
    return KERNEL_SKY


def test_an_earth_based_observer_gets_everything_from_the_ephemeris():
    chosen = choose(Sky(), TIME, earth_based=True)
    assert astuple(chosen.sky) == pytest.approx(astuple(sky_from_earth(TIME)))
    assert set(chosen.sources.values()) == {"ephemeris"}
    assert len(chosen.sources) == len(astuple(chosen.sky))
    assert chosen.label_off_deg is None


def test_a_spacecraft_without_label_and_kernels_gets_nothing():
    chosen = choose(Sky(), TIME, earth_based=False)
    assert chosen.sky == Sky()
    assert chosen.sources == {}


@pytest.mark.parametrize("missing", list(PLACE))
def test_a_spacecraft_half_placed_by_its_label_never_gets_the_earths_sky(missing):
    chosen = choose(replace(SPACECRAFT, **{missing: None}), TIME, earth_based=False)
    assert chosen.sky.sub_solar_lat is None
    assert chosen.sky.eclipse is None
    assert "ephemeris" not in chosen.sources.values()


def test_a_placed_spacecraft_gets_sun_and_jupiter_from_the_ephemeris():
    chosen = choose(SPACECRAFT, TIME, earth_based=False)
    expected = sky_from_place(TIME, **PLACE)
    assert astuple(chosen.sky) == pytest.approx(astuple(expected))
    for name in (*PLACE, "light_time_s", "angular_diameter_arcsec"):
        assert chosen.sources[name] == "label"
    for name in ("sub_solar_lat", "sub_jovian_lon_e", "jupiter_phase_deg", "phase_deg", "eclipse", "pole_angle_deg"):
        assert chosen.sources[name] == "ephemeris"
    assert chosen.label_off_deg is None


def test_kernels_go_before_the_ephemeris():
    chosen = choose(Sky(), TIME, earth_based=True, kernels=kernels, observer=-77)
    assert chosen.sky.sub_solar_lon_e == -64.0
    assert set(chosen.sources.values()) == {"kernels"}


def test_the_label_goes_before_kernels_and_what_follows_is_consistent():
    label = replace(SPACECRAFT, sub_solar_lat=-0.83, sub_solar_lon_e=-64.399)
    chosen = choose(label, TIME, earth_based=False, kernels=kernels, observer=-77)
    assert chosen.sky.range_km == 1_073_668.0
    assert chosen.sources["sub_solar_lat"] == chosen.sources["phase_deg"] == "label"
    assert chosen.sources["sub_jovian_lat"] == chosen.sources["eclipse"] == "kernels"
    assert chosen.sky.phase_deg == pytest.approx(angle_between_points_deg(-0.352, -94.985, -0.83, -64.399))
    assert chosen.sky.light_time_s == pytest.approx(1_073_668.0 / 299_792.458)
    assert chosen.label_off_deg == pytest.approx(0.4, abs=0.01)


def test_a_phase_of_mixed_sources_is_not_the_labels():
    chosen = choose(replace(SPACECRAFT, range_km=None), TIME, earth_based=False, kernels=kernels, observer=-77)
    assert chosen.sources["phase_deg"] == "kernels"
    assert chosen.sources["range_km"] == "kernels"
    assert chosen.sources["sub_observer_lat"] == "label"


def test_a_phase_that_the_label_states_is_kept():
    chosen = choose(replace(SPACECRAFT, phase_deg=30.588), TIME, earth_based=False)
    assert chosen.sky.phase_deg == 30.588
    assert chosen.sources["phase_deg"] == "label"


def test_half_a_point_does_not_count():
    chosen = choose(Sky(sub_observer_lat=80.0), TIME, earth_based=True)
    assert chosen.sources["sub_observer_lat"] == "ephemeris"
    assert chosen.sky.sub_observer_lat == pytest.approx(sky_from_earth(TIME).sub_observer_lat)


def test_the_ephemeris_steps_in_where_kernels_do_not_reach():
    def empty(*_):
        return None

    assert choose(Sky(), TIME, earth_based=True, kernels=empty, observer="EARTH").sources["range_km"] == "ephemeris"
    assert choose(Sky(), TIME, earth_based=False, kernels=empty, observer=-77).sky == Sky()


def test_kernels_without_an_observer_are_not_asked():
    assert choose(Sky(), TIME, earth_based=False, kernels=kernels).sky == Sky()


def test_a_wrong_date_shows_in_the_distance_from_the_label():
    sky = sky_from_earth(datetime(2014, 1, 20, 8, 5, tzinfo=UTC))
    label = Sky(sub_observer_lat=sky.sub_observer_lat, sub_observer_lon_e=sky.sub_observer_lon_e)
    right = choose(label, datetime(2014, 1, 20, 8, 5, tzinfo=UTC), earth_based=True)
    a_day_later = choose(label, datetime(2014, 1, 21, 8, 5, tzinfo=UTC), earth_based=True)
    assert right.label_off_deg < 1e-6
    assert a_day_later.label_off_deg > 150.0
