import math

import numpy as np
import pytest

from iovolc.detect.clusters import find_clusters, owned_pixels
from iovolc.detect.noise import Noise
from iovolc.detect.null import Spectrum, draw, fit_spectrum, null_clusters
from iovolc.detect.pieces import Field
from small_grid import area_on, search_on, slow_uncompiled, small_grid, white_fields, with_disc

GRID = small_grid()
SEARCH = search_on(GRID, 80.0, largest_km=500.0)
OWNED = owned_pixels(GRID)
WHITE = Spectrum((0.0,), (1.0,))
RED = Spectrum((0.0, 60.0, 200.0), (1.0, 0.3, 0.1))


def fields_of(spectrum, seed):
    generator = np.random.default_rng(seed)
    return {
        sheet.name: Field(draw(spectrum, sheet, generator), np.ones(sheet.shape, np.float32), OWNED[sheet.name])
        for sheet in GRID.sheets
    }


def factors_of(spectrum, seeds):
    measured = np.mean([find_clusters(fields_of(spectrum, seed), GRID, SEARCH)[1] for seed in seeds], axis=0)
    return [Noise(*pair) for pair in measured]


@pytest.mark.parametrize("spectrum", [WHITE, RED])
@pytest.mark.parametrize("sheet", GRID.sheets, ids=lambda sheet: sheet.name)
@slow_uncompiled
def test_a_drawn_field_has_the_stated_variance_everywhere(spectrum, sheet):
    generator = np.random.default_rng(0)
    variance = np.mean([draw(spectrum, sheet, generator) ** 2 for _ in range(12)], axis=0)
    assert variance.mean() == pytest.approx(sum(spectrum.power), rel=0.06)
    edge, inside = variance[:6].mean(), variance[30:-30].mean()
    assert edge == pytest.approx(inside, rel=0.25)


@pytest.mark.parametrize("spectrum", [WHITE, RED, Spectrum((0.0, 100.0), (0.2, 2.0))])
@slow_uncompiled
def test_the_fitted_spectrum_shows_the_measured_noise(spectrum):
    measured = factors_of(spectrum, range(4))
    again = factors_of(fit_spectrum(measured, SEARCH.scales, GRID), range(10, 14))
    np.testing.assert_allclose(again, measured, rtol=0.1)


def test_white_noise_is_recognised():
    spectrum = fit_spectrum([Noise(1.5, 1.5)] * len(SEARCH.scales), SEARCH.scales, GRID)
    assert spectrum.power[0] == pytest.approx(2.25, rel=1e-6)
    assert sum(spectrum.power[1:]) == pytest.approx(0.0, abs=1e-6)


def test_unknown_scales_are_left_out_and_nothing_known_is_white():
    factors = [Noise(math.nan, 1.0), Noise(1.0, math.nan), *[Noise(1.0, 1.0)] * (len(SEARCH.scales) - 2)]
    assert fit_spectrum(factors, SEARCH.scales, GRID).power[0] == pytest.approx(1.0, rel=1e-6)
    assert fit_spectrum([Noise(math.nan, math.nan)] * len(SEARCH.scales), SEARCH.scales, GRID) == WHITE


def nulls(fields, seed=1, draws=2, least_km2=0.0, search=SEARCH):
    return null_clusters(fields, GRID, search, WHITE, (seed,), draws, least_km2)


@slow_uncompiled
def test_the_null_repeats_with_its_seed_alone():
    fields = white_fields(GRID, 0)
    one, other, third = nulls(fields), nulls(fields), nulls(fields, seed=2)
    np.testing.assert_array_equal(one.z, other.z)
    assert one.z.tolist() != third.z.tolist()


@slow_uncompiled
def test_the_null_does_not_see_the_real_difference():
    fields = white_fields(GRID, 0)
    changed = with_disc(fields, GRID, 0.0, 0.0, 500.0, 30.0)
    np.testing.assert_array_equal(nulls(fields).z, nulls(changed).z)


@slow_uncompiled
def test_the_null_does_not_depend_on_the_unit():
    coarse = white_fields(GRID, 0, sigma=4.0)
    np.testing.assert_allclose(nulls(coarse).z, nulls(white_fields(GRID, 0)).z, rtol=1e-4)


@slow_uncompiled
def test_null_clusters_pass_the_seed_and_lie_where_there_is_data():
    fields = white_fields(GRID, 0)
    few = nulls(fields, draws=3)
    assert few.draws == 3
    assert (few.z > SEARCH.seed_z).all()
    assert (few.area_km2 > 0).all()
    empty = {name: Field(field.difference, 0.0 * field.weight, field.owned) for name, field in fields.items()}
    assert len(nulls(empty).z) == 0


@slow_uncompiled
def test_small_null_clusters_are_left_out_like_real_ones():
    fields = white_fields(GRID, 0)
    everything, large = nulls(fields, draws=3), nulls(fields, draws=3, least_km2=20_000.0)
    assert 0 < len(large.z) < len(everything.z)
    assert set(large.z.tolist()) <= set(everything.z.tolist())


@slow_uncompiled
def test_the_null_has_as_many_clusters_as_unchanged_maps():
    """Counts over 12 maps and 12 surrogates agree within three standard deviations of their difference."""
    real = [len(find_clusters(fields_of(RED, seed), GRID, SEARCH)[0]) for seed in range(12)]
    factors = factors_of(RED, range(3))
    null = null_clusters(white_fields(GRID, 0), GRID, SEARCH, fit_spectrum(factors, SEARCH.scales, GRID), (5,), 12)
    assert abs(sum(real) - len(null.z)) < 3.0 * math.sqrt(sum(real) + len(null.z))


@slow_uncompiled
def test_areas_of_clusters_are_plausible():
    clusters, _ = find_clusters(white_fields(GRID, 0), GRID, SEARCH)
    assert all(area_on(GRID, cluster.footprint) > 0.3 * GRID.pixel_km**2 for cluster in clusters)
