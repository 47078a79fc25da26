import math

import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.sphere import unit_vectors
from iovolc.track.association import LEAST_PRIOR, Pair, assign, distance_squared, pair_cost, reach_km
from iovolc.track.regions import Overlap
from iovolc.track.sightings import Position
from track_sample import CONFIG, detection, epoch, event_of, look, ring, run

APART, SAME = Overlap(0.0, 0.0, 0.0), Overlap(1.0, 1.0, 1.0)
YEARS = [epoch("e1", 1999), epoch("e2", 2007), epoch("e3", 2023)]


def place(lat, lon_e, sigma_km=5.0):
    return Position(unit_vectors(lat, lon_e), sigma_km)


def pair(sighting, chain, cost):
    return Pair(sighting, chain, cost, SAME, 1.0)


def test_distance_counts_in_sigmas_of_both_places_and_the_source():
    degrees = 30.0 / (body.RADIUS_KM * math.pi / 180.0)
    d2, log_det = distance_squared(place(0.0, 0.0, 5.0), place(0.0, degrees, 5.0), 10.0)
    assert d2 == pytest.approx(900.0 / 150.0)
    assert log_det == pytest.approx(2.0 * math.log(150.0))


def test_distance_is_the_same_across_the_seam():
    assert distance_squared(place(0, 179.5), place(0, -179.5), 10.0) == pytest.approx(
        distance_squared(place(0, 0), place(0, 1), 10.0)
    )


def test_gate_is_shut_only_when_neither_centre_nor_footprint_agrees():
    near, far = place(0.0, 0.5), place(0.0, 5.0)
    assert pair_cost(place(0, 0), near, APART, CONFIG) is not None
    assert pair_cost(place(0, 0), far, APART, CONFIG) is None
    overlapping = pair_cost(place(0, 0), far, Overlap(0.3, 0.5, 0.5), CONFIG)
    assert overlapping == pytest.approx(CONFIG.gate_chi2 + 2 * math.log(150.0) - 2 * math.log(0.3))


def test_overlap_lowers_the_cost():
    here, near = place(0, 0), place(0, 0.3)
    apart, same = pair_cost(here, near, APART, CONFIG), pair_cost(here, near, SAME, CONFIG)
    assert apart - same == pytest.approx(-2 * math.log(LEAST_PRIOR))


def test_reach_is_where_the_gate_shuts():
    reach = reach_km(place(0, 0, 5.0), 5.0, CONFIG)
    step = math.degrees(reach / body.RADIUS_KM)
    assert pair_cost(place(0, 0), place(0, 0.999 * step), APART, CONFIG) is not None
    assert pair_cost(place(0, 0), place(0, 1.001 * step), APART, CONFIG) is None


def test_assignment_is_globally_cheapest_not_greedy():
    pairs = [pair(0, 0, 1.0), pair(0, 1, 2.0), pair(1, 0, 1.5), pair(1, 1, 9.0)]
    assert assign(pairs) == {0: 1, 1: 0}


def test_assignment_takes_as_many_pairs_as_the_gates_allow():
    assert assign([pair(0, 0, 1.0), pair(1, 0, 5.0), pair(7, 9, 3.0)]) == {0: 0, 7: 9}
    assert assign([]) == {}


def test_the_order_of_pairs_does_not_matter():
    generator = np.random.default_rng(1)
    pairs = [pair(i, j, float(generator.integers(0, 4))) for i in range(8) for j in range(8)]
    shuffled = [pairs[i] for i in generator.permutation(len(pairs))]
    assert assign(pairs) == assign(shuffled)


def test_the_same_place_and_sign_is_one_event():
    tracked = run([detection("a", "e1", 10, 20), detection("b", "e2", 10.2, 20.1)], YEARS)
    assert len(tracked.events) == 1
    assert tracked.events["n_epochs"].tolist() == [2]


def test_another_place_is_another_event():
    tracked = run([detection("a", "e1", 10, 20), detection("b", "e2", 10, 40)], YEARS)
    assert len(tracked.events) == 2
    assert tracked.events["parents"].tolist() == [[], []]
    assert tracked.events["new_site"].all()


def test_a_large_deposit_is_followed_though_its_centre_wanders():
    tracked = run([detection("a", "e1", 10, 20, 400), detection("b", "e2", 13, 22, 400)], YEARS)
    assert len(tracked.events) == 1


def test_two_patches_find_their_own_partners():
    tracked = run(
        [
            detection("a", "e1", 0, 0), detection("b", "e1", 0, 7),
            detection("c", "e2", 0, 1), detection("d", "e2", 0, 8),
        ],
        YEARS,
    )  # fmt: skip
    assert event_of(tracked, "a")["event_id"] == event_of(tracked, "c")["event_id"]
    assert event_of(tracked, "b")["event_id"] == event_of(tracked, "d")["event_id"]
    assert len(tracked.events) == 2


def test_channels_of_one_look_join_whatever_their_sign():
    epochs = [epoch("e1r", 2023), epoch("e1b", 2023, channel="blue")]
    found = [detection("a", "e1r", 10, 20, contrast=0.1), detection("b", "e1b", 10, 20, channel="blue", contrast=-0.4)]
    tracked = run(found, epochs, channels=("red", "blue"))
    assert tracked.events["channels"].tolist() == [["blue", "red"]]
    assert tracked.events["kind"].tolist() == ["reddening"]
    assert tracked.events["n_epochs"].tolist() == [1]


