import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import false_discovery_control

from iovolc.track.tiers import cauchy
from track_sample import detection, epoch, event_of, look, run

EPOCHS = [
    epoch("r1", 2007), epoch("b1", 2007, channel="blue"), epoch("r2", 2023), epoch("old", 1999),
    epoch("mosaic", 1979, 2005), epoch("m2", 2004, 2007, mission="galileo"),
]  # fmt: skip
CHANNELS = ("red", "blue")
WEAK = {"p_value": 0.4, "q_value": 0.8}


def tier_of(found, looks=(), name="a"):
    return event_of(run(found, EPOCHS, looks, channels=CHANNELS), name)["tier"]


def test_one_significant_detection_gives_b():
    assert tier_of([detection("a", "r1", 0, 0)]) == "B"


def test_an_insignificant_one_gives_c():
    assert tier_of([detection("a", "r1", 0, 0, **WEAK)]) == "C"


@pytest.mark.parametrize("other", [{"observation": "b1", "channel": "blue"}, {"observation": "r2"}])
def test_two_independent_data_sets_give_a(other):
    second = detection("b", other.pop("observation"), 0, 0, **other)
    assert tier_of([detection("a", "r1", 0, 0), second]) == "A"


@pytest.mark.parametrize(
    "change", [{"q_value": 0.5}, {"flags": ["shift_like"]}, {"contrast": None, "rank_contrast": -2.0}]
)
def test_the_second_must_be_significant_no_shift_and_calibrated(change):
    row, footprint = detection("b", "r2", 0, 0)
    assert tier_of([detection("a", "r1", 0, 0), (row | change, footprint)]) == "B"


def test_two_products_of_one_image_and_channel_are_not_independent():
    epochs = [epoch("r1", 2007), epoch("r1-again", 2007)]
    found = [detection("a", "r1", 0, 0), detection("b", "r1-again", 0, 0)]
    tracked = run(found, epochs)
    assert len(tracked.events) == 1
    assert tracked.events["tier"].tolist() == ["B"]
    assert tracked.events["n_epochs"].tolist() == [1]


def test_relative_maps_alone_reach_b_at_most():
    found = [detection(name, at, 0, 0, rank_contrast=-2.0) for name, at in (("a", "r1"), ("b", "r2"))]
    for row, _ in found:
        row["contrast"] = None
    tracked = run(found, EPOCHS, channels=CHANNELS)
    assert tracked.events["tier"].tolist() == ["B"]
    assert tracked.events["dlna_red"].isna().all()
    assert tracked.events["rank_contrast"].tolist() == [-2.0]


def test_overlapping_spans_reach_b_at_most():
    found = [detection("a", "m2", 0, 0), detection("b", "r2", 0, 0)]
    assert tier_of(found, [look("a", "mosaic")]) == "B"
    assert tier_of(found, [look("a", "old")]) == "A"


def test_a_shift_like_change_is_a_candidate_and_says_so():
    row = event_of(run([detection("a", "r1", 0, 0, flags=["shift_like"])], EPOCHS), "a")
    assert (row["tier"], "shift_like" in row["flags"]) == ("C", True)


def test_a_significant_detection_free_of_shift_saves_the_event():
    found = [detection("a", "r1", 0, 0, flags=["shift_like"]), detection("b", "r2", 0, 0)]
    row = event_of(run(found, EPOCHS), "a")
    assert (row["tier"], "shift_like" in row["flags"]) == ("B", False)


def test_many_candidates_elsewhere_cost_significance():
    alone = detection("a", "r1", 0, 0, p_value=0.04, q_value=0.04)
    assert tier_of([alone]) == "B"
    crowd = [detection(f"n{i}", "r1", 40 - 10 * (i % 8), 30 + 20 * (i // 8), 60, **WEAK) for i in range(40)]
    assert tier_of([alone, *crowd]) == "C"


def test_event_p_is_cauchys_and_q_counts_events_not_detections():
    p = {"a": 0.002, "b": 0.01, "c": 0.3}
    found = [
        detection("a", "r1", 0, 0, p_value=p["a"]), detection("b", "r2", 0, 0, p_value=p["b"]),
        detection("c", "r1", 0, 60, p_value=p["c"]),
    ]  # fmt: skip
    row = event_of(run(found, EPOCHS), "a")
    assert row["p_value"] == pytest.approx(2 / (1 / 0.002 + 1 / 0.01), rel=1e-3)
    assert row["q_value"] == pytest.approx(false_discovery_control([row["p_value"], p["c"]])[0], rel=1e-3)


def test_an_event_that_many_looks_show_makes_room_for_no_false_one():
    often = [detection(name, at, 0, 0, p_value=1e-6) for name, at in (("a", "r1"), ("c", "r2"), ("d", "r3"))]
    once = [detection(f"f{k}", "r1", 30, 10 * k, p_value=p) for k, p in enumerate((0.05, 0.5, 0.5, 0.5))]
    events = run([*often, *once], [*EPOCHS, epoch("r3", 2024)]).events
    assert sorted(events["tier"]) == ["A", "C", "C", "C", "C"]  # over all seven detections, 0.06 would pass


def test_events_that_faults_explain_make_room_for_no_false_one():
    faults = [detection(f"x{k}", "r1", -40, 10 * k, p_value=1e-6, flags=["explained"]) for k in range(20)]
    once = [detection(f"f{k}", "r1", 40, 15 * k, p_value=p) for k, p in enumerate((0.05, 0.5, 0.5, 0.5))]
    events = run([*faults, *once], EPOCHS).events
    assert set(events["tier"]) == {"C"}  # over all 24 events, 0.06 would pass
    assert event_of(run([*faults, *once], EPOCHS), "f0")["q_value"] == pytest.approx(0.2)
    assert (events["q_value"] < 0.01).sum() == 20  # what the faults show is there, whatever it is


def test_what_a_fault_explains_adds_no_significance():
    found = [detection("a", "r1", 0, 0, p_value=0.2), detection("b", "r2", 0, 0, p_value=1e-6, flags=["explained"])]
    row = event_of(run(found, EPOCHS), "a")
    assert row["p_value"] == pytest.approx(0.2)
    assert row["tier"] == "C"


def test_cauchy_of_one_and_of_equal_values_is_the_value():
    assert cauchy([0.03]) == pytest.approx(0.03)
    assert cauchy([1e-12, 1e-12, 1e-12]) == pytest.approx(1e-12)
    assert cauchy([1.0, 1.0]) == pytest.approx(0.99)
    assert cauchy([1e-5, 1.0]) == pytest.approx(2e-5, rel=0.01)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_cauchy_holds_its_level_under_dependence(correlation):
    generator = np.random.default_rng(1)
    common, own = generator.standard_normal((20000, 1)), generator.standard_normal((20000, 4))
    p = ndtr(np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own)
    combined = np.array([cauchy(row) for row in p])
    assert (combined <= 0.01).mean() < 0.0125


def test_a_comparison_that_contradicts_its_null_counts_for_nothing():
    doubted = {"flags": ["null_contradicted"]}
    assert tier_of([detection("a", "r1", 0, 0, **doubted)]) == "C"
    assert tier_of([detection("a", "r1", 0, 0, **doubted), detection("b", "r2", 0, 0)]) == "B"
    assert tier_of([detection("a", "r1", 0, 0), detection("b", "r2", 0, 0)]) == "A"
