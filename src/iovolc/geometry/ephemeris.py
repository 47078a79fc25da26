"""Io's sky from the closed theories of astronomy-engine, without any file.

For observers on or near the Earth, and the light of Sun and Jupiter for spacecraft whose own place the label gives.
Planets by a shortened VSOP87, Io by the theory L1.2 (astronomy-engine, Don Cross), Io's rotation by
:mod:`iovolc.geometry.rotation`. Never for a spacecraft whose place is not known, nor for SPICE kernels
(:mod:`iovolc.archive.kernels`).
"""

from datetime import datetime
from typing import Final

import astronomy
import numpy as np

from iovolc import body
from iovolc.geometry.rotation import body_fixed
from iovolc.geometry.sky import Sky, Vector, light_time_s, sky_from_vectors
from iovolc.geometry.sphere import unit_vectors
from iovolc.geometry.timescale import SECONDS_PER_DAY, tdb_days

_LIGHT_TIME_ROUNDS: Final = 4  # each brings the light time closer by a factor of ten thousand


def sky_from_earth(time_utc: datetime) -> Sky:
    """Io's sky when light that reaches the Earth's centre at this time leaves it.

    Anywhere on the Earth or in a low orbit the sub-observer point is the same within 0.001 degrees; for telescopes at
    L2 (JWST) it is not (0.15 degrees), and this function must not be used for them.

    Parameters
    ----------
    time_utc : datetime
        When the light arrives; timezone-aware.

    Raises
    ------
    ValueError
        If the time has no zone.
    """
    days = tdb_days(time_utc)
    earth_km = _earth_km(days)
    emitted, to_observer_km = days, earth_km
    for _ in range(_LIGHT_TIME_ROUNDS):
        to_observer_km = earth_km - _io(emitted)[0]
        emitted = days - light_time_s(float(np.linalg.norm(to_observer_km))) / SECONDS_PER_DAY
    return _sky(emitted, to_observer_km)


def sky_from_place(time_utc: datetime, *, sub_observer_lat: float, sub_observer_lon_e: float, range_km: float) -> Sky:
    """Io's sky for an observer whose place over Io is known, as from a spacecraft's label.

    Parameters
    ----------
    time_utc : datetime
        When the light arrives at the observer; timezone-aware.
    sub_observer_lat, sub_observer_lon_e : float
        Planetocentric degrees.
    range_km : float
        From the observer to Io's centre.

    Raises
    ------
    ValueError
        If the time has no zone.
    """
    emitted = tdb_days(time_utc) - light_time_s(range_km) / SECONDS_PER_DAY
    to_body = body_fixed(emitted)
    return _sky(emitted, to_body.T @ (range_km * unit_vectors(sub_observer_lat, sub_observer_lon_e)))


def _sky(emitted: float, to_observer_km: Vector) -> Sky:
    io_km, io_km_per_s, from_jupiter_km = _io(emitted)
    sun_km = float(np.linalg.norm(io_km))
    sunward = io_km_per_s / body.LIGHT_KM_PER_S - io_km / sun_km
    to_sun_km = sun_km * sunward / np.linalg.norm(sunward)
    return sky_from_vectors(to_observer_km, to_sun_km, -from_jupiter_km, body_fixed(emitted))


def _io(days: float) -> tuple[Vector, Vector, Vector]:
    """Io's place and velocity as seen from the Sun's centre, and its place as seen from Jupiter's, in ICRF."""
    time = _engine_time(days)
    jupiter, io = astronomy.HelioState(astronomy.Body.Jupiter, time), astronomy.JupiterMoons(time).io
    from_jupiter_km = _kilometres(io.x, io.y, io.z)
    velocity = _kilometres(jupiter.vx + io.vx, jupiter.vy + io.vy, jupiter.vz + io.vz) / SECONDS_PER_DAY
    return _kilometres(jupiter.x, jupiter.y, jupiter.z) + from_jupiter_km, velocity, from_jupiter_km


def _earth_km(days: float) -> Vector:
    earth = astronomy.HelioVector(astronomy.Body.Earth, _engine_time(days))
    return _kilometres(earth.x, earth.y, earth.z)


def _engine_time(days: float) -> astronomy.Time:
    """Uniform time as the engine takes it; its own way from UTC is off by seconds in the 2020s."""
    return astronomy.Time.FromTerrestrialTime(days)


def _kilometres(x_au: float, y_au: float, z_au: float) -> Vector:
    return np.array((x_au, y_au, z_au)) * body.AU_KM
