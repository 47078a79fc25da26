"""A small synthetic run for the tests of publishing: 4 pixels per degree, four events, one refused input."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from iovolc.config import Config
from iovolc.demo.truth import COMPARISON_COLUMNS
from iovolc.detect.completeness import SIZES_KM, CoarseMaps
from iovolc.detect.curve import Curve, Curves, FittedCurve
from iovolc.errors import Finding
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.model.detection import LOOKS, Footprint, Tracked
from iovolc.model.frames import conform, empty
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS, EVENTS, HOTSPOTS, LIGHT_CURVES, SEGMENTS
from iovolc.publish.outputs import publish
from iovolc.publish.run_output import (
    Backdrop,
    ChannelLayers,
    ChannelSummary,
    Completeness,
    Cutout,
    EpochMap,
    EpochReach,
    InputFile,
    ManifestSummary,
    RunOutput,
)
from iovolc.publish.sampling import local_view, mosaic, view

RUN_ID = "0123456789ab"
HOSTILE_NAME = "Kanehekili <Fluctus>"
CONFIG = Config.model_validate({"grid": {"pixels_per_degree": 4}, "publish": {"figures": 3, "max_candidates": 2}})
GRID = Grid.at(4)
CHANNELS = ("red", "green")

PLACES = {
    "evt-equator": (10.0, -59.5, 200.0, "A"),
    "evt-seam": (-20.0, 179.5, 180.0, "B"),
    "evt-pole": (88.0, 30.0, 250.0, "B"),
    "evt-edge60": (60.0, 45.0, 150.0, "C"),
}
"""Event id: latitude, east longitude, radius in km, tier."""


def utc(year, month, day):
    return datetime(year, month, day, tzinfo=UTC)


@lru_cache(maxsize=32)
def cap_footprint(lat, lon_e, radius_km, grid=GRID):
    """All pixels within a distance of a place, split between the sheets at 60 degrees."""
    pixels = []
    for sheet in grid.sheets:
        sheet_lat, sheet_lon = pixel_lat_lon(sheet)
        inside = distance_km(sheet_lat, sheet_lon, lat, lon_e) <= radius_km
        inside &= np.abs(sheet_lat) < 60.0 if sheet.name == "equator" else np.abs(sheet_lat) >= 60.0
        flat = np.flatnonzero(inside).astype(np.int32)
        if flat.size:
            pixels.append((sheet.name, flat))
    return Footprint(tuple(pixels))


def events():
    rows = []
    for number, (event_id, (lat, lon_e, radius, tier)) in enumerate(PLACES.items()):
        rows.append(
            {
                "event_id": event_id, "kind": "darkening", "status": "provisional", "activity": "new", "tier": tier,
                "lat": lat, "lon_e": lon_e, "lon_w": -lon_e % 360, "position_sigma_km": 5.0,
                "area_km2": np.pi * radius**2, "area_sigma_km2": 900.0, "diameter_km": 2 * radius,
                "onset_after_utc": utc(1999, 7, 3), "onset_before_utc": utc(2007, 2, 28),
                "last_seen_utc": utc(2023, 12, 30), "n_epochs": 2, "channels": ["red", "green"],
                "dlna_red": -0.25, "dlna_green": None, "rank_contrast": None,
                "snr": 9.5 - number, "combined_snr": 11.0 - number,
                "reliability": 0.9 - 0.1 * number,
                "p_value": 1.2e-5 * (number + 1), "q_value": 0.004, "power_method": "none",
                "nearest_feature": HOSTILE_NAME, "nearest_km": 12.3, "match_probability": 0.9,
                "new_site": False, "light_class": "sun", "flags": ["relief", "edge"], "parents": [],
                "related": [],
            }
        )  # fmt: skip
    return conform(pd.DataFrame(rows).assign(run_id="0"), EVENTS.with_channels(CHANNELS))


def detections():
    rows = []
    for event_id, (lat, lon_e, radius, _) in PLACES.items():
        rows.append(
            {
                "detection_id": f"det-{event_id[4:]}", "event_id": event_id, "observation_id": "obs-c",
                "reference_ids": ["obs-a", "obs-b"], "channel": "red", "scale_km": radius, "kind": "darkening",
                "lat": lat, "lon_e": lon_e, "lon_w": -lon_e % 360, "position_sigma_km": 5.0,
                "area_km2": np.pi * radius**2, "contrast": -0.25, "contrast_sigma": 0.02, "snr": 9.0,
                "p_value": 1e-5, "q_value": 0.004, "resolution_km": 16.0, "registration_sigma_km": 2.5,
                "limit_90": 0.1, "light_class": "sun", "reliability": 0.8, "flags": [],
            }
        )  # fmt: skip
    return conform(pd.DataFrame(rows), DETECTIONS)


def hotspots():
    row = {
        "site_id": "hot-1", "name": "Loki Patera", "lat": 13.0, "lon_e": 51.2, "lon_w": 308.8, "position_sigma_km": 8.0,
        "n_detections": 3, "first_seen_utc": utc(2013, 1, 1), "last_seen_utc": utc(2018, 1, 1), "activity": "active",
        "aliases": ["Loki"], "parents": [], "n_upper": 1, "lead_band": "L", "persistence": 0.9, "power_method": "none",
    }  # fmt: skip
    return conform(pd.DataFrame([row]), HOTSPOTS)


def looks():
    row = {
        "detection_id": "det-seam", "observation_id": "obs-a", "state": "without", "valid_fraction": 1.0,
        "contrast": -0.2, "contrast_sigma": 0.02,
    }  # fmt: skip
    return conform(pd.DataFrame([row]), LOOKS)


def _surface(lat, lon_e):
    return (0.5 + 0.2 * np.sin(np.radians(3 * lon_e)) * np.cos(np.radians(2 * lat))).astype(np.float32)


@lru_cache(maxsize=8)
def layers(channel, name):
    """A smooth surface without data west of 90 W; the events are one step darker."""
    lat, lon_e = pixel_lat_lon(GRID.sheet(name))
    seen = lon_e > -90.0
    changed = np.zeros(lat.shape, dtype=bool)
    for place_lat, place_lon, radius, _ in PLACES.values():
        changed |= distance_km(lat, lon_e, place_lat, place_lon) <= radius
    difference = np.where(changed, -0.25, 0.0).astype(np.float32)
    brightness = 1.0 if channel == "red" else 0.5
    value = np.where(seen, brightness * _surface(lat, lon_e) * np.exp(difference), np.nan).astype(np.float32)
    status = np.where(seen, np.where(changed, 4, 2), 0).astype(np.uint8)
    return ChannelLayers(
        value, np.where(seen, difference, np.nan).astype(np.float32), (difference / 0.03).astype(np.float32), status,
        np.full(lat.shape, 16.0, np.float32), seen, np.where(seen, 0.9, 0.0).astype(np.float32),
        {size: limits(seen, 6.0 / size) for size in SIZES_KM},
    )  # fmt: skip


def limits(seen, half):
    """The contrast found in 50 and 90 % of cases, the same everywhere."""
    return np.where(seen, np.array([half, 1.2 * half])[:, None, None], np.nan).astype(np.float32)


def reach():
    """One comparison: the eastern half shows 100 km and contrast 0.2 at twice what passes, the rest was not seen."""
    seen = np.zeros((180, 360), np.float32)
    seen[:, 180:] = 1.0
    margin = np.array([0.1, 1.0, 10.0, 30.0], np.float32)[:, None, None] * seen
    epoch = EpochReach(
        "obs-c", "red", False, 20.0, utc(2013, 12, 30), utc(2023, 12, 30), lambda: CoarseMaps(margin, seen)
    )  # fmt: skip
    curves = Curves((FittedCurve(False, 5.0, Curve(1.0, 0.1, 1.0, count=500)),), "made up", "2026-01-01")
    check = {"calibrated": {"injected": 30, "found": 21, "expected": 21.0, "expected_sigma": 2.0, "contradicts": False}}
    return Completeness((epoch,), curves, {"sizes_km": SIZES_KM, "check": check, "rates": []})


def epoch_map(observation_id, least_per_degree):
    """The first look has nothing before it; the events show in the last; looks differ in what they saw."""
    assert least_per_degree >= 4
    found = {name: mosaic(GRID, {sheet.name: getattr(layers("red", sheet.name), name) for sheet in GRID.sheets})
             for name in ("value", "difference", "z")}  # fmt: skip
    west = (
        np.arange(found["value"].shape[1])
        < found["value"].shape[1] * {"obs-a": 0.5, "obs-b": 0.4, "obs-c": 0.0}[observation_id]
    )
    before = np.where(west, np.nan, found["value"] / np.exp(found["difference"])).astype(np.float32)
    if observation_id == "obs-a":
        return EpochMap(before, None, None, "albedo", "change of ln albedo")
    if observation_id == "obs-b":
        nothing = np.where(np.isfinite(before), np.float32(0.0), np.float32(np.nan))
        return EpochMap(before, nothing, nothing, "albedo", "change of ln albedo")
    return EpochMap(found["value"], found["difference"], found["z"], "albedo", "change of ln albedo")


def light_curves():
    """Three detections and an upper limit at one hot spot, with a gap of three years."""
    rows = [
        {
            "site_id": "hot-1", "time_utc": time, "observation_id": f"look-{n}", "band": "L", "wavelength_um": 3.8,
            "radiance_gw_um_sr": value, "sigma_gw_um_sr": sigma, "limit": limit, "quantity": "intensity",
            "source": "made up", "rivals": [], "blended": False, "flags": [],
        }
        for n, (time, value, sigma, limit) in enumerate(
            [(utc(2013, 1, 1), 40.0, 4.0, "detection"), (utc(2014, 1, 1), 12.0, None, "upper"),
             (utc(2017, 1, 1), 60.0, 6.0, "detection"), (utc(2018, 1, 1), 55.0, 5.0, "detection")]
        )
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), LIGHT_CURVES)


def compared(channel, name):
    """What all epochs together reached: in red everything but the far west."""
    _, lon_e = pixel_lat_lon(GRID.sheet(name))
    return lon_e > (-150.0 if channel == "red" else -90.0)


def backdrop():
    lat, lon_e = np.meshgrid(np.arange(89.5, -90.0, -1.0), np.arange(-179.5, 180.0), indexing="ij")
    return Backdrop(_surface(lat, lon_e), "a made-up map")


def truth():
    """One eruption found, one missed, one not required, and one event of no eruption."""
    known = {"truth_onset_utc": utc(2000, 1, 2), "truth_area_km2": 1.2e5, "truth_band": "red", "truth_contrast": -0.25}
    event = {
        "kind": "darkening", "tier": "A", "lat": 10.0, "lon_e": -59.5, "onset_after_utc": utc(1999, 7, 3),
        "onset_before_utc": utc(2007, 2, 28), "area_km2": 1.26e5,
    }  # fmt: skip
    rows = [
        known | event | {"site": "Surt", "verdict": "found", "truth_lat": 11.0, "truth_lon_e": -60.0,
                         "distance_km": 35.2, "event_id": "evt-equator", "onset_holds": True, "area_ratio": 1.05,
                         "other_events": 2},
        known | {"site": "Loki", "verdict": "missed", "truth_lat": 13.0, "truth_lon_e": 51.0},
        known | {"site": "Ra", "verdict": "not required", "truth_lat": -8.0, "truth_lon_e": 35.0,
                 "reason": "too faint"},
        event | {"verdict": "false", "event_id": "evt-gone", "tier": "B"},
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS)).astype(
        {"onset_holds": "boolean", "other_events": "Int64"}
    )


def cutout(event_id, half_km):
    lat, lon_e, *_ = PLACES[event_id]
    places = local_view(lat, lon_e, half_km, 200)
    after = view(GRID, lambda name: layers("red", name).value, *places)
    difference = view(GRID, lambda name: layers("red", name).difference, *places)
    return Cutout(
        lat, lon_e, half_km, after / np.exp(difference), after, difference, "red", "I/F", "change of ln albedo",
        ("obs-a", "obs-b"), ("obs-c",), (utc(1999, 7, 3), utc(2007, 2, 28)), (utc(2023, 12, 30), utc(2023, 12, 30)),
    )  # fmt: skip


def _input(name, path, start, stop, mission):
    return InputFile(name, path, "ab" * 32, mission, "camera", "red", start, stop, f"{mission} team", "CC BY 4.0")


def sample_run(**changes):
    """The run, with some of its fields replaced."""
    inputs = (
        _input("obs-a", "maps/a.tif", utc(1979, 3, 5), utc(1999, 7, 3), "Galileo"),
        _input("obs-b", "maps/b.tif", utc(2007, 2, 28), utc(2007, 2, 28), "New Horizons"),
        _input("obs-c", "maps/c.tif", utc(2023, 12, 30), utc(2023, 12, 30), "Juno"),
    )
    fields = {
        "run_id": RUN_ID,
        "config": CONFIG,
        "manifest": ManifestSummary(3, "cd" * 32, inputs),
        "channels": tuple(
            ChannelSummary(name, "obs-c", ("obs-a", "obs-b"), "log_ratio", "I/F", "a change of 60 km and 20 %")
            for name in CHANNELS
        ),
        "tracked": Tracked(events(), detections(), {name: cap_footprint(*place[:3]) for name, place in PLACES.items()}),
        "looks": looks(),
        "segments": empty(SEGMENTS),
        "hotspots": hotspots(),
        "light_curves": empty(LIGHT_CURVES),
        "layers": layers,
        "cutout": cutout,
        "compared": compared,
        "backdrop": backdrop(),
        "null_statistics": {
            "comparisons": 2, "area_compared_summed_km2": 5e7, "weakest_p": 0.01, "expected_false_events": 1.55,
            "false_events_per_million_km2": 0.031,
            "by_epoch": [
                {
                    "channel": "red", "observation_id": "obs-c", "compared_km2": 3.1e7, "null_draws": 2,
                    "null_clusters_per_draw": 103.5, "clusters": 12, "darker": 9,
                    "passed": 4, "weakest_p": 0.015, "expected_false": 1.55,
                },
            ],
        },
        "refused": (Finding("E302", "maps/d.tif", "no time in <label> or catalogue", row=5, column="time_utc"),),
        "state": "degraded",
        "package_versions": {"numpy": "2.4"},
        "algorithm_versions": {"detect": "1"},
        "credits": ("Base map: USGS",),
        "notes": ("The changes in this run are replayed.",),
        "truth": truth(),
        "timings": {"detect": 1.5},
        "completeness": reach(),
        "epoch_map": epoch_map,
    }  # fmt: skip
    return RunOutput(**{**fields, **changes})


@lru_cache(maxsize=1)
def published():
    """The folder of the published sample; written once per test session, removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="iovolc-publish-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    publish(folder / "out", sample_run())
    return folder / "out"
