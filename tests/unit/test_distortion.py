import numpy as np
import pytest
from misread_sample import BASE
from registration_scene import WHOLE

from iovolc.geometry.distortion import Measured, distortion, fit, graphic_less_centric
from iovolc.geometry.warp import sample
from iovolc.model.observation import Bounds
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

LAT = 90.0 - (np.arange(360) + 0.5) / 2.0
LON_E = -180.0 + (np.arange(720) + 0.5) / 2.0


def drawn(lat, lon_e):
    """A global map that shows these true places at its rows and columns."""
    return sample(BASE, WHOLE, np.asarray(lat)[:, None], np.asarray(lon_e)[None, :])


def measured(pixels, **guess):
    found = distortion(pixels, WHOLE, BASE, WHOLE, middle_lon_e=0.0, **guess)
    assert found is not None
    return found


def true_latitudes():
    """Planetocentric latitudes of rows that are even in planetographic ones."""
    return np.interp(LAT[::-1], (LAT + graphic_less_centric(LAT))[::-1], LAT[::-1])[::-1]


def test_the_two_latitudes_differ_by_what_the_radii_say():
    assert graphic_less_centric(45.0) == pytest.approx(0.431, abs=0.001)
    assert graphic_less_centric(-45.0) == pytest.approx(-0.431, abs=0.001)
    assert graphic_less_centric([0.0, 90.0]) == pytest.approx([0.0, 0.0], abs=1e-9)


def test_the_map_itself_has_no_fault():
    found = measured(BASE)
    for part in (found.east_deg, found.north_deg):
        assert abs(part.value) < 0.02
    assert abs(found.scale.value) < 2e-4
    assert abs(found.graphic.value) < 0.05


def test_planetographic_latitudes_are_one_difference():
    found = measured(drawn(true_latitudes(), LON_E))
    assert found.graphic.value == pytest.approx(1.0, abs=0.1)
    assert found.graphic.sigmas > 10.0
    assert abs(found.scale.value) < 5e-4


def test_the_reverse_has_the_other_sign():
    found = measured(drawn(LAT + graphic_less_centric(LAT), LON_E))
    assert found.graphic.value == pytest.approx(-1.0, abs=0.1)


@pytest.mark.parametrize("radius_km", [1816.0, 1829.4])
def test_another_radius_is_a_scale(radius_km):
    share = radius_km / 1821.49
    found = measured(drawn(LAT / share, LON_E / share))
    assert found.scale.value == pytest.approx(share - 1.0, abs=5e-4)
    assert abs(found.scale.sigmas) > 10.0
    assert abs(found.graphic.value) < 0.15


def test_a_shift_is_found_from_a_guess():
    found = measured(np.roll(BASE, 11, axis=1), east_deg=5.0)
    assert found.east_deg.value == pytest.approx(5.5, abs=0.05)
    assert found.north_deg.value == pytest.approx(0.0, abs=0.05)


def test_all_faults_together_are_kept_apart():
    share = 1.003
    found = measured(drawn(true_latitudes() / share, (LON_E - 0.7) / share))
    assert found.east_deg.value == pytest.approx(0.7, abs=0.1)
    assert found.scale.value == pytest.approx(0.003, abs=5e-4)
    assert found.graphic.value == pytest.approx(1.0, abs=0.15)


def test_few_tiles_tell_nothing():
    small = Bounds(0.0, 30.0, 15.0, -15.0)
    assert distortion(BASE[150:210, 360:420], small, BASE, WHOLE, middle_lon_e=15.0) is None


def test_few_groups_tell_nothing():
    places = np.linspace(1.0, 20.0, 30)
    assert fit(places, places, 0.1 * places, 0.0 * places, 10.0) is None


def test_errors_grow_with_offsets_that_a_whole_frame_shares():
    rng = np.random.default_rng(3)
    lat, lon_e = rng.uniform(-60.0, 60.0, 400), rng.uniform(-180.0, 180.0, 400)
    frames = rng.normal(0.0, 0.3, (6, 12))
    shared = frames[((lat + 90.0) // 30.0).astype(int), ((lon_e + 180.0) // 30.0).astype(int)]
    apart = rng.normal(0.0, 0.3, 400)
    together, alone = fit(lat, lon_e, shared, 0.0 * lat, 0.0), fit(lat, lon_e, apart, 0.0 * lat, 0.0)
    assert together is not None
    assert alone is not None
    assert together.north_deg.error > 1.5 * alone.north_deg.error
    assert abs(together.graphic.sigmas) < 5.0


def test_a_number_exceeds_a_limit_only_with_certainty():
    assert Measured(-2.0, 0.1).exceeds(1.0, sigmas=5.0)
    assert not Measured(1.4, 0.1).exceeds(1.0, sigmas=5.0)
    assert Measured(1.0, 0.0).sigmas == 0.0
