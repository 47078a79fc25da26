"""Which measurements are one place: scenarios with truth."""

import numpy as np
import pytest
from heat_sample import glow, purity_and_completeness, scattered

from iovolc.config import TrackConfig
from iovolc.geometry.sphere import distance_km
from iovolc.track.hotspot_sites import find_sites

CONFIG = TrackConfig()


def follow(places, days, *, seed=1, sigma_km=70.0, show=None):
    """Named places, seen on some days; the sites and the truth."""
    rng = np.random.default_rng(seed)
    truth = {
        scattered(rng, day, *place, sigma_km=sigma_km): name
        for day in days
        for name, place in places.items()
        if show is None or show(name, day)
    }
    return find_sites(truth, CONFIG), truth


SCENARIOS = {
    "gap": ({"a": (13.0, 51.2), "b": (-20.0, -33.6)}, lambda name, day: name == "b" or not 100 < day < 300),
    "re-eruption": ({"a": (13.0, 51.2)}, lambda _, day: day < 50 or day > 350),
    "fade": ({"a": (13.0, 51.2), "b": (-42.0, 55.0)}, lambda name, day: name == "a" or day < 60),
    "pole": ({"north": (89.0, 20.0), "south": (-88.5, 140.0)}, None),
    "180 degrees": ({"west": (10.0, 179.9), "east": (-15.0, -179.8)}, None),
}


@pytest.mark.parametrize(("places", "show"), SCENARIOS.values(), ids=SCENARIOS)
def test_places_keep_their_identity(places, show):
    sites, truth = follow(places, range(0, 400, 10), show=show)
    assert len(sites) == len(places)
    assert min(purity_and_completeness(sites, truth)) >= 0.98


def test_sixty_sources_seen_by_adaptive_optics_are_told_apart():
    rng = np.random.default_rng(0)
    places = {}
    while len(places) < 60:
        lat, lon_e = float(np.degrees(np.arcsin(rng.uniform(-1, 1)))), float(rng.uniform(-180, 180))
        if all(distance_km(lat, lon_e, *other) > 400.0 for other in places.values()):
            places[len(places)] = (lat, lon_e)
    order = rng.random((60, 40)) < 0.3
    sites, truth = follow(places, range(40), show=lambda name, day: order[name, day])
    assert min(purity_and_completeness(sites, truth)) >= 0.98


def test_a_place_is_known_better_the_more_often_it_is_seen():
    sites, _ = follow({"a": (13.0, 51.2)}, range(16))
    assert sites[0].place.sigma_km == pytest.approx(70.0 / 4.0, rel=0.01)
    assert distance_km(13.0, 51.2, *sites[0].place.lat_lon_e) < 4.0 * sites[0].place.sigma_km


def test_a_covariance_that_is_long_in_one_direction_opens_the_gate_there_alone():
    long_east = {"covariance_km2": (95.0**2, 10.0**2, 0.0)}
    east = [glow(0, 0.0, 0.0, sigma_km=10.0), glow(1, 0.0, 7.0, **long_east)]
    north = [glow(0, 0.0, 0.0, sigma_km=10.0), glow(1, 7.0, 0.0, **long_east)]
    assert len(find_sites(east, CONFIG)) == 1
    assert len(find_sites(north, CONFIG)) == 2


def test_two_places_in_one_observation_are_two_and_the_newcomer_knows_its_parent():
    glows = [glow(0, 0.0, 0.0), glow(5, 0.0, 0.0), glow(10, 0.3, -1.5), glow(10, 0.3, 1.5)]
    first, second = find_sites(glows, CONFIG)
    assert len(first.sightings) == 3
    assert second.parents == (0,)


def test_a_measurement_between_two_places_goes_to_one_and_remembers_the_other():
    apart = [glow(day, 0.0, lon_e, sigma_km=15.0) for day in range(3) for lon_e in (-2.0, 2.0)]
    sites = find_sites([*apart, glow(9, 0.0, 0.4, sigma_km=95.0)], CONFIG)
    assert len(sites) == 2
    last = max((one for site in sites for one in site.sightings), key=lambda one: one.glow.time_utc)
    assert [0.05 < rival.probability < 0.6 for rival in last.rivals] == [True]
    assert last.blended


def test_what_turns_out_to_be_one_place_is_joined_under_the_older_id():
    # The first two lie too far apart for the gate; what comes between moves the first place onto the second.
    early = [glow(0, 0.0, 0.0, sigma_km=20.0), glow(1, 0.0, 3.2, sigma_km=20.0)]
    assert len(find_sites(early, CONFIG)) == 2
    more = [glow(day, 0.0, 2.0, sigma_km=20.0) for day in (2, 3, 4, 5, 6, 7)]
    (site,) = find_sites([*early, *more], CONFIG)
    assert site.id == find_sites(early, CONFIG)[0].id
    assert site.joined == (find_sites(early, CONFIG)[1].id,)


def test_names_of_one_source_decide_and_those_of_another_do_not():
    near = [glow(0, 0.0, 0.0, label="P1"), glow(1, 0.0, 1.0, label="P2")]
    assert len(find_sites(near, CONFIG)) == 2
    far = [glow(0, 0.0, 0.0, label="P1"), glow(1, 0.0, 9.0, label="P1")]
    assert len(find_sites(far, CONFIG)) == 1
    others = [glow(0, 0.0, 0.0, label="P1"), glow(1, 0.0, 1.0, label="Loki", source="other")]
    (site,) = find_sites(others, CONFIG)
    assert site.names == {("sim", "P1"), ("other", "Loki")}


def test_saturated_sources_are_places_and_limits_are_none():
    assert len(find_sites([glow(0, 0.0, 0.0, limit="lower"), glow(1, 40.0, 0.0, limit="upper")], CONFIG)) == 1


def test_the_order_of_the_measurements_does_not_matter():
    rng = np.random.default_rng(2)
    truth = follow({"a": (13.0, 51.2), "b": (18.0, 60.0), "c": (-42.0, 55.0)}, range(30))[1]
    glows = list(truth)
    ids = set()
    for _ in range(10):
        rng.shuffle(glows)
        sites = find_sites(glows, CONFIG)
        ids.add(tuple((site.id, len(site.sightings), site.place.lat_lon_e) for site in sites))
    assert len(ids) == 1
