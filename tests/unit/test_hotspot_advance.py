"""Flows that advance and lakes that spread, from images with known truth and from measurements alone."""

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from heat_images import DISC, STRICT, TIME, flux_of_snr, frame, night, record
from heat_sample import glow, scattered

from iovolc.config import HeatConfig, TrackConfig
from iovolc.detect.heat import find_heat
from iovolc.detect.heatpsf import spread
from iovolc.detect.heatrows import Unit, glows_of
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.track.hotspot_advance import advance, growth
from iovolc.track.hotspots import follow_heat

PIXELS = np.arange(96.0)
PLACEMENT_KM = 5.0
PLACE = (2.0, 40.0)


def look(number, lat_lon_e, diameter_km, *, snr=150.0):
    """What an image shows of a disc of lava there."""
    at = disc_pixel(DISC, *lat_lon_e)
    centre = (float(at.row) - 0.5, float(at.col) - 0.5)
    light = spread(PIXELS, PIXELS, centre, 3.0, diameter_km / DISC.km_per_px, ring=False)
    made = frame(night([], seed=number) + flux_of_snr(snr) * light)
    time = TIME + timedelta(days=10.0 * number)
    facts = record(id=f"m{number}", time_utc=time, start_utc=time, stop_utc=time)
    (found,) = glows_of(find_heat(made, STRICT), facts, made.ground, Unit("intensity", 1.0), PLACEMENT_KM)
    return found


def test_a_flow_that_advances_and_spreads_is_followed_from_images():
    east_deg = 1.0  # 31.8 km on the equator, per look
    looks = [look(n, (PLACE[0], PLACE[1] + n * east_deg), 400.0 + 40.0 * n) for n in range(4)]
    (spot,) = follow_heat(looks, [], TrackConfig(), HeatConfig()).hotspots.to_dict("records")
    assert spot["advance_km"] == pytest.approx(95.3, abs=3.0 * spot["advance_sigma_km"])
    assert 2.0 < spot["advance_sigma_km"] < 20.0
    assert spot["advance_azimuth_deg"] == pytest.approx(90.0, abs=12.0)
    assert spot["advance_p"] < 1e-6
    assert spot["growth_km"] == pytest.approx(120.0, abs=3.0 * spot["growth_sigma_km"])
    assert spot["growth_sigma_km"] < 30.0
    assert spot["growth_p"] < 1e-4


def test_a_lake_that_stays_neither_moves_nor_grows():
    looks = [look(n, PLACE, 350.0) for n in range(4)]
    moved, grown = advance(looks), growth(looks)
    assert moved is not None
    assert grown is not None
    assert moved.p_value > 0.01
    assert moved.km < 3.0 * moved.sigma_km
    assert grown.p_value > 0.01


def test_errors_are_as_large_as_they_say():
    rng = np.random.default_rng(4)
    still = [advance([scattered(rng, 30.0 * n, 70.0, 179.9, sigma_km=50.0) for n in range(5)]) for _ in range(400)]
    assert np.mean([one is not None and one.p_value < 0.05 for one in still]) == pytest.approx(0.05, abs=0.03)


def test_the_way_is_known_across_the_pole_and_the_seam():
    (moved,) = [advance([glow(0, 89.0, 180.0, sigma_km=5.0), glow(9, 89.0, 0.0, sigma_km=5.0)])]
    assert moved is not None
    assert moved.km == pytest.approx(2.0 * np.radians(1.0) * 1821.49, rel=1e-3)
    assert moved.azimuth_deg == pytest.approx(0.0, abs=0.1)
    assert moved.sigma_km == pytest.approx(5.0 * np.sqrt(2.0), rel=0.01)
    seam = advance([glow(0, 0.0, 179.9, sigma_km=5.0), glow(9, 0.0, -179.9, sigma_km=5.0)])
    assert seam is not None
    assert seam.km == pytest.approx(np.radians(0.2) * 1821.49, rel=1e-3)
    assert seam.azimuth_deg == pytest.approx(90.0, abs=0.1)


def test_one_moment_limits_and_points_tell_nothing():
    assert advance([]) is None
    assert advance([glow(0, 0.0, 0.0), glow(5, 0.0, 0.0, limit="upper")]) is None
    assert advance([glow(0, 0.0, 0.0), glow(5, 60.0, 0.0)]) is None
    assert growth([glow(0, 0.0, 0.0), glow(5, 0.0, 0.0)]) is None
    unsure = [
        replace(glow(day, 0.0, 0.0), width_km=90.0, width_sigma_km=sigma)
        for day in (0, 5)
        for sigma in (math.inf, math.nan)
    ]
    assert growth(unsure) is None
    same = advance([glow(0, 0.0, 0.0), glow(5, 0.0, 0.0)])
    assert same is not None
    assert (same.km, same.p_value) == (0.0, 1.0)
