"""The pixels of an epoch: an observation resampled once, with its registration, onto every sheet."""

import math

import numpy as np
from numpy.typing import NDArray

from iovolc.config import IngestConfig, LightConfig
from iovolc.geometry.warp import Warped, warp
from iovolc.hands import in_parts
from iovolc.light.albedo import light_planes
from iovolc.light.noise import pixel_noise
from iovolc.model.epoch import Epoch, Layers, Registration
from iovolc.model.flags import Flag
from iovolc.model.grid import Grid, Sheet, Window
from iovolc.model.observation import Observation
from iovolc.pipeline.lighting import lighting_of

Plane = NDArray[np.float32]

_MOSTLY = 0.5


def layers_on(
    grid: Grid, observation: Observation, registration: Registration, config: IngestConfig, light: LightConfig
) -> Epoch:
    """Resample an observation onto all sheets.

    Parameters
    ----------
    grid : Grid
        The grid.
    observation : Observation
        Pixels, noise and saturation.
    registration : Registration
        Where the observation shows each place.
    config : IngestConfig
        Least weight and largest emission angle.
    light : LightConfig
        What of its light lets a pixel count.
    """
    record = observation.record
    lighting = lighting_of(record, light)
    sheets: dict[str, Layers] = {}
    resolutions: list[NDArray[np.float32]] = []

    def onto(pixels: Plane, sheet: Sheet) -> Warped:
        rows, cols = sheet.shape
        value, resolution_km = np.empty(sheet.shape, np.float32), np.empty(sheet.shape, np.float32)
        flags = np.empty(sheet.shape, np.uint16)

        def some(first: int, end: int) -> None:
            part = warp(
                pixels,
                record.placement,
                sheet,
                displacement=registration.warp,
                min_weight=config.min_weight,
                max_emission_deg=config.max_emission_deg,
                window=Window(first, end, 0, cols),
            )
            value[first:end], resolution_km[first:end], flags[first:end] = part.value, part.resolution_km, part.flags

        in_parts(some, rows, rows * cols)
        return Warped(value, resolution_km, flags)

    for sheet in grid.sheets:
        warped = onto(observation.pixels, sheet)
        if not np.isfinite(warped.value).any():
            continue
        flags = warped.flags.copy()
        if observation.saturated is not None and observation.saturated.any():
            clipped = onto(observation.saturated.astype(np.float32), sheet).value
            flags[np.nan_to_num(clipped) > _MOSTLY] |= np.uint16(Flag.SATURATED)
        if lighting is not None:
            flags |= light_planes(lighting, sheet, np.isfinite(warped.value), light).flags
        sigma = np.full(sheet.shape, np.nan, np.float32)
        if observation.sigma is not None:
            sigma = onto(observation.sigma, sheet).value
        elif lighting is not None and record.quantity == "iof":
            sigma = pixel_noise(warped.value)
        sheets[sheet.name] = Layers(warped.value, sigma, flags)
        resolutions.append(warped.resolution_km[np.isfinite(warped.value)])
    return Epoch(record, sheets, registration, _resolution_km(resolutions, record.psf_km))


def _resolution_km(sampled: list[NDArray[np.float32]], psf_km: float) -> float:
    """The coarser of the median sampling on the ground and the stated width of the point spread."""
    sampling = float(np.median(np.concatenate(sampled))) if sampled else math.nan
    return sampling if math.isnan(psf_km) else max(sampling, psf_km)
