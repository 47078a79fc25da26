"""What a stranger stumbled over when looking at the page."""

import pytest

pytestmark = pytest.mark.page

WRITTEN = """() => {
  const view = iovolc.mapViews[1], pen = view.pen, texts = [], write = pen.fillText;
  pen.fillText = (text, x, y) => { texts.push([text, x, y - 4, pen.measureText(text).width / 2]); };
  view.frame();
  delete pen.fillText;
  return { texts, marks: view.hits.map((hit) => hit.at) };
}"""
TICKS = """() => {
  const looks = [1e4, 4e6].map((value, i) => ({ value, sigma: 1, limit: "detection", band: "L",
    time: Date.UTC(2013, 10 + 10 * i), time_utc: "2013-11-18T00:00:00Z" }));
  return [...iovolc.drawCurve({ label: "x", looks }, "n").querySelectorAll("text")].map((text) => text.textContent);
}"""


def test_the_readout_follows_the_map_and_the_layer(watch, disk):
    page = watch(disk)
    page.set(lon=0.0, lat=0.0)
    page.page.focus("#globe")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.page.keyboard.press(key)
    page.settle()
    assert page.page.evaluate("iovolc.scene.pointed") == pytest.approx([30.0, 15.0], abs=0.2)
    assert page.page.inner_text("#readout").startswith("15.0° N, 30.0° E")
    page.set(kind="coverage")
    assert page.page.inner_text("#readout").endswith("30.0° E · compared")
    page.page.focus("#layer")
    page.settle()
    assert page.page.inner_text("#readout").startswith("Point at a map")
    assert page.page.evaluate("iovolc.scene.pointed") is None


def test_no_label_is_written_where_a_mark_lies(watch, disk):
    page = watch(disk)
    page.set(lon=-59.5, lat=0.0)
    drawn = page.page.evaluate(WRITTEN)
    assert len(drawn["texts"]) > 10
    assert len(drawn["marks"]) == 7
    hidden = [
        text for text, x, y, half in drawn["texts"] for mark in drawn["marks"]
        if abs(mark[0] - x) < half + 5 and abs(mark[1] - y) < 8
    ]  # fmt: skip
    assert hidden == []


def test_what_is_found_among_hot_spots_keeps_its_order(watch, disk):
    page = watch(disk)
    names = page.page.locator("#spots tbody th")
    assert names.all_inner_texts() == ["Pele", "hot-3", "Loki Patera"], "those seen most often first"
    page.page.fill("#spot-find", "patera")
    assert names.all_inner_texts() == ["Pele", "hot-3", "Loki Patera"]
    assert not page.page.locator("#spots-peak").is_visible(), "a column without any value"
    assert page.page.locator("#spots tbody tr").first.locator("td").count() == 5
    page.page.click("#to-spots")
    assert page.page.evaluate("location.hash") == "#spots-section"


def test_facts_of_a_hot_spot_say_what_they_are(watch, disk):
    page = watch(disk)
    page.set(spot="hot-1")
    told = page.page.inner_text("#detail-body")
    assert "the place: active" in told
    assert "began to" not in told, "that needs the name of the column before it"


def test_axes_of_light_curves_have_room(watch, disk):
    page = watch(disk)
    texts = page.page.evaluate(TICKS)
    assert {"10000", "10⁶", "3·10⁵"} <= set(texts)
    assert {"2014-01", "2014-07"} <= set(texts), "a year alone tells nothing of ten months"
    assert not any(text.isdigit() and len(text) > 5 for text in texts)


def test_no_table_is_cut_off_on_a_common_screen(watch, disk):
    page = watch(disk, viewport={"width": 1366, "height": 768})
    tables = page.page.locator(".scroll:visible")
    assert tables.count() > 4
    for number in range(tables.count()):
        over = tables.nth(number).evaluate("part => part.scrollWidth - part.clientWidth")
        assert over <= 1, tables.nth(number).get_attribute("aria-labelledby")


def test_pictures_of_an_event_can_be_read_on_a_phone(watch, disk):
    page = watch(disk, viewport={"width": 390, "height": 844})
    page.set(event="evt-equator")
    assert page.page.locator("#detail-body figure img").bounding_box()["width"] > 600
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_leads_to_every_kind_of_file(watch, disk, run):
    page = watch(disk)
    files = page.page.locator("#data ~ ul a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert all((run / "page" / file).is_file() for file in files)
    assert {"../iovolc.qgs", "../stac/collection.json", "../events.tex", "../CITATION.cff", "../run.json"} <= set(files)
    assert {"figures/changes.png", "figures/blink-evt-equator.gif", "figures/light-curve-hot-1.png"} <= set(files)


def test_numbers_of_an_event_are_explained(watch, disk):
    page = watch(disk)
    page.set(event="evt-equator")
    told = page.page.inner_text("#detail-body")
    assert "-0.250 (22% darker)" in told
    assert "Chance of it where nothing changed (p)" in told


def test_the_first_note_stands_alone_and_the_rest_unfolds(watch, disk):
    page = watch(disk)
    assert page.page.inner_text(".banner > p") == "The changes in this run are replayed."
    second = page.page.get_by_text("One look is dim.")
    assert not second.is_visible()
    page.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert second.is_visible(), "paper cannot be unfolded"


def test_dates_stay_whole_on_paper(watch, disk):
    page = watch(disk, viewport={"width": 700, "height": 900})
    page.page.emulate_media(media="print")
    onsets = page.page.locator(".still td.dates")
    assert onsets.count() == 4
    for cell in onsets.all():
        assert cell.inner_text().split("\n") == ["1999-07-03 to", "2007-02-28"]
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert page.page.locator(".keys").is_visible(), "what the marks mean"
    assert not page.page.get_by_role("heading", name="Before and after").is_visible()
