"""What lights an observation: put together from its record, the photometric parameters and the ephemeris.

Not for mosaics, whose parts were lit differently, nor for maps of normal albedo, which were normalised already.
"""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from iovolc.archive.jupiter import geometric_albedo
from iovolc.archive.photometry import PhotometrySet, load_photometry
from iovolc.config import LightConfig
from iovolc.cube.cache import cache_key
from iovolc.geometry.ephemeris import sky_from_place
from iovolc.geometry.sky import Sky
from iovolc.light.eclipse import eclipse_phase
from iovolc.light.sources import Lighting
from iovolc.model.observation import ObservationRecord

NORMAL_ALBEDO: Final = "normal albedo"
"""Unit of maps that are normalised already."""
_FAR_KM: Final = 1e6
"""Stands for a range that is not known: Jupiter's place in Io's sky hardly depends on it."""
_SINCE_INGEST: Final = {"model", "photometry", "min_snr", "sigma_gain", "sigma_phase", "sigma_slant"}
"""Settings that decide nothing about the flags of an epoch."""


def lighting_of(record: ObservationRecord, config: LightConfig) -> Lighting | None:
    """What lights an observation; None where that is not known or no matter.

    Parameters
    ----------
    record : ObservationRecord
        The sub-solar point must be known, and for I/F the sub-observer point too.
    config : LightConfig
        Which photometric parameters are used.

    Raises
    ------
    InputError
        E108, if there are no such parameters.
    """
    if record.is_mosaic or record.quantity == "radiance" or record.unit.strip().lower() == NORMAL_ALBEDO:
        return None
    seen = not math.isnan(record.sub_observer_lat + record.sub_observer_lon_e)
    if math.isnan(record.sub_solar_lat + record.sub_solar_lon_e) or (record.quantity == "iof" and not seen):
        return None
    photometry = _photometry(config.photometry).of(record.channel)
    if photometry is None:
        return None
    return Lighting(_sky(record, seen=seen), photometry, geometric_albedo().get(record.channel, 0.0))


def is_eclipsed(record: ObservationRecord) -> bool:
    """Whether Io stood in Jupiter's shadow; False for mosaics and where the Sun's place is not known."""
    if record.is_mosaic or math.isnan(record.sub_solar_lat + record.sub_solar_lon_e):
        return False
    seen = not math.isnan(record.sub_observer_lat + record.sub_observer_lon_e)
    return _sky(record, seen=seen).eclipse == "umbra"


def flag_settings(config: LightConfig) -> dict[str, Any]:
    """Plain values of all that decides the light flags of an epoch."""
    settings = config.model_dump(mode="json", exclude=_SINCE_INGEST)
    return {**settings, "photometry": cache_key(_photometry(config.photometry).model_dump(mode="json"))}


def light_settings(config: LightConfig) -> dict[str, Any]:
    """Plain values of all that decides what detection makes of an epoch's light."""
    return {**config.model_dump(mode="json"), **flag_settings(config)}


@lru_cache(maxsize=8)
def _photometry(name: str) -> PhotometrySet:
    return load_photometry(name)


def _sky(record: ObservationRecord, *, seen: bool) -> Sky:
    range_km = record.range_km if math.isfinite(record.range_km) else None
    lat, lon_e = (record.sub_observer_lat, record.sub_observer_lon_e) if seen else (0.0, 0.0)
    now = sky_from_place(record.time_utc, sub_observer_lat=lat, sub_observer_lon_e=lon_e, range_km=range_km or _FAR_KM)
    sky = Sky(
        sub_observer_lat=record.sub_observer_lat if seen else None,
        sub_observer_lon_e=record.sub_observer_lon_e if seen else None,
        range_km=range_km if seen else None,
        sub_solar_lat=record.sub_solar_lat,
        sub_solar_lon_e=record.sub_solar_lon_e,
        sun_distance_au=now.sun_distance_au,
        sub_jovian_lat=now.sub_jovian_lat,
        sub_jovian_lon_e=now.sub_jovian_lon_e,
        jupiter_distance_km=now.jupiter_distance_km,
    )
    state = eclipse_phase(sky)
    return replace(sky, eclipse="sunlit" if state == "post_eclipse" else state)