def test_one_large_change_in_blue_holds_two_small_ones_in_red():
    epochs = [epoch("e1r", 2023), epoch("e1b", 2023, channel="blue")]
    found = [
        detection("a", "e1r", 10, 18), detection("b", "e1r", 10, 23),
        detection("c", "e1b", 10, 20.5, 200, channel="blue"),
    ]  # fmt: skip
    assert len(run(found, epochs, channels=("red", "blue")).events) == 1


def test_changes_of_one_look_and_channel_stay_apart():
    tracked = run([detection("a", "e1", 10, 20), detection("b", "e1", 10, 22, contrast=0.3)], YEARS)
    assert len(tracked.events) == 2


def test_a_split_names_the_event_it_came_from():
    found = [detection("a", "e1", 0, 0, 250), detection("b", "e2", 0, -3, 110), detection("c", "e2", 0, 4, 80)]
    tracked = run(found, YEARS)
    assert event_of(tracked, "b")["event_id"] == event_of(tracked, "a")["event_id"]
    child = event_of(tracked, "c")
    assert child["parents"] == [event_of(tracked, "a")["event_id"]]
    assert not child["new_site"]


def test_a_merge_names_the_event_that_was_taken_in():
    found = [detection("a", "e1", 0, -3, 110), detection("b", "e1", 0, 4, 80), detection("c", "e2", 0, 0, 250)]
    tracked = run(found, YEARS)
    assert len(tracked.events) == 2
    assert event_of(tracked, "c")["event_id"] == event_of(tracked, "a")["event_id"]
    assert event_of(tracked, "a")["parents"] == [event_of(tracked, "b")["event_id"]]
    assert event_of(tracked, "b")["parents"] == []


def test_a_split_that_merges_again_makes_no_circle():
    found = [
        detection("a", "e1", 0, 0, 250), detection("b", "e2", 0, -3, 110), detection("c", "e2", 0, 4, 80),
        detection("d", "e3", 0, 0, 250),
    ]  # fmt: skip
    tracked = run(found, YEARS)
    assert event_of(tracked, "a")["parents"] == []
    assert event_of(tracked, "c")["parents"] == [event_of(tracked, "a")["event_id"]]


def test_a_piece_that_the_events_own_epoch_already_shows_joins_it():
    found = [detection("a", "e1", 0, 0, 250), detection("b", "e2", 0, -3, 110), detection("c", "e2", 0, 4, 80)]
    tracked = run(found, YEARS, [look("c", "e1", "with", -0.01)])
    assert len(tracked.events) == 1


def test_an_opposite_change_is_the_fading_of_the_earlier_event():
    tracked = run([detection("a", "e1", 10, 20), detection("b", "e2", 10, 20, contrast=0.3)], YEARS)
    first, second = event_of(tracked, "a"), event_of(tracked, "b")
    assert (second["kind"], second["parents"], second["flags"][-1]) == ("fading", [first["event_id"]], "reverts")
    assert (first["status"], first["activity"]) == ("finished", "quiescent")


def test_an_opposite_change_beyond_the_old_state_is_an_event_of_its_own():
    epochs = [epoch("e0", 1979), *YEARS]
    found = [detection("a", "e1", 10, 20), detection("b", "e2", 10, 20, contrast=0.6)]
    tracked = run(found, epochs, [look("a", "e0"), look("b", "e0", "without", 0.3), look("b", "e1", "without", 0.6)])
    second = event_of(tracked, "b")
    assert (second["kind"], second["parents"]) == ("brightening", [])
    assert event_of(tracked, "a")["status"] == "finished"


def test_a_change_after_the_recovery_is_a_new_event():
    found = [detection("a", "e1", 10, 20), detection("b", "e2", 10, 20, contrast=0.3), detection("c", "e3", 10, 20)]
    tracked = run(found, YEARS)
    third = event_of(tracked, "c")
    assert len(tracked.events) == 3
    assert (third["kind"], third["activity"], third["new_site"]) == ("darkening", "reactivated", False)


def test_a_mere_candidate_does_not_date_a_far_stronger_change_at_its_place():
    faint = {"contrast": -0.03, "p_value": 1.0, "q_value": 1.0, "snr": 4.0}
    tracked = run([detection("a", "e1", 10, 20, 30, **faint), detection("b", "e2", 10, 20, contrast=-0.5)], YEARS)
    assert (event_of(tracked, "a")["tier"], event_of(tracked, "b")["tier"]) == ("C", "B")
    assert event_of(tracked, "b")["onset_before_utc"] == YEARS[1].stop_utc


def test_a_candidate_as_strong_as_what_follows_is_its_first_sighting():
    faint = {"p_value": 0.5, "q_value": 1.0, "snr": 4.0}
    tracked = run([detection("a", "e1", 10, 20, **faint), detection("b", "e2", 10, 20, contrast=-0.4)], YEARS)
    assert event_of(tracked, "a")["event_id"] == event_of(tracked, "b")["event_id"]


def test_a_dipole_in_one_epoch_is_no_fading():
    tracked = run([detection("a", "e1", 10, 20, 60), detection("b", "e1", 10, 23.5, 60, contrast=0.3)], YEARS)
    assert sorted(tracked.events["kind"]) == ["brightening", "darkening"]


def test_a_ring_joins_opposite_signs_only_where_footprints_overlap_strongly():
    annulus = ring(0, 0, 150, 300)
    found = [
        detection("a", "e1", 0, 0, shape=annulus, kind="ring", contrast=-0.2),
        detection("b", "e2", 0, 0, shape=annulus, kind="ring", contrast=0.2),
    ]
    assert len(run(found, YEARS).events) == 1
    beside = [found[0], detection("b", "e2", 0, 7, shape=ring(0, 7, 150, 300), kind="ring", contrast=0.2)]
    assert len(run(beside, YEARS).events) == 2
