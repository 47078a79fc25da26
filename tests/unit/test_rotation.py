import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.rotation import body_fixed, orientation
from iovolc.geometry.sphere import lat_lon


def test_the_pole_at_j2000_is_that_of_the_report():
    """The terms of J3 = 283.90 and J4 = 355.80 degrees worked out by hand."""
    right_ascension, declination, turned = orientation(0.0)
    assert right_ascension == pytest.approx(268.05 - 0.094 * 0.970716 - 0.024 * 0.073238, abs=1e-6)
    assert declination == pytest.approx(64.50 + 0.040 * 0.240228 + 0.011 * 0.997314, abs=1e-6)
    assert turned == pytest.approx(200.39 + 0.085 * 0.970716 + 0.022 * 0.073238, abs=1e-6)


def test_io_turns_once_in_42_46_hours():
    period_days = 360.0 / body.ROTATION_DEG_PER_DAY
    assert period_days * 24.0 == pytest.approx(42.4593, abs=1e-4)
    later = body_fixed(7000.0 + period_days)
    np.testing.assert_allclose(later, body_fixed(7000.0), atol=2e-5)


def test_the_periodic_terms_move_the_meridian_by_a_tenth_of_a_degree():
    days = np.arange(0.0, 12_000.0, 37.0)
    off = [
        (orientation(day)[2] - 200.39 - body.ROTATION_DEG_PER_DAY * day + 180.0) % 360.0 - 180.0
        for day in days.tolist()
    ]
    assert 0.095 < max(off) < 0.108
    assert -0.108 < min(off) < -0.095


@pytest.mark.parametrize("days", [-7600.0, 0.0, 9497.25])
def test_the_frame_is_right_handed_and_orthonormal(days):
    to_body = body_fixed(days)
    np.testing.assert_allclose(to_body @ to_body.T, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(np.cross(to_body[0], to_body[1]), to_body[2], atol=1e-14)


def test_the_third_axis_is_the_pole():
    right_ascension, declination, _ = orientation(3000.0)
    lat, lon_e = lat_lon(body_fixed(3000.0)[2])
    assert float(lat) == pytest.approx(declination)
    assert float(lon_e) % 360.0 == pytest.approx(right_ascension)


def test_io_turns_eastward():
    """A star that was overhead stands farther west an hour later: its longitude has decreased by 8.48 degrees."""
    star = body_fixed(100.0)[0]
    _, lon_e = lat_lon(body_fixed(100.0 + 1.0 / 24.0) @ star)
    assert float(lon_e) == pytest.approx(-body.ROTATION_DEG_PER_DAY / 24.0, abs=1e-4)
