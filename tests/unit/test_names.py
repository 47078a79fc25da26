import math

import pytest

from iovolc import body
from iovolc.geometry.sphere import distance_km, unit_vectors
from iovolc.model.detection import Feature
from iovolc.track.names import NEIGHBOURHOOD_KM, index
from iovolc.track.names import nearest_feature as nearest

STEP = math.degrees(1.0 / body.RADIUS_KM)
HERE, FAR = Feature("Here Patera", 0.0, 0.0, 30.0), Feature("Far Patera", 0.0, 12.0, 0.0)


def nearest_feature(lat, lon_e, features, within_km):
    return nearest(unit_vectors(lat, lon_e), index(features), within_km)


def cap_km2(radius_km):
    return 2.0 * math.pi * body.RADIUS_KM**2 * (1.0 - math.cos(radius_km / body.RADIUS_KM))


def test_distance_is_to_the_centre():
    match = nearest_feature(0.0, 100.0 * STEP, [FAR, HERE], 200.0)
    assert match is not None
    assert match.name == "Here Patera"
    assert match.distance_km == pytest.approx(100.0)


def test_probability_is_one_minus_the_chance_of_an_unrelated_feature():
    match = nearest_feature(0.0, 100.0 * STEP, [FAR, HERE], 200.0)
    density = 2.0 / cap_km2(NEIGHBOURHOOD_KM)
    assert distance_km(0.0, 100.0 * STEP, FAR.lat, FAR.lon_e) < NEIGHBOURHOOD_KM
    assert match.probability == pytest.approx(math.exp(-math.pi * density * 100.0**2))
    assert nearest_feature(0.0, 0.0, [HERE], 200.0).probability == 1.0


def test_published_chances_at_the_mean_density_of_hot_spots():
    """266 spots on Io: an unrelated one lies within 50, 100, 200 km in 5, 18, 55 % of cases."""
    chances = [1.0 - math.exp(-math.pi * 6.4e-6 * d * d) for d in (50.0, 100.0, 200.0)]
    assert chances == pytest.approx([0.05, 0.18, 0.55], abs=0.006)
    crowd = [Feature(f"n{i}", 0.0, i * 0.5, 0.0) for i in range(5)]
    assert nearest_feature(1.0, 0.0, crowd, 200.0).probability < nearest_feature(1.0, 0.0, [HERE], 200.0).probability


def test_nothing_is_named_from_too_far_or_from_no_features():
    assert nearest_feature(0.0, 201.0 * STEP, [HERE], 200.0) is None
    assert nearest_feature(0.0, 0.0, [], 200.0) is None


def test_names_work_across_the_seam_and_in_any_order():
    west = Feature("West", 0.0, -179.5, 0.0)
    assert nearest_feature(0.0, 179.5, [HERE, west], 200.0).name == "West"
    twins = [Feature("B", 1.0, 0.0, 0.0), Feature("A", -1.0, 0.0, 0.0)]
    assert nearest_feature(0.0, 0.0, twins, 200.0).name == nearest_feature(0.0, 0.0, twins[::-1], 200.0).name == "A"
