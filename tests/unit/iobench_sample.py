"""A smooth made-up surface for the benchmark's tests, so that no map need be read."""

from datetime import UTC, datetime

import numpy as np
from benchmarks.iobench.plan import EpochPlan
from benchmarks.iobench.surface import Base
from benchmarks.iobench.truth import Truth

from iovolc.demo.surface import Surface


def small_base(pixels_per_degree=1):
    """Three bands of gentle waves over the globe."""
    rows, cols = 180 * pixels_per_degree, 360 * pixels_per_degree
    lat, lon = np.meshgrid(np.linspace(-1.5, 1.5, rows), np.linspace(-3.1, 3.1, cols), indexing="ij")
    plane = (0.5 + 0.1 * np.sin(5 * lon) * np.cos(4 * lat)).astype(np.float32)
    return Base(Surface(np.stack([plane, 0.9 * plane, 0.7 * plane]), float(pixels_per_degree)), "made up")


def plan(index=0, **changes):
    """A look at it."""
    facts = {
        "index": index, "seed": 11 + index, "mission": "Galileo", "instrument": "SSI",
        "time_utc": datetime(1996 + index, 6, 28, tzinfo=UTC), "resolution_km": 60.0, "noise": 0.02,
    }  # fmt: skip
    return EpochPlan(**{**facts, **changes})


def disc(**changes):
    """A dark disc on the equator."""
    facts = {
        "family": "dark patch", "lat": 0.0, "lon_e": 0.0, "length_km": 400.0, "width_km": 400.0, "inner": 0.0,
        "azimuth_deg": 0.0, "soft": 0.2, "lobes": 0.0, "dln": (-0.3, -0.3, -0.3), "onset": 2,
    }  # fmt: skip
    return Truth(**{**facts, **changes})
