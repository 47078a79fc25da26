"""Io's sky against published geometry: JPL Horizons, Galileo labels, IMCCE's eclipses."""

import csv
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.ephemeris import sky_from_earth, sky_from_place
from iovolc.geometry.longitudes import difference
from iovolc.geometry.sky import angle_between_points_deg
from iovolc.geometry.timescale import tdb_days
from iovolc.model.observation import parse_utc

HORIZONS = Path(__file__).with_name("horizons_io.csv")
"""JPL Horizons for Io from the geocentre, 0 h UTC, as the package casadata 2025.9.22 distributes it (tables Io_55197
and Io_59214; longitudes to 0.01 degrees). The first knows no leap second after 2012, so it is used to 2014 only."""

BAR_DEG = 0.005
ROUNDING_DEG = 0.005

with HORIZONS.open(encoding="utf-8", newline="") as file:
    PUBLISHED = list(csv.DictReader(file))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["time_utc"][:10])
def test_longitudes_are_those_of_horizons(row):
    sky = sky_from_earth(parse_utc(row["time_utc"]))
    assert abs(difference(sky.sub_observer_lon_e, -float(row["sub_observer_lon_w"]))) <= BAR_DEG + ROUNDING_DEG
    assert abs(difference(sky.sub_solar_lon_e, -float(row["sub_solar_lon_w"]))) <= BAR_DEG + ROUNDING_DEG


def test_longitudes_are_those_of_horizons_on_average():
    """Rounding averages out: what is left is ours."""
    skies = [sky_from_earth(parse_utc(row["time_utc"])) for row in PUBLISHED]
    for ours, theirs in (("sub_observer_lon_e", "sub_observer_lon_w"), ("sub_solar_lon_e", "sub_solar_lon_w")):
        off = [difference(getattr(sky, ours), -float(row[theirs])) for sky, row in zip(skies, PUBLISHED, strict=True)]
        assert abs(np.mean(off)) < 0.002


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["time_utc"][:10])
def test_distances_phase_and_latitudes_are_those_of_horizons(row):
    """Horizons' pole of Io is not the IAU's: its latitudes differ by up to 0.056 degrees, slowly over the years."""
    sky = sky_from_earth(parse_utc(row["time_utc"]))
    assert sky.range_km == pytest.approx(float(row["range_au"]) * body.AU_KM, rel=1e-4)
    assert sky.sun_distance_au == pytest.approx(float(row["sun_distance_au"]), rel=1e-4)
    assert sky.phase_deg == pytest.approx(float(row["phase_deg"]), abs=0.008)
    assert sky.sub_observer_lat == pytest.approx(float(row["sub_observer_lat"]), abs=0.062)
    assert sky.sub_solar_lat == pytest.approx(float(row["sub_solar_lat"]), abs=0.062)


# Galileo labels: 30INECLPSE01C (NIMS, start and stop, to 0.01 degrees) and E6I0032 (SSI, to 0.001 degrees).
LABELS = [
    ("2001-05-23T13:21:30", (-0.74, 89.43, 382_000.0), (2.52, 1.05), 0.010),
    ("2001-05-23T13:27:27", (-0.76, 89.31, 385_100.0), (2.52, 1.89), 0.010),
    ("1997-02-19T21:07:27.314", (-0.352, 94.985, 1_073_668.0), (-0.830, 64.399), 0.0055),
]


@pytest.mark.parametrize(("time", "observer", "sun", "tolerance_deg"), LABELS)
def test_the_sun_stands_where_galileo_labels_say(time, observer, sun, tolerance_deg):
    lat, lon_w, range_km = observer
    sky = sky_from_place(parse_utc(time), sub_observer_lat=lat, sub_observer_lon_e=-lon_w, range_km=range_km)
    assert abs(sky.sub_solar_lat - sun[0]) <= tolerance_deg
    assert abs(difference(sky.sub_solar_lon_e, -sun[1])) <= tolerance_deg
    assert (sky.sub_observer_lat, sky.sub_observer_lon_e) == pytest.approx((lat, -lon_w))
    assert sky.range_km == pytest.approx(range_km)


def test_nims_saw_io_in_eclipse():
    """The label's note: "Observation of Io in Jupiter eclipse"."""
    sky = sky_from_place(
        parse_utc("2001-05-23T13:24:00"), sub_observer_lat=-0.75, sub_observer_lon_e=-89.37, range_km=384_021.0
    )
    assert sky.eclipse == "umbra"


