from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT

from iovolc import body
from iovolc.geometry import lattice
from iovolc.geometry.sphere import pixel_lat_lon, unit_vectors
from iovolc.geometry.warp import sample, warp
from iovolc.model.epoch import Lattice
from iovolc.model.flags import Flag
from iovolc.model.grid import Grid, Sheet, Window
from iovolc.model.observation import Bounds, Disc, Placement, Projected

GRID = Grid.at(4)
EQUATOR, NORTH, SOUTH = GRID.sheets
GLOBAL = Bounds(-180.0, 180.0, 90.0, -90.0)
MIDDLE = {
    sheet.name: Window(
        sheet.shape[0] // 2 - 12, sheet.shape[0] // 2 + 12, sheet.shape[1] // 2 - 12, sheet.shape[1] // 2 + 12
    )
    for sheet in GRID.sheets
}
SEAM = Window(200, 224, 0, 24)


def smooth(lat: np.ndarray, lon_e: np.ndarray) -> np.ndarray:
    """A smooth function on the whole sphere."""
    x, y, z = np.moveaxis(unit_vectors(lat, lon_e), -1, 0)
    return 1.0 + 0.5 * x * y + 0.4 * z - 0.3 * y


def places(bounds: Bounds, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of an image's pixel centres."""
    lat = bounds.top_lat + (np.arange(shape[0]) + 0.5) * (bounds.bottom_lat - bounds.top_lat) / shape[0]
    lon_e = bounds.left_lon_e + (np.arange(shape[1]) + 0.5) * (bounds.right_lon_e - bounds.left_lon_e) / shape[1]
    return lat[:, None], lon_e[None, :]


def picture(bounds: Bounds, shape: tuple[int, int]) -> np.ndarray:
    return smooth(*places(bounds, shape)).astype(np.float32)


def no_shift(step_deg: float = 30.0) -> Lattice:
    lat, lon_e = lattice.nodes(step_deg)
    return Lattice(np.zeros((lat.size, lon_e.size, 4), np.float32), step_deg)


def eastward(turn_deg: float, step_deg: float = 2.0) -> Lattice:
    """Look up every point further east by an angle."""
    lat, lon_e = lattice.nodes(step_deg)
    there = unit_vectors(lat[:, None], lon_e[None, :] + turn_deg) - unit_vectors(lat[:, None], lon_e[None, :])
    return Lattice(there.astype(np.float32), step_deg)


@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
@pytest.mark.parametrize(
    "bounds", [GLOBAL, Bounds(0.0, 360.0, 90.0, -90.0), Bounds(180.0, -180.0, -90.0, 90.0)], ids=str
)
@pytest.mark.parametrize("rows", [1080, 540])
def test_a_smooth_field_arrives_as_it_is(sheet: Sheet, bounds: Bounds, rows: int) -> None:
    window = MIDDLE[sheet.name]
    found = warp(picture(bounds, (rows, 2 * rows)), bounds, sheet, window=window)
    assert np.abs(found.value - smooth(*pixel_lat_lon(sheet, window))).max() < 1e-5
    assert not found.flags.any()


def test_a_ramp_is_exact_whatever_the_ratio_of_pixels() -> None:
    for shape in ((90, 180), (631, 1111)):
        lat, lon_e = places(GLOBAL, shape)
        want_lat, want_lon = pixel_lat_lon(EQUATOR, MIDDLE["equator"])
        ramp = np.broadcast_to(lat, shape).astype(np.float32)
        assert np.abs(warp(ramp, GLOBAL, EQUATOR, window=MIDDLE["equator"]).value - want_lat).max() < 1e-5
        ramp = np.broadcast_to(lon_e, shape).astype(np.float32)
        assert np.abs(warp(ramp, GLOBAL, EQUATOR, window=MIDDLE["equator"]).value - want_lon).max() < 1e-5


@pytest.mark.parametrize("left", [-180.0, 0.0, 33.3])
def test_the_seam_leaves_no_trace(left: float) -> None:
    bounds = Bounds(left, left + 360.0, 90.0, -90.0)
    for shift in (None, no_shift()):
        found = warp(picture(bounds, (720, 1440)), bounds, EQUATOR, window=SEAM, displacement=shift)
        assert np.abs(found.value - smooth(*pixel_lat_lon(EQUATOR, SEAM))).max() < 1e-5


def test_a_map_in_metres_that_overlaps_itself_has_no_hole() -> None:
    step = np.pi * 1_821_460.0 / 200.3
    shape = (201, 401)
    placement = Projected("+proj=eqc +R=1821460 +lon_0=180", (step, 0.0, -200.5 * step, 0.0, -step, 100.5 * step))
    edges = Bounds(
        180.0 - 200.5 * 180.0 / 200.3, 180.0 + 200.5 * 180.0 / 200.3, 100.5 * 180.0 / 200.3, -100.5 * 180.0 / 200.3
    )
    image = picture(edges, shape)
    for sheet, window in ((EQUATOR, Window(200, 210, 700, 740)), (NORTH, MIDDLE["north"]), (SOUTH, MIDDLE["south"])):
        found = warp(image, placement, sheet, window=window)
        assert np.abs(found.value - smooth(*pixel_lat_lon(sheet, window))).max() < 2e-4


def test_an_image_across_the_seam_fills_its_own_extent_and_no_more() -> None:
    bounds = Bounds(160.0, 200.0, 20.0, -20.0)
    window = Window(258, 262, 0, 1440)
    found = warp(np.ones((160, 160), np.float32), bounds, EQUATOR, window=window)
    lon_e = pixel_lat_lon(EQUATOR, window)[1]
    assert np.array_equal(np.isfinite(found.value), np.abs(lon_e) > 160.0)
    assert np.array_equal(found.flags != 0, np.isnan(found.value))


def test_missing_pixels_neither_bleed_nor_vanish() -> None:
    bounds = Bounds(-20.0, 20.0, 20.0, -20.0)
    image = np.full((40, 40), 3.0, np.float32)
    image[20, 20] = np.nan
    for shift in (None, no_shift()):
        kept = warp(image, bounds, EQUATOR, window=Window(240, 280, 700, 740), displacement=shift)
        strict = warp(image, bounds, EQUATOR, window=Window(240, 280, 700, 740), displacement=shift, min_weight=1.0)
        assert np.nanmin(kept.value) == np.nanmax(kept.value) == 3.0
        assert 8 <= np.isnan(kept.value).sum() <= 16
        assert np.isnan(strict.value).sum() == 64
        assert np.array_equal(kept.flags == Flag.NO_DATA, np.isnan(kept.value))
        assert np.array_equal(np.isnan(kept.resolution_km), np.isnan(kept.value))


@pytest.mark.parametrize("sheet", [EQUATOR, NORTH], ids=lambda sheet: sheet.name)
def test_a_finer_source_is_averaged(sheet: Sheet) -> None:
    """A checkerboard four times finer than the grid is grey; picking single pixels would leave it black and white."""
    image = (np.indices((2880, 5760)).sum(axis=0) % 2).astype(np.float32)
    window = Window(300, 310, 300, 310) if sheet is EQUATOR else Window(130, 140, 60, 70)
    assert np.abs(warp(image, GLOBAL, sheet, window=window).value - 0.5).max() < (0.01 if sheet is EQUATOR else 0.2)


def test_the_displacement_says_where_the_image_shows_a_point() -> None:
    image = picture(GLOBAL, (720, 1440))
    for sheet in GRID.sheets:
        window = replace(MIDDLE[sheet.name], row0=MIDDLE[sheet.name].row0 - 3)
        lat, lon_e = pixel_lat_lon(sheet, window)
        found = warp(image, GLOBAL, sheet, window=window, displacement=eastward(3.0))
        assert np.abs(found.value - smooth(lat, lon_e + 3.0)).max() < 4e-5


@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
def test_a_displacement_of_nothing_changes_nothing(sheet: Sheet) -> None:
    image = picture(GLOBAL, (300, 600))
    window = MIDDLE[sheet.name]
    still, moved = (warp(image, GLOBAL, sheet, window=window, displacement=shift) for shift in (None, no_shift()))
    assert moved.value == pytest.approx(still.value, abs=1e-6)
    assert np.array_equal(moved.resolution_km, still.resolution_km)


def disc_picture(disc: Disc, size: int) -> np.ndarray:
    from iovolc.geometry.ellipsoid import disc_lat_lon

    row, col = np.indices((size, size)) + 0.5
    lat, lon_e = disc_lat_lon(disc, col, row)
    return smooth(np.nan_to_num(lat), np.nan_to_num(lon_e)).astype(np.float32)


def test_a_disc_arrives_on_all_sheets_and_stops_at_the_emission_limit() -> None:
    disc = Disc(20.0, -170.0, 15.0, 80.0, 80.0, 25.0, 50_000.0)
    image = disc_picture(disc, 160)
    window = Window(100, 430, 60, 64)
    found = warp(image, disc, EQUATOR, window=window, max_emission_deg=60.0)
    everything = warp(image, disc, EQUATOR, window=window)
    seen = np.isfinite(found.value)
    assert np.abs(found.value - smooth(*pixel_lat_lon(EQUATOR, window)))[seen].max() < 2e-3
    assert 0.1 < seen.mean() < np.isfinite(everything.value).mean()
    assert np.all(found.flags[~seen & np.isfinite(everything.value)] == Flag.LIMB | Flag.NO_DATA)
    assert found.resolution_km[seen].max() < 25.0 / np.cos(np.radians(60.0)) * 1.01
    assert np.nanmax(everything.resolution_km) > 55.0


def test_the_far_side_of_a_disc_is_no_data_without_being_limb() -> None:
    found = warp(np.ones((50, 50), np.float32), Disc(0.0, 0.0, 0.0, 25.0, 25.0, 80.0, 4e5), EQUATOR, window=SEAM)
    assert np.all(found.flags == Flag.NO_DATA)


def test_resolution_is_the_coarser_of_image_and_grid() -> None:
    fine, coarse = ((720, 1440), (45, 90))
    assert warp(np.ones(fine, np.float32), GLOBAL, EQUATOR, window=SEAM).resolution_km == pytest.approx(
        EQUATOR.pixel_km
    )
    degree = np.radians(1.0) * body.RADIUS_KM
    for sheet, window in ((EQUATOR, SEAM), (NORTH, Window(100, 104, 100, 104))):
        found = warp(np.ones(coarse, np.float32), GLOBAL, sheet, window=window)
        assert found.resolution_km == pytest.approx(4.0 * degree, rel=1e-6)


ORACLE_M = 20_000.0
PLACEMENTS = {
    "equirectangular": "IAU_2015:50110",
    "stereographic": "IAU_2015:50130",
    "sinusoidal": "IAU_2015:50120",
    "orthographic": "+proj=ortho +R=1821490 +lat_0=40 +lon_0=10",
    "Mollweide": "IAU_2015:50140",
    "Lambert": "+proj=laea +R=1821490 +lat_0=50 +lon_0=20",
}


def gdal_bilinear(image: np.ndarray, placement: Projected, sheet: Sheet, window: Window) -> np.ndarray:
    """GDAL's warp without approximation and without its wider kernel for coarser targets."""
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": image.shape[0], "width": image.shape[1]}
    place = {"crs": placement.crs_wkt, "transform": Affine(*placement.transform)}
    px = sheet.pixel_m
    transform = Affine(px, 0.0, sheet.left_m + window.col0 * px, 0.0, -px, sheet.top_m - window.row0 * px)
    with MemoryFile() as memory:
        with memory.open(**profile, **place) as target:
            target.write(image, 1)
        with memory.open() as opened, WarpedVRT(
            opened, crs=sheet.crs, transform=transform, height=window.shape[0], width=window.shape[1],
            resampling=Resampling.bilinear, tolerance=1e-6, src_nodata=np.nan, nodata=np.nan, XSCALE=1, YSCALE=1,
        ) as warped:  # fmt: skip
            return warped.read(1)


@pytest.mark.parametrize("name", PLACEMENTS)
@pytest.mark.parametrize("sheet", [EQUATOR, NORTH], ids=lambda sheet: sheet.name)
def test_rasterio_gives_the_same_where_it_is_plain_bilinear(name: str, sheet: Sheet) -> None:
    placement = Projected(PLACEMENTS[name], (ORACLE_M, 0.0, -6e6, 0.0, -ORACLE_M, 3.5e6))
    image = np.random.default_rng(7).random((350, 600), np.float32)
    window = Window(20, 50, 700, 740) if sheet is EQUATOR else Window(200, 230, 150, 180)
    found = warp(image, placement, sheet, window=window).value
    oracle = gdal_bilinear(image, placement, sheet, window)
    both = np.isfinite(found) & np.isfinite(oracle)
    assert both.all()
    assert np.abs(found - oracle).max() < 1e-5


@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
def test_positions_from_proj_give_what_the_compiled_formula_gives(sheet: Sheet) -> None:
    """West-positive axes are left to PROJ; the same map mirrored is compiled."""
    step = np.pi * body.RADIUS_M / 400.0
    asked = Projected("+proj=eqc +R=1821490 +axis=wnu", (step, 0.0, -400.0 * step, 0.0, -step, 200.0 * step))
    bounds = Bounds(180.0, -180.0, 90.0, -90.0)
    image = picture(bounds, (400, 800))
    away = MIDDLE[sheet.name]
    window = replace(away, col0=away.col0 + 40, col1=away.col1 + 40)
    for shift in (None, eastward(1.0, 10.0)):
        theirs, ours = (warp(image, item, sheet, window=window, displacement=shift) for item in (asked, bounds))
        assert theirs.value == pytest.approx(ours.value, abs=2e-5)
        assert theirs.resolution_km == pytest.approx(ours.resolution_km, rel=1e-3)


@pytest.mark.parametrize("placement", [GLOBAL, Disc(0.0, 90.0, 0.0, 16.0, 8.0, 150.0, 4e5)])
def test_a_blank_image_is_no_data_everywhere(placement: Placement) -> None:
    for sheet in (EQUATOR, SOUTH):
        found = warp(np.full((16, 32), np.nan, np.float32), placement, sheet, window=MIDDLE[sheet.name])
        assert np.isnan(found.value).all()
        assert np.all(found.flags & Flag.NO_DATA)


def test_sampling_agrees_with_the_field_at_seam_and_poles() -> None:
    image = picture(GLOBAL, (720, 1440))
    lat = np.array([90.0, -90.0, 89.97, -89.99, 12.0, -60.0])
    lon_e = np.array([0.0, 10.0, 100.0, -77.0, 179.99, 540.02])
    assert sample(image, GLOBAL, lat, lon_e) == pytest.approx(smooth(lat, lon_e), abs=1e-5)


def test_sampling_keeps_shapes_and_misses_nothing_inside() -> None:
    bounds = Bounds(10.0, 14.0, 4.0, 0.0)
    assert sample(np.ones((4, 4), np.float32), bounds, 1.0, 11.0).shape == ()
    found = sample(np.ones((4, 4), np.float32), bounds, np.array([[0.0], [2.0], [4.0]]), np.array([10.0, 12.0, 14.0]))
    assert np.array_equal(found, np.ones((3, 3)))
    assert np.isnan(sample(np.ones((4, 4), np.float32), bounds, [4.01, 2.0], [12.0, 14.01])).all()


def test_sampling_renormalises_around_missing_pixels() -> None:
    image = np.array([[1.0, np.nan], [1.0, np.nan]], np.float32)
    bounds = Bounds(0.0, 2.0, 2.0, 0.0)
    lon_e = [0.9, 1.0, 1.1]
    assert sample(image, bounds, 1.0, lon_e)[:2].tolist() == [1.0, 1.0]
    assert np.isnan(sample(image, bounds, 1.0, lon_e)[2])
    assert sample(image, bounds, 1.0, 1.1, min_weight=0.2) == 1.0
