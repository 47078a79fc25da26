from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from demo_views import view_at

from iovolc.demo.eruptions import Deposit, Eruption
from iovolc.demo.expect import expected_looks, expected_truth
from iovolc.demo.plan import View
from iovolc.demo.surface import Surface

DISC = Deposit("dark", "disc", 10.0, 100.0, 300.0, 300.0, 0.0, 0.0, (-0.3, -0.3, -0.3))
ERUPTION = Eruption("e", "Somewhere", datetime(2000, 6, 1, tzinfo=UTC), 10.0, 2.0, (DISC,), "nobody")
SURFACE = Surface(np.full((3, 360, 720), 0.5, dtype=np.float32), 2.0)


def truth_of(eruption: Eruption, views: list[View]) -> pd.Series:
    looks = expected_looks([eruption], views, SURFACE, seed=1)
    return expected_truth([eruption], views, looks).iloc[0]


def test_a_large_dark_deposit_seen_before_and_after_must_be_found() -> None:
    truth = truth_of(ERUPTION, [view_at(1999), view_at(2001), view_at(2002)])
    assert truth["must_find"]
    assert (truth["reference_epoch"], truth["visible_epoch"]) == ("view-1999", "view-2001")
    assert truth["resolution_elements"] == pytest.approx(DISC.area_km2 / truth["resolution_km"] ** 2, rel=0.01)
    assert truth["area_km2"] == pytest.approx(DISC.area_km2, rel=0.05)
    assert (truth["lat"], truth["lon_e"]) == pytest.approx((10.0, 100.0), abs=0.2)


@pytest.mark.parametrize(
    ("eruption", "views", "reason"),
    [
        (ERUPTION, [view_at(2001), view_at(2002)], "not covered"),
        (ERUPTION, [view_at(1999), view_at(2001, lon_e=-80.0)], "not covered"),
        (ERUPTION, [view_at(1999), view_at(2012)], "too faint"),
        (ERUPTION, [view_at(1999, resolution_km=200.0), view_at(2001)], "too small"),
        (ERUPTION, [view_at(1999, bands=("red",)), view_at(2001, bands=("blue",))], "not covered"),
    ],
)
def test_what_the_views_cannot_show_need_not_be_found(eruption: Eruption, views: list[View], reason: str) -> None:
    truth = truth_of(eruption, views)
    assert not truth["must_find"]
    assert reason in truth["reason"]


def test_the_sharpest_look_before_is_the_reference() -> None:
    views = [view_at(1998, resolution_km=40.0), view_at(1999, resolution_km=60.0), view_at(2001, resolution_km=40.0)]
    assert truth_of(ERUPTION, views)["reference_epoch"] == "view-1998"


def test_a_ring_is_as_wide_as_its_outer_edge() -> None:
    ring = replace(ERUPTION, deposits=(replace(DISC, shape="ring", length_km=500.0, width_km=500.0, inner_km=300.0),))
    truth = truth_of(ring, [view_at(1999), view_at(2001)])
    assert truth["radius_km"] == pytest.approx(250.0, rel=0.02)


def test_two_deposits_are_one_place_and_reach_to_their_farthest_edge() -> None:
    pair = replace(ERUPTION, deposits=(DISC, replace(DISC, lon_e=112.0)))
    truth = truth_of(pair, [view_at(1999), view_at(2001)])
    assert truth["lon_e"] == pytest.approx(106.0, abs=0.2)
    assert truth["area_km2"] == pytest.approx(2 * DISC.area_km2, rel=0.05)
    assert truth["reach_km"] == pytest.approx(150.0 + 6 * 31.79 * np.cos(np.radians(10.0)), rel=0.03)


def test_looks_tell_contrast_and_cover_of_every_view() -> None:
    views = [view_at(1999), view_at(2001, bands=("red",)), view_at(2003, lon_e=-80.0)]
    table = expected_looks([ERUPTION], views, SURFACE, seed=1).table.set_index("epoch")
    assert table.loc["view-1999", "contrast_red"] == 0.0
    assert -0.3 < table.loc["view-2001", "contrast_red"] < -0.15
    assert np.isnan(table.loc["view-2001", "contrast_blue"])
    assert table["seen_fraction"].to_list() == [1.0, 1.0, 0.0]


def test_no_eruptions_give_empty_tables_with_their_columns() -> None:
    looks = expected_looks([], [view_at(1999)], SURFACE, seed=1)
    assert looks.table.empty
    assert "must_find" in expected_truth([], [view_at(1999)], looks).columns
