"""Globe and map: places, pixels, time, comparison and what was looked at when."""

import numpy as np
import pytest

pytestmark = pytest.mark.page

ROUND_TRIP = """([kind, lon, lat, zoom]) => {
  const view = iovolc[kind](600, 300, { lon, lat, zoom });
  const worst = { back: 0, pixel: 0, points: 0 };
  const cols = 600, rows = 300, u = new Float32Array(cols * rows), v = new Float32Array(cols * rows);
  view.places(cols, rows, 1, u, v);
  for (let x = 5; x < 600; x += 37) for (let y = 5; y < 300; y += 23) {
    const place = view.invert(x + 0.5, y + 0.5), at = y * cols + x;
    if (!place) { if (v[at] >= 0) worst.pixel = 999; continue; }
    const to = view.project(...place), drawn = view.lines(place);
    if (to) worst.back = Math.max(worst.back, Math.hypot(to[0] - x - 0.5, to[1] - y - 0.5));
    if (to && drawn) worst.back = Math.max(worst.back, Math.hypot(drawn[0] - x - 0.5, drawn[1] - y - 0.5));
    const lon2 = u[at] * 360 - 180, lat2 = 90 - v[at] * 180;
    worst.pixel = Math.max(worst.pixel, iovolc.awayDegrees(lon2, lat2, ...place));
    worst.points++;
  }
  return worst;
}"""


@pytest.mark.parametrize("kind", ["globe", "flat"])
@pytest.mark.parametrize(("lon", "lat", "zoom"), [(0, 0, 1), (179.5, 40, 3), (-120, -89, 1), (60, 90, 8)])
def test_pixels_lines_and_clicks_agree_on_places(watch, disk, kind, lon, lat, zoom):
    worst = watch(disk).page.evaluate(ROUND_TRIP, [kind, lon, lat, zoom])
    assert worst["points"] > 20
    assert worst["back"] < 0.1, "pixels"
    assert worst["pixel"] < 0.02, "degrees"


def test_a_layer_shows_what_the_raster_holds(watch, disk):
    """The event darkens a cap at 10 N 59.5 W by 0.25; beside it nothing changed."""
    page = watch(disk)
    page.set(kind="difference", zoom=4, lon=-59.5, lat=10.0)
    texts = page.page.evaluate("[[-59.5, 10], [-40, 10], [-120, 10]].map(place => iovolc.readout(place, null))")
    assert texts[0] == "10.0° N, -59.5° E · -0.25 change of ln albedo"
    assert texts[1] == "10.0° N, -40.0° E · 0 change of ln albedo"
    assert texts[2] == "10.0° N, -120.0° E · not compared"


def test_the_mark_of_an_event_lies_on_its_place(watch, disk):
    page = watch(disk)
    page.set(lon=170.0, lat=-20.0)
    box = page.page.locator("#globe").bounding_box()
    x, y = page.page.evaluate("iovolc.mapViews[0].projection.project(179.5, -20)")
    page.page.mouse.click(box["x"] + x, box["y"] + y)
    page.settle()
    assert page.state("event") == "evt-seam"
    assert "tier B" in page.page.inner_text("#chosen")


def test_a_drag_turns_both_maps(watch, disk):
    page = watch(disk)
    before = page.pixels("globe"), page.pixels("flat"), page.state("lon")
    box = page.page.locator("#globe").bounding_box()
    page.page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 100, box["y"] + 150, steps=5)
    page.page.mouse.up()
    page.page.wait_for_timeout(250)
    page.settle()
    assert page.state("lon") > before[2] + 5
    assert page.pixels("globe") != before[0]
    assert page.pixels("flat") != before[1]


def test_the_slider_moves_pixels_and_events(watch, disk):
    page = watch(disk)
    page.set(kind="value")
    page.page.select_option("#since", "begun")
    assert page.page.inner_text("#count").startswith("4 of 4")
    seen = [page.pixels()]
    for _ in range(2):
        page.page.locator("#time").press("ArrowLeft")
        page.settle()
        seen.append(page.pixels())
    assert len(set(seen)) == 3
    assert page.page.locator("#time").get_attribute("aria-valuetext").endswith("look 1 of 3")
    assert page.page.inner_text("#count").startswith("0 of 4"), "the first look ended before all of them"


def test_gaps_in_observation_are_drawn_and_told(watch, disk):
    page = watch(disk)
    assert page.page.locator("#strip .gap").count() == 2
    assert "1999-07-03 to 2007-02-28, 2007-02-28 to 2023-12-30" in page.page.inner_text("#gaps")


def test_as_last_seen_fills_what_the_newest_look_missed(watch, disk):
    page = watch(disk)
    covered = (
        "iovolc.sources().shown.codes.reduce((sum, code) => sum + (code > 0), 0) / iovolc.sources().shown.codes.length"
    )
    page.set(kind="value", epoch=1)
    alone = page.page.evaluate(covered)
    page.set(kind="latest")
    assert page.page.evaluate(covered) >= alone > 0.5


