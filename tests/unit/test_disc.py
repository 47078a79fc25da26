"""A fitted limb becomes a placement, and the pixels know how well they see."""

from dataclasses import replace

import numpy as np
import pytest
from disc_scene import draw, seen

from iovolc.archive.discs import finish_disc, known_disc
from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import disc_ground, place_disc, placed_by_limb
from iovolc.geometry.limb import fit_limb
from iovolc.geometry.outline import limb_km

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
    nothing = np.full((4, 4), np.nan, np.float32)
    assert finish_disc(view, nothing, ORIGIN) == known_disc(view)


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


def test_the_resolution_worsens_towards_the_limb():
    disc = place_disc(seen(lat=0.0), centre_x=50.0, centre_y=50.0, radius_px=40.0)
    ground = disc_ground(disc, (100, 100), psf_km=120.0)
    middle, edge = ground.resolution_km[50, 50], ground.resolution_km[50, 84]
    assert middle == pytest.approx(np.hypot(disc.km_per_px, 120.0), rel=1e-3)
    assert edge == pytest.approx(middle / np.sqrt(1.0 - (34.5 / 40.0) ** 2), rel=0.03)
    assert np.isnan(ground.resolution_km[0, 0])
    assert np.isnan(ground.lat[0, 0])


def test_the_emission_cut_leaves_a_smaller_disc():
    disc = place_disc(seen(lat=0.0), centre_x=50.0, centre_y=50.0, radius_px=40.0)
    ground = disc_ground(disc, (100, 100))
    for angle in (30.0, 60.0):
        share = np.sqrt(ground.within(angle).sum() / np.pi) / 40.0
        assert share == pytest.approx(np.sin(np.radians(angle)), abs=0.02)
