"""A fitted limb becomes a placement, and the pixels know how well they see."""

from dataclasses import replace

import numpy as np
import pytest
from archive_sample import row, write_picture
from disc_scene import draw, seen

from iovolc.archive.discs import finish_disc, known_disc, limb_sigma_km
from iovolc.archive.images import read_observation
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import place_disc, placed_by_limb
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.outline import limb_km
from iovolc.model.observation import Disc

ORIGIN = Origin("keck/io.png", 7)


def test_the_scale_follows_from_the_limb():
    disc = place_disc(seen(range_km=5000.0), centre_x=10.0, centre_y=20.0, radius_px=100.0)
    assert disc.km_per_px == pytest.approx(limb_km(5000.0) / 100.0)
    assert (disc.centre_x, disc.centre_y, disc.range_km) == (10.0, 20.0, 5000.0)


def test_a_blank_limb_is_found_in_the_pixels():
    view = seen(phase_deg=8.0)
    disc = finish_disc(view, draw(view, x=58.4, y=66.1, radius=40.0), ORIGIN)
    assert (disc.centre_x, disc.centre_y) == pytest.approx((58.4, 66.1), abs=0.3)
    assert disc.km_per_px == pytest.approx(limb_km(view.range_km) / 40.0, rel=0.01)


def test_what_is_given_needs_no_pixels():
    view = replace(seen(), centre_x=7.0, centre_y=8.0, radius_px=9.0)
    assert known_disc(view) == place_disc(view, centre_x=7.0, centre_y=8.0, radius_px=9.0)


@pytest.mark.parametrize("blank", ["centre_x", "radius_px"])
def test_a_disc_with_a_blank_is_not_known(blank):
    view = replace(seen(), centre_x=7.0, centre_y=8.0, radius_px=9.0)
    assert known_disc(replace(view, **{blank: None})) is None


def test_a_limb_that_cannot_be_fitted_is_refused():
    view = replace(seen(phase_deg=8.0), radius_px=25.0)
    with pytest.raises(AmbiguousGeometry) as caught:
        finish_disc(view, draw(view, x=64.0, y=64.0, radius=40.0), ORIGIN)
    (finding,) = caught.value.findings
    assert (finding.code, finding.row, finding.column) == ("E206", 7, "disc_x")
    assert "not the 25.0 px given" in str(finding)


def test_an_unusable_fit_places_nothing():
    fit = fit_limb(np.ones((40, 40), np.float32), seen())
    with pytest.raises(ValueError, match="directions"):
        placed_by_limb(seen(), fit)


def test_the_fits_own_error_is_the_records_unless_the_row_states_one(tmp_path):
    view = seen(phase_deg=8.0)
    picture = np.clip(150.0 * draw(view, x=58.4, y=66.1, radius=40.0, noise=0.05), 0.0, 255.0)
    write_picture(tmp_path / "a.png", picture.astype(np.uint8))
    fields = {
        "projection": "disc", "sub_observer_lat": view.sub_observer_lat,
        "sub_observer_lon_e": view.sub_observer_lon_e, "sub_solar_lat": view.sub_solar_lat,
        "sub_solar_lon_e": view.sub_solar_lon_e, "north_angle_deg": 15.0, "range_km": view.range_km,
    }  # fmt: skip
    record = read_observation(row(**fields), tmp_path).record
    assert isinstance(record.placement, Disc)
    assert 0.0 < record.placement.centre_sigma_km < 0.3 * record.placement.km_per_px
    assert record.registration_sigma_km == record.placement.centre_sigma_km
    assert read_observation(row(**fields, registration_sigma_km=77.0), tmp_path).record.registration_sigma_km == 77.0


@pytest.mark.parametrize(("usual_km", "expected"), [(5.0, 12.0), (20.0, None)])
def test_only_an_error_beyond_the_usual_one_is_told(usual_km, expected):
    disc = replace(place_disc(seen(), centre_x=1.0, centre_y=2.0, radius_px=9.0), centre_sigma_km=12.0)
    assert limb_sigma_km(disc, {"registration_sigma_km": usual_km}) == expected
