"""The web page: complete, linked, escaped, and without any need of a network."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from publish_sample import PLACES, RUN_ID, events, published, sample_run, utc

from iovolc.publish import page_view, wording
from iovolc.publish.outputs import publish
from iovolc.publish.page import code
from iovolc.publish.run_output import ManifestSummary


class Reader(HTMLParser):
    """Collects ids, links, images and the text of a page, and checks that tags are closed in order."""

    VOID = frozenset({"meta", "img", "br", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.images, self.texts = [], [], [], [], []
        self.attributes = {}
        self.feed(text)
        assert self.open == []
        self.text = re.sub(r"\s+", " ", " ".join(self.texts))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.attributes.setdefault(tag, []).append(found)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.images += [found] if tag == "img" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.texts.append(data)


def _page(folder=None):
    return Reader(((folder or published()) / "page" / "index.html").read_text(encoding="utf-8"))


def test_the_banner_stands_before_everything_else():
    text = _page().text
    assert text.index("The changes in this run are replayed.") < text.index("In short")


def test_the_summary_is_in_plain_words():
    assert (
        "iovolc compared 3 observations of Io, taken from 1979-03-05 to 2023-12-30. It lists 4 changes: 1 seen in two "
        "independent data sets (tier A), 2 significant in one (tier B), and 1 candidate that may not be real (tier C)."
    ) in _page().text


def test_every_link_and_image_leads_somewhere():
    page = _page()
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        else:
            assert (published() / "page" / link).is_file(), link
    for image in page.images:
        assert (published() / "page" / image["src"]).is_file()
        assert len(image["alt"]) > 30


def test_nothing_is_fetched_from_elsewhere():
    page = _page()
    assert "http" not in (published() / "page" / "index.html").read_text(encoding="utf-8")
    sources = [found["src"] for found in page.attributes["script"] if "src" in found]
    assert sources[0] == "lib/d3-array.min.js"
    assert sources[-1] == "lib/main.js"
    for source in sources:
        assert (published() / "page" / source).is_file(), source


def test_libraries_come_with_their_licences():
    names = {path.name for path in (published() / "page" / "lib").iterdir()}
    assert {"d3-geo.LICENSE.txt", "d3-array.LICENSE.txt"} <= names


def test_events_stand_by_tier_then_strength():
    page = _page()
    places = [page.text.index(f" {event_id} ") for event_id in ("evt-equator", "evt-seam", "evt-pole", "evt-edge60")]
    assert places == sorted(places)
    assert [f"#event-{event_id}" in page.links for event_id in PLACES] == [True] * 4


def test_numbers_and_both_longitudes_are_shown():
    text = _page().text
    assert "10.00° N, -59.50° E = 59.50° W, ± 5.0 km" in text
    assert "1999-07-03 to 2007-02-28" in text
    assert "126 000 ± 900 km²" in text
    assert "obs-a, obs-b" in text


def test_refused_inputs_with_cause_and_fix():
    text = _page().text
    assert "maps/d.tif, row 5, column time_utc" in text
    assert "E302: the observation has no time" in text
    assert "no time in <label> or catalogue" in text
    assert "or the mosaic's span" in text


def test_false_events_credits_and_truth():
    text = _page().text
    assert "about 1.6 false changes are to be expected in this whole run: 0.031 per million km²" in text
    assert "each of the 2 comparisons counts with its own area, 50 million km² together" in text
    assert "at most 10% of the changes that pass are expected to be false" in text
    assert "CC BY 4.0" in text
    assert "Base map: USGS" in text


def test_truth_beside_finding():
    page = _page()
    assert "Of 2 replayed eruptions that were found or had to be, 1 were found and 1 missed." in page.text
    assert "1 more eruption could not be seen well enough to be required. 1 event of tier A or B matched" in page.text
    for verdict in ("✓ found", "✗ missed", "○ not required", "! false"):
        assert page.text.count(verdict) == 2, "in the legend and in one row"
    assert (
        "Surt 11.0° N, -60.0° E = 60.0° W; 120 000 km², -0.25 ln albedo in red 2000-01-02 evt-equator darkening, tier A"
        in page.text
    )
    assert "35 km off; 126 000 km² (1.05 of the truth) 1999-07-03 to 2007-02-28: holds the truth" in page.text
    assert "2 more events of it" in page.text
    assert "too faint" in page.text
    assert "#event-evt-equator" in page.links
    assert "#event-evt-gone" not in page.links


def test_the_null_of_each_comparison_is_a_table():
    text = _page().text
    assert "obs-c red 31.00 103.5 12 4 0.015 1.55" in text
    assert "{" not in text


def test_what_ranked_pictures_can_and_cannot_say(tmp_path):
    run = sample_run()
    unordered = run.tracked.events.assign(flags=[["span_overlap"], [], [], ["span_overlap"]])
    ranked = tuple(replace(summary, difference="rank") for summary in run.channels)
    publish(tmp_path / "out", replace(run, channels=ranked, tracked=replace(run.tracked, events=unordered)))
    text = _page(tmp_path / "out").text
    assert "It lists 4 differences:" in text
    assert "The maps in red, green are stretched pictures, not measurements, and were compared by rank" in text
    assert "2 of the 4 events lie between mosaics whose time spans overlap" in text
    assert "stretched pictures" not in _page().text


def test_flags_and_status_are_explained():
    text = _page().text
    assert "relief (4) shading of mountains under another light may take part in it" in text
    assert "provisional significant in one data set" in text
    assert "span overlap" not in text, "no event carries it"


def test_names_from_outside_are_escaped():
    raw = (published() / "page" / "index.html").read_text(encoding="utf-8")
    assert "Kanehekili &lt;Fluctus&gt;" in raw
    assert str(code("set `x<y>` & go")) == "set <code>x&lt;y&gt;</code> &amp; go"


def test_it_can_be_read_by_all():
    page = _page()
    assert page.attributes["html"] == [{"lang": "en"}]
    assert all(head.get("scope") in {"col", "row"} for head in page.attributes["th"])
    assert len(page.ids) == len(set(page.ids))
    style = (published() / "page" / "index.html").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in style
    assert "width=device-width" in style


def test_the_run_and_its_state_are_named():
    text = _page().text
    assert RUN_ID in text
    assert "degraded: some inputs were refused, the rest is published" in text


def test_a_run_with_nothing_says_so(tmp_path):
    run = sample_run()
    empty = run.tracked.events.head(0)
    tracked = type(run.tracked)(empty, run.tracked.detections.head(0), {})
    out = tmp_path / "out"
    quiet = sample_run(
        tracked=tracked, channels=(), refused=(), notes=(), truth=None, null_statistics={}, state="ok",
        completeness=None, manifest=ManifestSummary(0, "0" * 64, ()),
    )  # fmt: skip
    publish(out, quiet)
    text = _page(out).text
    assert "No observation took part in this run" in text
    assert "No change was found." in text
    assert "None: all inputs could be used." in text
    assert "was not measured in this run" in text
    assert "0.0 million km² (0%) of the surface could be compared at least once" not in text
    assert "What was there" not in text


def test_weak_candidates_are_left_out_of_the_page_only():
    many = pd.concat([events().assign(event_id=lambda f, n=n: f["event_id"] + str(n)) for n in range(4)])
    shown = page_view.strongest(many, 2)
    assert (shown["tier"] == "C").sum() == 2
    assert (shown["tier"] != "C").sum() == 12


@pytest.mark.parametrize(
    ("after", "before", "text"),
    [
        (utc(1999, 7, 3), utc(2007, 2, 28), "1999-07-03 to 2007-02-28"),
        (pd.NaT, utc(2007, 2, 28), "before 2007-02-28"),
        (utc(1999, 7, 3), pd.NaT, "after 1999-07-03"),
        (pd.NaT, pd.NaT, "not claimed"),
    ],
)
def test_onset_in_words(after, before, text):
    assert wording.onset({"onset_after_utc": after, "onset_before_utc": before}) == text


def test_nearest_name_in_words():
    assert page_view.near({"nearest_feature": "Loki", "nearest_km": 12.3}) == "Loki (12 km)"
    assert page_view.near({"nearest_feature": "Loki", "nearest_km": float("nan")}) == "Loki"
    assert page_view.near({"nearest_feature": None, "nearest_km": float("nan")}) == wording.NOTHING


def test_numbers_in_words():
    assert wording.quantity(123_456.0) == "123\u202f000"
    assert wording.quantity(12.345) == "12.3"
    assert wording.number(True, None) == "yes"
    assert wording.number([1.23456, None], 2) == f"1.23, {wording.NOTHING}"
    assert wording.number("text", 2) == "text"
