"""An invented surface as base map, and images of it that are misread in a known way."""

from datetime import UTC, datetime

import numpy as np
from registration_scene import WHOLE, surface

from iovolc.archive.reference import ReferenceMap
from iovolc.geometry.even import even_plane
from iovolc.model.observation import Bounds, Observation, ObservationRecord

NOON = datetime(1999, 7, 3, 12, tzinfo=UTC)
BASE = surface()
REFERENCE = ReferenceMap("base.png", "0" * 64, BASE, WHOLE, "", "")
EVEN_BASE = even_plane(BASE, WHOLE)


def noisy(pixels, seed=1):
    """Half signal, half noise of a pixel."""
    return (pixels + 20.0 * np.random.default_rng(seed).standard_normal(pixels.shape)).astype(np.float32)


def observed(pixels, placement=WHOLE, *, saturated=None, **facts):
    values = {
        "id": "a", "sha256": "0" * 64, "path": "a.png", "channel": "clear", "quantity": "relative",
        "time_utc": NOON, "start_utc": NOON, "stop_utc": NOON, "placement": placement,
    }  # fmt: skip
    return Observation(ObservationRecord(**(values | facts)), np.asarray(pixels, np.float32), saturated=saturated)


def region(pixels, bounds: Bounds):
    """The part of a global map from 180 W at two pixels per degree within whole degrees."""
    rows = slice(round(2 * (90 - bounds.top_lat)), round(2 * (90 - bounds.bottom_lat)))
    return pixels[rows, round(2 * (bounds.left_lon_e + 180)) : round(2 * (bounds.right_lon_e + 180))]