def test_swipe_and_blink_show_before_and_after(watch, disk):
    page = watch(disk)
    page.set(kind="value", events="begun", tiers="", grid=False, names=False)
    after = page.pixels()
    page.page.check("input[value=swipe]")
    page.settle()
    swiped = page.pixels()
    page.page.check("input[value=blink]")
    page.settle()
    first = page.pixels()
    page.page.click("#flip")
    page.settle()
    before = page.pixels()
    assert len({after, swiped, before}) == 3
    assert first != before
    assert "Now shown: before" in page.page.inner_text("#compare-text")


def test_blinking_waits_for_who_asks_for_less_motion(watch, disk):
    still = watch(disk)
    still.set(mode="blink")
    lively = watch(disk, reduced_motion="no-preference")
    lively.set(mode="blink")
    lively.page.wait_for_function("iovolc.blinkPhase")
    assert still.page.evaluate("iovolc.blinkPhase") is False


def test_coverage_and_completeness_tell_three_answers(watch, disk):
    page = watch(disk)
    page.set(kind="coverage", epoch=2)
    assert page.page.evaluate("iovolc.readout([0, 0], null)").endswith("compared")
    page.set(epoch=0)
    assert page.page.evaluate("iovolc.readout([90, 0], null)").endswith("seen, nothing to compare with")
    page.set(kind="reach", epoch=2, contrast=0.2)
    ask = "[[90, 0], [-90, 0]].map(place => iovolc.readout(place, null).split(' · ')[1])"
    assert page.page.evaluate(ask) == ["found 9 times in 10", "not compared"]
    page.set(contrast=0.05)
    assert page.page.evaluate(ask) == ["would have been missed", "not compared"]
    page.set(kind="all", contrast=0.2)
    assert page.page.evaluate(ask) == ["found 9 times in 10", "not compared"]


def test_completeness_agrees_with_the_curve_at_its_edge(watch, disk):
    """Half are found at margin 1: contrast 0.1 for 100 km where margin per contrast is 10; 9 in 10 at 0.1128."""
    page = watch(disk)
    answers = []
    for contrast in (0.095, 0.105, 0.12):
        page.set(kind="reach", epoch=2, size=2, contrast=contrast)
        answers.append(page.page.evaluate("iovolc.readout([90, 0], null).split(' · ')[1]"))
    assert answers == ["would have been missed", "found about every second time", "found 9 times in 10"]


def test_the_history_of_a_place(watch, disk):
    page = watch(disk)
    page.set(place="0.0,90.0")
    assert "in 1 of 1 comparisons" in page.page.inner_text("#detail-body")
    assert "Nearest events" in page.page.inner_text("#detail-body")
    page.set(contrast=0.105)
    assert "about every second time in 1, and missed in 0" in page.page.inner_text("#detail-body")
    page.set(contrast=0.095)
    assert "and missed in 1" in page.page.inner_text("#detail-body")
    page.set(place="0.0,-90.0")
    assert "1 did not reach this place" in page.page.inner_text("#detail-body")


def test_light_curves_have_bars_limits_and_gaps(watch, disk):
    page = watch(disk)
    page.set(spot="hot-1")
    curve = page.page.locator("#detail-body svg.curve")
    assert "3 detections and 1 limits from 2013-01-01 to 2018-01-01" in curve.get_attribute("aria-label")
    titles = curve.locator("title").all_text_contents()
    assert "2014-01-01T00:00, L: less than 12" in titles
    assert "2017-01-01T00:00, L: 60 ± 6" in titles
    assert curve.locator(".gap").count() == 1, "2014 to 2017; the others are a year apart"


def test_both_senses_of_longitude(watch, disk):
    page = watch(disk)
    page.page.click("#sense")
    page.settle()
    row = page.page.locator("#catalogue tr", has_text="evt-equator").inner_text()
    assert "59.5° W" in row
    assert "-59.5° E" not in row
    assert page.page.evaluate("iovolc.readout([-59.5, 10], null)").startswith("10.0° N, 59.5° W")


def test_the_address_holds_the_view(watch, disk):
    page = watch(disk)
    page.set(lon=33.0, lat=-12.0, zoom=2.5, kind="z", event="evt-pole", sense="w", q="dark", sort="-snr", tiers="AB")
    page.page.wait_for_function("location.hash.includes('evt-pole')")
    again = watch(page.page.url)
    keys = ("lon", "lat", "zoom", "kind", "event", "sense", "q", "sort", "tiers")
    assert [again.state(key) for key in keys] == [33, -12, 2.5, "z", "evt-pole", "w", "dark", "-snr", "AB"]
    assert again.pixels("globe") == page.pixels("globe")


def test_a_wrong_address_does_no_harm(watch, disk):
    page = watch(
        f"{disk}#?epoch=99&kind=evil&zoom=1e9&lat=400&lon=nan&mode=x&size=77&sort=__proto__&page=-3&event=gone"
    )
    assert page.state("kind") == "latest"
    assert page.state("zoom") == 16
    assert page.page.locator("#catalogue tbody tr").count() == 4
    assert np.isfinite(page.state("lon"))
