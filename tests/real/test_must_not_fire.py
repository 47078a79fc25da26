"""The same surface twice: whatever processing did to its picture, nothing has changed."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageFilter

from iovolc.geometry.ephemeris import sky_from_place
from iovolc.geometry.sky import angle_between_points_deg
from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.model.grid import Grid
from real_runs import events_of, write_rows

pytestmark = [pytest.mark.real, pytest.mark.slow]

GRID = Grid.at(8)


def row(path, name, channel, band, year, **cells):
    return {
        "path": str(path), "id": name, "channel": channel, "band_index": band, "quantity": "relative",
        "projection": "bounds", "left_lon_e": 0, "right_lon_e": 360, "top_lat": 90, "bottom_lat": -90,
        "mosaic_start_utc": f"{year}-01-01", "mosaic_stop_utc": f"{year}-12-31", **cells,
    }  # fmt: skip


def test_a_resampled_blurred_restretched_recompressed_copy(real_maps, tmp_path):
    original = real_maps / "usgs_galileo_voyager_grey_180W.jpg"
    with Image.open(original) as image:
        small = image.convert("L").resize((4500, 2250), Image.Resampling.BICUBIC)
    blurred = small.filter(ImageFilter.GaussianBlur(1.5)).resize((5000, 2500), Image.Resampling.BICUBIC)
    stretched = blurred.point([round(min(255.0, 10 + 229 * (grey / 255) ** 0.8)) for grey in range(256)])
    buffer = io.BytesIO()
    stretched.save(buffer, "JPEG", quality=80)
    (tmp_path / "copy.jpg").write_bytes(buffer.getvalue())
    rows = [row(original, "original", "clear", 1, 2001), row(tmp_path / "copy.jpg", "copy", "clear", 1, 2010)]
    _, tracked = events_of(write_rows(tmp_path, rows), tmp_path / "store", real_maps)
    assert (tracked.events["tier"] == "C").all()


def shade_edge(dark, plain):
    """Places where the painted shade begins, at one degree."""
    ratio = np.asarray(dark.resize((360, 180), Image.Resampling.BOX), float).mean(axis=2)
    ratio /= np.asarray(plain.resize((360, 180), Image.Resampling.BOX), float).mean(axis=2)
    shaded = ratio < 0.85
    edge = (shaded != np.roll(shaded, 1, axis=1)) | (shaded != np.roll(shaded, 1, axis=0))
    rows, cols = np.nonzero(edge)
    return 89.5 - rows, cols + 0.5


def test_a_painted_shade_fires_at_its_edge_at_most(real_maps, tmp_path):
    plain = real_maps / "usgs_galileo_voyager_color_180W.jpg"
    shaded = real_maps / "usgs_color_pj57_lighting_180W.jpg"
    rows = [row(plain, "plain", "green", 2, 2001), row(shaded, "shaded", "green", 2, 2023)]
    _, tracked = events_of(write_rows(tmp_path, rows), tmp_path / "store", real_maps)
    with Image.open(shaded) as dark, Image.open(plain) as bright:
        edge_lat, edge_lon_e = shade_edge(dark.convert("RGB"), bright.convert("RGB"))
    sure = tracked.events[tracked.events["tier"] != "C"]
    for event_id in sure["event_id"]:
        for name, pixels in tracked.footprints[event_id].pixels:
            lat, lon_e = (plane.ravel()[pixels][::7] for plane in pixel_lat_lon(GRID.sheet(name)))
            away = distance_km(lat[:, None], lon_e[:, None], edge_lat[None, :], edge_lon_e[None, :]).min(axis=1)
            assert away.max() <= 100.0


PJ57 = datetime(2023, 12, 30, 8, 36, tzinfo=UTC)


def sub_solar_of_picture(shade):
    """Centre of the great circle along which the painted shade begins: the direction that fits its edge best."""
    lat, lon_e = (np.radians(angle) for angle in shade)
    edge = np.stack([np.cos(lat) * np.cos(lon_e), np.cos(lat) * np.sin(lon_e), np.sin(lat)], axis=-1)
    pole = np.linalg.svd(edge, full_matrices=False)[2][-1]
    return np.degrees(np.arcsin(pole[2])), np.degrees(np.arctan2(pole[1], pole[0]))


def test_a_painted_shade_fires_nowhere_once_its_lit_side_is_declared(real_maps, tmp_path):
    plain = real_maps / "usgs_galileo_voyager_color_180W.jpg"
    shaded = real_maps / "usgs_color_pj57_lighting_180W.jpg"
    sky = sky_from_place(PJ57, sub_observer_lat=0.0, sub_observer_lon_e=0.0, range_km=3300.0)
    with Image.open(shaded) as dark, Image.open(plain) as bright:
        lat, lon_e = sub_solar_of_picture(shade_edge(dark.convert("RGB"), bright.convert("RGB")))
    painted = angle_between_points_deg(lat, lon_e, sky.sub_solar_lat, sky.sub_solar_lon_e)
    assert min(painted, 180.0 - painted) < 2.0  # the shade, read to a degree, is where the Sun had set
    light = {"sub_solar_lat": round(sky.sub_solar_lat, 2), "sub_solar_lon_w": round(-sky.sub_solar_lon_e % 360.0, 2)}
    unlit = {"time_utc": "", "sub_solar_lat": "", "sub_solar_lon_w": ""}
    one_time = {"mosaic_start_utc": "", "mosaic_stop_utc": "", "time_utc": "2023-12-30T08:36:00Z"}
    rows = [
        row(plain, "plain", "green", 2, 2001, **unlit),
        row(shaded, "shaded", "green", 2, 2023, **one_time, **light),
    ]
    scan, tracked = events_of(write_rows(tmp_path, rows), tmp_path / "store", real_maps)
    assert tracked.events.empty
    assert scan.statistics[0]["compared_km2"] > 2e7  # by day, and by night where Jupiter would have shone
