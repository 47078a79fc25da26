from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from iovolc.detect.artefacts import Artefacts, Setting
from iovolc.detect.clusters import Cluster
from iovolc.detect.completeness import Sensitivity
from iovolc.detect.curve import Curves
from iovolc.detect.describe import Shape
from iovolc.detect.evidence import Compared, Evidence, mean_over
from iovolc.detect.flags import EXPLAINS, LIMITS, WORDS, flags
from iovolc.detect.lightplace import PlaceLight
from iovolc.detect.look import Look
from iovolc.detect.noise import Noise
from iovolc.detect.null import NullClusters
from iovolc.detect.pieces import Field
from iovolc.detect.setting import look_around, setting
from iovolc.light.classes import LightClass
from iovolc.light.match import SHARPNESS_STEP, Difference, Side
from iovolc.model.detection import Footprint
from iovolc.model.epoch import Lattice
from iovolc.model.observation import Bounds, ObservationRecord
from iovolc.model.tables import EVENT_FLAGS
from small_grid import disc, search_on, small_grid

GRID = small_grid()
SHEET = GRID.sheet("equator")
SPOT = disc(SHEET, 10.0, 20.0, 200.0)
CLEAN = Artefacts()
UNKNOWN = PlaceLight(LightClass.UNKNOWN, np.nan, np.nan, np.nan)
CLEAR = Setting((0.5, 0.5), 0.0, 0.1, 0.0, (UNKNOWN, UNKNOWN))


def footprint(mask):
    return Footprint((("equator", np.flatnonzero(mask).astype(np.int32)),))


def cluster(mask=SPOT):
    return Cluster(-1, 0, 8.0, -2.0, 0.2, footprint(mask))


def look(name, tone, quantity="relative", **label):
    when = datetime(2000, 1, 1, tzinfo=UTC)
    record = ObservationRecord(
        id=name,
        sha256=name,
        path=name,
        channel="clear",
        quantity=quantity,
        time_utc=when,
        start_utc=when,
        stop_utc=when,
        placement=Bounds(-180.0, 180.0, 90.0, -90.0),
        **label,
    )
    side = Side(name, quantity, True, GRID.pixel_km, {"equator": tone}, np.empty(0))
    return Look(record, side, Lattice(np.zeros((3, 4, 1), np.float32), 90.0))


def texture(seed=1):
    return (0.1 * np.random.default_rng(seed).standard_normal(SHEET.shape)).astype(np.float32)


SENSITIVITY = Sensitivity(
    search_on(GRID).scales, (Noise(1.0, 1.0),) * len(search_on(GRID).scales), 0.0, GRID.pixel_km, True,
    (5.0,) * len(search_on(GRID).scales),
)  # fmt: skip


def evidence(newer=None, older=None, *, reused=None, unseen=None, sharpness=None, registration_px=0.1, **kinds):
    ground = texture()
    older = ground if older is None else older
    newer = ground - 2 * SPOT.astype(np.float32) if newer is None else newer
    change = (newer - older).astype(np.float32)
    if unseen is not None:
        change[unseen] = np.nan
    count = np.isfinite(change).astype(np.uint8)
    pair = Difference(
        {"equator": change},
        {} if reused is None else {"equator": reused},
        GRID.pixel_km,
        sharpness or {},
    )
    registration = np.full(SHEET.shape, registration_px * GRID.pixel_km, np.float32)
    held = Compared(
        look("newer", newer, **kinds),
        (look("older", older, **kinds),),
        (pair,),
        {"equator": change},
        {"equator": count},
        {"equator": newer},
        {"equator": Field(np.nan_to_num(change), count.astype(np.float32), np.ones(SHEET.shape, bool))},
        {"equator": np.where(count > 0, np.float32(100.0), np.float32(0.0))},
        {"equator": registration},
        search_on(GRID),
        GRID.pixel_km,
        True,
    )
    return Evidence(
        held,
        NullClusters(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), 1),
        SENSITIVITY,
        Curves(),
    )


def test_a_clean_change_has_no_flags():
    assert flags(cluster(), CLEAN, CLEAR, evidence(), GRID) == []


@pytest.mark.parametrize(("word", "measure"), [(word, name) for word, names in WORDS.items() for name in names])
def test_each_measure_raises_its_flag_above_its_limit_and_not_below(measure, word):
    above, below = (Artefacts(**{measure: factor * LIMITS[measure]}) for factor in (1.1, 0.9))
    assert word in flags(cluster(), above, CLEAR, evidence(), GRID)
    assert word not in flags(cluster(), below, CLEAR, evidence(), GRID)


@pytest.mark.parametrize("measure", EXPLAINS)
def test_a_measure_that_explains_a_change_says_so_and_which(measure):
    above, below = (Artefacts(**{measure: EXPLAINS[measure] + more}) for more in (0.01, -0.01))
    found = flags(cluster(), above, CLEAR, evidence(), GRID)
    assert "explained" in found
    assert "explained" not in flags(cluster(), below, CLEAR, evidence(), GRID)


def test_what_explains_is_measured_and_named():
    named = {name for names in WORDS.values() for name in names}
    assert set(EXPLAINS) <= named <= set(LIMITS)


def test_much_unequal_blur_is_flagged_either_way():
    for sharpness in ((0.9, 0.15), (0.15, 0.9)):
        assert flags(cluster(), CLEAN, Setting(sharpness, 0.0, 0.1, 0.0), evidence(), GRID) == ["resolution"]


def test_poor_registration_is_flagged():
    assert "poor_registration" in flags(cluster(), CLEAN, Setting((0.5, 0.5), 0.0, 2.5, 0.0), evidence(), GRID)


