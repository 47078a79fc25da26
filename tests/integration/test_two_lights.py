"""A day side and a night side of one surface through the whole chain: what Jupiter alone lights is compared, too."""

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from tests.small_grid import slow_uncompiled
from tests.small_maps import (
    FAST,
    Spot,
    centres,
    iovolc,
    near,
    picture,
    row,
    settings,
    write_catalogue,
    write_reference,
    write_tif,
)

from iovolc.config import LightConfig
from iovolc.light.sources import rays_at, terms_of
from iovolc.model.observation import Bounds, ObservationRecord
from iovolc.pipeline.lighting import lighting_of

DAY = {"time_utc": "1997-11-07T00:00:00Z", "sub_solar_lat": 0.0, "sub_solar_lon_w": 20.0}
NIGHT = {"time_utc": "2024-02-03T17:48:00Z", "sub_solar_lat": 3.1, "sub_solar_lon_w": 238.8}
DEPOSIT = Spot(-16.0, -33.0, 90.0, -0.35)


def bracket(cells):
    """I/F over normal albedo of every pixel of a small map, and nan where it is not seen."""
    when = datetime.fromisoformat(cells["time_utc"]).astimezone(UTC)
    record = ObservationRecord(
        "a", "b", "c", "green", "iof", when, when, when, Bounds(-180.0, 180.0, 90.0, -90.0),
        sub_solar_lat=cells["sub_solar_lat"], sub_solar_lon_e=-cells["sub_solar_lon_w"],
        sub_observer_lat=cells["sub_observer_lat"], sub_observer_lon_e=-cells["sub_observer_lon_w"],
        range_km=cells["range_km"],
    )  # fmt: skip
    light = lighting_of(record, LightConfig())
    rays = rays_at(light, *centres())
    return np.where(rays.emission_deg < 75.0, terms_of(light, rays).bracket, np.nan)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A catalogue of a picture by sunlight and, with a deposit, of one by Jupitershine; and the settings."""
    folder = tmp_path_factory.mktemp("lights")
    rows = []
    for name, light, spots, lat, lon_w in (("day", DAY, (), 0.0, 45.0), ("night", NIGHT, (DEPOSIT,), -10.0, 50.0)):
        cells = {**light, "sub_observer_lat": lat, "sub_observer_lon_w": lon_w, "range_km": 50_000.0}
        write_tif(folder / f"{name}.tif", (picture(len(rows), spots) * bracket(cells)).astype(np.float32))
        rows.append(row(f"{name}.tif", **cells))
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    return folder, catalogue, settings(*FAST, f"registration.reference={write_reference(folder / 'reference.png')}")


def ran(scene, name, *options):
    folder, catalogue, common = scene
    places = ("--store", folder / "store", "--out", folder / name)
    answer = iovolc("run", catalogue, *places, "--workers", 2, "--quiet", *common, *options)
    assert answer.code == 0, answer.err
    return pd.read_parquet(folder / name / "events.parquet"), json.loads((folder / name / "run.json").read_text())


@slow_uncompiled
def test_a_deposit_seen_in_jupitershine_alone_is_found_and_nothing_else(scene) -> None:
    events, record = ran(scene, "on")
    sure = events[events["tier"] != "C"]
    assert len(near(sure, DEPOSIT)) == len(sure) == 1
    assert sure["light_class"].tolist() == ["jupiter"]
    assert sure["dlna_green"].iloc[0] == pytest.approx(DEPOSIT.dlna, abs=0.1)
    (night,) = record["jupitershine"]
    assert night["observation_id"] == "night"
    assert 0.001 < night["night_day_ratio"] < 0.016
    assert night["night_factor"] == pytest.approx(1.0 / night["night_day_ratio"], rel=0.1)
    assert any("lit by Jupiter alone" in note for note in record["notes"])
    assert "brightened" in record["channels"][0]["unit"]
    (compared,) = record["null_statistics"]["by_epoch"]
    assert not compared["light_gains"]["jupiter"]["doubtful"]
    status = iovolc("status", "--store", scene[0] / "store", "--json").values
    assert "Jupitershine is" in status["jupitershine"][0]


@slow_uncompiled
def test_without_the_light_model_shades_are_candidates(scene) -> None:
    events, record = ran(scene, "off", "--set", "light.model=off")
    assert len(events) > len(near(events, DEPOSIT))
    assert "light_gains" not in record["null_statistics"]["by_epoch"][0]
