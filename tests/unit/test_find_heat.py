import numpy as np
import pytest
from heat_images import DISC, MAP, SIZE, STRICT, day, flux_of_snr, frame, night

from iovolc.detect.heat import Thresholds, find_heat
from iovolc.detect.heatfilter import KERNELS, filter_error, filtered
from iovolc.detect.heatfit import fit_sources

MIDDLE = (40.0, 52.0)


def test_a_point_by_night_has_its_flux_and_place():
    flux = flux_of_snr(40.0)
    hot = find_heat(frame(night([(*MIDDLE, flux)])), STRICT)
    (source,) = hot.sources
    assert (source.row, source.col) == pytest.approx(MIDDLE, abs=0.15)
    assert source.flux == pytest.approx(flux, abs=4.0 * source.flux_sigma)
    assert source.flux_sigma == pytest.approx(1.3 * flux / 40.0, rel=0.5)
    assert not source.extended
    assert not source.saturated
    assert source.fdr == 0.0


def test_noise_alone_has_no_source_and_the_limit_tells_what_would_have_been_seen():
    quiet = find_heat(frame(night([], seed=3)), STRICT)
    assert quiet.sources == ()
    limit = float(quiet.limit[40, 52])
    seen = [find_heat(frame(night([(*MIDDLE, 1.3 * limit)], seed=seed)), STRICT) for seed in range(3, 11)]
    assert sum(len(hot.sources) == 1 for hot in seen) >= 6


def test_off_the_disc_and_near_its_edge_nothing_is_sought():
    hot = find_heat(frame(night([(4.0, 4.0, 500.0), (47.0, 14.0, 500.0)])), STRICT)
    assert hot.sources == ()
    assert np.isnan(hot.limit[4, 4])
    assert np.isnan(hot.limit[47, 14])


def test_the_disc_itself_is_no_source_and_a_spot_on_it_is():
    assert find_heat(frame(day([]), eclipsed=False), STRICT).sources == ()
    (source,) = find_heat(frame(day([(*MIDDLE, 2.0)]), eclipsed=False), STRICT).sources
    assert source.day
    assert source.flux == pytest.approx(2.0, rel=0.15)


def test_by_day_more_is_asked_for():
    image = night([(*MIDDLE, flux_of_snr(6.5))], seed=5)
    by_night, by_day = (find_heat(frame(image, eclipsed=dark), STRICT) for dark in (True, False))
    assert len(by_night.sources) == 1
    assert by_day.sources == ()


def test_bands_that_sunlight_outshines_are_searched_by_night_alone():
    never = Thresholds(night=5.0, day=np.inf, max_emission_deg=60.0)
    hot = find_heat(frame(night([(*MIDDLE, 500.0)]), eclipsed=False), never)
    assert hot.sources == ()
    assert np.isnan(hot.limit).all()
    assert len(find_heat(frame(night([(*MIDDLE, 500.0)])), never).sources) == 1


def test_two_spots_a_width_and_a_half_apart_are_told_apart():
    flux = flux_of_snr(30.0)
    hot = find_heat(frame(night([(40.0, 50.0, flux), (40.0, 54.5, flux)])), STRICT)
    two = sorted(hot.sources, key=lambda source: -source.flux)[:2]
    assert all(source.blended for source in two)
    assert sorted(source.col for source in two) == pytest.approx([50.0, 54.5], abs=0.5)
    assert [source.flux for source in two] == pytest.approx([flux, flux], rel=0.25)


def test_a_wide_source_is_extended():
    image = night([]) + night([(*MIDDLE, flux_of_snr(120.0))], noise=0.0, psf_px=6.0)
    source = find_heat(frame(image), STRICT).sources[0]
    assert source.extended
    assert source.width_px == pytest.approx(6.0, rel=0.2)


def test_a_saturated_core_is_one_source_and_a_lower_limit():
    image = night([(*MIDDLE, 3000.0)])
    clipped = np.minimum(image, 100.0)
    (source,) = find_heat(frame(clipped, saturated=clipped >= 100.0), STRICT).sources
    assert source.saturated
    assert 500.0 < source.flux < 3000.0
    assert (source.row, source.col) == pytest.approx(MIDDLE, abs=1.0)


def test_one_pixel_at_the_end_of_the_range_is_no_saturation():
    image = np.kron(night([]), np.ones((1, 1))) + night([(*MIDDLE, 400.0)], noise=0.0, psf_px=8.0)
    peak = image >= image.max()
    (source,) = find_heat(frame(image, saturated=peak, psf_km=8.0 * DISC.km_per_px), STRICT).sources
    assert not source.saturated


def test_the_negative_image_tells_how_many_are_false():
    image = night([(*MIDDLE, flux_of_snr(8.0)), (60.0, 40.0, -flux_of_snr(14.0)), (55.0, 60.0, -flux_of_snr(14.0))])
    hot = find_heat(frame(image), STRICT)
    assert hot.negatives == 2
    assert [source.fdr for source in hot.sources] == [pytest.approx(0.8, abs=0.2)]


def test_gaps_are_neither_sources_nor_looked_at():
    image = night([(*MIDDLE, 300.0)])
    image[:, 50:] = np.nan
    hot = find_heat(frame(image), STRICT)
    assert hot.sources == ()
    assert np.isnan(hot.limit[40, 52])


def test_a_map_is_one_across_its_seam():
    image = night([(45.0, 0.2, flux_of_snr(20.0))], shape=(SIZE, 2 * SIZE))
    image += night([(45.0, 2 * SIZE + 0.2, flux_of_snr(20.0))], noise=0.0, shape=(SIZE, 2 * SIZE))
    hot = find_heat(frame(image, placement=MAP, psf_km=float("nan"), is_mosaic=True), STRICT)
    assert len(hot.sources) == 1
    assert hot.sources[0].col % (2 * SIZE) == pytest.approx(0.2, abs=1.0)


def test_what_was_never_seen_has_nothing():
    hot = find_heat(frame(np.full((SIZE, SIZE), np.nan)), STRICT)
    assert hot.sources == ()
    assert np.isnan(hot.limit).all()


def test_a_faint_point_is_not_flattered_by_the_search_for_its_place():
    flux = flux_of_snr(10.0)
    excess = []
    for seed in range(8):
        image = night([(*MIDDLE, flux)], seed=seed)
        (source,) = find_heat(frame(image), STRICT).sources
        (fit,) = fit_sources(image, np.isfinite(image), [(*MIDDLE, flux)], 3.0)
        excess.append(1.0 - source.flux / fit.flux)
    assert 0.005 < np.mean(excess) < 0.025  # a hundredth at ten sigma, and what the level beside it costs


@pytest.mark.parametrize("psf_px", [1.5, 3.0, 6.0])
def test_the_noise_of_pixels_is_told_from_that_of_the_filter(psf_px):
    noise = np.random.default_rng(7).standard_normal((300, 300))
    told = filtered(noise, psf_px, KERNELS[0])[60:-60, 60:-60].std() / filter_error(psf_px)
    assert told == pytest.approx(1.0, abs=0.05)