def test_a_change_at_the_edge_of_what_was_compared_is_flagged():
    beside = np.zeros(SHEET.shape, bool)
    beside[:, np.nonzero(SPOT.any(axis=0))[0].max() + 1 :] = True
    assert flags(cluster(), CLEAN, CLEAR, evidence(unseen=beside), GRID) == ["edge"]


def test_a_change_bordering_on_reused_pixels_is_flagged():
    reused = disc(SHEET, 10.0, 20.0, 500.0) & ~SPOT
    assert flags(cluster(), CLEAN, CLEAR, evidence(reused=reused), GRID) == ["not_reobserved"]


def test_a_small_feature_that_only_moved_is_flagged_shift_like():
    ground = np.zeros(SHEET.shape, np.float32)
    before, after = ground.copy(), ground.copy()
    before[60, 180:183] = -2.0
    after[60, 181:184] = -2.0
    moved = np.zeros(SHEET.shape, bool)
    moved[60, 183] = True
    found = flags(cluster(moved), CLEAN, CLEAR, evidence(after, before, registration_px=1.0), GRID)
    assert found == ["shift_like"]


def closed(newest, between, first):
    """Evidence of three epochs, oldest last among the predecessors."""
    known = evidence(newest, between)
    older = look("first", first)
    when = datetime(1990, 1, 1, tzinfo=UTC)
    older = replace(older, record=replace(older.record, time_utc=when, start_utc=when, stop_utc=when))
    pair = Difference({"equator": (newest - first).astype(np.float32)}, {}, GRID.pixel_km)
    held = known.held
    return replace(known, held=replace(held, older=(*held.older, older), pairs=(*held.pairs, pair)))


def test_the_odd_map_out_of_three_is_flagged_and_a_change_that_stays_is_not():
    ground = texture()
    dark = ground - 2 * SPOT.astype(np.float32)
    assert flags(cluster(), CLEAN, CLEAR, closed(dark, ground, dark), GRID) == ["odd_map"]
    assert flags(cluster(), CLEAN, CLEAR, closed(dark, ground, ground), GRID) == []
    assert flags(cluster(), CLEAN, CLEAR, closed(dark, dark, ground), GRID) == []


def test_all_words_are_words_of_the_tables():
    everything = Artefacts(**{name: 9.0 * limit for name, limit in LIMITS.items()})
    found = flags(cluster(), everything, Setting((0.9, 0.1), 1.0, 9.0, 9.0), evidence(), GRID)
    assert found == sorted(found)
    assert set(found) <= set(EVENT_FLAGS)
    assert {*WORDS, "explained", "poor_registration"} <= set(found)


def test_the_setting_reads_sharpness_clipping_and_registration_at_the_place():
    newer = texture() - 4 * SPOT.astype(np.float32)
    shape = tuple(-(-size // SHARPNESS_STEP) for size in SHEET.shape)
    maps = (np.full(shape, 0.8, np.float32), np.full(shape, 0.2, np.float32))
    place = setting(
        cluster(),
        Shape(10.0, 20.0, 1e5, -4.0),
        evidence(newer, sharpness={"equator": maps}, registration_px=0.7),
        GRID,
    )
    assert place.sharpness == pytest.approx((0.8, 0.2))
    assert place.clipped == 1.0
    assert place.registration_px == pytest.approx(0.7)


def test_calibrated_maps_have_no_ends_of_the_scale_and_no_measured_sharpness():
    known = evidence(texture() - 4 * SPOT.astype(np.float32), quantity="iof")
    place = setting(cluster(), Shape(10.0, 20.0, 1e5, -4.0), known, GRID)
    assert place.clipped == 0.0
    assert np.isnan(place.sharpness).all()


def test_high_latitudes_are_oblique_unless_a_label_says_otherwise():
    polar = Shape(75.0, 20.0, 1e5, -2.0)
    assert setting(cluster(), polar, evidence(), GRID).foreshortening == pytest.approx(2.86, abs=0.01)
    above = evidence(sub_observer_lat=75.0, sub_observer_lon_e=20.0, range_km=1e6)
    assert setting(cluster(), polar, above, GRID).foreshortening == pytest.approx(0.0, abs=1e-3)


def test_all_clusters_are_measured_in_their_order():
    other = disc(SHEET, -20.0, -60.0, 200.0)
    ground = texture()
    newer = ground - 2 * SPOT.astype(np.float32) - 1.0 * other.astype(np.float32)
    known = evidence(newer, ground)
    pair = [cluster(), cluster(other)]
    shapes = [Shape(10.0, 20.0, 1e5, -2.0), Shape(-20.0, -60.0, 1e5, -1.0)]
    places = [CLEAR, replace(CLEAR, clipped=0.9)]
    found, grounds = look_around(pair, shapes, places, known, GRID)
    assert [one.clipped for one in found] == [0.0, 0.9]
    assert all(one.relief < 0.1 for one in found)
    assert grounds == [None, None]  # stretched maps' changes are told by themselves
    calibrated = replace(known, held=replace(known.held, relative=False))
    _, grounds = look_around(pair, shapes, places, calibrated, GRID)
    assert [ground.level({"equator": np.ones(SHEET.shape, np.float32)}) for ground in grounds] == [1.0, 1.0]


def test_the_mean_over_a_footprint_leaves_out_what_is_not_known():
    plane = np.where(SPOT, np.float32(3.0), np.float32(0.0))
    plane[np.nonzero(SPOT)[0][0], np.nonzero(SPOT)[1][0]] = np.nan
    assert mean_over(cluster(), {"equator": plane}) == pytest.approx(3.0)
