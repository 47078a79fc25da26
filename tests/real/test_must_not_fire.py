"""The same surface twice: whatever processing did to its picture, nothing has changed."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.model.grid import Grid
from real_runs import events_of, write_rows

pytestmark = [pytest.mark.real, pytest.mark.slow]

GRID = Grid.at(8)
PASS_OF_2023 = {
    "time_utc": "2023-12-30T08:36:00Z", "mosaic_start_utc": "", "mosaic_stop_utc": "", "sub_solar_lat": "3.09",
    "sub_solar_lon_w": "241.84",
}  # fmt: skip
"""One moment, lit by one Sun, as astronomy-engine has it."""


def row(path, name, channel, band, year):
    return {
        "path": str(path), "id": name, "channel": channel, "band_index": band, "quantity": "relative",
        "projection": "bounds", "left_lon_e": 0, "right_lon_e": 360, "top_lat": 90, "bottom_lat": -90,
        "mosaic_start_utc": f"{year}-01-01", "mosaic_stop_utc": f"{year}-12-31",
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


def test_a_painted_shade_whose_sun_is_declared_fires_nowhere(real_maps, tmp_path):
    plain = real_maps / "usgs_galileo_voyager_color_180W.jpg"
    shaded = real_maps / "usgs_color_pj57_lighting_180W.jpg"
    undeclared = {"time_utc": "", "sub_solar_lat": "", "sub_solar_lon_w": ""}
    rows = [
        row(plain, "plain", "green", 2, 2001) | undeclared,
        row(shaded, "shaded", "green", 2, 2023) | PASS_OF_2023,
    ]
    scan, tracked = events_of(write_rows(tmp_path, rows), tmp_path / "store", real_maps)
    assert scan.statistics[0]["compared_km2"] > 30e6
    assert tracked.events.empty


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
