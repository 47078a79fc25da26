"""What the epochs of a store tell of the ground's photometry: block means of sunlit I/F with their angles.

Not for places in the light of Jupiter, whose strength is not known well enough, nor for the fit
(:mod:`iovolc.pipeline.fit_photometry`).
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.descriptors import descriptor_of
from iovolc.config import LightConfig
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_epoch
from iovolc.errors import Finding
from iovolc.geometry.backplanes import backplanes
from iovolc.geometry.sky import Sky
from iovolc.light.blocks import block_means
from iovolc.model.epoch import Epoch, Layers
from iovolc.model.flags import UNUSABLE, Flag
from iovolc.model.grid import Sheet, Window
from iovolc.model.observation import ObservationRecord
from iovolc.pipeline.lighting import NORMAL_ALBEDO, lighting_of
from iovolc.pipeline.tones import frame_of

Values = NDArray[np.float64]
Plane = NDArray[np.float32]

GAIN_SIGMA: Final = 0.1
"""Calibration error of instruments of which none is stated (assumed)."""
_LAYERS: Final = ("value", "sigma", "incidence_deg", "emission_deg", "phase_deg")
_NOT_SUNLIT: Final = np.uint16(UNUSABLE | Flag.JUPITER_LIT | Flag.SHADOW)


@dataclass(frozen=True, slots=True)
class Viewed:
    """One epoch in block means; arrays of shape (block,), NaN where it tells nothing.

    Parameters
    ----------
    observation_id : str
        Its id.
    value, sigma : ndarray
        I/F, and the noise of a pixel (0 where unknown): an upper bound of that of the mean.
    incidence_deg, emission_deg, phase_deg : ndarray
        Angles, averaged over the same pixels.
    gain_sigma : float
        Relative error of its calibration.
    """

    observation_id: str
    value: Values
    sigma: Values
    incidence_deg: Values
    emission_deg: Values
    phase_deg: Values
    gain_sigma: float


@dataclass(frozen=True, slots=True)
class ViewTask:
    """One epoch to be read.

    Parameters
    ----------
    store : Path
        The store.
    entry : EpochEntry
        The epoch.
    light : LightConfig
        Which pixels the light lets count.
    """

    store: Path
    entry: EpochEntry
    light: LightConfig


def view(task: ViewTask) -> Viewed | Finding:
    """Block means of an epoch, or why it tells nothing of photometry (E221, E222, E418)."""
    epoch = read_epoch(task.store, task.entry)
    record = epoch.record
    if problem := _not_measured(record):
        return Finding("E418", record.id, problem)
    lighting = lighting_of(record, task.light)
    if lighting is None:
        what = "a mosaic has no single light" if record.is_mosaic else "sub-solar or sub-observer point are not known"
        return Finding("E221", record.id, what)
    if lighting.eclipsed:
        return Finding("E222", record.id, f"Io stood in Jupiter's {lighting.sky.eclipse}")
    return _block_means(epoch, task, lighting.sky)


def _not_measured(record: ObservationRecord) -> str:
    """Why the values are not I/F as measured; empty if they are."""
    if record.quantity != "iof":
        return f"its quantity is `{record.quantity}`, not `iof`"
    return f"its unit is {NORMAL_ALBEDO}" if record.unit.strip().lower() == NORMAL_ALBEDO else ""


def _block_means(epoch: Epoch, task: ViewTask, sky: Sky) -> Viewed:
    frame, _ = frame_of(task.entry.pixels_per_degree)
    planes: dict[str, dict[str, Plane]] = {name: {} for name in _LAYERS}
    for name, layers in epoch.sheets.items():
        for layer, plane in _sunlit(layers, frame.grid.sheet(name), sky, task.light).items():
            planes[layer][name] = plane
    means = {layer: block_means(planes[layer], frame.owned, frame.grid) for layer in _LAYERS}
    return Viewed(observation_id=epoch.record.id, gain_sigma=_gain_sigma(epoch.record), **means)


def _sunlit(layers: Layers, sheet: Sheet, sky: Sky, light: LightConfig) -> dict[str, Plane]:
    """The planes of :data:`_LAYERS` on a sheet, NaN where the light does not let a pixel count."""
    known = (layers.value > 0.0) & ((layers.flags & _NOT_SUNLIT) == 0)
    planes = {layer: np.full(sheet.shape, np.nan, np.float32) for layer in _LAYERS}
    if not known.any():
        return planes
    rows, cols = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    window = Window(int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1)
    angles = backplanes(sheet, sky, window=window)
    value, noise = layers.value[window.slices], np.nan_to_num(layers.sigma[window.slices], nan=0.0)
    good = known[window.slices] & (value >= light.min_snr[0] * noise)
    good &= (angles.incidence_deg <= light.max_incidence_deg) & (angles.emission_deg <= light.max_emission_deg)
    found = (value, noise, angles.incidence_deg, angles.emission_deg, angles.phase_deg)
    for layer, plane in zip(_LAYERS, found, strict=True):
        planes[layer][window.slices] = np.where(good, plane, np.float32(np.nan))
    return planes


def _gain_sigma(record: ObservationRecord) -> float:
    descriptor = descriptor_of(mission=record.mission, instrument=record.instrument, keywords={})
    stated = descriptor.calibration_sigma if descriptor is not None else None
    return stated.value if stated is not None and math.isfinite(stated.value) else GAIN_SIGMA
