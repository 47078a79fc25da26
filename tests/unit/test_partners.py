import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from light_sample import lighting

from iovolc.light.blocks import BlockPlaces
from iovolc.light.calibrated import Tone
from iovolc.light.classes import LightClass
from iovolc.light.lit import Lit
from iovolc.light.partners import (
    Candidate,
    Law,
    Slant,
    added_variance,
    best_partners,
    mismatch,
    rank_partners,
    shared_blocks,
    slant_at,
)
from iovolc.model.epoch import Lattice

LAW = Law(0.02, 0.0015, 0.03)
SUN = (LightClass.SUN, LightClass.SUN)
PLACES = BlockPlaces(np.array([0.0, 10.0, -10.0]), np.array([90.0, 100.0, 110.0]), np.full(3, 1e6))
START = datetime(1997, 1, 1, tzinfo=UTC)


def candidate(name, resolution_km=10.0, mismatch=0.0, day=0):
    return Candidate(resolution_km, mismatch, START + timedelta(days=day), name)


def ranked(*candidates):
    order, groups = rank_partners(candidates)
    return "".join(candidates[k].id for k in order), groups


def slant(phase, mu0=0.8, mu=0.7):
    return Slant(np.array(phase), np.array(mu0), np.array(mu))


def lit(**changes):
    return Lit(lighting(**changes), (LightClass.SUN,), {}, {})


def tone(sigma, patches=50.0):
    return Tone(1.0, Lattice(np.zeros((37, 72, 1), np.float32), 5.0), sigma, 0.01, 0.0, patches)


def test_where_no_geometry_is_known_the_finest_come_first_then_the_latest():
    found = ranked(candidate("a", 30.0), candidate("b", 10.0, day=1), candidate("c", 10.0, day=2), candidate("d", 14.0))
    assert found == ("cbda", [0, 0, 0, 1])


def test_of_equally_sharp_ones_those_under_like_light_come_first():
    found = ranked(candidate("a", mismatch=0.12), candidate("b", mismatch=0.01), candidate("c", 14.0, mismatch=0.03))
    assert found == ("bca", [0, 0, 2])


def test_a_much_blurrier_one_is_not_worth_its_light():
    assert ranked(candidate("a", 10.0, mismatch=0.06), candidate("b", 60.0))[0] == "ab"


def test_names_decide_last_so_that_the_order_is_always_the_same():
    assert ranked(candidate("b"), candidate("a")) == ranked(candidate("a"), candidate("b"))


def test_the_law_is_that_of_the_dossier():
    growth = LAW.growth(slant(10.0), slant(50.0, mu0=0.6, mu=0.8))
    assert growth == pytest.approx(0.0015 * 40.0 + 0.03 * 0.3)


@pytest.mark.parametrize(
    ("scatter", "patches", "expected"),
    [
        (0.11, 1e6, 1.0),
        (0.055, 1e6, 0.5),
        (0.33, 1e6, 3.0),
        (0.055, 1.0, 0.712),
        (0.0, 4.0, 0.0),
        (math.nan, 50.0, 1.0),
    ],
)
def test_the_scatter_of_shared_terrain_stretches_the_law(scatter, patches, expected):
    assert LAW.scale(scatter, 0.09, patches) == pytest.approx(expected, rel=1e-3)


def test_sun_and_jupiter_light_a_place_each_at_its_own_angle():
    light, sources = lighting(), (LightClass.SUN, LightClass.JUPITER)
    sun, jupiter = (slant_at(light, source, np.array(0.0), np.array(15.0)) for source in sources)
    assert sun.mu0 == 0.0
    assert jupiter.mu0 > 0.8
    assert sun.mu == jupiter.mu
    assert sun.phase_deg - jupiter.phase_deg > 20.0


def test_epochs_under_one_geometry_differ_in_nothing():
    found = added_variance(lit(), lit(), SUN, tone(0.05), np.ones(3, bool), PLACES, LAW)
    np.testing.assert_array_equal(found.values, 0.0)
    assert mismatch((lit(), lit()), (np.ones(3), np.ones(3)), PLACES, LAW) == 0.0


def test_the_error_grows_with_the_difference_of_geometry_and_with_the_scatter():
    near, far = lit(sub_observer_lon_e=50.0), lit(sub_observer_lon_e=100.0)
    typical = [
        float(np.median(added_variance(lit(), other, SUN, tone(sigma), np.ones(3, bool), PLACES, LAW).values))
        for other, sigma in ((near, 0.03), (far, 0.03), (far, 0.3))
    ]
    assert 0.0 < typical[0] < typical[1] < typical[2]


def test_only_what_both_show_is_shared():
    blocks = np.array([0.1, np.nan, 0.2]), np.array([0.1, 0.2, np.nan])
    assert shared_blocks(lit(), lit(), blocks, SUN).tolist() == [True, False, False]


@pytest.mark.parametrize("lights", [(None, None), (lit(), None), (lit(), lit(sub_observer_lon_e=90.0))])
def test_who_shows_nothing_of_the_same_ground_is_told_apart_from_who_shows_it_in_like_light(lights):
    west, east = np.array([0.1, np.nan, np.nan]), np.array([np.nan, 0.2, 0.3])
    assert mismatch(lights, (west, east), PLACES, LAW) is None
    assert mismatch(lights, (west, np.ones(3)), PLACES, LAW) is not None


@pytest.mark.parametrize("seed", range(20))
def test_the_best_few_are_the_first_of_all_and_few_are_looked_at(seed):
    generator = np.random.default_rng(seed)
    mismatches = generator.choice([0.0, 0.02, 0.06, 0.3], 60)
    many = [
        candidate(f"{k:02d}", float(generator.choice([3.0, 4.0, 9.0, 30.0])), float(mismatches[k]), day=k)
        for k in range(60)
    ]
    fine = sorted(range(60), key=lambda k: (many[k].resolution_km, -many[k].stop_utc.timestamp(), many[k].id))
    looked = []

    def apart(place):
        looked.append(place)
        return many[fine[place]].mismatch

    best = best_partners([many[k].resolution_km for k in fine], apart, 8)
    assert [fine[place] for place in best] == rank_partners(many)[0][:8]
    assert len(looked) < 60


def test_few_candidates_are_all_taken_unseen():
    assert best_partners([1.0, 2.0], lambda place: [][place], 2) == [0, 1]


def test_who_shares_no_ground_takes_nobodys_place():
    shared = {4: 0.3, 7: 0.0}
    assert best_partners([1.0] * 8, shared.get, 5) == [7, 4]
    assert best_partners([1.0] * 8, lambda _: None, 5) == [0]
