"""Forced photometry: what other channels of a visit, and later visits, show where one comparison found a change."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

from iovolc.detect.forced import forced_contrast
from iovolc.model.detection import FORCED, Footprint
from iovolc.model.frames import conform
from iovolc.pipeline.forced import _rests_on_before, _visits, shows_before
from iovolc.track import track
from iovolc.track.combined import log_bayes_factor
from track_sample import CONFIG, GRID, Q, cap, detected, detection, epoch, ring

SHEET = GRID.sheet("equator")
NOISE = 0.1


@pytest.fixture(name="noise", scope="module")
def make_noise():
    """A difference without any change: noise of some pixels' width on a slope, and a level of its own."""
    rows, cols = SHEET.shape
    white = np.random.default_rng(4).standard_normal((rows, cols)).astype(np.float32)
    smooth = gaussian_filter(white, 1.5, mode=("nearest", "wrap"))
    return 0.5 + NOISE * smooth / smooth.std() + np.linspace(-0.1, 0.1, rows, dtype=np.float32)[:, None]


def with_change(plane, place, dlna):
    (_, pixels), *_ = place.pixels
    changed = plane.copy()
    changed.ravel()[pixels] += np.float32(dlna)
    return {"equator": changed}


@pytest.mark.parametrize("place", [cap(10.0, 20.0, 80.0), cap(-30.0, 180.0, 60.0), ring(5.0, 100.0, 100.0, 150.0)])
def test_a_change_is_measured_above_the_ground_around_with_its_error(noise, place):
    contrast, sigma = forced_contrast(place, with_change(noise, place, 0.4), GRID)
    assert contrast == pytest.approx(0.4, abs=3.0 * sigma)
    assert 0.0 < sigma < 0.5 * NOISE, "the noise averages down"


def test_errors_are_as_large_as_told(noise):
    """On ground without change what is measured scatters by its own sigma: noise hangs together, levels drift."""
    for radius_km, south, north in ((45.0, -50.0, 50.0), (1.0, -50.0, 50.0), (45.0, 52.0, 58.0)):
        places = np.random.default_rng(5).uniform((south, -180.0), (north, 180.0), (300, 2))
        told = [forced_contrast(_at(noise, lat, lon_e, radius_km), {"equator": noise}, GRID) for lat, lon_e in places]
        z = np.array([contrast / sigma for contrast, sigma in told])
        assert abs(z.mean()) < 0.2
        assert 0.85 < z.std() < 1.25, (radius_km, south)


@pytest.mark.parametrize("place", [cap(5.0, 100.0, 200.0), ring(5.0, 100.0, 200.0, 260.0), cap(52.0, 100.0, 150.0)])
def test_tone_that_leans_and_changes_beside_are_no_noise(noise, place):
    """A wide place is measured on a slope as on level ground, and where the sheet ends on one side."""
    rows = np.linspace(-8.0, 8.0, SHEET.shape[0], dtype=np.float32)[:, None]
    level, leaning = noise.copy(), noise + rows
    for plane in (level, leaning):
        plane.ravel()[cap(place_lat(place), 120.0, 100.0).pixels[0][1]] += 5.0
    there, sigma = forced_contrast(place, {"equator": level}, GRID)
    here, lean_sigma = forced_contrast(place, {"equator": leaning}, GRID)
    assert here == pytest.approx(there, abs=0.3 * sigma)
    assert lean_sigma == pytest.approx(sigma, rel=0.3)
    assert abs(there) < 4.0 * sigma < 0.5


def place_lat(place):
    return 65.0 - float(np.mean(place.pixels[0][1] // SHEET.shape[1])) / 4.0


def _at(noise, lat, lon_e, radius_km):
    """A cap, or one pixel where it would hold none."""
    if radius_km > GRID.pixel_km:
        return cap(lat, lon_e, radius_km)
    row, col = int((65.0 - lat) * 4), int((lon_e + 180.0) * 4)
    return Footprint((("equator", np.array([row * noise.shape[1] + col], np.int32)),))


def test_a_place_that_is_hardly_shown_or_without_any_noise_is_not_measured(noise):
    place = cap(10.0, 20.0, 80.0)
    gap = noise.copy()
    gap.ravel()[place.pixels[0][1][::3]] = np.nan
    bare = np.full_like(noise, np.nan)
    bare.ravel()[place.pixels[0][1]] = 0.3
    even = with_change(np.full_like(noise, 0.3), place, 0.1)
    for difference in ({"equator": gap}, {"equator": bare}, {"equator": np.zeros_like(noise)}, even, {"north": noise}):
        assert forced_contrast(place, difference, GRID) is None


def told(*rows):
    names = ("detection_id", "observation_id", "channel", "contrast", "contrast_sigma", "colour")
    return conform(pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows]), FORCED)


