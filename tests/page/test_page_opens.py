"""The page opens from disk and through the server, asks for nothing else, and says what the tables say."""

import pandas as pd
import pytest

from conftest import HOSTILE, folder_of

pytestmark = pytest.mark.page

MOST_BYTES = 5e6


def test_it_opens_without_a_complaint_and_asks_nobody_else(watch, address):
    page = watch(address)
    page.set(event="evt-equator")
    page.set(event="", spot="hot-1")
    page.set(spot="", place="10.0,20.0")
    page.set(kind="reach")
    page.set(kind="all")
    assert {url for url in page.requests if not url.startswith((folder_of(address), "data:", "blob:"))} == set()


def test_the_first_view_is_small(watch, disk, run):
    page = watch(disk)
    files = {url.removeprefix(folder_of(disk)) for url in page.requests if url.startswith("file:")}
    total = sum((run / "page" / name).stat().st_size for name in files)
    assert 50_000 < total < MOST_BYTES


def test_counts_equal_the_tables(watch, address, run):
    page = watch(address)
    events = pd.read_parquet(run / "events.parquet")
    tiers = ", ".join(f"{tier} {(events['tier'] == tier).sum()}" for tier in "ABC")
    assert page.page.inner_text("#count") == f"{len(events)} of {len(events)} events: tier {tiers}"
    assert page.page.locator("#catalogue tbody tr").count() == len(events)
    shown = set(page.page.locator("#catalogue tbody th").all_inner_texts())
    assert shown == set(events["event_id"])
    hot = pd.read_parquet(run / "hotspots.parquet")
    assert page.page.inner_text("#spot-count").startswith(f"{len(hot)} of {len(hot)} hot spots")


def test_numbers_of_an_event_with_their_uncertainty(watch, disk):
    page = watch(disk)
    page.set(event="evt-equator")
    text = " ".join(page.page.inner_text("#detail-body").split())
    assert "126 000 ± 900 km²" in text
    assert "10.00° N, -59.50° E = 59.50° W, ± 5.0 km" in text
    assert "significant in two statistically independent data sets" in text
    assert "It began after 1999-07-03" in text
    assert "To bear in mind, relief: shading of mountains" in text
    assert page.page.locator("#detail-body pre").text_content().startswith("evt-equator: darkening at 10.0 N 59.5 W")


def test_strings_from_catalogues_stay_text(watch, hostile):
    page = watch((hostile / "page" / "index.html").as_uri())
    page.set(event="evt-seam")
    text = page.page.inner_text("#detail-body")
    assert HOSTILE in text
    page.set(event="", spot="hot-1", mode="swipe")
    assert HOSTILE in page.page.inner_text("#detail-body")
    assert HOSTILE in page.page.inner_text("#time-text")
    page.page.evaluate("iovolc.pointAt(iovolc.mapViews[1], [300, 200])")
    page.page.emulate_media(media="print")
    assert page.page.evaluate("window.hacked === undefined")
    assert page.page.locator("img[src='x']").count() == 0
    assert page.page.locator("#detail-body script").count() == 0


def test_without_scripts_the_main_results_are_there(watch, disk):
    page = watch(java_script_enabled=False)
    page.page.goto(disk)
    assert page.page.locator("#event-evt-pole").is_visible()
    assert page.page.locator(".still table.stack").is_visible()
    assert not page.page.locator("#globe").is_visible()
    assert not page.page.locator("#sense").is_visible()


def test_in_print_the_controls_give_way_to_all_events(watch, disk):
    page = watch(disk)
    assert not page.page.locator("#event-evt-pole").is_visible()
    page.page.emulate_media(media="print")
    assert page.page.locator("#event-evt-pole").is_visible()
    assert page.page.locator("#flat").is_visible()
    assert not page.page.locator("#layer").is_visible()
    assert not page.page.locator("#catalogue").is_visible()


def test_a_page_without_its_data_says_so(watch, run, tmp_path):
    (tmp_path / "index.html").write_bytes((run / "page" / "index.html").read_bytes())
    (tmp_path / "lib").symlink_to(run / "page" / "lib")
    page = watch()
    page.page.goto((tmp_path / "index.html").as_uri())
    page.page.wait_for_selector("#no-data", state="visible")
    assert "must lie beside this page" in page.page.inner_text("#no-data")
    assert page.page.locator("#event-evt-pole").is_visible()
    assert any("index.js" in error for error in page.errors)
    page.errors.clear()


def test_a_link_to_an_event_opens_it(watch, disk):
    page = watch(f"{disk}#event-evt-pole")
    assert page.page.locator("#detail").is_visible()
    assert "88.0° N" in page.page.inner_text("#detail-body h3")


def test_a_link_within_the_page_opens_an_event(watch, disk):
    page = watch(disk)
    page.set(spot="hot-1")
    page.page.click("a.to-event")
    page.settle()
    assert page.state("event") == "evt-equator"
    assert page.state("spot") == ""
    assert page.page.evaluate("document.activeElement.id") == "detail"


def test_a_link_counts_though_the_address_is_rewritten_at_that_moment(watch, disk):
    page = watch(disk)
    page.page.evaluate("location.hash = '#event-evt-pole'; history.replaceState(null, '', '#?spot=hot-1')")
    page.page.wait_for_function("iovolc.state.event === 'evt-pole'")
    assert page.state("spot") == ""
