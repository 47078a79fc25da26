import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc import body
from iovolc.geometry import longitudes
from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.sphere import distance_km, lat_lon, pixel_area_km2, pixel_lat_lon, sheet_pixel, unit_vectors
from iovolc.geometry.warp import warp
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Window
from iovolc.model.observation import Bounds, Disc, Placement, Projected

GRID = Grid.at(4)
EQUATOR = GRID.sheets[0]
LONGITUDES = st.floats(-1080.0, 1080.0)
LATITUDES = st.floats(-90.0, 90.0)
SHEETS = st.sampled_from(GRID.sheets)
FEW = settings(max_examples=15, deadline=None)


def noise(seed: int, shape: tuple[int, int], missing: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    image = rng.random(shape, np.float32)
    image[rng.random(shape) < missing] = np.nan
    return image


def bumpy(seed: int) -> Lattice:
    rng = np.random.default_rng(seed)
    return Lattice(rng.normal(0.0, 0.01, (13, 24, 4)).astype(np.float32), 15.0)


@given(LONGITUDES)
def test_west_and_east_round_trip(lon_e: float) -> None:
    wrapped = longitudes.wrap180(lon_e)
    assert -180.0 <= wrapped < 180.0
    assert abs(longitudes.difference(longitudes.east_from_west(longitudes.west_from_east(lon_e)), wrapped)) < 1e-9


@given(LATITUDES, LONGITUDES)
def test_places_and_directions_round_trip(lat: float, lon_e: float) -> None:
    back = lat_lon(unit_vectors(lat, lon_e))
    assert float(distance_km(lat, lon_e, *back)) < 1e-6


@given(SHEETS, LATITUDES, LONGITUDES)
def test_places_and_pixels_round_trip(sheet, lat: float, lon_e: float) -> None:
    row, col = sheet_pixel(sheet, lat, lon_e)
    i, j = round(float(row)), round(float(col))
    if 0 <= i < sheet.shape[0] and 0 <= j < sheet.shape[1]:
        centre = pixel_lat_lon(sheet, Window(i, i + 1, j, j + 1))
        assert float(distance_km(lat, lon_e, *centre)[0, 0]) <= 0.7072 * sheet.pixel_km * 1.001


@given(LATITUDES, LONGITUDES, st.floats(0.0, 360.0), st.floats(3e3, 1e9), st.floats(-0.95, 0.95), st.floats(0.0, 6.28))
def test_disc_pixels_round_trip(lat: float, lon_e: float, turn: float, range_km: float, r: float, angle: float) -> None:
    disc = Disc(lat, lon_e, turn, 50.0, 50.0, 40.0, range_km)
    limb_px = 1815.0 / 40.0
    col, row = 50.0 + r * limb_px * np.cos(angle), 50.0 + r * limb_px * np.sin(angle)
    found = disc_pixel(disc, *disc_lat_lon(disc, col, row))
    assert bool(found.visible)
    assert abs(float(found.col) - col) < 1e-5
    assert abs(float(found.row) - row) < 1e-5


@given(st.integers(0, 10**6), SHEETS, st.booleans(), st.booleans())
@FEW
def test_a_mirrored_image_with_mirrored_bounds_is_the_same_map(seed: int, sheet, west: bool, down: bool) -> None:
    image = noise(seed, (90, 180))
    bounds, turned = Bounds(-180.0, 180.0, 90.0, -90.0), image
    if west:
        bounds, turned = Bounds(180.0, -180.0, bounds.top_lat, bounds.bottom_lat), turned[:, ::-1]
    if down:
        bounds, turned = Bounds(bounds.left_lon_e, bounds.right_lon_e, -90.0, 90.0), turned[::-1]
    window = Window(50, 66, 90, 106)
    plain = warp(image, Bounds(-180.0, 180.0, 90.0, -90.0), sheet, window=window).value
    np.testing.assert_allclose(warp(turned, bounds, sheet, window=window).value, plain, atol=1e-5)


@given(st.integers(0, 10**6), st.integers(-400, 400))
@FEW
def test_rolling_the_image_rolls_the_map(seed: int, pixels: int) -> None:
    image = noise(seed, (180, 360))
    bounds = Bounds(-180.0, 180.0, 90.0, -90.0)
    window = Window(250, 258, 0, EQUATOR.shape[1])
    plain = warp(image, bounds, EQUATOR, window=window).value
    rolled = warp(np.roll(image, pixels, axis=1), bounds, EQUATOR, window=window).value
    np.testing.assert_allclose(rolled, np.roll(plain, 4 * pixels, axis=1), atol=1e-5)


PLACEMENTS = st.sampled_from(
    [
        Bounds(-180.0, 180.0, 90.0, -90.0),
        Bounds(300.0, -20.0, -80.0, 80.0),
        Projected("IAU_2015:50130", (60_000.0, 0.0, -3e6, 0.0, -60_000.0, 3e6)),
        Projected("IAU_2015:50120", (60_000.0, 0.0, -6e6, 0.0, -60_000.0, 3e6)),
        Projected("IAU_2015:50140", (60_000.0, 0.0, -6e6, 0.0, -60_000.0, 3e6)),
        Disc(35.0, 20.0, 10.0, 100.0, 50.0, 40.0, 40_000.0),
    ]
)


@given(
    PLACEMENTS, SHEETS, st.integers(0, 10**6), st.booleans(), st.integers(0, 40), st.integers(0, 40), st.integers(1, 20)
)
@FEW
def test_a_window_gets_the_bits_of_the_whole(
    placement: Placement, sheet, seed: int, displaced: bool, row: int, col: int, size: int
) -> None:
    image = noise(seed, (100, 200))
    shift = bumpy(seed) if displaced else None
    whole = Window(80, 144, 100, 164)
    part = Window(80 + row, 80 + row + size, 100 + col, 100 + col + size)
    large = warp(image, placement, sheet, displacement=shift, window=whole)
    small = warp(image, placement, sheet, displacement=shift, window=part)
    inside = slice(row, row + size), slice(col, col + size)
    for name in ("value", "resolution_km", "flags"):
        assert getattr(small, name).tobytes() == np.ascontiguousarray(getattr(large, name)[inside]).tobytes()


@given(st.integers(0, 10**6), SHEETS, PLACEMENTS)
@FEW
def test_values_stay_within_those_of_the_image(seed: int, sheet, placement: Placement) -> None:
    image = noise(seed, (100, 200))
    value = warp(image, placement, sheet, displacement=bumpy(seed), window=Window(60, 76, 100, 116)).value
    valid = value[np.isfinite(value)]
    assert np.all((valid >= np.nanmin(image) - 1e-6) & (valid <= np.nanmax(image) + 1e-6))


@given(st.sampled_from((4, 8)), st.floats(56.0, 64.0))
@settings(max_examples=6, deadline=None)
def test_areas_sum_to_the_sphere(pixels_per_degree: int, split: float) -> None:
    total = 0.0
    for sheet in Grid.at(pixels_per_degree).sheets:
        lat, _ = pixel_lat_lon(sheet)
        mine = np.abs(lat) < split if sheet.name == "equator" else (np.abs(lat) >= split)
        total += float(pixel_area_km2(sheet)[mine].sum())
    assert abs(total / (4.0 * np.pi * body.RADIUS_KM**2) - 1.0) < 0.005
