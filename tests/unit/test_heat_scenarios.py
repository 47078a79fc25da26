"""What tracking makes of scenarios whose truth is known."""

import hashlib

import numpy as np
import pytest
from heat_sample import glow, purity_and_completeness, scattered

from iovolc.config import HeatConfig, TrackConfig
from iovolc.track.hotspot_sites import find_sites
from iovolc.track.hotspots import follow_heat

SIGMA_KM = 30.0


def series(rng, place, days, value=20.0, **facts):
    return [scattered(rng, day, *place, value, sigma_km=SIGMA_KM, **facts) for day in days]


def scenario(name, rng):
    """Measurements by the name of their true place."""
    steady = {"far": series(rng, (30.0, -120.0), range(0, 400, 40))}
    if name == "pole":
        return steady | {
            "pole": series(rng, (89.0, 10.0), range(0, 400, 40)), "near": series(rng, (82.0, 190.0), range(0, 400, 40)),
        }  # fmt: skip
    if name == "seam":
        return steady | {
            "west": series(rng, (5.0, 179.5), range(0, 400, 40)), "east": series(rng, (5.0, -172.0), range(0, 400, 40)),
        }  # fmt: skip
    if name == "re-eruption":
        return steady | {"burst": series(rng, (-20.0, 60.0), (0, 1, 2, 300, 301, 302), 200.0)}
    if name == "saturation":
        return steady | {"bright": series(rng, (40.0, 20.0), range(0, 200, 20), 400.0, limit="lower")}
    if name == "fade":
        return steady | {
            "fading": [
                glow(day, -20.0, 60.0, 300.0 * np.exp(-day / 30.0), sigma_km=SIGMA_KM) for day in range(0, 90, 6)
            ]
        }
    return steady | {  # a gap, and two places side by side
        "one": series(rng, (10.0, 30.0), (*range(0, 100, 20), 900, 920)),
        "two": series(rng, (10.0, 37.0), (*range(0, 100, 20), 900, 920)),
    }


@pytest.mark.parametrize("name", ["pole", "seam", "re-eruption", "saturation", "fade", "gap"])
def test_every_measurement_is_with_its_own(name):
    both = []
    for seed in range(4):
        groups = scenario(name, np.random.default_rng(seed))
        truth = {one: place for place, glows in groups.items() for one in glows}
        both.append(purity_and_completeness(find_sites(truth, TrackConfig()), truth))
    assert np.mean([purity for purity, _ in both]) >= 0.98
    assert np.mean([complete for _, complete in both]) >= 0.98


def test_twenty_orders_and_one_catalogue():
    rng = np.random.default_rng(2)
    glows = [one for place in scenario("gap", rng).values() for one in place]
    hashes = set()
    for _ in range(20):
        rng.shuffle(glows)
        heat = follow_heat(glows, (), TrackConfig(), HeatConfig())
        text = heat.hotspots.to_csv() + heat.light_curves.to_csv()
        hashes.add(hashlib.sha256(text.encode()).hexdigest())
    assert len(hashes) == 1


def test_no_row_where_nobody_looked():
    glows = [glow(0, 10.0, 20.0), glow(5, 10.0, 20.0, 1.0, limit="upper"), glow(9, -60.0, 150.0, 1.0, limit="upper")]
    curves = follow_heat(glows, (), TrackConfig(), HeatConfig()).light_curves
    assert curves["limit"].tolist() == ["detection", "upper"]


def breathing(rng, *, burst_day=None):
    """A place that brightens tenfold every 480 days, as Loki does, and an outburst on top of it if asked for."""
    days = np.sort(rng.uniform(0.0, 2600.0, 60))
    values = 30.0 * np.exp(0.9 * np.sin(2.0 * np.pi * days / 480.0) + 0.15 * rng.standard_normal(days.size))
    glows = [glow(day, 13.0, 51.0, float(value)) for day, value in zip(days, values, strict=True)]
    return glows if burst_day is None else [*glows, glow(burst_day, 13.0, 51.0, 1500.0)]


@pytest.mark.parametrize("seed", range(3))
def test_a_cycle_is_no_outburst_and_an_outburst_on_top_is_one(seed):
    for burst_day in (None, 1234.5):
        glows = breathing(np.random.default_rng(seed), burst_day=burst_day)
        heat = follow_heat(glows, (), TrackConfig(), HeatConfig())
        burst = heat.light_curves["activity"] == "outburst"
        assert burst.sum() == (burst_day is not None)
        assert heat.hotspots["period_days"].iloc[0] == pytest.approx(480.0, rel=0.05)
