"""The limb of drawn discs whose centre and radius are known."""

import re
from dataclasses import replace

import numpy as np
import pytest
from disc_scene import draw, seen

from iovolc.geometry.limb import fit_limb

X, Y, RADIUS = 66.3, 61.8, 40.0


def miss_px(fit):
    return np.hypot(fit.centre_x - X, fit.centre_y - Y)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("sun_from", ["east", "north"])
@pytest.mark.parametrize("phase_deg", [0.0, 12.0])
def test_a_telescope_disc(phase_deg, sun_from, known):
    view = seen(phase_deg=phase_deg, sun_from=sun_from)
    picture = draw(view, x=X, y=Y, radius=RADIUS)
    fit = fit_limb(picture, replace(view, radius_px=RADIUS if known else None))
    assert fit.is_usable
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)
    assert fit.psf_fwhm_px == pytest.approx(6.0, rel=0.1)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("phase_deg", [40.0, 90.0])
def test_the_terminator_is_no_limb(phase_deg, known):
    view = seen(phase_deg=phase_deg, range_km=2e5)
    picture = draw(view, x=X, y=Y, radius=RADIUS, fwhm=1.5)
    fit = fit_limb(picture, replace(view, radius_px=RADIUS if known else None))
    assert fit.is_usable
    assert fit.n_points < 200
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)


@pytest.mark.parametrize("phase_deg", [8.0, 60.0])
def test_volcanoes_on_the_limb_and_gaps_do_not_move_it(phase_deg):
    view = seen(phase_deg=phase_deg, range_km=7e8 if phase_deg < 12.0 else 2e5)
    picture = draw(view, x=X, y=Y, radius=RADIUS, fwhm=3.0, spots=((30.0, 40.0), (345.0, 80.0), (200.0, 60.0)))
    picture[50:58] = np.nan
    picture[:, 97:100] = np.nan
    fit = fit_limb(picture, view)
    assert fit.is_usable
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)


@pytest.mark.parametrize("limb_darkening", [0.0, 0.8])
def test_other_photometry_leaves_the_centre_and_moves_the_radius_little(limb_darkening):
    view = seen(phase_deg=8.0)
    fit = fit_limb(draw(view, x=X, y=Y, radius=RADIUS, fwhm=3.0, limb_darkening=limb_darkening), view)
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.02)


def test_the_triaxial_limb_is_seen_from_nearby():
    view = seen(phase_deg=30.0, range_km=6000.0)
    fit = fit_limb(draw(view, x=X, y=Y, radius=RADIUS, fwhm=1.5), view)
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)


def test_noise_of_a_tenth_of_the_disc():
    view = seen(phase_deg=8.0)
    fit = fit_limb(draw(view, x=X, y=Y, radius=RADIUS, noise=0.1), view)
    assert miss_px(fit) < 0.3
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)


def test_a_disc_half_outside_the_image():
    view = seen(phase_deg=8.0)
    fit = fit_limb(draw(view, x=120.0, y=Y, radius=RADIUS), view)
    assert fit.is_usable
    assert (fit.centre_x, fit.centre_y) == pytest.approx((120.0, Y), abs=0.3)


def test_brightness_does_not_matter():
    view = seen(phase_deg=8.0)
    picture = draw(view, x=X, y=Y, radius=RADIUS)
    first, second = fit_limb(picture, view), fit_limb(picture * 3000.0 - 500.0, view)
    assert (second.centre_x, second.radius_px) == pytest.approx((first.centre_x, first.radius_px), abs=0.01)


def test_errors_grow_with_noise():
    view = seen(phase_deg=8.0)
    quiet, loud = (fit_limb(draw(view, x=X, y=Y, radius=RADIUS, noise=noise), view) for noise in (0.01, 0.1))
    assert 0.0 < quiet.centre_sigma_px < loud.centre_sigma_px
    assert 0.0 < quiet.radius_sigma_px < loud.radius_sigma_px


@pytest.mark.parametrize("given", [28.0, 35.0, 48.0])
def test_a_plate_scale_that_does_not_fit_is_said(given):
    view = seen(phase_deg=8.0)
    fit = fit_limb(draw(view, x=X, y=Y, radius=RADIUS), replace(view, radius_px=given))
    assert not fit.is_usable
    assert float(re.search(r"radius of (?:about )?([0-9.]+) px", fit.problem)[1]) == pytest.approx(RADIUS, rel=0.03)
    assert f"not the {given:.1f} px given" in fit.problem


def test_a_given_centre_is_kept():
    view = replace(seen(phase_deg=8.0), centre_x=X, centre_y=Y)
    fit = fit_limb(draw(view, x=X, y=Y, radius=RADIUS), view)
    assert (fit.centre_x, fit.centre_y, fit.centre_sigma_px) == (X, Y, 0.0)
    assert fit.radius_px == pytest.approx(RADIUS, rel=0.01)


@pytest.mark.parametrize("radius_px", [None, RADIUS])
@pytest.mark.parametrize("kind", ["noise", "flat", "nothing"])
def test_no_disc_is_no_fit(kind, radius_px):
    pictures = {
        "noise": np.random.default_rng(0).normal(size=(128, 128)),
        "flat": np.ones((128, 128)),
        "nothing": np.full((128, 128), np.nan),
    }
    fit = fit_limb(pictures[kind].astype(np.float32), replace(seen(), radius_px=radius_px))
    assert not fit.is_usable
    assert "directions" in fit.problem
