import math
from dataclasses import replace

import numpy as np
import pytest
from light_sample import lighting

from detect_scene import look, record
from iovolc.detect.clusters import Cluster
from iovolc.detect.describe import Shape
from iovolc.detect.lightplace import light_at
from iovolc.light.classes import LightClass
from iovolc.light.lit import Lit
from iovolc.model.detection import Footprint
from small_grid import disc, small_grid

GRID = small_grid()
SHEET = GRID.sheet("equator")
HERE = Shape(5.0, 20.0, 1e5, -0.2)
MASK = disc(SHEET, HERE.lat, HERE.lon_e, 200.0)
CLUSTER = Cluster(-1, 0, 9.0, -0.2, 0.02, Footprint((("equator", np.flatnonzero(MASK).astype(np.int32)),)))
PLAIN = look(GRID, 0)
SEEN = {"sub_solar_lat": 0.0, "sub_solar_lon_e": 10.0, "sub_observer_lat": 0.0, "sub_observer_lon_e": 50.0}


def told(**fields):
    return replace(PLAIN, record=record(0, **fields))


def lit(classes, codes=None, **changes):
    planes = {} if codes is None else {"equator": codes}
    blocks = dict.fromkeys(classes, np.empty(0)) if planes else {}
    return replace(PLAIN, side=replace(PLAIN.side, lit=Lit(lighting(**changes), classes, planes, blocks)))


def test_without_a_known_light_angles_are_those_of_the_label():
    found = light_at(told(**SEEN), CLUSTER, HERE)
    assert found.light == LightClass.SUN
    assert found.incidence_deg == pytest.approx(11.2, abs=0.5)
    assert found.emission_deg == pytest.approx(30.4, abs=0.5)
    assert found.phase_deg == pytest.approx(40.0, abs=0.1)
    assert math.isnan(found.azimuth_deg)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (SEEN, LightClass.SUN),
        ({**SEEN, "sub_solar_lon_e": 150.0}, LightClass.DARK),
        ({}, LightClass.UNKNOWN),
        ({**SEEN, "quantity": "relative"}, LightClass.UNKNOWN),
    ],
)
def test_the_source_of_light_by_the_label(fields, expected):
    assert light_at(told(**fields), CLUSTER, HERE).light == expected


def test_jupiters_light_has_angles_of_its_own():
    sun, jupiter = (light_at(lit((light,)), CLUSTER, HERE) for light in (LightClass.SUN, LightClass.JUPITER))
    assert (sun.light.word, jupiter.light.word) == ("sun", "jupiter")
    assert sun.incidence_deg > 85.0
    assert jupiter.incidence_deg < 30.0
    assert jupiter.emission_deg == sun.emission_deg
    assert jupiter.phase_deg < sun.phase_deg
    assert sun.azimuth_deg == pytest.approx(90.0, abs=5.0)
    assert jupiter.azimuth_deg == pytest.approx(257.0, abs=15.0)


def test_the_source_that_lights_most_of_the_footprint_counts():
    codes = np.full(SHEET.shape, LightClass.SUN, np.uint8)
    both = (LightClass.SUN, LightClass.JUPITER)
    assert light_at(lit(both, codes), CLUSTER, HERE).light == LightClass.SUN
    rows, cols = np.nonzero(MASK)
    codes[rows[: len(rows) * 2 // 3], cols[: len(cols) * 2 // 3]] = LightClass.JUPITER
    assert light_at(lit(both, codes), CLUSTER, HERE).light == LightClass.JUPITER


def test_half_an_hour_after_an_eclipse_is_told():
    assert light_at(lit((LightClass.SUN,), sub_solar_lat=0.0, sub_solar_lon_e=-11.5), CLUSTER, HERE).after_eclipse
    assert not light_at(lit((LightClass.SUN,)), CLUSTER, HERE).after_eclipse
