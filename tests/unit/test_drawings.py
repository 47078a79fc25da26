"""The parts of pictures: views as files, the Mollweide map, the timeline's shares, the globe, broken lines."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import rasterio
from PIL import Image
from publish_sample import backdrop, cutout, events, light_curves, published, reach, sample_run, utc
from pyproj import CRS

from iovolc.model.tables import KINDS
from iovolc.publish.curve_plot import draw_light_curve, drawable, level_text
from iovolc.publish.global_map import KIND_COLOURS, draw_changes, mollweide
from iovolc.publish.locator import globe
from iovolc.publish.panels import broken
from iovolc.publish.timeline import draw_timeline, looks_of
from iovolc.publish.views import View, read_view, write_view


def test_a_view_is_read_as_it_was_written(tmp_path):
    shown = View(cutout("evt-seam", 300.0), np.eye(200))
    (tmp_path / "views").mkdir()
    write_view(tmp_path / "views", "evt-seam", shown)
    again = read_view(tmp_path, "evt-seam")
    assert again is not None
    np.testing.assert_array_equal(again.outline, shown.outline)
    for name in shown.cutout.__slots__:
        np.testing.assert_array_equal(getattr(again.cutout, name), getattr(shown.cutout, name))
    assert read_view(tmp_path, "evt-none") is None


def test_a_view_lies_where_it_belongs_for_others():
    with rasterio.open(published() / "views" / "evt-seam.tif") as dataset:
        assert dataset.descriptions == ("before", "after", "difference", "footprint")
        crs = CRS.from_wkt(dataset.crs.to_wkt())
        assert dataset.xy(99.5, 99.5) == pytest.approx((0.0, 0.0), abs=1.0)
    assert crs.ellipsoid is not None
    assert crs.ellipsoid.semi_major_metre == 1_821_490
    assert "Azimuthal Equidistant" in crs.to_wkt()


def test_places_lie_where_mollweide_has_them():
    x, y = mollweide(np.array([0.0, 90.0, 0.0]), np.array([0.0, 0.0, 90.0]))
    radius = 1_821_490.0
    np.testing.assert_allclose(x, [0.0, 0.0, np.sqrt(2.0) * radius], atol=1.0)
    np.testing.assert_allclose(y, [0.0, np.sqrt(2.0) * radius, 0.0], atol=1.0)


def test_every_kind_has_a_colour_of_its_own():
    assert set(KIND_COLOURS) == set(KINDS)
    assert len(set(KIND_COLOURS.values())) == len(KINDS)


def test_the_map_is_veiled_where_nothing_was_compared(tmp_path):
    compared = np.zeros((180, 360), bool)
    compared[:, 180:] = True
    draw_changes(tmp_path / "map.png", backdrop(), compared, events().head(0), "2023-12-30")
    draw_changes(tmp_path / "plain.png", None, None, events(), "")
    with Image.open(tmp_path / "map.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    left, right = pixels[250:330, 300], pixels[250:330, 930]
    assert np.median(left[:, 2] - left[:, 0]) > 8, "blue-grey"
    assert np.median(np.ptp(right, axis=1)) <= 2, "grey"


def test_a_look_tells_its_share_of_io_or_of_a_place():
    inputs = sample_run().manifest.inputs
    assert [look.share for look in looks_of(inputs, reach())] == [None, None, pytest.approx(0.5)]
    assert looks_of(inputs, reach(), (0.0, 30.0))[2].share == 1.0
    assert looks_of(inputs, reach(), (0.0, -30.0))[2].share == 0.0
    assert looks_of(inputs, reach(), (90.0, 180.0))[2].share == 0.0
    assert looks_of(inputs, None)[2].share is None


def test_gaps_are_drawn_where_no_channel_looked(tmp_path):
    inputs = sample_run().manifest.inputs
    filled = (*inputs, replace(inputs[1], id="obs-d", channel="green", start_utc=utc(1999, 8, 1)))
    for name, chosen in (("gaps", inputs), ("fewer", filled)):
        draw_timeline(tmp_path / f"{name}.png", looks_of(chosen, None))
    greys = []
    for name in ("gaps", "fewer"):
        with Image.open(tmp_path / f"{name}.png") as image:
            pixels = np.asarray(image.convert("RGB"))
        greys.append((pixels[60] == (0xEC, 0xEF, 0xF3)).all(axis=1).mean())
    assert greys[0] > greys[1] + 0.1 > 0.2


def test_a_look_that_missed_the_place_ends_no_gap(tmp_path):
    inputs = sample_run().manifest.inputs
    looks = looks_of(inputs, reach(), (0.0, -30.0))
    draw_timeline(tmp_path / "missed.svg", looks)
    draw_timeline(tmp_path / "seen.svg", looks_of(inputs, reach(), (0.0, 30.0)))
    assert "16.8 yr" in (tmp_path / "seen.svg").read_text()
    assert "16.8 yr" not in (tmp_path / "missed.svg").read_text()


def test_the_globe_shows_the_side_of_the_place():
    ground = replace(backdrop(), value=np.where(np.arange(360) < 180, 0.1, 1.0)[None, :].repeat(180, 0).astype("f4"))
    ball = np.asarray(globe(ground, 0.0, 0.0, 100, (1, 2, 3))).astype(int)
    assert tuple(ball[0, 0]) == (1, 2, 3)
    assert ball[50, 75].sum() > 3 * ball[50, 25].sum()
    assert np.asarray(globe(None, 0.0, 0.0, 100, (1, 2, 3)))[50, 50].sum() > 200


def test_a_light_curve_draws_the_value_that_says_most():
    nothing = dict.fromkeys(("radiance_gw_um_sr", "relative_value", "power_gw"))
    assert drawable(pd.DataFrame([nothing])) is None
    for name, unit in (("relative_value", "own unit"), ("power_gw", "(GW)"), ("radiance_gw_um_sr", "sr⁻¹")):
        nothing[name] = 3.0
        found = drawable(pd.DataFrame([nothing]))
        assert found is not None
        assert (found[0], unit in found[2]) == (name, True)


def test_a_long_text_is_broken_and_none_of_it_lost():
    text = "the earlier looks are brought to the light and tone of the later one " * 5
    lines = broken(text, 20, 300)
    assert " ".join(lines) == text.strip()
    assert len(lines) > 10
    assert broken("Unbreakable" * 20, 20, 300) == ["Unbreakable" * 20]


@pytest.mark.parametrize(
    ("level", "text"), [(1e5, "10⁵"), (3e6, "3·10⁶"), (10000.0, "10000"), (0.01, "0.01"), (1e-4, "10⁻⁴")]
)
def test_levels_of_a_logarithmic_axis_are_short(level, text):
    assert level_text(level) == text


def test_months_of_a_light_curve_name_their_year(tmp_path):
    looks = light_curves().iloc[:2].assign(time_utc=[utc(2014, 2, 1), utc(2015, 11, 1)])
    draw_light_curve(tmp_path / "curve.svg", looks, "a place")
    drawn = (tmp_path / "curve.svg").read_text()
    assert "2014-07" in drawn
    assert "2015" in drawn
