"""From a scene to what detectors read: a store as ingest writes it, and arrays for those that want arrays.

Each epoch is registered by the package on its own base map, by the first band, and all its bands are resampled once
with that warp and written by the cube's own writer. Files and their readers are left out: they change nothing and cost
most.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from benchmarks.iobench.plan import EpochPlan
from benchmarks.iobench.render import SHOWN_LAT, displacement, observe, shown_places, stretched
from benchmarks.iobench.scene import Scene, changed
from benchmarks.iobench.surface import BANDS, Base
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from iovolc import body
from iovolc.config import Config
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import Manifest, commit
from iovolc.demo.view import unit_vectors
from iovolc.geometry.lattice import sample
from iovolc.geometry.registration import register
from iovolc.light.blocks import block_means
from iovolc.light.match import difference
from iovolc.model.epoch import Epoch, Lattice, Registration
from iovolc.model.grid import Grid
from iovolc.model.observation import Bounds, Observation, ObservationRecord, Quantity
from iovolc.pipeline.layers import layers_on
from iovolc.pipeline.reading import base_map
from iovolc.pipeline.tones import frame_of, look_at

Plane = NDArray[np.float32]
WHOLE = Bounds(-180.0, 180.0, SHOWN_LAT, -SHOWN_LAT)
SHEET = "equator"
WAVELENGTH_UM = {"red": 0.65, "green": 0.55, "blue": 0.45}


@dataclass(frozen=True, slots=True)
class Cube:
    """The epochs of a scene.

    Parameters
    ----------
    scene : Scene
        What they show.
    bands : tuple of str
        Those used.
    times : tuple of datetime
        Of the epochs.
    manifest : Manifest
        Of the store that holds them.
    raw : dict of str to ndarray, shape (epoch, row, col), float32
        ln of the values as delivered, on the sheet ``equator``, by band; NaN where not seen.
    even : dict of str to ndarray, shape (epoch, row, col), float32
        The same registered, brought to one resolution and one light by the package, less the rims of gaps.
    residual_km : tuple of float
        What registering left in each epoch, rms per axis over the sheet.
    """

    scene: Scene
    bands: tuple[str, ...]
    times: tuple[datetime, ...]
    manifest: Manifest
    raw: dict[str, Plane]
    even: dict[str, Plane]
    residual_km: tuple[float, ...]


def build(
    scene: Scene, base: Base, store: Path, config: Config, *, bands: Sequence[str], quantity: Quantity = "iof"
) -> Cube:
    """Render a scene, register it, write its store and gather the arrays.

    Parameters
    ----------
    scene, base : Scene, Base
        What to render.
    store : Path
        A new folder.
    config : Config
        Grid, registration and light.
    bands : sequence of str
        Of :data:`BANDS`.
    quantity : str
        ``relative`` makes eight-bit pictures of them.
    """
    grid = Grid.at(config.grid.pixels_per_degree)
    entries: list[EpochEntry] = []
    raw: dict[str, list[Plane]] = {band: [] for band in bands}
    residual: list[float] = []
    for plan in scene.epochs:
        numbers = [BANDS.index(band) for band in bands]
        planes = observe(plan, base, changed(base, scene.truths, plan.index)[numbers])
        delivered = stretched(planes) if quantity == "relative" else planes
        registration = _registered(plan, delivered[0], config, grid)
        residual.append(_residual_km(plan, registration, np.isfinite(delivered[0])))
        for band, pixels in zip(bands, delivered, strict=True):
            observation = Observation(record_of(plan, band, quantity), pixels)
            epoch = on_sheet(grid, observation, registration, config)
            entries.append(write_epoch(store, epoch, grid, {"benchmark": "iobench", "seed": plan.seed}))
            raw[band].append(_tone(on_sheet(grid, observation, _unmoved(registration), config).sheets[SHEET].value))
    manifest = commit(store, grid, entries)
    even = {band: _even(store, manifest, band, config) for band in bands}
    return Cube(
        scene, tuple(bands), tuple(plan.time_utc for plan in scene.epochs), manifest,
        {band: np.stack(planes) for band, planes in raw.items()}, even, tuple(residual),
    )  # fmt: skip


def record_of(plan: EpochPlan, band: str, quantity: Quantity) -> ObservationRecord:
    """What a catalogue would say of one band of an epoch."""
    return ObservationRecord(
        id=f"epoch-{plan.index:02d}-{band}", sha256=f"{plan.seed:064x}", path=f"epoch-{plan.index:02d}.tif",
        channel=band, quantity=quantity, time_utc=plan.time_utc, start_utc=plan.time_utc, stop_utc=plan.time_utc,
        placement=WHOLE, mission=plan.mission, instrument=plan.instrument, band=band.upper(),
        wavelength_um=WAVELENGTH_UM[band], psf_km=plan.resolution_km,
        registration_sigma_km=math.hypot(plan.shift_km, plan.warp_km) / math.sqrt(2.0),
    )  # fmt: skip


def _registered(plan: EpochPlan, pixels: Plane, config: Config, grid: Grid) -> Registration:
    reference = base_map(config.registration.reference)
    return register(
        pixels, WHOLE, reference.pixels, reference.placement, config.registration,
        label_sigma_km=math.hypot(plan.shift_km, plan.warp_km) / math.sqrt(2.0), grid_pixel_km=grid.pixel_km,
    )  # fmt: skip


def stated(residual_km: float) -> Registration:
    """A registration that moves nothing and says what it leaves: for scenes whose misregistration is that residual."""
    warp = np.zeros((37, 72, 4), np.float32)
    warp[..., 3] = residual_km
    return Registration(Lattice(warp, 5.0), np.zeros((0, 6), np.float32), 0.0, 0.0, residual_km, "local")


def _unmoved(registration: Registration) -> Registration:
    still = registration.warp.values.copy()
    still[..., :3] = 0.0
    return replace(registration, warp=Lattice(still, registration.warp.step_deg))


def on_sheet(grid: Grid, observation: Observation, registration: Registration, config: Config) -> Epoch:
    """The epoch of an observation, on the sheet that scenes use."""
    epoch = layers_on(grid, observation, registration, config.ingest, config.light)
    return replace(epoch, sheets={SHEET: epoch.sheets[SHEET]})


def _residual_km(plan: EpochPlan, registration: Registration, seen: NDArray[np.bool_]) -> float:
    """What is left between where the epoch truly shows places and where its registration says, rms per axis."""
    every = (slice(None, None, 16), slice(None, None, 16))
    lats, lons = shown_places(seen.shape[1] / 360.0)
    lat, lon = (part[every][seen[every]] for part in np.meshgrid(lats, lons, indexing="ij"))
    at = unit_vectors(lat, lon).astype(np.float64)
    said = at + sample(registration.warp, lat, lon)[..., :3].T
    said /= np.linalg.norm(said, axis=0)
    shown = said + displacement(plan, said.astype(np.float32)) / body.RADIUS_KM
    error_km = np.linalg.norm(shown / np.linalg.norm(shown, axis=0) - at, axis=0) * body.RADIUS_KM
    return float(np.sqrt(np.mean(error_km**2) / 2.0))


def _tone(value: Plane) -> Plane:
    positive = value > 0
    return np.where(positive, np.log(np.where(positive, value, np.float32(1.0))), np.float32(np.nan))


def _even(store: Path, manifest: Manifest, band: str, config: Config) -> Plane:
    """Each epoch as its difference from the median of all, resolution and light matched by the package."""
    entries = sorted(manifest.of_channel(band), key=lambda entry: entry.order)
    frame, _ = frame_of(config.grid.pixels_per_degree)
    sides = [look_at(store, entry, config.light).side for entry in entries]
    tones = np.stack([side.tone[SHEET] for side in sides])
    known = np.isfinite(tones).any(axis=0)
    middle = np.full(known.shape, np.nan, np.float32)
    level = tones - np.nanmedian(tones, axis=(1, 2), keepdims=True)
    middle[known] = np.nanmedian(level[:, known], axis=0)
    coarsest = max(side.resolution_km for side in sides)
    whole = replace(
        sides[0], observation_id="median", resolution_km=coarsest, tone={SHEET: middle},
        blocks=block_means({SHEET: middle}, frame.owned, frame.grid), is_mosaic=False, lit=None,
    )  # fmt: skip
    planes = [
        difference(replace(side, lit=None), whole, frame, reuse_correlation=1.0).value[SHEET].astype(np.float32)
        for side in sides
    ]
    return np.stack([_without_rim(plane, round(coarsest / frame.grid.pixel_km)) for plane in planes])


def _without_rim(plane: Plane, width_px: int) -> Plane:
    """The plane less a rim around its gaps, where a blur knows one side only: no one would let a detector see it."""
    known = np.isfinite(plane)
    size = (2 * width_px + 1, 2 * width_px + 1)
    return np.where(minimum_filter(known, size, mode=("nearest", "wrap")), plane, np.float32(np.nan))
