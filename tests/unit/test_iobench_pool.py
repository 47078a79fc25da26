"""Curves pooled over scenes, on records made by hand."""

import numpy as np
import pytest
from benchmarks.iobench.pool import (
    best_operation,
    by_stratum,
    completeness,
    half_point,
    operations,
    own_curve,
    peer_curve,
    trials,
)
from benchmarks.iobench.report import summarise

EPOCHS = [{"time_utc": f"{year}-01-01T00:00:00+00:00"} for year in (1996, 1997, 1998, 1999)]


def truth(snr, sector="develop", **changes):
    facts = {
        "snr": snr, "sector": sector, "lat": 0.0, "lon_e": -100.0, "area_km2": 1000.0, "radius_km": 40.0, "onset": 2,
        "kind": "darkening", "template_snr": snr,
    }  # fmt: skip
    return facts | changes


def find(score, change, sector=1, **changes):
    facts = {
        "score": score, "change": change, "sector": sector, "tier": "B", "kind": "darkening", "lat": 0.0,
        "lon_e": -100.0, "area_km2": 1100.0, "onset_after": "1997-01-01T00:00:00+00:00",
        "onset_before": "1998-01-01T00:00:00+00:00",
    }  # fmt: skip
    return facts | changes


def record(truths, finds, points=()):
    return {
        "seed": 1, "base": "made up", "epochs": EPOCHS, "residual_km": [1.0], "truths": truths, "finds": finds,
        "megapixels": {"develop": 0.5, "tune": 0.5, "sealed": 0.5}, "missing": {},
        "peers": {"two-date difference": {"even, plain": list(points), "raw, plain": list(points)}},
    }  # fmt: skip


SCENE = record(
    [truth(20.0), truth(5.0), truth(5.0, sector="sealed"), truth(1.0)],
    [find(9.0, 0), find(8.0, None), find(7.0, 1), find(6.0, None), find(5.0, None, sector=3)],
    [[30.0, [0], [0, 0, 0]], [20.0, [0, 1], [4, 0, 0]]],
)


def test_only_changes_of_the_sector_and_of_enough_snr_count():
    assert set(trials([SCENE], ["develop"])) == {(0, 0), (0, 1)}


def test_the_best_threshold_keeps_to_the_false_rate():
    wanted = trials([SCENE], ["develop"])
    curve = operations([SCENE], own_curve, ["develop"])
    strict, loose = (best_operation(curve, most, wanted) for most in (1.0, 3.0))
    assert strict.found & wanted.keys() == {(0, 0)}
    assert strict.threshold == 9.0
    assert loose.found & wanted.keys() == {(0, 0), (0, 1)}
    assert loose.false_per_mpx == pytest.approx(2.0)


def test_scenes_are_pooled_at_a_common_threshold():
    scenes = [SCENE, record([truth(9.0)], [find(7.5, 0), find(7.4, None)])]
    curve = operations(scenes, own_curve, ["develop"])
    at = next(one for one in curve if one.threshold == 7.5)
    assert at.found == {(0, 0), (1, 0)}
    assert at.false_per_mpx == pytest.approx(1.0)


def test_peers_are_read_from_their_points():
    curve = operations([SCENE], lambda one: peer_curve(one, "two-date difference", "even, plain"), ["develop"])
    assert [one.false_per_mpx for one in curve] == [0.0, 8.0]


def test_shares_come_with_their_interval():
    wanted = trials([SCENE], ["develop"])
    share = completeness(best_operation(operations([SCENE], own_curve, ["develop"]), 1.0, wanted), wanted)
    assert (share["found"], share["of"]) == (1, 2)
    assert share["low"] < 0.5 < share["high"]
    assert len(by_stratum(wanted)[">=8"]) == 1


def test_half_are_found_where_the_logistic_says():
    snrs = np.geomspace(2.0, 40.0, 200)
    wanted = {(0, k): {"snr": snr} for k, snr in enumerate(snrs)}
    scene = record([], [find(9.0, k) for k, snr in enumerate(snrs) if snr > 6.0])
    curve = operations([scene], own_curve, ["develop"])
    assert half_point(curve[-1], wanted) == pytest.approx(6.0, rel=0.05)
    assert half_point(None, wanted) is None


def test_the_summary_tells_accuracy_and_decisions():
    summary = summarise([SCENE], "develop", 8)
    assert summary["changes"] == 2
    assert summary["methods"]["iovolc"]["at"]["1"]["strata"][">=4"]["found"] == 1
    assert {"two-date difference", "two-date difference (raw cube)"} <= set(summary["methods"])
    assert summary["ceiling"]["4-8"]["share"] == 1.0
    told = summary["accuracy"]
    assert told["offset_px"]["p50"] == 0.0
    assert told["area_bias"] == pytest.approx(0.1)
    assert told["onset_holds"]["share"] == 1.0
    assert told["kind_right"]["of"] == 1
    assert summary["decisions"]["false"]["count"] == 2
    assert summary["decisions"]["events"] == 4


def test_an_onset_that_ends_too_early_does_not_hold():
    late = record([truth(20.0)], [find(9.0, 0, onset_before="1997-02-01T00:00:00+00:00")])
    assert summarise([late], "develop", 8)["accuracy"]["onset_holds"]["count"] == 0
