from typing import Any

import pandas as pd
import pytest

from iovolc.demo.expect import TRUTH_COLUMNS
from iovolc.demo.truth import COMPARISON_COLUMNS, compare
from iovolc.model.frames import empty
from iovolc.model.tables import EVENTS


def truth(**changes: Any) -> pd.DataFrame:
    row = {
        "truth_id": "pillan-1997", "site": "Pillan Patera", "lat": -12.3, "lon_e": 116.7,
        "onset_utc": "1997-06-20T00:00:00Z", "growth_days": 30.0, "fade_years": 1.6, "area_km2": 126000.0,
        "radius_km": 200.0, "reach_km": 200.0, "deposits": 1, "band": "red", "contrast_red": -0.48,
        "contrast_green": -0.46, "contrast_blue": -0.44, "visible_epoch": "c10",
        "visible_utc": "1997-09-19T04:00:00Z", "reference_epoch": "g7", "resolution_km": 16.0,
        "resolution_elements": 490.0, "must_find": True, "reason": "", "source": "somewhere",
    }  # fmt: skip
    assert set(row) == set(TRUTH_COLUMNS)
    return pd.DataFrame([row | changes])


def event(**changes: Any) -> dict[str, Any]:
    return {
        "event_id": "a1", "kind": "darkening", "tier": "A", "lat": -12.0, "lon_e": 116.5, "area_km2": 120000.0,
        "onset_after_utc": "1997-04-04T05:55:00Z", "onset_before_utc": "1997-09-19T04:05:00Z", "dlna_red": -0.4,
        "dlna_green": -0.4,
    } | changes  # fmt: skip


def compared(*events: dict[str, Any], **changes: Any) -> pd.DataFrame:
    return compare(truth(**changes), pd.DataFrame(events))


def test_an_eruption_is_listed_beside_its_event() -> None:
    row = compared(event()).iloc[0]
    assert list(compared(event()).columns) == list(COMPARISON_COLUMNS)
    assert (row["verdict"], row["truth_id"], row["event_id"], row["tier"]) == ("found", "pillan-1997", "a1", "A")
    assert row["distance_km"] == pytest.approx(11.4, abs=0.2)
    assert row["area_ratio"] == pytest.approx(120 / 126, abs=0.001)
    assert row["onset_holds"]


def test_nothing_found_is_a_miss_only_where_it_had_to_be_found() -> None:
    none = empty(EVENTS.with_channels(["red", "green"]))
    assert compare(truth(), none)["verdict"].to_list() == ["missed"]
    assert compare(truth(must_find=False, reason="too small for the views"), none)["verdict"].to_list() == [
        "not required"
    ]


def test_an_event_elsewhere_is_false() -> None:
    table = compared(event(lat=40.0))
    assert table["verdict"].to_list() == ["missed", "false"]
    assert table.loc[1, "event_id"] == "a1"
    assert pd.isna(table.loc[1, "truth_id"])


def test_an_event_of_the_wrong_sign_at_the_right_time_is_false() -> None:
    table = compared(event(kind="brightening", dlna_red=0.4, dlna_green=0.4))
    assert table["verdict"].to_list() == ["missed", "false"]


def test_fading_is_explained_but_is_not_the_finding() -> None:
    fading = event(
        event_id="b2", kind="fading", dlna_red=0.3, dlna_green=0.3, onset_after_utc="1997-09-19T04:00:00Z",
        onset_before_utc="2000-12-30T12:00:00Z",
    )  # fmt: skip
    assert compared(event(), fading)["verdict"].to_list() == ["found"]
    assert compared(fading)["verdict"].to_list() == ["missed"]


def test_what_was_seen_before_the_eruption_does_not_find_it() -> None:
    early = event(onset_after_utc="1979-03-05T00:00:00Z", onset_before_utc="1996-06-28T00:00:00Z")
    assert compared(early)["verdict"].to_list() == ["missed", "false"]


def test_an_onset_interval_after_the_truth_does_not_hold_it() -> None:
    late = event(onset_after_utc="1997-09-01T00:00:00Z")
    row = compared(late).iloc[0]
    assert row["verdict"] == "found"
    assert not row["onset_holds"]


def test_an_event_without_onset_claims_nothing() -> None:
    row = compared(event(onset_after_utc=None, onset_before_utc=None)).iloc[0]
    assert row["verdict"] == "found"
    assert pd.isna(row["onset_holds"])


def test_the_position_must_lie_within_the_radius_or_two_resolution_elements() -> None:
    away = event(lat=-12.3, lon_e=118.5)  # 56 km
    assert compared(away, radius_km=30.0, reach_km=60.0)["verdict"].to_list()[0] == "missed"
    assert compared(away, radius_km=30.0, reach_km=60.0, resolution_km=30.0)["verdict"].to_list() == ["found"]


def test_several_pieces_of_one_complex_are_one_finding() -> None:
    pieces = [
        event(event_id="c1", area_km2=3000.0),
        event(event_id="c2", area_km2=5000.0, lat=-12.9),
        event(event_id="c3", kind="brightening", dlna_red=0.2, dlna_green=0.2, tier="B"),
    ]
    table = compared(*pieces, deposits=3)
    assert table["verdict"].to_list() == ["found"]
    assert (table.loc[0, "event_id"], table.loc[0, "other_events"]) == ("c2", 1)


def test_the_best_tier_is_listed_first() -> None:
    table = compared(event(event_id="c", tier="C", area_km2=126000.0), event(event_id="b", tier="B"))
    assert table.loc[0, "event_id"] == "b"


@pytest.mark.parametrize(
    ("kind", "contrast", "verdict"),
    [("darkening", -0.4, "found"), ("reddening", -0.4, "found"), ("brightening", -0.4, "missed"),
     ("whitening", 0.3, "found"), ("ring", 0.3, "found"), ("fading", 0.3, "missed")],
)  # fmt: skip
def test_without_contrasts_the_kind_tells_the_sign(kind: str, contrast: float, verdict: str) -> None:
    bare = event(kind=kind, dlna_red=None, dlna_green=float("nan"))
    assert compared(bare, contrast_red=contrast).loc[0, "verdict"] == verdict


def test_false_events_come_in_a_fixed_order() -> None:
    table = compared(event(event_id="z", lat=50.0), event(event_id="y", lat=60.0))
    assert table["event_id"].dropna().to_list() == ["y", "z"]


def test_no_truth_makes_every_event_false() -> None:
    table = compare(truth().iloc[:0], pd.DataFrame([event()]))
    assert table["verdict"].to_list() == ["false"]
