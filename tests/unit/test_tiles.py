import numpy as np
from scipy.spatial import KDTree

from iovolc import body
from iovolc.geometry.sphere import lat_lon
from iovolc.geometry.tiles import Frames, cut, follow, patch_directions, spread_frames
from iovolc.model.observation import Bounds, Projected

WHOLE = Bounds(0.0, 360.0, 90.0, -90.0)
MOLLWEIDE = "+proj=moll +lon_0=20 +R=1821490 +units=m +no_defs"


def one(frames: Frames, lat: float, lon_e: float) -> Frames:
    lats, lons = lat_lon(frames.centre)
    return frames.take(np.array([np.argmin(np.hypot(lats - lat, lons - lon_e))]))


def latitude_map() -> np.ndarray:
    lat = np.linspace(89.5, -89.5, 180, dtype=np.float32)
    return np.repeat(lat[:, None], 360, axis=1)


def test_tiles_lie_evenly_and_reach_both_poles() -> None:
    centre = spread_frames(500.0).centre
    chords, _ = KDTree(centre).query(centre, 2)
    distance_km = chords[:, 1] * body.RADIUS_KM
    assert distance_km.min() > 250.0
    assert distance_km.max() < 600.0
    assert centre[:, 2].min() == -1.0
    assert centre[:, 2].max() == 1.0
    np.testing.assert_allclose(np.linalg.norm(centre.sum(axis=0)) / len(centre), 0.0, atol=0.02)


def test_axes_point_east_and_north() -> None:
    frame = one(spread_frames(500.0), 0.0, 0.0)
    lat, lon_e = lat_lon(np.vstack((frame.centre, frame.centre + 0.1 * frame.right + 0.2 * frame.up)))
    assert lon_e[1] - lon_e[0] > 5.0
    assert lat[1] - lat[0] > 10.0


def test_patch_at_a_pole_shows_distance_from_the_pole() -> None:
    frames = spread_frames(500.0)
    patch = cut(latitude_map(), WHOLE, one(frames, 90.0, -180.0), 9, 60.0)[0]
    off = (np.arange(9) - 4.0) * 60.0
    expected = 90.0 - np.degrees(np.arctan(np.hypot(off[:, None], off[None, :]) / body.RADIUS_KM))
    np.testing.assert_allclose(patch, expected, atol=0.6)


def test_first_row_lies_highest_and_pixels_have_the_asked_size() -> None:
    patch = cut(latitude_map(), WHOLE, one(spread_frames(500.0), 0.0, 0.0), 5, 63.58)[0]
    np.testing.assert_allclose(patch[:, 2], [4.0, 2.0, 0.0, -2.0, -4.0], atol=0.02)


def test_pixels_without_data_are_missing() -> None:
    pixels = latitude_map()
    pixels[90:] = np.nan
    patch = cut(pixels, WHOLE, one(spread_frames(500.0), 0.0, 0.0), 6, 60.0)[0]
    assert np.isfinite(patch[:3]).all()
    assert np.isnan(patch[3:]).all()


def test_projection_that_is_not_compiled_gives_the_same_patch() -> None:
    size_m = 2.0 * np.sqrt(2.0) * body.RADIUS_M
    rows, cols = 180, 360
    y, x = np.meshgrid(
        size_m / 2 - (np.arange(rows) + 0.5) * size_m / rows,
        -size_m + (np.arange(cols) + 0.5) * 2 * size_m / cols,
        indexing="ij",
    )
    theta = np.arcsin(y / (np.sqrt(2.0) * body.RADIUS_M))
    lat = np.degrees(np.arcsin((2 * theta + np.sin(2 * theta)) / np.pi))
    lat[np.abs(x) > size_m * np.cos(theta)] = np.nan
    placement = Projected(MOLLWEIDE, (2 * size_m / cols, 0.0, -size_m, 0.0, -size_m / rows, size_m / 2))
    frame = one(spread_frames(500.0), 20.0, 30.0)
    found = cut(lat.astype(np.float32), placement, frame, 6, 60.0)
    np.testing.assert_allclose(found, cut(latitude_map(), WHOLE, frame, 6, 60.0), atol=0.05)


def test_frames_follow_a_turn_rigidly() -> None:
    angle = np.radians(2.0)
    matrix = np.array([[np.cos(angle), np.sin(angle), 0.0], [-np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    frames = spread_frames(800.0)
    moved = follow(frames, lambda points: points @ matrix - points)
    np.testing.assert_allclose(moved.centre, frames.centre @ matrix, atol=1e-12)
    np.testing.assert_allclose(moved.right, frames.right @ matrix, atol=1e-3)
    np.testing.assert_allclose(moved.up, frames.up @ matrix, atol=1e-3)


def test_frames_deform_with_a_stretch() -> None:
    frame = one(spread_frames(500.0), 0.0, 0.0)
    moved = follow(frame, lambda points: 0.1 * points[:, [1]] * np.array([[0.0, 1.0, 0.0]]))
    np.testing.assert_allclose(np.linalg.norm(moved.right), 1.1, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(moved.up), 1.0, atol=0.01)


def test_patch_directions_match_the_cut() -> None:
    frame = one(spread_frames(500.0), 45.0, 60.0)
    lat, _ = lat_lon(patch_directions(frame, 5, 60.0)[0])
    np.testing.assert_allclose(cut(latitude_map(), WHOLE, frame, 5, 60.0)[0], lat, atol=0.05)
