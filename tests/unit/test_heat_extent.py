"""Sources wider than a point: discs, rings, and what only looks like one."""

import numpy as np
import pytest
from heat_images import DISC, SIZE, STRICT, flux_of_snr, frame, night, record

from iovolc.detect.heat import find_heat
from iovolc.detect.heatfit import Fitted, model
from iovolc.detect.heatpsf import pixel_shares, spread
from iovolc.detect.heatrows import Unit, glows_of

PSF_PX, MIDDLE = 3.0, (44.3, 50.6)
PIXELS = np.arange(SIZE, dtype=float)


def shown(diameter_px, snr, *, ring=False, seed=1):
    """A frame by night with one source of the flux of a point of this SNR."""
    light = spread(PIXELS, PIXELS, MIDDLE, PSF_PX, diameter_px, ring=ring)
    return frame(night([], seed=seed) + flux_of_snr(snr) * light)


@pytest.mark.parametrize("ring", [False, True])
@pytest.mark.parametrize("diameter_px", [6.0, 9.0, 12.0])
def test_discs_and_rings_are_told_with_their_size(diameter_px, ring):
    (source,) = find_heat(shown(diameter_px, 150.0, ring=ring), STRICT).sources
    assert (source.extended, source.ring) == (True, ring)
    assert source.diameter_px == pytest.approx(diameter_px, rel=0.08)
    assert abs(source.diameter_px - diameter_px) < 4.0 * source.diameter_sigma_px + 0.1
    assert source.flux == pytest.approx(flux_of_snr(150.0), rel=0.12)
    assert (source.row, source.col) == pytest.approx(MIDDLE, abs=0.3)


@pytest.mark.parametrize("snr", [20.0, 60.0, 200.0])
def test_a_point_is_a_point_however_bright(snr):
    for seed in range(4):
        (source,) = find_heat(shown(0.0, snr, seed=seed), STRICT).sources
        assert not source.extended
        assert source.diameter_px == 0.0


def test_a_small_ring_whose_shape_cannot_be_told_has_a_size_as_uncertain():
    for seed in range(4):
        (source,) = find_heat(shown(5.0, 60.0, ring=True, seed=seed), STRICT).sources
        assert source.extended
        assert abs(source.diameter_px - 5.0) < 2.0 * source.diameter_sigma_px + 0.3


def test_points_side_by_side_are_no_extended_source():
    flux = flux_of_snr(60.0)
    for apart in (4.5, 6.0, 9.0):
        image = night([(44.0, 50.0 - apart / 2.0, flux), (44.0, 50.0 + apart / 2.0, flux)])
        assert [source.extended for source in find_heat(frame(image), STRICT).sources] == [False, False]


def test_width_and_area_are_those_of_the_ground():
    made = shown(9.0, 150.0)
    (glow,) = glows_of(find_heat(made, STRICT), record(), made.ground, Unit("intensity", 1.0), 10.0)
    cosine = np.cos(np.radians(glow.emission_deg))
    assert glow.width_km == pytest.approx(9.0 * DISC.km_per_px, rel=0.08)
    assert glow.extent_km2 == pytest.approx(np.pi / 4.0 * glow.width_km**2 / cosine)
    assert 0.0 < glow.width_sigma_km < 0.2 * glow.width_km
    assert "extended" in glow.flags


def test_a_point_has_no_width():
    made = shown(0.0, 150.0)
    (glow,) = glows_of(find_heat(made, STRICT), record(), made.ground, Unit("intensity", 1.0), 10.0)
    assert (glow.width_km, glow.extent_km2) == (None, None)
    assert "width_km" not in glow.to_json()


def test_blurred_shapes_keep_their_light_and_spread():
    for ring, share in ((False, 1.0 / 16.0), (True, 1.0 / 8.0)):
        light = spread(PIXELS, PIXELS, MIDDLE, PSF_PX, 10.0, ring=ring)
        assert light.sum() == pytest.approx(1.0, abs=1e-6)
        variance = float((light.sum(axis=1) * (PIXELS - MIDDLE[0]) ** 2).sum())
        of_pixel_and_psf = (PSF_PX / 2.3548) ** 2 + 1.0 / 12.0
        assert variance == pytest.approx(100.0 * share + of_pixel_and_psf, rel=0.01)
        fitted = Fitted(*MIDDLE, 2.0, float(np.hypot(PSF_PX, 2.3548 * 10.0 * np.sqrt(share))), np.eye(3), ring=ring,
                        diameter_px=10.0)  # fmt: skip
        assert model((SIZE, SIZE), [fitted]) == pytest.approx(2.0 * light, abs=1e-4)


def test_a_source_without_size_is_a_point():
    light = spread(PIXELS, PIXELS, MIDDLE, PSF_PX, 0.0, ring=False)
    point = pixel_shares(PIXELS, MIDDLE[0], PSF_PX)[:, None] * pixel_shares(PIXELS, MIDDLE[1], PSF_PX)
    assert light == pytest.approx(point)
