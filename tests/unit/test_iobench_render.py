"""What the benchmark's camera does, and the matched SNR."""

import numpy as np
import pytest
from benchmarks.iobench.render import displacement, light, matched_snr, observe, shown_places, stretched
from benchmarks.iobench.scene import changed, plan_scene, scaled
from iobench_sample import disc, plan, small_base

from iovolc.demo.view import unit_vectors

BASE = small_base()


def vectors():
    return unit_vectors(*(part.ravel() for part in np.meshgrid(*shown_places(1.0), indexing="ij")))


def test_warp_and_light_have_their_stated_size():
    shift = np.linalg.norm(displacement(plan(shift_km=0.0, warp_km=9.0), vectors()), axis=0)
    assert np.sqrt(np.mean(shift**2)) == pytest.approx(9.0 * np.sqrt(1.5), rel=0.5)
    factor = light(plan(surface_rms=0.05, texture_rms=0.0), vectors())
    assert factor.std() == pytest.approx(0.05, rel=0.05)


def test_a_look_has_its_gaps_and_its_noise():
    quiet = {"shift_km": 0.0, "warp_km": 0.0, "gain_sigma": 0.0, "surface_rms": 0.0, "texture_rms": 0.0}
    seen = observe(plan(gap_share=0.4, noise=0.05, **quiet), BASE, BASE.surface.planes)
    clean = observe(plan(gap_share=0.0, noise=0.0, **quiet), BASE, BASE.surface.planes)
    assert np.isnan(seen[0]).mean() == pytest.approx(0.4, abs=0.02)
    assert np.isfinite(clean).all()
    assert np.nanstd(seen / clean) == pytest.approx(0.05, rel=0.05)


def test_the_same_plan_sees_the_same():
    first, second = (observe(plan(), BASE, BASE.surface.planes) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_change_shows_from_its_onset_on():
    truth = disc(onset=2)
    before, after = (changed(BASE, [truth], epoch) for epoch in (1, 2))
    np.testing.assert_array_equal(before, BASE.surface.planes)
    ratio = np.log(after / before)
    assert ratio[0].min() == pytest.approx(-0.3, abs=0.01)
    assert ratio[0, :60].max() == 0.0


def test_stretched_pictures_are_eight_bit_with_their_gaps():
    planes = observe(plan(), BASE, BASE.surface.planes)
    picture = stretched(planes)
    np.testing.assert_array_equal(np.isnan(picture), np.isnan(planes))
    assert set(np.unique(picture[np.isfinite(picture)])) <= set(range(256))


def test_matched_snr_grows_with_contrast_and_falls_with_noise():
    one = matched_snr(disc(), BASE, plan(0), plan(1))
    assert matched_snr(scaled(disc(), 2.0), BASE, plan(0), plan(1)) == pytest.approx(2.0 * one, rel=1e-3)
    assert matched_snr(disc(), BASE, plan(0, noise=0.1), plan(1, noise=0.1)) < 0.5 * one


def test_matched_snr_of_a_disc_in_white_noise_is_contrast_times_root_of_pixels():
    quiet = {"texture_rms": 0.0, "noise": 0.05, "resolution_km": 1.0}
    flat = small_base(4)
    flat.surface.planes[:] = 0.5
    truth = disc(soft=0.01)
    pixels = truth.area_km2 / flat.surface.pixel_km**2
    expected = 0.3 * np.sqrt(pixels) / (0.05 * np.sqrt(2.0))
    assert matched_snr(truth, flat, plan(0, **quiet), plan(1, **quiet)) == pytest.approx(expected, rel=0.03)


def test_a_scene_fills_all_strata_and_its_changes_come_late():
    scene = plan_scene(small_base(4), 3, epochs=6, changes=24)
    assert len(scene.truths) > 12
    assert {truth.onset for truth in scene.truths} <= {3, 4, 5}
    times = [epoch.time_utc for epoch in scene.epochs]
    assert times == sorted(times)
    assert plan_scene(small_base(4), 3, epochs=6, changes=24) == scene
