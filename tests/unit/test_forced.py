"""Forced photometry: what other channels of a visit show where one channel found a change."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from iovolc.config import Config
from iovolc.detect.forced import forced_contrast
from iovolc.model.detection import FORCED, Footprint
from iovolc.model.frames import conform
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.forced import forced, shows_before
from iovolc.track import track
from track_sample import CONFIG, GRID, Q, detected, detection, epoch

SHAPE = (20, 30)
PLACE = Footprint((("equator", np.arange(200, 240, dtype=np.int32)),))


def maps(contrast, sigma, unseen=0):
    difference = np.zeros(SHAPE, np.float32)
    difference.ravel()[200:240] = contrast
    difference.ravel()[200 : 200 + unseen] = np.nan
    return {"equator": (difference, np.where(np.isfinite(difference), np.float32(sigma), np.float32(np.nan)))}


def test_a_faint_change_is_measured_with_the_noise_of_its_own_channel():
    assert forced_contrast(PLACE, 0.02, maps(0.3, 0.1), maps(0.05, 0.2)) == pytest.approx((0.05, 0.04))


@pytest.mark.parametrize("other", [maps(0.05, 0.2, unseen=20), {}, maps(0.05, 0.2, unseen=40)])
def test_a_place_that_the_other_channel_hardly_shows_is_not_measured(other):
    assert forced_contrast(PLACE, 0.02, maps(0.3, 0.1), other) is None


def events(blue):
    epochs = [epoch("r", 2007), epoch("b", 2007, channel="blue")]
    found = detected([detection("d", "r", 10.0, 20.0, contrast=0.05)])
    row = {
        "detection_id": "d", "observation_id": "b", "channel": "blue", "contrast": blue, "contrast_sigma": 0.02,
    }  # fmt: skip
    told = conform(pd.DataFrame([row]), FORCED)
    return track(replace(found, forced=told), epochs, (), GRID, CONFIG, Q, ["red", "blue"]).events


def test_a_channel_that_did_not_find_it_still_tells_its_colour():
    only = events(0.2).iloc[0]
    assert (only["dlna_red"], only["dlna_blue"]) == (pytest.approx(0.05), pytest.approx(0.2))
    assert only["kind"] == "whitening"
    assert list(only["channels"]) == ["red"]
    assert events(0.05).iloc[0]["kind"] == "brightening"


@dataclass(frozen=True)
class Entry:
    observation_id: str


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


def test_comparisons_by_ranks_tell_no_colour(tmp_path):
    ranks = Scan(detected([]), (object(), object()), ({"relative": True}, {"relative": True}))
    with runner(workers=1) as workers:
        assert forced(ranks, [], Context(tmp_path, Config(), workers)).empty
