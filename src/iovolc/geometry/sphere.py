"""Places, directions, distances and pixels on the IAU_2015 sphere of Io.

Not for the triaxial body (:mod:`iovolc.geometry.ellipsoid`) nor for source images
(:mod:`iovolc.geometry.projections`).
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iovolc import body
from iovolc.geometry.longitudes import wrap180
from iovolc.model.grid import Sheet, Window

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
Displacement = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Tangent displacement vectors, in units of the radius, at unit vectors."""


def unit_vectors(lat: ArrayLike, lon_e: ArrayLike) -> NDArray[np.float64]:
    """Body-fixed unit vectors: x to the sub-Jovian meridian, z to the north pole.

    Parameters
    ----------
    lat, lon_e : float or ndarray
        Planetocentric degrees; broadcast against each other.

    Returns
    -------
    ndarray, shape (..., 3)
    """
    phi, lam = np.broadcast_arrays(np.radians(lat), np.radians(lon_e))
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=-1)


def lat_lon(vectors: ArrayLike) -> Pair:
    """Latitude and east longitude in degrees of directions.

    Parameters
    ----------
    vectors : ndarray, shape (..., 3)
        Need not be of unit length.

    Returns
    -------
    lat, lon_e : ndarray, shape (...)
        Longitude in [-180, 180).
    """
    v = np.asarray(vectors, dtype=np.float64)
    lat = np.degrees(np.arctan2(v[..., 2], np.hypot(v[..., 0], v[..., 1])))
    return lat, wrap180(np.degrees(np.arctan2(v[..., 1], v[..., 0])))


def distance_km(lat: ArrayLike, lon_e: ArrayLike, other_lat: ArrayLike, other_lon_e: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distance in kilometres between places in degrees; accurate at all distances."""
    a, b = unit_vectors(lat, lon_e), unit_vectors(other_lat, other_lon_e)
    chord, across = np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)
    return np.asarray(2.0 * body.RADIUS_KM * np.arctan2(chord, across))


def tangent_basis(lat: ArrayLike, lon_e: ArrayLike) -> Pair:
    """Unit vectors to the east and to the north at places in degrees.

    Returns
    -------
    east, north : ndarray, shape (..., 3)
        At a pole they follow the meridian given by ``lon_e``.
    """
    phi, lam = np.broadcast_arrays(np.radians(lat), np.radians(lon_e))
    east = np.stack((-np.sin(lam), np.cos(lam), np.zeros_like(lam)), axis=-1)
    north = np.stack((-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)), axis=-1)
    return east, north


def pixel_lat_lon(sheet: Sheet, window: Window | None = None) -> Pair:
    """Places of a sheet's pixel centres.

    Parameters
    ----------
    sheet : Sheet
        Part of the grid.
    window : Window or None
        Rectangle of it; None is the whole sheet.

    Returns
    -------
    lat, lon_e : ndarray, shape (row, col), float64
        Degrees; longitude in [-180, 180).
    """
    return _sheet_lat_lon(sheet) if window is None else _lat_lon(sheet, window)


@lru_cache(maxsize=6)
def _sheet_lat_lon(sheet: Sheet) -> Pair:
    """Of a whole sheet: every stage asks for them again and again, so they are kept, and are not to be written to."""
    lat, lon_e = _lat_lon(sheet, None)
    lat.setflags(write=False)
    lon_e.setflags(write=False)
    return lat, lon_e


def _lat_lon(sheet: Sheet, window: Window | None) -> Pair:
    x, y = _pixel_metres(sheet, window)
    if sheet.name == "equator":
        lat, lon_e = np.degrees(y / body.RADIUS_M), wrap180(np.degrees(x / body.RADIUS_M))
        lon_e, lat = np.meshgrid(lon_e, lat)
        return lat, lon_e
    x, y = np.meshgrid(x, y)
    sign = 1.0 if sheet.name == "north" else -1.0
    lat = sign * (90.0 - 2.0 * np.degrees(np.arctan(np.hypot(x, y) / (2.0 * body.RADIUS_M))))
    return lat, wrap180(np.degrees(np.arctan2(x, -sign * y)))


def pixel_area_km2(sheet: Sheet, window: Window | None = None) -> NDArray[np.float64]:
    """Areas of a sheet's pixels on the sphere in km2.

    Exact per row for the equator (zone between two parallels); for the polar sheets the pixel divided by the square of
    the scale at its centre (Snyder, equation 21-4).

    Returns
    -------
    ndarray, shape (row, col), float64
    """
    x, y = _pixel_metres(sheet, window)
    if sheet.name == "equator":
        half = 0.5 * sheet.pixel_m / body.RADIUS_M
        zone = 2.0 * math.sin(half) * np.cos(y / body.RADIUS_M)
        areas = zone * body.RADIUS_KM * sheet.pixel_km
        return np.broadcast_to(areas[:, None], (y.size, x.size)).copy()
    scale = 1.0 + (x[None, :] ** 2 + y[:, None] ** 2) / (2.0 * body.RADIUS_M) ** 2
    return (sheet.pixel_km / scale) ** 2


def sheet_pixel(sheet: Sheet, lat: ArrayLike, lon_e: ArrayLike) -> Pair:
    """Fractional row and column of places on a sheet, where the first pixel's centre is (0, 0).

    Parameters
    ----------
    sheet : Sheet
        Part of the grid.
    lat, lon_e : float or ndarray
        Degrees.

    Returns
    -------
    row, col : ndarray
        Outside the sheet's shape for places that it does not show.
    """
    lat, lon_e = np.asarray(lat, np.float64), wrap180(np.asarray(lon_e, np.float64))  # of a map, a column and a row
    shape = np.broadcast_shapes(lat.shape, lon_e.shape)
    if sheet.name == "equator":
        x, y = np.radians(lon_e) * body.RADIUS_M, np.radians(lat) * body.RADIUS_M
    else:
        rho, east, up = polar_parts(sheet, lat, lon_e)
        x, y = rho * east, rho * up
    row, col = (sheet.top_m - y) / sheet.pixel_m - 0.5, (x - sheet.left_m) / sheet.pixel_m - 0.5
    return np.array(np.broadcast_to(row, shape)), np.array(np.broadcast_to(col, shape))


def polar_parts(
    sheet: Sheet, lat: ArrayLike, lon_e: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What a polar sheet's projected places are the products of, so that a map's rows and columns need one each.

    Parameters
    ----------
    sheet : Sheet
        A polar one.
    lat, lon_e : float or ndarray
        Degrees.

    Returns
    -------
    rho : ndarray, shape of lat
        Metres from the pole.
    east, up : ndarray, shape of lon_e
        Times ``rho`` they are x and y in metres.
    """
    sign, turn = (1.0 if sheet.name == "north" else -1.0), np.radians(lon_e)
    rho = 2.0 * body.RADIUS_M * np.tan(np.radians(90.0 - sign * np.asarray(lat)) / 2.0)
    return rho, np.sin(turn), -sign * np.cos(turn)


def _pixel_metres(sheet: Sheet, window: Window | None) -> Pair:
    """Projected x of the columns and y of the rows."""
    part = window or Window(0, sheet.shape[0], 0, sheet.shape[1])
    x = sheet.left_m + (np.arange(part.col0, part.col1, dtype=np.float64) + 0.5) * sheet.pixel_m
    y = sheet.top_m - (np.arange(part.row0, part.row1, dtype=np.float64) + 0.5) * sheet.pixel_m
    return x, y
