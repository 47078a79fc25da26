from datetime import UTC, datetime

import numpy as np
import pytest
from misread_sample import observed
from registration_scene import WHOLE

from iovolc.archive.missions import MISSIONS, mission_of
from iovolc.archive.origin import Origin
from iovolc.archive.quality import quality
from iovolc.errors import PROBLEMS
from iovolc.model.observation import Bounds, Disc

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALBEDO = 0.3 + 0.5 * np.random.default_rng(2).random((90, 180)).astype(np.float32)


def codes(pixels=ALBEDO, placement=WHOLE, **facts):
    found = quality(observed(pixels, placement, **({"quantity": "iof"} | facts)), Origin("a.tif", 2), now_utc=NOW)
    return [finding.code for finding in found]


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(text, **facts):
    return codes(time_utc=day(text), start_utc=day(text), stop_utc=day(text), **facts)


def test_a_sound_image_has_no_finding():
    assert codes() == []
    assert codes(255.0 * ALBEDO, quantity="relative") == []
    assert codes(5.0 * ALBEDO, quantity="radiance", unit="W m-2 sr-1 um-1") == []


@pytest.mark.parametrize(
    ("when", "mission"),
    [
        ("2027-05-01", ""),
        ("1970-01-01", ""),
        ("2001-01-01", "Voyager 1"),
        ("1979-07-09", "Voyager 1"),
        ("2012-01-01", "Galileo"),
        ("2010-01-01", "Juno"),
        ("2015-01-01", "JWST"),
        ("1985-01-01", "W. M. Keck Observatory"),
    ],
)
def test_times_that_cannot_be(when, mission):
    assert at(when, mission=mission) == ["E310"]


@pytest.mark.parametrize(
    ("when", "mission"),
    [
        ("1979-03-05", "Voyager 1"),
        ("1979-07-09", "Voyager 2"),
        ("1997-06-28", "Galileo"),
        ("2001-01-01", "Cassini"),
        ("2007-02-28", "New Horizons"),
        ("2023-12-30", "Juno"),
        ("1995-03-05", "a telescope"),
    ],
)
def test_times_that_can_be(when, mission):
    assert at(when, mission=mission) == []


def test_a_mosaic_may_hold_other_missions_pictures_beside_its_own():
    span = {"time_utc": day("1990-01-01"), "start_utc": day("1979-03-04"), "stop_utc": day("1997-12-31")}
    assert codes(mission="Voyager", is_mosaic=True, **span) == []
    assert codes(mission="Juno", is_mosaic=True, **span) == ["E310"]


def test_every_mission_names_its_span_and_source():
    for mission in MISSIONS:
        assert mission.source
        assert mission.last_utc is None or mission.first_utc < mission.last_utc
        assert mission_of(mission.words[0].title()) is mission


def test_values_that_cannot_be_what_they_are_declared_as():
    assert codes(10.0 * ALBEDO) == ["E415"]
    assert codes(-ALBEDO) == ["E415"]
    assert codes(-ALBEDO, quantity="radiance", unit="x") == ["E415"]
    assert codes(-ALBEDO, quantity="relative") == []


def test_a_picture_declared_as_calibrated():
    picture = np.round(255.0 * ALBEDO)
    assert codes(picture) == ["E412"]
    assert codes(picture, quantity="radiance", unit="x") == ["E412"]
    assert codes(picture, quantity="relative") == []
    assert codes(picture / 255.0, scale=1.0 / 255.0) == []


def test_a_radiance_without_unit():
    assert codes(quantity="radiance") == ["E414"]


def test_one_value_everywhere():
    assert codes(np.full((90, 180), 0.5)) == ["E416"]


def test_saturation_is_a_warning_from_a_twentieth_of_the_pixels():
    few, many = (np.random.default_rng(3).random(ALBEDO.shape) < share for share in (0.03, 0.2))
    assert codes(saturated=few) == []
    assert codes(saturated=many) == ["E411"]
    assert PROBLEMS["E411"].severity == "warning"


def test_an_image_beside_io():
    beside = Disc(0.0, 0.0, 0.0, 5000.0, 5000.0, 40.0, 400_000.0)
    assert codes(placement=beside) == ["E220"]
    assert codes(placement=Bounds(10.0, 40.0, 30.0, 15.0)) == []
