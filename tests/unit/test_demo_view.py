import math

import numpy as np
import pytest

from iovolc import body
from iovolc.demo.view import cosine_of_emission, cosine_of_incidence, distance_km, dot, places, unit_vectors

LAT, LON = np.array([0.0, 0.0, 90.0, -30.0]), np.array([0.0, 90.0, 0.0, -120.0])


def test_jupiter_hangs_along_x_and_north_is_z() -> None:
    vectors = unit_vectors(LAT, LON)
    assert vectors[:, 0] == pytest.approx([1, 0, 0], abs=1e-6)
    assert vectors[:, 1] == pytest.approx([0, 1, 0], abs=1e-6)
    assert vectors[:, 2] == pytest.approx([0, 0, 1], abs=1e-6)


def test_places_undo_unit_vectors_of_any_length() -> None:
    lat, lon = places(unit_vectors(LAT, LON) * 2.5)
    assert lat == pytest.approx(LAT, abs=1e-4)
    assert lon[[0, 1, 3]] == pytest.approx(LON[[0, 1, 3]], abs=1e-4)


def test_incidence_is_the_angle_from_the_sub_solar_point() -> None:
    cosine = cosine_of_incidence(unit_vectors(np.array([20.0]), np.array([40.0])), 0.0, 40.0)
    assert math.degrees(math.acos(float(cosine[0]))) == pytest.approx(20.0, abs=1e-3)


def test_a_near_observer_sees_less_of_the_globe() -> None:
    edge = unit_vectors(np.array([0.0, 0.0]), np.array([59.0, 61.0]))
    near = cosine_of_emission(edge, 0.0, 0.0, 2.0 * body.RADIUS_KM)
    assert near[0] > 0 > near[1]  # the horizon from two radii is acos(1/2) = 60 degrees away
    far = cosine_of_emission(edge, 0.0, 0.0, 1e8)
    assert far == pytest.approx(cosine_of_incidence(edge, 0.0, 0.0), abs=1e-4)


def test_the_scalar_product_agrees_with_the_library() -> None:
    vectors = unit_vectors(LAT, LON)
    assert dot(np.array([0.1, -2.0, 3.0]), vectors) == pytest.approx(np.array([0.1, -2.0, 3.0]) @ vectors, abs=1e-5)


def test_one_degree_and_the_way_to_the_antipode() -> None:
    distance = distance_km(0.0, 179.5, np.array([0.0, 0.0]), np.array([-179.5, -0.5]))
    assert distance == pytest.approx([body.KM_PER_DEGREE, math.pi * body.RADIUS_KM], rel=1e-4)