def states(start, stop, step_s):
    """Moments and eclipse states at the Earth's centre."""
    count = int((stop - start).total_seconds() // step_s)
    times = [start + timedelta(seconds=step_s * k) for k in range(count)]
    return times, [sky_from_earth(time) for time in times]


@pytest.mark.parametrize(
    "predicted", ["2016-01-01T15:39", "2016-01-03T10:07", "2016-01-05T04:36", "2016-01-06T23:04", "2016-01-08T17:32"]
)
def test_eclipses_begin_when_imcce_says(predicted):
    """Middle of disappearance to the minute (IMCCE, printed in Sky and Telescope's list for January 2016)."""
    middle = parse_utc(predicted)
    assert sky_from_earth(middle - timedelta(seconds=75)).eclipse == "sunlit"
    assert sky_from_earth(middle + timedelta(seconds=75)).eclipse == "umbra"


def edge(lit, dark):
    """Moment between a lit and a dark one at which the Sun begins or ceases to be covered, to 2 s."""
    while abs(dark - lit) > timedelta(seconds=2):
        middle = lit + (dark - lit) / 2
        lit, dark = (middle, dark) if sky_from_earth(middle).eclipse == "sunlit" else (lit, middle)
    return lit


def durations_h(start, orbits):
    """From the first to the last light lost, of each eclipse in this many synodic periods."""
    times, skies = states(start, start + timedelta(hours=orbits * 42.476), 3600.0)
    dark = [sky.eclipse != "sunlit" for sky in skies]
    changes = [k for k in range(1, len(dark)) if dark[k] != dark[k - 1]]
    edges = [edge(times[k - 1], times[k]) if dark[k] else edge(times[k], times[k - 1]) for k in changes]
    return [(out - into).total_seconds() / 3600.0 for into, out in zip(edges[::2], edges[1::2], strict=True)]


def test_every_orbit_has_one_eclipse_of_two_and_a_quarter_hours():
    """With the penumbra 2.32 h at the node and 2.19 h at a solar latitude of 3.1 degrees, 0.8 % more or less by the
    orbit's eccentricity."""
    at_node, far_from_it = (
        durations_h(datetime(2015, 1, 1, 20, tzinfo=UTC), 5),
        durations_h(datetime(2012, 1, 1, 20, tzinfo=UTC), 5),
    )
    assert len(at_node) == len(far_from_it) == 5
    assert 2.30 < min(at_node) <= max(at_node) < 2.345
    assert 2.16 < min(far_from_it) <= max(far_from_it) < 2.22


def test_io_is_dark_exactly_while_the_sun_is_behind_jupiter():
    start = datetime(2024, 3, 1, tzinfo=UTC)
    _, skies = states(start, start + timedelta(days=4), 300.0)
    apart = [
        angle_between_points_deg(sky.sub_solar_lat, sky.sub_solar_lon_e, sky.sub_jovian_lat, sky.sub_jovian_lon_e)
        for sky in skies
    ]
    for sky, angle in zip(skies, apart, strict=True):
        if angle < 9.0:
            assert sky.eclipse == "umbra"
        if angle > 9.9:
            assert sky.eclipse == "sunlit"
    dark = [abs(sky.sub_solar_lon_e) for sky in skies if sky.eclipse != "sunlit"]
    assert 0.0 < max(dark) < 11.0


def test_jupiters_phase_complements_the_angle_between_sun_and_jupiter():
    start = datetime(2007, 2, 27, tzinfo=UTC)
    _, skies = states(start, start + timedelta(days=2), 7200.0)
    for sky in skies:
        apart = angle_between_points_deg(
            sky.sub_solar_lat, sky.sub_solar_lon_e, sky.sub_jovian_lat, sky.sub_jovian_lon_e
        )
        assert sky.jupiter_phase_deg == pytest.approx(180.0 - apart, abs=1e-9)
    assert min(sky.jupiter_phase_deg for sky in skies) < 15.0
    assert max(sky.jupiter_phase_deg for sky in skies) > 165.0


def test_jupiter_librates_by_half_a_degree_beside_the_meridian():
    """Twice the eccentricity 0.0041 in radians, about -0.44 degrees in the IAU 2015 frame; distance a (1 +- e)."""
    start = datetime(1997, 2, 19, tzinfo=UTC)
    _, skies = states(start, start + timedelta(days=18), 3600.0 * 3)
    lon_e = np.array([sky.sub_jovian_lon_e for sky in skies])
    assert np.mean(lon_e) == pytest.approx(-0.44, abs=0.03)
    assert 0.45 < 0.5 * np.ptp(lon_e) < 0.5
    assert max(abs(sky.sub_jovian_lat) for sky in skies) < 0.02
    distance_km = np.array([sky.jupiter_distance_km for sky in skies])
    assert distance_km.min() == pytest.approx(420_000.0, abs=300.0)
    assert distance_km.max() == pytest.approx(423_500.0, abs=300.0)


def test_light_time_and_diameter_follow_from_the_range():
    sky = sky_from_earth(datetime(2014, 1, 20, 8, 5, tzinfo=UTC))
    assert sky.light_time_s == pytest.approx(sky.range_km / 299_792.458)
    assert sky.angular_diameter_arcsec == pytest.approx(2.0 * 1821.49 / sky.range_km * 206_264.806, rel=1e-6)


def test_the_rotation_is_that_of_the_emission():
    """Over a light time of half an hour Io turns by five degrees; a near observer sees it as it is now."""
    time = datetime(2014, 1, 20, 8, 5, tzinfo=UTC)
    far = sky_from_earth(time)
    near = sky_from_place(
        time - timedelta(seconds=far.light_time_s - 1.0), sub_observer_lat=far.sub_observer_lat,
        sub_observer_lon_e=far.sub_observer_lon_e, range_km=299_792.458,
    )  # fmt: skip
    assert far.light_time_s > 1800.0
    assert near.sub_solar_lon_e == pytest.approx(far.sub_solar_lon_e, abs=1e-6)
    assert near.pole_angle_deg == pytest.approx(far.pole_angle_deg, abs=1e-6)


@pytest.mark.parametrize("year", [1979, 1996, 2007, 2024, 2035])
def test_everything_is_known_from_the_earth(year):
    values = astuple(sky_from_earth(datetime(year, 7, 1, tzinfo=UTC)))
    assert None not in values
    assert np.isfinite(values[:-1]).all()


def test_leap_seconds_are_those_of_utc():
    def ahead_s(time):
        return tdb_days(time) * 86_400.0 - (time - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds()

    assert ahead_s(datetime(1979, 3, 5, tzinfo=UTC)) == pytest.approx(18.0 + 32.184, abs=1e-4)
    assert ahead_s(datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)) == pytest.approx(36.0 + 32.184, abs=1e-4)
    assert ahead_s(datetime(2017, 1, 1, tzinfo=UTC)) == pytest.approx(37.0 + 32.184, abs=1e-4)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        sky_from_earth(datetime(2017, 1, 1))  # noqa: DTZ001
