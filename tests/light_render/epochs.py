"""Rendered pictures as products of a mission: maps on disk, a catalogue with their geometry, and runs over them."""

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import rasterio
from rasterio.transform import Affine

from iovolc.config import load
from iovolc.geometry.sphere import distance_km
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track
from light_render.scene import Camera, View, picture

START = datetime(1997, 11, 6, 22, tzinfo=UTC)
LATER = datetime(2001, 2, 1, tzinfo=UTC)
UNREGISTERED = "registration.min_correlation=1.0"
"""Takes maps where their rows put them."""


@dataclass(frozen=True)
class Shot:
    """One exposure."""

    name: str
    view: View
    camera: Camera = field(default_factory=Camera)
    time_utc: datetime = START
    law: str = "lunar-lambert"
    deposits: tuple = ()
    shift_km: tuple = (0.0, 0.0)
    seed: int = 1


def rendered(shot):
    return picture(shot.view, shot.camera, shot.seed, law=shot.law, deposits=shot.deposits, shift_km=shot.shift_km)


def write_shots(folder, shots):
    """One GeoTIFF in degrees a shot, and the catalogue that names their geometry."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for shot in shots:
        write_map(folder / f"{shot.name}.tif", rendered(shot))
        rows.append(row(shot))
    path = folder / "catalogue.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_map(path, values):
    rows, cols = values.shape
    shape = {"height": rows, "width": cols, "count": 1, "dtype": "float32"}
    transform = Affine(360.0 / cols, 0.0, 0.0, 0.0, -180.0 / rows, 90.0)
    with rasterio.open(path, "w", driver="GTiff", transform=transform, nodata=np.nan, **shape) as dataset:
        dataset.write(values, 1)


def row(shot):
    """What a careful user writes of a shot."""
    view, time = shot.view, f"{shot.time_utc:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "path": f"{shot.name}.tif", "id": shot.name, "time_utc": time, "mission": "Test",
        "instrument": shot.camera.name, "channel": "green", "quantity": "iof", "projection": "bounds",
        "left_lon_e": 0, "right_lon_e": 360, "top_lat": 90, "bottom_lat": -90,
        "sub_observer_lat": view.sub_observer_lat, "sub_observer_lon_w": -view.sub_observer_lon_e % 360.0,
        "range_km": view.range_km, "sub_solar_lat": view.sub_solar_lat,
        "sub_solar_lon_w": -view.sub_solar_lon_e % 360.0, "psf_km": shot.camera.psf_km, "registration_sigma_km": 2,
    }  # fmt: skip


def context_of(store, workers, *overrides):
    return Context(store, load(None, ("grid.pixels_per_degree=4", *overrides)), workers)


def changes_of(folder, shots, *overrides, workers=1):
    """The whole chain over shots: what was scanned, and the events."""
    catalogue = write_shots(folder / "maps", shots)
    with runner(workers=workers) as those:
        context = context_of(folder / "store", those, *overrides)
        manifest = ingest([catalogue], context).manifest
        scan = detect(manifest, context)
        return scan, track(manifest, scan, context)


def sure(tracked):
    """Events of tier A or B."""
    return tracked.events[tracked.events["tier"] != "C"]


def near(events, lat, lon_e, within_km):
    """Events whose centre lies within this distance of a place."""
    return events[distance_km(lat, lon_e, events["lat"].to_numpy(), events["lon_e"].to_numpy()) <= within_km]


def told(events):
    """Events in a few words each."""
    lines = [
        f"{e.tier} {e.kind} {e.lat:.0f} {e.lon_e:.0f}, {e.diameter_km:.0f} km, q {e.q_value:.2g}"
        for e in events.itertuples()
    ]
    return "; ".join(lines) or "none"
