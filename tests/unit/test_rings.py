import math
from dataclasses import replace

import numpy as np
import pytest

from iovolc.detect.clusters import find_clusters
from iovolc.detect.null import NullClusters
from iovolc.detect.rings import RADII_KM, find_rings
from iovolc.detect.significance import p_values
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from small_grid import disc, search_on, small_grid, white_fields, with_disc

GRID = small_grid(2)
SEARCH = replace(search_on(GRID), rings=True)


def with_ring(fields, lat, lon_e, radius_km, width_km, amplitude, ratio=1.0):
    changed = {}
    for name, field in fields.items():
        at, east = pixel_lat_lon(GRID.sheet(name))
        away = distance_km(lat, lon_e, at, east)
        if ratio != 1.0:
            along = distance_km(lat, lon_e, at, lon_e)
            away = np.sqrt(np.maximum(away**2 - along**2, 0.0) * ratio + along**2 / ratio)
        inside = np.abs(away - radius_km) < 0.5 * width_km
        changed[name] = replace(field, difference=(field.difference + amplitude * inside).astype(np.float32))
    return changed


def rings_of(fields):
    planes = [
        {name: getattr(field, part) for name, field in fields.items()} for part in ("difference", "weight", "owned")
    ]
    return find_rings(planes[0], planes[1], planes[1], planes[2], GRID, seed_z=3.9, sigma_floor=0.0)


def test_radii_run_from_50_to_650_km_in_steps_of_15_percent():
    assert (RADII_KM[0], len(RADII_KM)) == (50.0, 19)
    assert RADII_KM[-1] == pytest.approx(619.0, abs=1.0)


@pytest.mark.parametrize(
    ("lat", "lon_e", "radius_km"),
    [(0.0, 0.0, 300.0), (-30.0, 179.5, 250.0), (60.0, -123.5, 450.0), (89.0, 10.0, 350.0), (-58.0, 60.0, 550.0)],
)
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_ring_under_the_noise_of_every_pixel_is_found_anywhere(lat, lon_e, radius_km, sign):
    fields = with_ring(white_fields(GRID, 1), lat, lon_e, radius_km, 0.3 * radius_km, 0.9 * sign)
    best = rings_of(fields)[0]
    assert distance_km(lat, lon_e, best.ring.lat, best.ring.lon_e) < 2.5 * GRID.pixel_km
    assert best.ring.radius_km == pytest.approx(radius_km, rel=0.15)
    assert best.amplitude * sign == pytest.approx(0.7, abs=0.25)


def test_a_long_ring_is_told_from_a_round_one():
    fields = with_ring(white_fields(GRID, 2), 10.0, 40.0, 400.0, 120.0, 2.0, ratio=1.4)
    assert rings_of(fields)[0].ring.axis_ratio > 1.0
    fields = with_ring(white_fields(GRID, 2), 10.0, 40.0, 400.0, 120.0, 2.0)
    assert rings_of(fields)[0].ring.axis_ratio == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_noise_makes_hardly_any(seed):
    assert len(rings_of(white_fields(GRID, seed))) <= 1


def test_neither_a_wide_disc_nor_a_strong_small_one_is_a_ring():
    noise = white_fields(GRID, 4)
    for fields in (with_disc(noise, GRID, 0.0, 0.0, 350.0, 1.0), with_disc(noise, GRID, 0.0, 0.0, 60.0, 20.0)):
        near = [one for one in rings_of(fields) if distance_km(0.0, 0.0, one.ring.lat, one.ring.lon_e) < 700.0]
        assert near == []


def test_a_slope_of_light_is_no_ring():
    fields = {
        name: replace(field, difference=field.difference + np.float32(0.2) * pixel_lat_lon(GRID.sheet(name))[0] / 10.0)
        for name, field in white_fields(GRID, 5).items()
    }
    fields = {name: replace(field, difference=field.difference.astype(np.float32)) for name, field in fields.items()}
    assert len(rings_of(fields)) <= 1


def test_two_thirds_of_a_circle_suffice_but_not_a_third():
    whole = with_ring(white_fields(GRID, 6), 0.0, 0.0, 400.0, 120.0, 2.0)
    for share, found in ((2 / 3, True), (1 / 3, False)):
        cut = {}
        for name, field in whole.items():
            _, east = pixel_lat_lon(GRID.sheet(name))
            lat, _ = pixel_lat_lon(GRID.sheet(name))
            angle = np.arctan2(lat, east) % (2.0 * math.pi)
            near = disc(GRID.sheet(name), 0.0, 0.0, 900.0)
            cut[name] = replace(field, weight=np.where(near & (angle > 2.0 * math.pi * share), 0.0, field.weight))
        cut = {name: replace(field, weight=field.weight.astype(np.float32)) for name, field in cut.items()}
        near = [one for one in rings_of(cut) if distance_km(0.0, 0.0, one.ring.lat, one.ring.lon_e) < 100.0]
        assert bool(near) == found


def test_the_search_gives_one_cluster_a_ring_across_sheets():
    fields = with_ring(white_fields(GRID, 7), 60.0, 20.0, 500.0, 150.0, 0.6)
    rings = [one for one in find_clusters(fields, GRID, SEARCH)[0] if one.ring is not None]
    near = [one for one in rings if distance_km(60.0, 20.0, one.ring.lat, one.ring.lon_e) < 100.0]
    assert len(near) == 1
    assert [name for name, _ in near[0].footprint.pixels] == ["equator", "north"]
    assert near[0].rank_class(SEARCH) == len(SEARCH.scales)
    assert near[0].scale < len(SEARCH.scales)


def test_without_rings_the_search_is_as_before():
    fields = with_ring(white_fields(GRID, 7), 60.0, 20.0, 500.0, 150.0, 0.6)
    plain, _ = find_clusters(fields, GRID, replace(SEARCH, rings=False))
    assert all(one.ring is None for one in plain)


def test_rings_rank_among_null_rings_alone():
    scale = np.array([0] * 60 + [9] * 60)
    z = np.concatenate([np.linspace(3.9, 5.0, 60), np.linspace(3.9, 9.0, 60)])
    null = NullClusters(scale, z, np.ones(120), 2, ring_class=9)
    p, tails = p_values(np.array([0, 9]), np.array([6.0, 6.0]), null, 3.9)
    assert tails[0].count == tails[9].count == 60
    assert p[1] > 5 * p[0]
