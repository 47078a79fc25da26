import numpy as np
import pytest

from iovolc.detect.bulk import Bulk, bulk
from iovolc.detect.clusters import find_clusters
from iovolc.detect.pieces import Field
from small_grid import disc, search_on, small_grid, white_fields, with_deposit, with_disc

GRID = small_grid()
SEARCH = search_on(GRID)


def measured(fields, clusters=()):
    return bulk(fields, clusters, SEARCH, GRID)


def heavy(fields, share, factor):
    """The fields with a share of wide stripes much noisier than stated."""
    stripe = {name: np.arange(field.difference.shape[0])[:, None] % 20 < 20 * share for name, field in fields.items()}
    return {
        name: Field(
            np.where(stripe[name], factor * field.difference, field.difference).astype(np.float32),
            field.weight,
            field.owned,
        )
        for name, field in fields.items()
    }


def test_noise_as_stated_has_a_bulk_of_unit_width_about_zero():
    found = measured(white_fields(GRID, 1))
    assert found.width == pytest.approx(1.0, abs=0.03)
    assert found.centre == pytest.approx(0.0, abs=0.08)
    assert found.inflation == 1.0


def test_a_map_that_is_noisier_in_places_than_stated_has_a_wide_bulk_that_inflates():
    found = measured(heavy(white_fields(GRID, 2), 0.25, 4.0))
    assert found.width > 1.3
    assert found.inflation == found.width


def test_a_difference_with_an_offset_is_off_centre():
    fields = {
        name: Field((field.difference + np.float32(0.3)).astype(np.float32), field.weight, field.owned)
        for name, field in white_fields(GRID, 3).items()
    }
    assert measured(fields).centre > 0.3


def test_changes_that_were_found_do_not_widen_the_bulk():
    fields = white_fields(GRID, 4)
    for lon_e in range(-160, 180, 40):
        fields = with_disc(fields, GRID, 0.0, float(lon_e), 500.0, 6.0)
    clusters, _ = find_clusters(fields, GRID, SEARCH)
    assert measured(fields, clusters).width < 1.1 < measured(fields).width


def test_nor_do_the_skirts_of_large_ones():
    fields = white_fields(GRID, 6)
    for lat, lon_e in ((0.0, 0.0), (-20.0, 120.0), (20.0, -120.0)):
        fields = with_deposit(fields, GRID, lat, lon_e, 500.0, -20.0)
    clusters, _ = find_clusters(fields, GRID, SEARCH)
    assert measured(fields, clusters).width < 1.2


def test_artefacts_all_over_a_map_still_do_though_the_search_finds_them():
    generator = np.random.default_rng(7)
    fields = white_fields(GRID, 7)
    lat, lon_e = np.degrees(np.arcsin(generator.uniform(-1.0, 1.0, 40))), generator.uniform(-180.0, 180.0, 40)
    for name, field in fields.items():
        noisy = np.zeros(field.difference.shape, bool)
        for place in zip(lat, lon_e, strict=True):
            noisy |= disc(GRID.sheet(name), *place, 300.0)
        fields[name] = Field(np.where(noisy, 5.0 * field.difference, field.difference), field.weight, field.owned)
    clusters, _ = find_clusters(fields, GRID, SEARCH)
    assert len(clusters) > 100
    assert measured(fields, clusters).inflation > 1.3


def test_with_hardly_anything_compared_the_model_is_believed():
    fields = {
        name: Field(field.difference, np.zeros_like(field.weight), field.owned)
        for name, field in white_fields(GRID, 5).items()
    }
    assert measured(fields) == Bulk(0.0, 1.0)
