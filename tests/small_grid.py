"""Tiny grids, and fields on them, so that the search for change can be tested in a fraction of a second."""

import math

import numpy as np
import pytest
from numba import config as numba_config

from iovolc import body
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.pieces import Field, Search
from iovolc.detect.pyramid import scales
from iovolc.geometry.sphere import distance_km, pixel_area_km2, pixel_lat_lon
from iovolc.model.grid import Grid, Sheet


def slow_uncompiled(test):
    """Mark a test as slow where the kernels run uncompiled (NUMBA_DISABLE_JIT=1)."""
    return pytest.mark.slow(test) if numba_config.DISABLE_JIT else test


ALL_SLOW_UNCOMPILED = [pytest.mark.slow] if numba_config.DISABLE_JIT else []
"""The same for a whole module, as its ``pytestmark``."""


def small_grid(pixels_per_degree=1):
    """The three sheets at 1 pixel per degree (130 x 360 and twice 80 x 80), or at a few more."""
    pixel_m = math.radians(1.0) * body.RADIUS_M / pixels_per_degree
    rows, cols, half = 130 * pixels_per_degree, 360 * pixels_per_degree, 40 * pixels_per_degree
    equator = Sheet("equator", (rows, cols), pixel_m, -cols / 2 * pixel_m, rows / 2 * pixel_m)
    polar = [Sheet(name, (2 * half, 2 * half), pixel_m, -half * pixel_m, half * pixel_m) for name in ("north", "south")]
    return Grid(pixels_per_degree, (equator, *polar))


def coarse_grid():
    """The three sheets at half a pixel per degree: for kernels that run uncompiled."""
    pixel_m = math.radians(2.0) * body.RADIUS_M
    equator = Sheet("equator", (64, 180), pixel_m, -90 * pixel_m, 32 * pixel_m)
    polar = [Sheet(name, (40, 40), pixel_m, -20 * pixel_m, 20 * pixel_m) for name in ("north", "south")]
    return Grid(1, (equator, *polar))


def search_on(grid, smallest_km=0.0, largest_km=600.0, *, seed_z=3.9, grow_z=2.6, floor=0.0, step=1.5):
    return Search(scales(grid, smallest_km, largest_km, step), seed_z, grow_z, floor)


def white_fields(grid, seed, sigma=1.0):
    """White noise of the stated variance; places that two sheets show have different noise on each."""
    generator = np.random.default_rng(seed)
    owned = owned_pixels(grid)
    return {
        sheet.name: Field(
            (sigma * generator.standard_normal(sheet.shape)).astype(np.float32),
            np.full(sheet.shape, 1.0 / sigma**2, np.float32),
            owned[sheet.name],
        )
        for sheet in grid.sheets
    }


def disc(sheet, lat, lon_e, radius_km):
    """Pixels whose centre lies in a disc on the sphere."""
    return distance_km(lat, lon_e, *pixel_lat_lon(sheet)) <= radius_km


def with_disc(fields, grid, lat, lon_e, radius_km, amplitude):
    """The fields with a disc of constant change added, on every sheet that shows it."""
    return {
        name: Field(
            (field.difference + amplitude * disc(grid.sheet(name), lat, lon_e, radius_km)).astype(np.float32),
            field.weight,
            field.owned,
        )
        for name, field in fields.items()
    }


def with_deposit(fields, grid, lat, lon_e, radius_km, amplitude):
    """The fields with a deposit added that thins outward, a Gaussian with this half width at half maximum."""

    def height(sheet):
        return amplitude * 0.5 ** ((distance_km(lat, lon_e, *pixel_lat_lon(sheet)) / radius_km) ** 2)

    return {
        name: Field((field.difference + height(grid.sheet(name))).astype(np.float32), field.weight, field.owned)
        for name, field in fields.items()
    }


def area_on(grid, footprint):
    return sum(float(pixel_area_km2(grid.sheet(name)).ravel()[pixels].sum()) for name, pixels in footprint.pixels)


def cap_km2(radius_km):
    return 2.0 * math.pi * body.RADIUS_KM**2 * (1.0 - math.cos(radius_km / body.RADIUS_KM))


def terrain(sheet, seed, exponent=1.25):
    """Rough terrain with an amplitude spectrum f^-exponent, closed at all edges, of standard deviation 1."""
    white = np.random.default_rng(seed).standard_normal(sheet.shape)
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(n) for n in sheet.shape), indexing="ij"))
    frequency[0, 0] = np.inf
    rough = np.fft.ifft2(np.fft.fft2(white) * frequency**-exponent).real
    return (rough / rough.std()).astype(np.float32)
