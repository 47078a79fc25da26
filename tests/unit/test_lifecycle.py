import pytest

from iovolc.track.lifecycle import status
from track_sample import detection, epoch, event_of, look, run

EPOCHS = [epoch("e0", 1979), epoch("e1", 1999), epoch("e2", 2007), epoch("e3", 2023)]
WEAK = {"p_value": 0.4, "q_value": 0.8}


@pytest.mark.parametrize(
    ("tier", "undone", "expected"),
    [
        ("C", 0.0, "candidate"), ("C", 0.9, "candidate"), ("B", 0.0, "provisional"), ("A", 0.0, "confirmed"),
        ("A", 0.2, "fading"), ("B", 0.5, "finished"),
    ],
)  # fmt: skip
def test_status_follows_tier_until_the_change_is_undone(tier, undone, expected):
    assert status(tier, undone, 0.5) == expected


def activity_of(found, looks=(), name="a"):
    return event_of(run(found, EPOCHS, looks), name)["activity"]


def test_new_needs_an_earlier_look():
    assert activity_of([detection("a", "e1", 0, 0)], [look("a", "e0")]) == "new"
    assert activity_of([detection("a", "e1", 0, 0)]) == "active"


def test_seen_again_is_active():
    found = [detection("a", "e1", 0, 0), detection("b", "e2", 0, 0)]
    assert activity_of(found, [look("a", "e0"), look("b", "e1", "with", -0.02)]) == "active"


@pytest.mark.parametrize(
    ("contrast", "sigma_factor", "expected"),
    [(-0.35, 1, "brightening"), (-0.25, 1, "active"), (0.2, 1, "fading"), (0.1, 1, "active"), (-0.35, 10, "active")],
)
def test_growth_and_decline_by_a_factor_of_two_and_three_sigma(contrast, sigma_factor, expected):
    found = [detection("a", "e1", 0, 0), detection("b", "e2", 0, 0)]
    later = look("b", "e1", "without", contrast)
    later["contrast_sigma"] *= sigma_factor
    assert activity_of(found, [look("a", "e0"), later]) == expected


def test_a_partial_recovery_leaves_the_event_fading():
    found = [detection("a", "e1", 0, 0, 250), detection("b", "e2", 0, 2, 130, contrast=0.3)]
    tracked = run(found, EPOCHS, [look("a", "e0")])
    first = event_of(tracked, "a")
    assert (first["status"], first["activity"]) == ("fading", "fading")
    assert event_of(tracked, "b")["activity"] == "fading"


def test_an_insignificant_recovery_ends_nothing():
    found = [detection("a", "e1", 0, 0), detection("b", "e2", 0, 0, contrast=0.3, **WEAK), detection("c", "e3", 0, 0)]
    tracked = run(found, EPOCHS, [look("a", "e0")])
    first = event_of(tracked, "a")
    assert event_of(tracked, "c")["event_id"] == first["event_id"]
    assert first["status"] == "confirmed"
    assert event_of(tracked, "b")["status"] == "candidate"


def test_a_small_spot_within_a_large_deposit_is_not_its_end():
    found = [detection("a", "e1", 0, 0, 500), detection("b", "e2", 0, 8, 60, contrast=0.3)]
    tracked = run(found, EPOCHS)
    assert event_of(tracked, "a")["status"] == "provisional"
    assert event_of(tracked, "b")["kind"] == "brightening"


def test_a_recovery_that_grows_ends_the_event_in_the_end():
    found = [
        detection("a", "e1", 0, 0, 250), detection("b", "e2", 0, 2, 130, contrast=0.3),
        detection("c", "e3", 0, 0.5, 240, contrast=0.3),
    ]  # fmt: skip
    tracked = run(found, EPOCHS)
    assert event_of(tracked, "b")["event_id"] == event_of(tracked, "c")["event_id"]
    assert event_of(tracked, "a")["status"] == "finished"


def test_candidates_of_old_do_not_spoil_a_new_site():
    found = [detection("a", "e1", 0, 0, contrast=0.3), detection("b", "e2", 0, 1.0)]
    assert not event_of(run(found, EPOCHS), "b")["new_site"]
    found[0][0].update(WEAK)
    found[1] = detection("b", "e2", 0, 4.5, 180)
    tracked = run(found, EPOCHS, [look("b", "e0")])
    assert event_of(tracked, "b")["new_site"]
