"""Where changes end: outlines that a filter drew too wide, too narrow, across the seam or beside others."""

import numpy as np
import pytest

from iovolc.detect.clusters import Cluster, owned_pixels
from iovolc.detect.describe import pixel_places
from iovolc.detect.extent import with_extent
from iovolc.detect.pieces import Field
from iovolc.geometry.smooth import FWHM_PER_SIGMA, smooth
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid

GRID = Grid.at(4)
SHEET = GRID.sheet("equator")
LAT, LON_E = pixel_lat_lon(SHEET)
PIXELS_KM2 = pixel_places(GRID).area_km2
AREA_KM2 = PIXELS_KM2["equator"].reshape(SHEET.shape)
NOISE = 0.1
RESOLUTION_KM = 3.0 * SHEET.pixel_km


def disc(lat, lon_e, radius_km):
    return distance_km(lat, lon_e, LAT, LON_E) <= radius_km


def strip(lat, lon_e, length_km, width_km):
    up = distance_km(lat, lon_e, LAT, np.full_like(LAT, lon_e)) <= width_km / 2.0
    aside = distance_km(lat, lon_e, np.full_like(LAT, lat), LON_E) <= length_km / 2.0
    return up & aside


def seen(shape, amplitude=0.3, seed=1):
    """What maps show of a change, with noise as wide as their resolution."""
    sigma_km = RESOLUTION_KM / FWHM_PER_SIGMA
    noise = smooth(np.random.default_rng(seed).normal(size=SHEET.shape).astype(np.float32), SHEET, sigma_km)
    return amplitude * smooth(shape.astype(np.float32), SHEET, sigma_km) + NOISE * noise / noise.std()


def field(difference, weight=None):
    weight = np.full(SHEET.shape, NOISE**-2) if weight is None else weight
    return {"equator": Field(difference.astype(np.float32), weight.astype(np.float32), owned_pixels(GRID)["equator"])}


def cluster(shape, sign=1):
    return Cluster(sign, 0, 8.0, 0.3 * sign, 0.04, Footprint((("equator", np.flatnonzero(shape).astype(np.int32)),)))


def pixels(found):
    ((_, flat),) = found.footprint.pixels
    return flat


def area_km2(found):
    return float(AREA_KM2.ravel()[pixels(found)].sum())


def extended(shape, fields):
    (found,) = with_extent([cluster(shape)], fields, PIXELS_KM2, GRID, RESOLUTION_KM)
    return found


@pytest.mark.parametrize("lat", [0.0, 52.0])
@pytest.mark.parametrize("drawn_km", [36.0, 60.0, 84.0])
def test_a_disc_drawn_too_narrow_or_too_wide_gets_its_area(lat, drawn_km):
    found = extended(disc(lat, 40.0, drawn_km), field(seen(disc(lat, 40.0, 60.0))))
    assert area_km2(found) == pytest.approx(np.pi * 60.0**2, rel=0.1)


@pytest.mark.parametrize("radius_km", [0.75 * RESOLUTION_KM, RESOLUTION_KM])
@pytest.mark.parametrize("drawn", [0.8, 1.0, 1.3])
def test_a_plain_change_hardly_wider_than_the_resolution_keeps_its_area(radius_km, drawn):
    true = disc(0.0, 40.0, radius_km)
    found = extended(disc(0.0, 40.0, drawn * radius_km), field(seen(true, amplitude=1.5)))
    assert area_km2(found) == pytest.approx(AREA_KM2[true].sum(), rel=0.15)


@pytest.mark.parametrize("radius_km", [0.55 * RESOLUTION_KM, RESOLUTION_KM, 2.0 * RESOLUTION_KM])
def test_noise_alone_makes_outlines_neither_wider_nor_narrower(radius_km):
    drawn = disc(0.0, 40.0, radius_km)
    fields = [field(seen(drawn, amplitude=0.0, seed=seed)) for seed in range(12)]
    ratios = [area_km2(extended(drawn, one)) / AREA_KM2[drawn].sum() for one in fields]
    assert 0.75 < np.mean(ratios) < 1.4


def test_a_dark_halo_is_no_part_of_a_bright_change():
    bright, halo = disc(0.0, 40.0, 60.0), disc(0.0, 40.0, 110.0)
    found = extended(bright, field(seen(bright) - 2.0 * seen(halo & ~bright, seed=2)))
    assert area_km2(found) < 1.3 * AREA_KM2[bright].sum()


def test_a_narrow_flow_is_not_as_wide_as_the_filter_that_sees_it():
    flow = strip(10.0, -60.0, 250.0, 32.0)
    drawn = strip(10.0, -60.0, 265.0, 52.0)
    true_km2 = AREA_KM2[flow].sum()
    assert AREA_KM2[drawn].sum() > 1.5 * true_km2
    found = [area_km2(extended(drawn, field(seen(flow, seed=seed)))) for seed in range(6)]
    assert np.mean(found) == pytest.approx(true_km2, rel=0.2)


def test_the_seam_makes_no_difference():
    difference, drawn = seen(disc(0.0, 0.0, 60.0)), disc(0.0, 0.0, 40.0)
    away = pixels(extended(drawn, field(difference)))
    half = SHEET.shape[1] // 2
    across = pixels(extended(np.roll(drawn, half, axis=1), field(np.roll(difference, half, axis=1))))
    rows, cols = np.divmod(away, SHEET.shape[1])
    assert sorted(rows * SHEET.shape[1] + (cols + half) % SHEET.shape[1]) == across.tolist()


def test_a_change_grows_neither_into_another_nor_where_nothing_is_seen():
    whole = disc(0.0, 100.0, 90.0)
    west, east = whole & (LON_E < 100.0), whole & (LON_E >= 100.0)
    drawn = disc(0.0, 100.0, 60.0)
    weight = np.where(LAT > 1.0, 0.0, NOISE**-2)
    clusters = [cluster(drawn & side & (weight > 0.0)) for side in (west, east)]
    found = [
        set(pixels(one).tolist())
        for one in with_extent(clusters, field(seen(whole), weight), PIXELS_KM2, GRID, RESOLUTION_KM)
    ]
    assert not found[0] & found[1]
    assert all(weight.ravel()[list(mine)].all() for mine in found)


def test_a_darker_change_ends_where_a_brighter_one_would():
    difference, drawn = seen(disc(0.0, 40.0, 60.0)), disc(0.0, 40.0, 40.0)
    (dark,) = with_extent([cluster(drawn, -1)], field(-difference), PIXELS_KM2, GRID, RESOLUTION_KM)
    assert pixels(dark).tolist() == pixels(extended(drawn, field(difference))).tolist()


def test_what_lies_on_two_sheets_stays_as_it_was_found():
    both = Footprint((("equator", np.arange(5, dtype=np.int32)), ("north", np.arange(5, dtype=np.int32))))
    one = Cluster(1, 0, 8.0, 0.3, 0.04, both)
    polar = np.ones(GRID.sheet("north").shape, np.float32)
    fields = field(seen(disc(0.0, 40.0, 60.0))) | {"north": Field(polar, polar, owned_pixels(GRID)["north"])}
    assert with_extent([one], fields, PIXELS_KM2, GRID, RESOLUTION_KM) == (one,)
