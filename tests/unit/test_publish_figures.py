"""Figures: what is drawn, how it is labelled, and that the same input gives the same file."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from publish_sample import (
    GRID,
    PLACES,
    cap_footprint,
    cutout,
    detections,
    events,
    light_curves,
    published,
    sample_run,
    utc,
)

from iovolc.config import PublishConfig
from iovolc.publish import drawing
from iovolc.publish.figures import half_width_km, neighbours, outline_mask, write_figures
from iovolc.publish.graticule import Graticule
from iovolc.publish.overview import draw_map
from iovolc.publish.run_pictures import write_pictures
from iovolc.publish.tables import run_tables
from iovolc.publish.timeline import draw_timeline
from iovolc.publish.triplet import difference_reach, draw_triplet


def _colours(path):
    with Image.open(path) as image:
        assert "Software" not in image.info
        return np.asarray(image.convert("RGB")).astype(int)


def test_the_strongest_events_get_a_figure():
    names = {path.name for path in (published() / "page" / "figures").iterdir()}
    assert {name for name in names if name.startswith("evt")} == {"evt-equator.png", "evt-seam.png", "evt-pole.png"}
    assert {"map.png", "coverage.png"} <= names


def test_the_three_panels_show_grey_grey_and_colour():
    pixels = _colours(published() / "page" / "figures" / "evt-equator.png")
    height, width = pixels.shape[:2]
    before, change = pixels[height // 2, width * 2 // 10], pixels[height // 2, width * 8 // 10]
    assert np.ptp(before) <= 2
    assert change[0] - change[2] > 80, "a darkening is orange-brown"


def test_the_outline_is_drawn_and_the_after_side_is_darker():
    pixels = _colours(published() / "page" / "figures" / "evt-equator.png")
    height, width = pixels.shape[:2]
    left, middle = pixels[height // 2, int(width * 0.187)], pixels[height // 2, int(width * 0.49)]
    assert middle.sum() < left.sum()
    yellow = (np.abs(pixels - np.array([255, 210, 63])).sum(axis=2) < 30).sum()
    assert yellow > 200


def test_an_event_without_a_view_is_left_out(tmp_path):
    run = sample_run(cutout=lambda event_id, half_km: None if event_id == "evt-pole" else cutout(event_id, half_km))
    drawn = write_figures(tmp_path, tmp_path / "views", run, events().head(3))
    assert drawn == {"evt-edge60": "evt-edge60.png", "evt-equator": "evt-equator.png"}


def test_the_order_of_drawing_leaves_no_trace(tmp_path):
    mask = np.zeros((200, 200))
    mask[80:120, 80:120] = 1.0
    draw_triplet(tmp_path / "first.png", cutout("evt-seam", 200.0), mask, "seam")
    draw_triplet(tmp_path / "other.png", cutout("evt-pole", 900.0), np.zeros((200, 200)), "pole")
    draw_triplet(tmp_path / "again.png", cutout("evt-seam", 200.0), mask, "seam")
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    assert (tmp_path / "first.png").read_bytes() != (tmp_path / "other.png").read_bytes()


def test_a_view_without_data_is_drawn_all_the_same(tmp_path):
    blank = np.full((50, 50), np.nan, dtype=np.float32)
    nothing = replace(cutout("evt-equator", 200.0), before=blank, after=blank, difference=blank)
    draw_triplet(tmp_path / "blank.png", nothing, np.zeros((50, 50)), "nothing")
    pixels = _colours(tmp_path / "blank.png")
    no_data = (pixels == [0xC9, 0xD3, 0xDC]).all(axis=2).sum()
    assert no_data > 0.8 * 3 * 320**2


def test_overlapping_spans_are_told(tmp_path):
    apart = cutout("evt-equator", 200.0)
    overlapping = replace(apart, before_utc=(utc(1979, 3, 5), utc(2024, 1, 1)))
    same_dates = replace(apart, before_utc=(utc(1979, 3, 5), utc(2023, 12, 30)))
    feet = []
    for number, view in enumerate((overlapping, same_dates)):
        draw_triplet(tmp_path / f"{number}.png", view, np.zeros((200, 200)), "title")
        feet.append((_colours(tmp_path / f"{number}.png")[465:485] < 128).sum())
    assert feet[0] > 1.3 * feet[1]


def test_events_of_one_observation_are_drawn_together():
    found = detections().assign(observation_id=["obs-c", "obs-b", "obs-c", "obs-b"])
    order = list(neighbours(events(), found)["event_id"])
    by = dict(zip(found["event_id"], found["observation_id"], strict=True))
    assert [by[name] for name in order] == ["obs-b", "obs-b", "obs-c", "obs-c"]


def test_the_outline_is_the_footprint():
    lat, lon_e, radius, _ = PLACES["evt-pole"]
    mask = outline_mask(cap_footprint(lat, lon_e, radius), GRID, cutout("evt-pole", 500.0))
    assert mask.mean() == pytest.approx(np.pi * radius**2 / 1000.0**2, rel=0.03)
    assert mask[100, 100] == 1.0
    assert mask[0, 0] == 0.0


def test_the_view_leaves_room_around_the_event():
    assert half_width_km(100.0) == 125.0
    assert half_width_km(1.0) == 80.0
    assert half_width_km(5000.0) == 1500.0


def test_stretch_is_shared_and_never_empty():
    dark, bright = np.zeros((10, 10), np.float32), np.ones((10, 10), np.float32)
    assert drawing.grey_stretch(dark, bright) == (0.0, 1.0)
    assert drawing.grey_stretch(bright, bright) == (0.5, 1.5)
    assert drawing.grey_stretch(dark * np.nan, dark * np.nan) == (0.0, 1.0)


def test_colours_of_the_difference_follow_the_event():
    difference = np.full((10, 10), -0.5, np.float32)
    assert difference_reach(difference, np.ones((10, 10))) == pytest.approx(0.6)
    assert difference_reach(difference * 0.01, np.ones((10, 10))) == 0.05
    assert difference_reach(difference, np.zeros((10, 10))) == 0.3


def test_both_longitudes_are_labelled():
    at, labels = Graticule.of(cutout("evt-equator", 300.0)).lon_ticks(300.0)
    assert "-60° E\n60° W" in labels
    assert at == sorted(at)
    assert all(-300 < place < 300 for place in at)


def test_labels_run_on_across_the_seam():
    _, labels = Graticule.of(cutout("evt-seam", 300.0)).lon_ticks(300.0)
    assert "-180° E\n180° W" in labels
    assert "-175° E\n175° W" in labels
    assert "175° E\n185° W" in labels


def test_latitudes_rise_to_the_north():
    at, labels = Graticule.of(cutout("evt-equator", 300.0)).lat_ticks(300.0)
    assert at == sorted(at)
    assert labels == ["5° N", "10° N", "15° N"]
    assert Graticule.of(cutout("evt-pole", 300.0)).lat_ticks(300.0) == ([], [])


def test_texts_of_places():
    assert drawing.place_text(-18.24, -147.0) == "18.2° S, -147.0° E = 147.0° W"
    assert drawing.lat_text(0.2) == "0°"
    assert drawing.west_text(0.0) == "0° W"
    assert drawing.west_text(0.3) == "0° W"
    assert drawing.east_text(-0.2) == "0° E"
    assert drawing.span_text((utc(1979, 3, 5), utc(1999, 7, 3))) == "1979-03-05 to 1999-07-03"
    assert drawing.span_text((utc(1979, 3, 5), utc(1979, 3, 5))) == "1979-03-05"


def test_a_map_without_background_and_events(tmp_path):
    draw_map(tmp_path / "map.png", None, np.zeros((180, 360), dtype=bool), events().head(0), "")
    draw_timeline(tmp_path / "timeline.png", ())
    assert (tmp_path / "map.png").stat().st_size > 1000
    assert (tmp_path / "timeline.png").stat().st_size > 500


def test_a_run_brings_pictures_for_talks(tmp_path):
    run = sample_run(light_curves=light_curves())
    tables = run_tables(run)
    names = write_pictures(published(), tmp_path, run, tables, np.ones((720, 1440), bool))
    assert names == ("changes.png", "blink-evt-equator.gif", "light-curve-hot-1.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    with Image.open(tmp_path / names[1]) as blink:
        assert blink.n_frames == 2
    none = sample_run(config=run.config.model_copy(update={"publish": PublishConfig(figures=0)}))
    assert write_pictures(published(), tmp_path, none, tables, np.ones((720, 1440), bool)) == ()
