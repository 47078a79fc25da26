"""Repeated frames of one night: what they say together."""

from dataclasses import replace

import numpy as np
import pytest
from heat_images import DISC, STRICT, flux_of_snr, frame, night

from iovolc.detect.heat import find_heat
from iovolc.detect.heatstack import LEAST_SHARED, gains, layer_of, repeats, stack
from iovolc.geometry.ellipsoid import disc_pixel

HERE, THERE = (10.0, 45.0), (-20.0, 30.0)


def layer(spots, turn_deg=0.0, *, seed=1):
    """A frame by night that shows places (lat, lon_e, SNR), Io turned."""
    disc = replace(DISC, sub_observer_lon_e=DISC.sub_observer_lon_e + turn_deg)
    at = [(disc_pixel(disc, lat, lon_e), snr) for lat, lon_e, snr in spots]
    points = [(float(p.row) - 0.5, float(p.col) - 0.5, flux_of_snr(snr)) for p, snr in at]
    return made_of(frame(night(points, seed=seed), placement=disc), disc)


def made_of(image, disc):
    hot = find_heat(image, STRICT)
    return layer_of(image, disc, hot.sources, hot.psf_px, STRICT, 1.0)


def three(spots, **options):
    return [layer(spots, turn, seed=7 + n, **options) for n, turn in enumerate((-4.0, 0.0, 4.0))]


def test_a_stack_follows_the_ground_and_is_quieter():
    whole = stack(three([(*HERE, 12.0)]))
    (source,) = find_heat(whole, STRICT).sources
    shown = disc_pixel(DISC, *HERE)
    assert (source.row, source.col) == pytest.approx((float(shown.row) - 0.5, float(shown.col) - 0.5), abs=0.5)
    assert source.flux == pytest.approx(flux_of_snr(12.0), rel=0.2)
    assert source.snr > 14.0  # of 12 in the single frames


def test_what_is_too_faint_for_single_frames_is_found_where_two_bear_it_out():
    layers = three([(*HERE, 4.2)])
    assert sum(len(one.sources) for one in layers) < 3
    (place,) = repeats(layers, STRICT)
    assert place.looks == 3
    assert place.borne_out >= 2
    faint = [sight for sight in place.sights if sight is not None and sight.number is None]
    assert faint
    assert np.mean([sight.source.flux for sight in faint]) == pytest.approx(flux_of_snr(4.2), rel=0.35)


def test_noise_has_no_persistence():
    assert repeats(three([]), STRICT) == ()


def test_a_spot_of_one_frame_alone_is_unrepeated_where_the_others_should_show_it():
    layers = [layer([(*HERE, 20.0)], seed=1), layer([], 3.0, seed=2), layer([], 6.0, seed=3)]
    (place,) = repeats(layers, STRICT)
    assert (place.looks, place.borne_out, place.unrepeated) == (3, 1, True)


def test_a_spot_that_the_others_cannot_show_is_not_held_against_it():
    faint = layer([(*HERE, 6.0)], seed=1)
    rough = frame(night([], noise=4.0, seed=2))
    (place,) = repeats([faint, made_of(rough, DISC)], STRICT)
    assert not place.unrepeated


def test_places_beyond_the_limb_of_a_frame_are_not_looked_at():
    edge = (0.0, DISC.sub_observer_lon_e + 55.0)
    layers = [layer([(*edge, 30.0)], turn, seed=n) for n, turn in enumerate((0.0, 0.0, -18.0))]
    place = max(repeats(layers, STRICT), key=lambda one: one.looks)
    assert (place.looks, place.borne_out, place.unrepeated) == (2, 2, False)


def test_each_place_of_a_night_is_told_once():
    places = repeats(three([(*HERE, 20.0), (*THERE, 15.0)]), STRICT)
    assert [place.borne_out for place in places] == [3, 3]


def test_a_frame_in_which_all_fade_is_told_from_a_volcano_that_does():
    spots = np.log([50.0, 20.0, 30.0, 10.0])
    values = np.stack([spots, spots - 0.3, spots])
    values[2, 1] += 1.0  # an outburst
    values[0, 3] = np.nan
    assert gains(values) == pytest.approx([0.0, -0.3, 0.0], abs=1e-9)


def test_few_spots_tell_no_scale():
    spots = np.log(np.arange(1.0, LEAST_SHARED))
    assert (gains(np.stack([spots, spots - 0.3])) == 0.0).all()
    assert (gains(np.full((2, 0), np.nan)) == 0.0).all()


def test_a_blend_of_two_places_is_told_once():
    apart = [(10.0, 43.0, 25.0), (10.0, 49.0, 25.0)]
    layers = [layer(apart, seed=1), layer([(10.0, 45.5, 40.0)], seed=2)]
    assert [len(one.sources) for one in layers] == [2, 1]
    places = repeats(layers, STRICT)
    told = [sight.number for place in places for sight in (place.sights[1],) if sight is not None]
    assert told.count(0) == 1
    assert sum(place.sights[0] is not None and place.sights[0].number is not None for place in places) == 2