def events(blue, *, colour=True):
    epochs = [epoch("r", 2007), epoch("b", 2007, channel="blue")]
    found = detected([detection("d", "r", 10.0, 20.0, contrast=0.05)])
    forced = told(("d", "b", "blue", blue, 0.02, colour))
    return track(replace(found, forced=forced), epochs, (), GRID, CONFIG, Q, ["red", "blue"]).events


def test_a_channel_that_did_not_find_it_still_tells_its_colour():
    only = events(0.2).iloc[0]
    assert (only["dlna_red"], only["dlna_blue"]) == (pytest.approx(0.05), pytest.approx(0.2))
    assert only["kind"] == "whitening"
    assert list(only["channels"]) == ["red"]
    assert events(0.05).iloc[0]["kind"] == "brightening"
    assert math.isnan(events(0.2, colour=False).iloc[0]["dlna_blue"]), "it may have seen the change before"


def combined(*again, sigma=0.1, **facts):
    """Of an event of SNR 9 and contrast -0.3 that other comparisons measured so."""
    epochs = [epoch("r", 2001), epoch("b", 2001, channel="blue"), epoch("later", 2007, mission="keck")]
    found = detected([detection("d", "r", 10.0, 20.0, **facts)])
    forced = told(*(("d", name, "red" if name != "b" else "blue", contrast, sigma, False) for name, contrast in again))
    return track(replace(found, forced=forced), epochs, (), GRID, CONFIG, Q, ["red", "blue"]).events.iloc[0]


def test_looks_that_show_it_again_make_an_event_plainer_and_those_that_do_not_hardly_fainter():
    alone = combined()
    assert alone["combined_snr"] == alone["snr"] == 9.0
    assert combined(("later", -0.3))["combined_snr"] > 9.3
    assert combined(("later", -0.3), ("b", -0.3))["combined_snr"] > combined(("later", -0.3))["combined_snr"]
    assert 8.7 < combined(("later", 0.0))["combined_snr"] < 9.0, "it may have gone again"
    assert combined(("later", 0.3))["combined_snr"] < combined(("later", 0.0))["combined_snr"], "the other sign"
    assert combined(("later", -0.3))["tier"] == alone["tier"], "it decides nothing"


def test_a_change_that_has_gone_again_loses_little_however_often_it_is_not_seen():
    """Eight visits in four channels: the event stands, and one visit that shows it before it goes still counts."""
    names = [f"{year}-{channel}" for year in range(2002, 2010) for channel in ("red", "green", "blue", "nir")]
    later = [epoch(name, int(name[:4]), channel=name[5:]) for name in names]
    found = detected([detection("d", "r", 10.0, 20.0)])

    def snr(shown):
        rows = [("d", name, name[5:], -0.3 if name[:4] in shown else 0.0, 0.03, False) for name in names]
        channels = ["red", "green", "blue", "nir"]
        events = track(
            replace(found, forced=told(*rows)), [epoch("r", 2001), *later], (), GRID, CONFIG, Q, channels
        ).events
        return events["combined_snr"].iloc[0]

    assert 8.7 < snr(()) < 9.0
    assert snr(("2002",)) > 20.0
    assert snr(("2002", "2003")) > snr(("2002",))


def test_the_detection_that_says_most_counts():
    epochs = [epoch("r", 2001), epoch("later", 2007, mission="keck")]
    pair = [detection("d", "r", 10.0, 20.0), detection("e", "later", 10.0, 20.0, snr=5.0)]
    forced = told(("d", "later", "red", -0.3, 0.1, False))
    both = track(replace(detected(pair), forced=forced), epochs, (), GRID, CONFIG, Q, ["red"]).events
    assert len(both) == 1
    assert both["combined_snr"].iloc[0] == combined(("later", -0.3))["combined_snr"]


