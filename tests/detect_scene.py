"""A made-up rough Io, and epochs of it with known light, noise and changes, as detection takes them in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from iovolc.detect.clusters import owned_pixels
from iovolc.detect.describe import pixel_places
from iovolc.detect.look import Look
from iovolc.geometry.sphere import pixel_area_km2, pixel_lat_lon, unit_vectors
from iovolc.light.blocks import block_means, block_places
from iovolc.light.match import Frame, Side
from iovolc.light.ranks import normal_scores
from iovolc.model.epoch import Lattice
from iovolc.model.observation import Bounds, ObservationRecord
from small_grid import disc

START = datetime(1996, 6, 27, tzinfo=UTC)
WHOLE = Bounds(-180.0, 180.0, 90.0, -90.0)
NOISE = 0.03


@dataclass(frozen=True)
class Change:
    """A disc that is brighter or darker, in ln albedo, from the epoch of this number on."""

    lat: float
    lon_e: float
    radius_km: float
    amplitude: float
    since: int


@lru_cache(maxsize=4)
def frame_of(grid):
    owned = owned_pixels(grid)
    return Frame(grid, owned, block_places(grid, owned))


@lru_cache(maxsize=4)
def places_of(grid):
    return pixel_places(grid)


@lru_cache(maxsize=4)
def surface(grid, seed=0, waves=40):
    """ln albedo: the same rough sphere on all sheets."""
    generator = np.random.default_rng(seed)
    length = np.geomspace(3.0, 60.0, waves)
    direction = generator.standard_normal((waves, 3))
    direction *= (length / np.linalg.norm(direction, axis=1))[:, None]
    phase, size = generator.uniform(0.0, 2.0 * np.pi, waves), 0.25 * length**-0.5
    planes = {}
    for sheet in grid.sheets:
        vectors = unit_vectors(*pixel_lat_lon(sheet)).astype(np.float32)
        total = np.full(sheet.shape, -0.5, np.float32)
        for k in range(waves):
            total += np.float32(size[k]) * np.cos(vectors @ direction[k].astype(np.float32) + np.float32(phase[k]))
        planes[sheet.name] = total
    return planes


def record(number, **changes):
    time = START + timedelta(days=200.0 * number)
    plain = {"channel": "red", "quantity": "iof", "mission": "Galileo", "instrument": "SSI"} | changes
    return ObservationRecord(
        id=f"epoch-{number}", sha256=f"{number:064d}", path="a.tif", time_utc=time, start_utc=time, stop_utc=time,
        placement=WHOLE, **plain,
    )  # fmt: skip


def look(
    grid, number, changes=(), *, gain=1.0, offset=0.0, noise=NOISE, resolution_km=None, seed=0, gap=None, **fields
):
    """One epoch: the surface with the changes so far, in a light of its own, with noise."""
    generator = np.random.default_rng([seed, number])
    told = record(number, **fields)
    tones = {}
    for sheet in grid.sheets:
        tone = surface(grid)[sheet.name].copy()
        for change in changes:
            if number >= change.since:
                tone += np.float32(change.amplitude) * disc(sheet, change.lat, change.lon_e, change.radius_km)
        tone = gain * tone + offset + noise * generator.standard_normal(sheet.shape, dtype=np.float32)
        if gap is not None:
            tone[disc(sheet, *gap)] = np.nan
        tones[sheet.name] = tone.astype(np.float32)
    frame = frame_of(grid)
    if told.quantity == "relative":
        areas = {sheet.name: pixel_area_km2(sheet) * frame.owned[sheet.name] for sheet in grid.sheets}
        tones = normal_scores(tones, areas)
    resolution = 2.0 * grid.pixel_km if resolution_km is None else resolution_km
    blocks = block_means(tones, frame.owned, grid)
    side = Side(told.id, told.quantity, told.is_mosaic, resolution, tones, blocks)
    return Look(told, side, Lattice(np.full((19, 36, 1), 0.05 * grid.pixel_km, np.float32), 10.0))
