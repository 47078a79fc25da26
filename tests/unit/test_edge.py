"""Profiles across a blurred limb, and where they fit."""

import numpy as np
import pytest
from disc_scene import seen

from iovolc.geometry.edge import edge_model, fit_edges
from iovolc.geometry.outline import outline

ANGLE = np.radians(np.arange(0.0, 360.0, 30.0))
STEP = 0.5
DEPTH = np.arange(-30, 31) * STEP


def model(phase_deg=0.0, sigma_px=2.0):
    return edge_model(outline(seen(phase_deg=phase_deg), ANGLE), DEPTH, radius_px=60.0, sigma_px=sigma_px)


def test_the_edge_falls_from_disc_to_sky():
    profiles = model()
    assert np.all(np.diff(profiles, axis=1) <= 1e-12)
    assert profiles[:, -1] == pytest.approx(0.0, abs=1e-6)
    middle = np.argmin(np.abs(DEPTH))
    assert (profiles[:, middle] / profiles[:, 0] > 0.2).all()
    assert (profiles[:, middle] / profiles[:, 0] < 0.5).all()


def test_a_dark_limb_has_no_edge():
    profiles = model(phase_deg=90.0)
    assert profiles.max(axis=1).min() < 1e-6
    assert profiles.max(axis=1).max() > 0.1


@pytest.mark.parametrize("shift_px", [-3.0, -0.3, 0.0, 0.7, 2.2])
def test_a_shifted_profile_is_found_between_the_steps(shift_px):
    limb = outline(seen(), ANGLE)
    moved = edge_model(limb, DEPTH[10:-10] - shift_px, radius_px=60.0, sigma_px=2.0)
    found = fit_edges(7.0 + 3.0 * moved, model(), step_px=STEP)
    assert found.shift == pytest.approx(shift_px, abs=0.03)
    assert found.contrast == pytest.approx(3.0, rel=0.02)
    assert found.unexplained.max() < 0.05


def test_what_cannot_be_an_edge_gives_no_point():
    profiles = model()[:, 10:-10].copy()
    profiles[0] = -profiles[0]
    profiles[1, :25] = np.nan
    profiles[2] = 5.0
    found = fit_edges(profiles, model(), step_px=STEP)
    assert np.isnan(found.shift[:2]).all()
    assert found.unexplained[2] == 1.0
    assert found.shift[3:] == pytest.approx(0.0, abs=0.01)