@pytest.mark.parametrize(
    "facts", [{"flags": ["shift_like"]}, {"flags": ["explained"]}, {"contrast": math.nan, "rank_contrast": -0.3}]
)
def test_another_channel_says_nothing_more_of_what_all_of_its_visit_may_show(facts):
    assert combined(("b", -0.3), **facts)["combined_snr"] == 9.0
    assert combined(("later", -0.3), **facts)["combined_snr"] > 9.3


def test_several_products_of_one_look_say_no_more_than_one():
    copies = [
        epoch("r", 2001),
        epoch("copy", 2001),
        epoch("l1", 2007, mission="keck"),
        epoch("l2", 2007, mission="keck"),
    ]
    found = detected([detection("d", "r", 10.0, 20.0)])

    def snr(*names):
        forced = told(*(("d", name, "red", -0.3, 0.1, False) for name in names))
        return track(replace(found, forced=forced), copies, (), GRID, CONFIG, Q, ["red"]).events["combined_snr"].iloc[0]

    assert snr("copy") == 9.0, "the look that found it"
    assert snr("l1", "l2") == snr("l1") > 9.3


def test_maps_without_noise_are_measured_too():
    assert combined(("later", -0.3), sigma=1e-9)["combined_snr"] > 100.0
    for z, whole in ((1e12, 1e-3), (-1e12, 1e-3), (1e12, 1e12), (-1e12, 1e12)):
        assert math.isfinite(log_bayes_factor(z, whole))


@pytest.mark.parametrize("whole", [0.0, 0.3, 2.0, 8.0, 60.0])
@pytest.mark.parametrize("z", [-20.0, -2.0, 0.0, 1.0, 4.0, 9.0, 55.0, 90.0])
def test_the_bayes_factor_is_the_mean_over_all_shares(z, whole):
    share = (np.arange(200_000) + 0.5) / 200_000
    logs = share * whole * z - 0.5 * (share * whole) ** 2
    mean = logs.max() + np.log(np.exp(logs - logs.max()).mean())
    assert log_bayes_factor(z, whole) == pytest.approx(mean, abs=1e-3)


@dataclass(frozen=True)
class Entry:
    observation_id: str


@dataclass(frozen=True)
class Comparison:
    entry: Entry
    predecessors: tuple[Entry, ...]


def test_a_visit_measures_what_eight_visits_before_it_found_where_it_rests_on_something_older():
    names = [f"o{number:02d}" for number in range(12)]
    numbers = {name: number for number, name in enumerate(names)}
    tasks = [Comparison(Entry(name), tuple(map(Entry, names[max(k - 2, 0) : k]))) for k, name in enumerate(names) if k]
    visits = _visits(tasks, numbers, relative=False)
    last = visits[-1]
    assert [task.entry.observation_id for task in last.tasks] == ["o11"]
    assert [task.entry.observation_id for task in last.before] == names[3:11]
    assert [_rests_on_before(tasks[-1], numbers[name], numbers) for name in ("o09", "o10", "o11")] == [
        False,
        True,
        True,
    ]
    assert sorted(last.numbers.values()) == list(range(len(last.numbers))), "other epochs do not change the key"


@pytest.mark.parametrize(
    ("theirs", "states", "before"),
    [
        (["b0", "b1"], {0: "without", 1: "without"}, True),
        (["b0", "b1"], {0: "without", 1: "with"}, False),
        (["b0", "b1"], {0: "inadequate"}, True),
        (["b2"], {0: "without", 1: "without"}, False),
        (["b2"], {}, False),
        (["b-"], {0: "without"}, True),
        (["b-"], {}, False),
    ],
)
def test_a_channel_that_may_have_seen_only_the_change_itself_tells_no_colour(theirs, states, before):
    numbers = {"b-": -1, "r0": 0, "b0": 0, "r1": 1, "b1": 1, "b2": 2}
    entries = [Entry(name) for name in theirs]
    assert shows_before(entries, [Entry("r0"), Entry("r1")], states, numbers) == before
