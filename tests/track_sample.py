"""Small made-up runs for the tests of tracking, at 4 pixels per degree."""

import math
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import pandas as pd

from iovolc import body
from iovolc.config import TrackConfig
from iovolc.geometry.longitudes import wrap180
from iovolc.geometry.sphere import pixel_area_km2, pixel_lat_lon, unit_vectors
from iovolc.model.detection import LOOKS, Detected, EpochInfo, Footprint
from iovolc.model.frames import conform, empty
from iovolc.model.grid import Grid
from iovolc.model.tables import DETECTIONS
from iovolc.track import track

GRID = Grid.at(4)
CONFIG = TrackConfig()
Q = 0.1


def utc(year, month=1, day=1, hour=0):
    return datetime(year, month, day, hour, tzinfo=UTC)


def epoch(name, start, stop=None, channel="red", mission="juno", instrument="junocam"):
    start = utc(start) if isinstance(start, int) else start
    stop = start if stop is None else utc(stop) if isinstance(stop, int) else stop
    return EpochInfo(name, channel, mission, instrument, start, stop)


@lru_cache(maxsize=3)
def _owned(sheet):
    """Flat indices and unit vectors of the pixels that a sheet owns."""
    lat, lon_e = (part.ravel() for part in pixel_lat_lon(sheet))
    flat = np.flatnonzero((np.abs(lat) < 60.0) == (sheet.name == "equator")).astype(np.int32)
    return flat, unit_vectors(lat[flat], lon_e[flat])


@lru_cache(maxsize=3)
def _areas(sheet):
    return pixel_area_km2(sheet).ravel()


def ring(lat, lon_e, inner_km, outer_km, grid=GRID):
    """Pixels between two distances from a place, split between the sheets at 60 degrees."""
    pixels = []
    outer, inner = math.cos(outer_km / body.RADIUS_KM), math.cos(inner_km / body.RADIUS_KM)
    for sheet in grid.sheets:
        owned, vectors = _owned(sheet)
        height = vectors @ unit_vectors(lat, lon_e)
        flat = owned[(height >= outer) & (height <= inner + 1e-12)]
        if flat.size:
            pixels.append((sheet.name, flat))
    return Footprint(tuple(pixels))


def cap(lat, lon_e, radius_km, grid=GRID):
    return ring(lat, lon_e, 0.0, radius_km, grid)


def area_km2(footprint, grid=GRID):
    return sum(float(_areas(grid.sheet(name))[pixels].sum()) for name, pixels in footprint.pixels)


def detection(name, observation, lat, lon_e, radius_km=80.0, *, channel="red", contrast=-0.3, shape=None, **changes):
    """A row of the detections table and its footprint."""
    footprint = shape or cap(lat, lon_e, radius_km)
    row = {
        "detection_id": name, "event_id": None, "observation_id": observation, "reference_ids": [], "channel": channel,
        "scale_km": radius_km, "kind": "darkening" if contrast < 0 else "brightening", "lat": lat,
        "lon_e": float(wrap180(float(lon_e))), "lon_w": -lon_e % 360.0, "position_sigma_km": 5.0,
        "area_km2": area_km2(footprint), "contrast": contrast, "contrast_sigma": 0.02, "rank_contrast": None,
        "snr": 9.0, "p_value": 1e-5, "q_value": 1e-3, "resolution_km": 10.0, "registration_sigma_km": 5.0,
        "limit_90": 0.1, "light_class": "sun", "reliability": 0.5, "flags": [],
    }  # fmt: skip
    return row | changes, footprint


def look(detection_id, observation_id, state="without", contrast=-0.3):
    return {
        "detection_id": detection_id, "observation_id": observation_id, "state": state, "valid_fraction": 1.0,
        "contrast": contrast, "contrast_sigma": 0.02,
    }  # fmt: skip


def detected(detections, looks=(), order=None):
    """What detection would hand on; ``order`` permutes the rows."""
    rows = [row for row, _ in detections]
    frame = conform(pd.DataFrame(rows), DETECTIONS) if rows else empty(DETECTIONS)
    table = conform(pd.DataFrame(list(looks)), LOOKS) if looks else empty(LOOKS)
    if order is not None:
        frame = frame.iloc[[i for i in order if i < len(frame)]]
        table = table.iloc[[i for i in order if i < len(table)]]
    return Detected(frame, table, {row["detection_id"]: footprint for row, footprint in detections})


def run(detections, epochs, looks=(), features=(), channels=("red",), config=CONFIG, q=Q):
    return track(detected(detections, looks), epochs, features, GRID, config, q, channels)


def event_of(tracked, detection_id):
    """The event's row to which a detection belongs."""
    owner = tracked.detections.set_index("detection_id")["event_id"][detection_id]
    return tracked.events.set_index("event_id", drop=False).loc[owner]
