"""The tables of hot spots and light curves: what a reader of them is told."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from heat_sample import glow, scattered

from iovolc.config import HeatConfig, TrackConfig
from iovolc.light.thermal import intensity
from iovolc.model.detection import Feature
from iovolc.track.hotspots import follow_heat

FEATURES = (Feature("Loki Patera", 12.97, 51.2, 227.3), Feature("Rarog Patera", -41.6, 55.3, 103.0))


def tables(*glows, **heat):
    return follow_heat(glows, FEATURES, TrackConfig(), HeatConfig(**heat))


def rarog(day=0.0):
    """The eruption of August 2013, 1040 K and 120 km2, in L and M."""
    return [
        glow(day + shift, -42.0, 55.0, float(intensity(wave, 1040.0, 120.0)), band=band, wavelength_um=wave,
             label="Rarog")
        for shift, band, wave in ((0.0, "Lp", 3.78), (0.02, "Ms", 4.67))
    ]  # fmt: skip


def test_nothing_measured_gives_empty_tables():
    found = tables()
    assert (len(found.hotspots), len(found.light_curves)) == (0, 0)
    assert len(tables(glow(0, 0.0, 0.0, limit="upper")).hotspots) == 0


def test_rarog_is_an_outburst_with_temperature_and_power():
    found = tables(glow(-5, -42.0, 55.0, 5.0, limit="upper", label="Rarog"), *rarog(), glow(5, -42.0, 55.0, 40.0))
    (spot,) = found.hotspots.to_dict("records")
    assert (spot["name"], spot["aliases"], spot["activity"]) == ("Rarog Patera", ["Rarog"], "fading")
    assert (spot["n_detections"], spot["n_upper"], spot["bright_class"]) == (3, 1, "outburst")
    assert spot["temperature_k"] == pytest.approx(1040, abs=2)
    assert spot["area_km2"] == pytest.approx(120, rel=0.01)
    assert spot["power_gw"] == pytest.approx(7960, rel=0.01)
    assert (spot["power_method"], spot["power_high_gw"]) == ("single_T", pytest.approx(15920, rel=0.01))
    assert list(found.light_curves["activity"]) == [None, "outburst", None, "fading"]
    assert spot["onset_after_utc"] < spot["onset_before_utc"]


def test_there_is_a_row_for_every_look_and_none_where_nobody_looked():
    glows = [glow(0, 0.0, 0.0), glow(5, 0.0, 0.0, 2.0, limit="upper"), glow(9, 0.0, 0.0, 50.0, limit="lower"),
             glow(9, 50.0, 90.0), glow(20, -60.0, -90.0, 1.0, limit="upper")]  # fmt: skip
    found = tables(*glows)
    assert len(found.hotspots) == 2
    curves = found.light_curves.groupby("site_id")["limit"].agg(list)
    assert sorted(curves) == [["detection"], ["detection", "upper", "lower"]]


def test_a_limit_beside_a_detection_of_the_same_look_is_none_of_that_place():
    found = tables(glow(0, 0.0, 0.0), glow(0, 0.5, 0.5, 3.0, limit="upper"))
    assert list(found.light_curves["limit"]) == ["detection"]


def test_relative_values_never_become_watts():
    relative = [glow(day, 0.0, 0.0, 0.4, quantity="relative") for day in (0, 5, 9)]
    found = tables(*relative, k48=7.3)
    assert found.light_curves["relative_value"].tolist() == [0.4] * 3
    assert found.light_curves[["radiance_gw_um_sr", "power_gw"]].isna().all(axis=None)
    spot = found.hotspots.iloc[0]
    assert spot[["peak_gw_um_sr", "power_gw", "power_low_gw", "power_high_gw", "bright_class"]].isna().all()
    assert spot["power_method"] == "none"


def test_a_name_beside_an_uncertain_place_is_doubted():
    sharp = tables(glow(0, 12.97, 51.3, sigma_km=5.0)).hotspots.iloc[0]
    blurred = tables(glow(0, 12.97, 51.3, sigma_km=95.0)).hotspots.iloc[0]
    assert sharp["name"] == blurred["name"] == "Loki Patera"
    assert sharp["match_probability"] > 0.99
    assert blurred["match_probability"] < 0.95


def test_persistent_is_what_is_there_whenever_one_looks():
    steady = [glow(day, 0.0, 0.0) for day in range(0, 800, 40)]
    rare = [glow(day, 30.0, 90.0, 10.0 if day == 400 else 1.0, limit="detection" if day == 400 else "upper")
            for day in range(0, 800, 40)]  # fmt: skip
    found = tables(*steady, *rare).hotspots.set_index("n_upper")["persistence"]
    assert found[0] > 0.99
    assert found[19] < 0.01


def test_measurements_without_an_error_get_the_configured_one():
    assert tables(glow(0, 0.0, 0.0, 160.0, sigma=None)).hotspots.iloc[0]["bright_probability"] < 0.7
    sure = tables(glow(0, 0.0, 0.0, 160.0, sigma=None), default_error=0.01).hotspots.iloc[0]
    assert sure["bright_probability"] > 0.99


def test_twenty_orders_give_one_catalogue():
    rng = np.random.default_rng(11)
    glows = [scattered(rng, day, lat, lon_e) for day in range(0, 100, 10) for lat, lon_e in ((13, 51), (-42, 55))]
    glows += [glow(day, 13.0, 51.0, 3.0, limit="upper") for day in (3, 33)]
    hashes = set()
    for _ in range(20):
        rng.shuffle(glows)
        found = tables(*glows)
        frames = (found.hotspots, found.light_curves)
        hashes.add(hashlib.sha256("".join(frame.to_csv() for frame in frames).encode()).hexdigest())
    assert len(hashes) == 1


def test_the_tables_are_sorted_and_west_agrees_with_east():
    found = tables(*rarog(), glow(0, 12.9, 51.2))
    assert found.hotspots["site_id"].is_monotonic_increasing
    assert np.allclose((-found.hotspots["lon_e"]) % 360.0, found.hotspots["lon_w"], atol=1e-3)
    assert isinstance(found.light_curves["time_utc"].dtype, pd.DatetimeTZDtype)


def test_a_flare_tells_how_fast_it_fades_and_a_change_just_now_how_sure_it_is():
    days = [*range(0, 200, 20), 200, 205, 212, 222, 240, 270, 300, 350, 400]
    values = [10.0 + 300.0 * np.exp(-(day - 200.0) / 20.0) * (day >= 200) for day in days]
    (spot,) = tables(*(glow(day, 0.0, 0.0, value) for day, value in zip(days, values, strict=True))).hotspots.to_dict(
        "records"
    )
    assert spot["flare_efold_days"] == pytest.approx(20.0, rel=0.3)
    assert spot["flare_efold_low_days"] <= spot["flare_efold_days"] <= spot["flare_efold_high_days"]
    assert (spot["flare_utc"] - spot["first_seen_utc"]).days == 200
    assert spot["change_probability"] < 0.5


def test_four_bands_that_need_two_temperatures_get_them():
    waves = {"H": 1.65, "Kp": 2.12, "Lp": 3.78, "Ms": 4.67}
    looks = [
        glow(0.01 * number, -42.0, 55.0, float(intensity(wave, 1200.0, 2.0) + intensity(wave, 450.0, 4000.0)),
             band=band, wavelength_um=wave, label="Loki")
        for number, (band, wave) in enumerate(waves.items())
    ]  # fmt: skip
    spot = tables(*looks).hotspots.iloc[0]
    assert spot["power_method"] == "two_T"
    assert spot["temperature_k"] == pytest.approx(1200.0, rel=0.05)
