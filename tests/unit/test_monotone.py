import numpy as np

from iovolc.detect.clusters import owned_pixels
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.light.monotone import apply_tone_curves, fit_tone_curves
from small_grid import coarse_grid, slow_uncompiled, small_grid, terrain

GRID = small_grid()
OWNED = owned_pixels(GRID)


def ground():
    return {sheet.name: terrain(sheet, 1).astype(np.float32) for sheet in GRID.sheets}


def stretched(planes):
    """A monotone stretch that nobody knows."""
    return {name: np.tanh(1.3 * plane + 0.4).astype(np.float32) for name, plane in planes.items()}


def deposit(planes, radius_km, amount):
    changed = {}
    for sheet in GRID.sheets:
        lat, lon_e = pixel_lat_lon(sheet)
        inside = distance_km(0.0, 30.0, lat, lon_e) < radius_km
        changed[sheet.name] = np.where(inside, planes[sheet.name] + np.float32(amount), planes[sheet.name])
    return changed


def residual(older, newer):
    curves = fit_tone_curves(older, newer, OWNED, GRID, radius_km=600.0)
    sheet = GRID.sheets[0]
    carried = apply_tone_curves(curves, older["equator"], sheet)
    lat, lon_e = pixel_lat_lon(sheet)
    return newer["equator"] - carried, distance_km(0.0, 30.0, lat, lon_e)


@slow_uncompiled
def test_an_unknown_monotone_stretch_is_undone():
    older = ground()
    off, _ = residual(older, stretched(older))
    assert np.nanmedian(np.abs(off)) < 0.02


@slow_uncompiled
def test_a_deposit_survives_and_does_not_bend_the_tone_around_it():
    older = ground()
    off, away_km = residual(older, deposit(older, 200.0, -1.5))
    assert np.nanmedian(off[away_km < 150.0]) < -1.2
    around = (away_km > 250.0) & (away_km < 500.0)
    assert np.nanquantile(np.abs(off[around]), 0.9) < 0.1


@slow_uncompiled
def test_the_middle_of_a_very_wide_deposit_is_still_compared():
    older = ground()
    off, away_km = residual(older, deposit(older, 700.0, -1.5))
    assert np.isfinite(off[away_km < 600.0]).all()


@slow_uncompiled
def test_without_common_ground_nothing_is_claimed():
    older = ground()
    nothing = {name: np.full_like(plane, np.nan) for name, plane in older.items()}
    off, _ = residual(older, nothing)
    assert np.isnan(off).all()


def test_curves_on_few_nodes_undo_a_stretch_too():
    grid = coarse_grid()
    older = {sheet.name: terrain(sheet, 1).astype(np.float32) for sheet in grid.sheets}
    newer = stretched(older)
    curves = fit_tone_curves(older, newer, owned_pixels(grid), grid, radius_km=2000.0, step_deg=45.0)
    sheet = grid.sheets[1]
    off = newer["north"] - apply_tone_curves(curves, older["north"], sheet)
    assert np.nanmedian(np.abs(off)) < 0.05
