from dataclasses import replace

import numpy as np
import pytest

from iovolc.detect.pieces import Field, Piece, Search, find_pieces, full_pixels, strongest
from iovolc.geometry.sphere import pixel_lat_lon
from small_grid import disc, search_on, slow_uncompiled, small_grid, white_fields, with_disc

GRID = small_grid()
KM = GRID.pixel_km
SEARCH = search_on(GRID)


def only(fields, name="equator"):
    return {name: fields[name]}


def pieces_of(fields, search=SEARCH, name="equator"):
    return find_pieces(fields, GRID, search).pieces[name]


def silent(sigma=1.0):
    return {
        name: replace(field, difference=0.0 * field.difference) for name, field in white_fields(GRID, 0, sigma).items()
    }


def near(piece, lat, lon_e, radius_km, name="equator"):
    """Share of the piece's pixels that lie in a disc."""
    return disc(GRID.sheet(name), lat, lon_e, radius_km).ravel()[piece.pixels].mean()


@slow_uncompiled
def test_a_compact_change_is_found_at_a_fine_scale():
    fields = with_disc(only(white_fields(GRID, 1)), GRID, 10.0, 50.0, 2.0 * KM, 12.0)
    best = strongest(pieces_of(fields))
    assert best.sign == 1
    assert SEARCH.scales[best.scale].fwhm_km < 5.0 * KM
    assert near(best, 10.0, 50.0, 3.5 * KM) == 1.0


@slow_uncompiled
def test_a_wide_change_under_the_noise_of_a_pixel_is_found_at_a_wide_scale():
    fields = with_disc(only(white_fields(GRID, 2)), GRID, 10.0, 50.0, 400.0, -0.45)
    best = strongest(pieces_of(fields))
    assert best.sign == -1
    assert SEARCH.scales[best.scale].fwhm_km > 200.0
    assert best.amplitude == pytest.approx(-0.45, abs=0.15)


@slow_uncompiled
def test_a_wide_change_is_not_broken_up_by_fine_scales():
    """Its peaks stand out at the finest scale, but it is seen as a whole at a wider one."""
    fields = with_disc(only(white_fields(GRID, 3)), GRID, 10.0, 50.0, 10.0 * KM, 1.0)
    best = strongest(pieces_of(fields))
    assert best.z > 7.0
    assert len(best.pixels) == pytest.approx(disc(GRID.sheet("equator"), 10.0, 50.0, 10.0 * KM).sum(), rel=0.25)


@slow_uncompiled
def test_a_strong_compact_change_does_not_swallow_its_faint_neighbour():
    fields = with_disc(only(white_fields(GRID, 4)), GRID, 0.0, 0.0, 2.0 * KM, 30.0)
    fields = with_disc(fields, GRID, 0.0, 9.0, 2.0 * KM, 4.0)
    found = [piece for piece in pieces_of(fields) if piece.sign == 1]
    assert any(near(piece, 0.0, 9.0, 4.0 * KM) > 0.8 and near(piece, 0.0, 0.0, 3.0 * KM) == 0.0 for piece in found)


@slow_uncompiled
def test_a_strong_compact_change_is_not_seen_again_by_wide_filters():
    fields = with_disc(only(silent()), GRID, 0.0, 0.0, 2.0 * KM, 30.0)
    fields["equator"] = replace(
        fields["equator"], difference=fields["equator"].difference + only(white_fields(GRID, 5))["equator"].difference
    )
    found = [piece for piece in pieces_of(fields) if piece.sign == 1 and near(piece, 0.0, 0.0, 12.0 * KM) > 0]
    assert sum(len(piece.pixels) for piece in found) < 3 * disc(GRID.sheet("equator"), 0.0, 0.0, 2.0 * KM).sum()


@slow_uncompiled
def test_the_opposite_difference_has_the_opposite_pieces():
    fields = with_disc(only(white_fields(GRID, 6)), GRID, -20.0, -50.0, 4.0 * KM, 2.5)
    mirrored = {name: replace(field, difference=-field.difference) for name, field in fields.items()}
    one = sorted((piece.sign, piece.scale, piece.z, piece.pixels.tolist()) for piece in pieces_of(fields))
    other = sorted((-piece.sign, piece.scale, piece.z, piece.pixels.tolist()) for piece in pieces_of(mirrored))
    assert one == other


