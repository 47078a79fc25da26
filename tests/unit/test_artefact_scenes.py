"""Artefacts of maps in ground that did not change: no event of them, the right word, and real changes beside them."""

from dataclasses import dataclass

import numpy as np
import pytest
from benchmarks.artefact_scenes import (
    SPOILT_NEWER,
    Epoch,
    blurred_here,
    disc,
    events_of,
    hills,
    pictured,
    rough_ground,
    seen,
)

from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

SEED = 1


@dataclass(frozen=True)
class Change:
    row: int
    col: int
    radius_px: float
    amplitude: float


CHANGES = (Change(290, 290, 8.0, -1.5), Change(250, 330, 14.0, 1.3))
WORDS = {
    "mountains": "relief",
    "older map poorer here": "resolution",
    "smeared polar fill": "smeared",
    "poorer resolution here": "resolution",
    "resolution that worsens": "resolution",
    "clipped stretch": "clipped",
    "mosaic frame": "seam",
    "wrong gain in a quadrant": "tone",
    "JPEG blocks": "compression",
    "radiation hits": "tracks",
    "crescent at the limb": "crescent",
    "misplaced frame": "displaced",
}


def changed(ground):
    return ground + sum(one.amplitude * disc(one.row, one.col, one.radius_px) for one in CHANGES)


def two_epochs(artefact):
    ground, generator = rough_ground(SEED), np.random.default_rng(SEED + 100)
    older, newer = seen(ground, 11), seen(changed(ground), 12)
    if artefact == "mountains":
        older, newer = (
            hills(plane, np.random.default_rng(SEED), azimuth_deg=azimuth)
            for plane, azimuth in ((older, -90.0), (newer, 60.0))
        )
    elif artefact == "older map poorer here":
        older = blurred_here(older, generator)
    elif artefact:
        newer = SPOILT_NEWER[artefact](newer, generator)
    return [Epoch(pictured(older), 0), Epoch(pictured(newer), 1)]


def split(events):
    """Events at the places that changed, and all others."""
    rows, cols = 8.0 * (24.0 - events["lat"]), 192.0 + 8.0 * events["lon_e"]
    real = np.zeros(len(events), bool)
    for one in CHANGES:
        real |= np.hypot(rows - one.row, cols - one.col) < one.radius_px
    return events[real], events[~real]


def test_unspoilt_maps_show_the_changes_alone():
    real, others = split(events_of(two_epochs("")).events)
    assert len(real) == len(CHANGES)
    assert (real["tier"] == "B").all()
    assert all(flags == [] for flags in real["flags"])
    assert others.empty


@pytest.mark.parametrize("artefact", WORDS)
def test_an_artefact_makes_no_event_but_flagged_candidates_and_hides_no_change(artefact):
    real, others = split(events_of(two_epochs(artefact)).events)
    assert (others["tier"] == "C").all()
    assert len(others) > 0
    words = [WORDS[artefact] in flags for flags in others["flags"]]
    assert np.mean(words) > 0.4
    assert len(CHANGES) <= len(real) <= len(CHANGES) + 1  # a rim may be a candidate of its own
    assert not any("explained" in flags for flags in real["flags"])
    assert real["reliability"].min() > others["reliability"].median()


def test_hot_pixels_are_not_even_candidates():
    real, others = split(events_of(two_epochs("hot pixels")).events)
    assert len(real) == len(CHANGES)
    assert others.empty


def test_pixels_taken_over_from_the_older_mosaic_are_not_observed_again():
    ground = rough_ground(SEED)
    older, newer = seen(ground, 11), seen(changed(ground), 12, moved_px=1.0, noise=0.2)
    newer[:, :160] = older[:, :160]
    mosaics = [Epoch(pictured(older), 0, is_mosaic=True), Epoch(pictured(newer), 1, is_mosaic=True)]
    tracked = events_of(mosaics)
    real, others = split(tracked.events)
    assert len(real) == len(CHANGES)
    assert (others["tier"] == "C").all()


def test_the_odd_map_out_of_three_is_flagged_and_not_vetoed():
    ground = rough_ground(SEED)
    passing = ground - 1.5 * disc(100, 120, 12.0)
    maps = [seen(plane, 10 + k) for k, plane in enumerate((ground, passing, changed(ground)))]
    events = events_of([Epoch(pictured(plane), k) for k, plane in enumerate(maps)]).events
    real, others = split(events)
    odd = others[[("odd_map" in flags) for flags in others["flags"]]]
    assert (odd["tier"] == "B").any()
    assert not any("odd_map" in flags for flags in real["flags"])
