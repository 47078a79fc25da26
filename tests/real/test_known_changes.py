"""Changes that geologists know, found blind in the real mosaics of three eras."""

import numpy as np
import pytest

from iovolc.geometry.sphere import distance_km, pixel_lat_lon
from iovolc.model.grid import Grid

pytestmark = [pytest.mark.real, pytest.mark.slow]

GRID = Grid.at(8)


def ranked(tracked, channels):
    """Events of these channels as the page lists them."""
    events = tracked.events
    mine = events[[not channels.isdisjoint(item) for item in events["channels"]]]
    order = mine.sort_values(["tier", "reliability", "snr"], ascending=[True, False, False], kind="stable")
    return order.reset_index(drop=True)


def footprint_distance_km(tracked, event_id, lat, lon_e):
    nearest = np.inf
    for name, pixels in tracked.footprints[event_id].pixels:
        places = [plane.ravel()[pixels] for plane in pixel_lat_lon(GRID.sheet(name))]
        nearest = min(nearest, float(distance_km(lat, lon_e, *places).min()))
    return nearest


def found(tracked, channels, lat, lon_e):
    """Ranks (from 1) of the dark changes of tier B whose footprint lies within 100 km."""
    order = ranked(tracked, channels)
    dark = order[(order["rank_contrast"] < 0) & (order["tier"] == "B")]
    return [
        rank + 1
        for rank, event_id in zip(dark.index, dark["event_id"], strict=True)
        if footprint_distance_km(tracked, event_id, lat, lon_e) <= 100.0
    ]


def test_prometheus_vent_moved_between_voyager_and_galileo(eras):
    ranks = found(eras[1], {"red", "green", "blue"}, -1.6, -155.4)
    assert ranks
    assert min(ranks) <= 30


def test_kanehekili_darkened_between_galileo_and_juno(eras):
    ranks = found(eras[1], {"clear"}, -20.0, -32.0)
    assert ranks
    assert min(ranks) <= 30


def test_masubi_has_a_new_dark_flow(eras):
    ranks = found(eras[1], {"clear"}, -43.5, -49.0)
    assert ranks
    assert min(ranks) <= 30


def test_stretched_maps_make_no_claim_that_they_cannot_support(eras):
    events = eras[1].events
    assert set(events["tier"]) <= {"B", "C"}
    overlapping = np.array(["span_overlap" in flags for flags in events["flags"]])
    first_seen = np.array(["first_seen" in flags for flags in events["flags"]])
    assert (overlapping | first_seen).all()
    assert overlapping.mean() > 0.9
    assert events["onset_after_utc"].isna().all()
    assert events.loc[overlapping, "onset_before_utc"].isna().all()
    assert events.filter(like="dlna_").isna().all(axis=None)


def test_different_channels_are_not_compared(eras):
    scan, _ = eras
    for task in scan.tasks:
        assert {entry.channel for entry in task.predecessors} == {task.entry.channel}