@slow_uncompiled
def test_the_systematic_error_bounds_the_significance():
    fields = with_disc(only(white_fields(GRID, 7, sigma=0.001)), GRID, 0.0, 0.0, 5.0 * KM, 0.1)
    best = strongest(pieces_of(fields, replace(search_on(GRID, floor=0.02), local=False)))
    assert best.z == pytest.approx(5.0, rel=0.05)
    assert best.sigma == pytest.approx(0.02, rel=0.05)
    faint = with_disc(only(silent(0.001)), GRID, 0.0, 0.0, 5.0 * KM, 0.06)
    assert pieces_of(faint, replace(search_on(GRID, floor=0.02), local=False)) == []


@slow_uncompiled
def test_what_errs_over_large_areas_does_not_hide_a_change():
    fields = with_disc(only(white_fields(GRID, 7, sigma=0.01)), GRID, 0.0, 0.0, 3.0 * KM, 0.05)
    sheet = GRID.sheet("equator")
    wave = 0.03 * np.sin(np.linspace(0.0, 6.0 * np.pi, sheet.shape[1], dtype=np.float32))
    fields["equator"] = replace(fields["equator"], difference=fields["equator"].difference + wave)
    strict = Search(SEARCH.scales, SEARCH.seed_z, SEARCH.grow_z, 0.03)
    found = pieces_of(fields, strict)
    assert strongest(found).z > 5.0
    assert near(strongest(found), 0.0, 0.0, 4.0 * KM) > 0.9


@slow_uncompiled
@pytest.mark.parametrize("offset", [-0.15, 0.15])
def test_a_faint_change_is_found_on_ground_that_errs_either_way(offset):
    fields = with_disc(only(white_fields(GRID, 7, sigma=0.01)), GRID, 0.0, 0.0, 3.0 * KM, 0.05)
    fields["equator"] = replace(fields["equator"], difference=fields["equator"].difference + np.float32(offset))
    best = strongest(pieces_of(fields))
    assert best.sign == 1
    assert best.z > 5.0
    assert near(best, 0.0, 0.0, 4.0 * KM) > 0.9


@slow_uncompiled
def test_noise_factors_of_white_noise_are_one():
    factors = find_pieces(white_fields(GRID, 8), GRID, SEARCH).factors
    assert len(factors) == len(SEARCH.scales)
    np.testing.assert_allclose(factors, 1.0, atol=0.15)
    np.testing.assert_allclose(factors[:3], 1.0, atol=0.06)


@slow_uncompiled
def test_places_without_data_hold_no_piece():
    fields = with_disc(only(white_fields(GRID, 9)), GRID, 10.0, 50.0, 4.0 * KM, 5.0)
    field = fields["equator"]
    gap = disc(GRID.sheet("equator"), 10.0, 50.0, 8.0 * KM)
    fields["equator"] = Field(np.where(gap, 0.0, field.difference), np.where(gap, 0.0, field.weight), field.owned)
    assert not any(near(piece, 10.0, 50.0, 5.0 * KM) for piece in pieces_of(fields))


@slow_uncompiled
def test_a_map_without_data_has_neither_pieces_nor_noise():
    nothing = {name: replace(field, weight=0.0 * field.weight) for name, field in white_fields(GRID, 0).items()}
    found = find_pieces(nothing, GRID, SEARCH)
    pieces, factors = found.pieces, found.factors
    assert not any(pieces.values())
    assert np.isnan(factors).all()


def test_blocks_become_full_pixels():
    np.testing.assert_array_equal(full_pixels(np.array([1, 3]), (2, 2), 2), [2, 3, 6, 7, 10, 11, 14, 15])
    np.testing.assert_array_equal(full_pixels(np.array([1, 3]), (2, 2), 1), [1, 3])


def test_ties_go_to_the_finer_scale():
    pieces = [Piece(1, scale, z, 1.0, 0.1, np.array([0])) for scale, z in ((2, 5.0), (1, 5.0), (0, 4.0))]
    assert strongest(pieces).scale == 1


def test_a_local_systematic_error_holds_significance_down_there_alone():
    fields = with_disc(with_disc(white_fields(GRID, 8), GRID, 0.0, -60.0, 200.0, 4.0), GRID, 0.0, 60.0, 200.0, 4.0)
    lon_e = pixel_lat_lon(GRID.sheet("equator"))[1]
    floor = np.where(lon_e > 0, np.float32(2.0), np.float32(0.0))
    doubted = {**fields, "equator": replace(fields["equator"], terrain=floor)}
    pieces = find_pieces(doubted, GRID, search_on(GRID)).pieces
    places = [lon_e.ravel()[piece.pixels].mean() for piece in pieces["equator"] if piece.z > 8.0]
    assert any(abs(place + 60.0) < 5.0 for place in places)
    assert not any(place > 0.0 for place in places)
