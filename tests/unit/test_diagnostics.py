from dataclasses import replace

import numpy as np
import pytest

from detect_scene import frame_of
from iovolc.detect.clusters import Cluster, find_clusters
from iovolc.detect.diagnostics import Diagnostics, diagnose
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.model.detection import Footprint
from small_grid import ALL_SLOW_UNCOMPILED, disc, search_on, small_grid, white_fields, with_disc

pytestmark = ALL_SLOW_UNCOMPILED
GRID = small_grid()
SEARCH = search_on(GRID)
FRAME = frame_of(GRID)
FLAT = {sheet.name: np.zeros(sheet.shape, np.float32) for sheet in GRID.sheets}


def diagnosed(fields, tone=FLAT, *, real=True):
    clusters, factors = find_clusters(fields, GRID, SEARCH)
    return diagnose(fields, clusters, np.full(len(clusters), real), tone, factors, FRAME, SEARCH, (1,))


@pytest.mark.parametrize("seed", range(4))
def test_white_noise_contradicts_nothing(seed):
    found = diagnosed(white_fields(GRID, seed), real=False)
    assert found.contradicted == ()
    assert found.flip_p > 0.001
    assert found.resampled_share == 0.0


def test_real_changes_of_one_sign_are_no_contradiction():
    fields = white_fields(GRID, 5)
    for lon in range(-150, 180, 30):
        fields = with_disc(fields, GRID, 0.0, float(lon), 200.0, -6.0)
    assert diagnosed(fields).contradicted == ()


def test_many_weak_changes_of_one_sign_are_one():
    fields = white_fields(GRID, 6)
    for lon in range(-170, 180, 20):
        for lat in (-25.0, 25.0):
            fields = with_disc(fields, GRID, lat, float(lon), 120.0, -6.0)
    assert "signs" in diagnosed(fields, real=False).contradicted


def test_fragments_of_a_real_change_s_skirts_are_none():
    sheet = GRID.sheet("equator")

    def changed(sign, lon_e, lat, radius_km):
        pixels = np.flatnonzero(disc(sheet, lat, lon_e, radius_km)).astype(np.int32)
        return Cluster(sign, 0, 8.0, -2.0, 0.2, Footprint((("equator", pixels),)))

    places = [(60.0 * k - 150.0, lat) for k in range(6) for lat in (-25.0, 25.0)]
    fragments = [(lon_e + side, lat) for lon_e, lat in places for side in (-18.0, 18.0)]
    fields = white_fields(GRID, 9)
    _, factors = find_clusters(fields, GRID, SEARCH)

    def contradicted(sign, *, real):
        clusters = [*(changed(sign, *place, 400.0) for place in places), *(changed(-1, *at, 50.0) for at in fragments)]
        passed = np.array([real] * len(places) + [False] * len(fragments))
        return diagnose(fields, clusters, passed, FLAT, factors, FRAME, SEARCH, (1,)).contradicted

    assert "signs" not in contradicted(-1, real=True)
    assert "signs" in contradicted(-1, real=False)
    assert "signs" in contradicted(1, real=True)  # of the other sign they are none


def test_a_map_that_leans_to_one_side_everywhere_is_one():
    fields = {
        name: replace(field, difference=field.difference + np.float32(0.3))
        for name, field in white_fields(GRID, 7).items()
    }
    found = diagnosed(fields)
    assert "blocks" in found.contradicted
    tolerant = {name: replace(field, smooth=10.0) for name, field in fields.items()}
    assert "blocks" in diagnosed(tolerant).contradicted  # a floor widens each block alike; it excuses no common sign


def test_a_map_that_resampling_changes_is_one():
    checks = {sheet.name: (50.0 * (pixel_lat_lon(sheet)[1] // 8.0 % 2)).astype(np.float32) for sheet in GRID.sheets}
    assert "resampling" in diagnosed(white_fields(GRID, 8), checks).contradicted


def test_the_record_holds_plain_values():
    found = Diagnostics(np.nan, 0.00005, 0.0).statistics()
    assert found == {"sign_p": None, "flip_p": 0.00005, "resampled_share": 0.0, "contradicted": ["blocks"]}
