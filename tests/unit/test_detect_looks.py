import numpy as np
import pytest

from iovolc.detect.clusters import Cluster
from iovolc.detect.looks import Earlier, Ground, look_rows, share_left
from iovolc.model.detection import Footprint

SHAPE = (8, 6)
INSIDE = np.array([0, 1, 2, 3, 6, 7, 8, 9, 12, 13], np.int32)
GROUND = Ground("equator", np.arange(24, 48))


def cluster(sign=1):
    return Cluster(sign, 0, 9.0, 0.3 * sign, 0.02, Footprint((("equator", INSIDE),)))


def difference(value, gaps=(), ground=0.0):
    plane = np.full(SHAPE, 9.0, np.float32)
    plane.ravel()[INSIDE] = value
    plane.ravel()[INSIDE[list(gaps)]] = np.nan
    plane.ravel()[GROUND.pixels] = ground
    return {"equator": plane}


def state(value, *, contrast=0.3, sigma=0.02, share=1.0, chance=1.0, gaps=()):
    sign = 1 if contrast > 0 else -1
    rows = look_rows(
        "d", cluster(sign), contrast, sigma, [Earlier("older", difference(value, gaps), share, chance)], GROUND
    )
    return rows[0]["state"]


@pytest.mark.parametrize(
    ("value", "expected"), [(0.3, "without"), (0.2, "without"), (0.1, "with"), (0.0, "with"), (-0.3, "with")]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_more_than_half_of_the_change_is_missing_or_it_was_there(value, expected, sign):
    assert state(sign * value, contrast=0.3 * sign) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.3, "without"), (0.22, "without"), (0.2, "inadequate"), (0.1, "inadequate"), (0.08, "with"), (0.0, "with")],
)
def test_a_faint_change_is_missing_or_there_only_where_noise_hardly_makes_it_so(value, expected):
    assert state(value, contrast=0.3, sigma=0.08) == expected


def test_light_that_differs_all_around_belies_no_look():
    looks = [Earlier("older", difference(0.3 + light, ground=light), 1.0, 1.0) for light in (-0.4, 0.4)]
    rows = look_rows("d", cluster(), 0.3, 0.02, looks, GROUND)
    assert [row["state"] for row in rows] == ["without", "without"]
    assert [row["contrast"] for row in rows] == pytest.approx([0.3, 0.3])


@pytest.mark.parametrize("ground", [Ground("equator", GROUND.pixels[:19]), Ground("north", GROUND.pixels)])
def test_a_look_that_shows_hardly_any_ground_around_tells_nothing(ground):
    rows = look_rows("d", cluster(), 0.3, 0.02, [Earlier("older", difference(0.3), 1.0, 1.0)], ground)
    assert rows[0]["state"] == "inadequate"
    assert rows[0]["contrast"] == pytest.approx(0.3)


def test_on_stretched_maps_the_difference_counts_as_it_is():
    row = look_rows("d", cluster(), 0.3, 0.02, [Earlier("older", difference(0.3, ground=0.2), 1.0, 1.0)], None)[0]
    assert row["contrast"] == pytest.approx(0.3)
    assert row["state"] == "without"


def test_a_look_that_might_have_missed_the_change_tells_nothing():
    assert state(0.3, chance=0.79) == "inadequate"
    assert state(0.3, chance=0.81) == "without"


def test_a_coarser_look_is_judged_by_what_it_would_show():
    share = share_left(size_km=20.0, resolution_km=10.0, coarser_km=30.0)
    assert share == pytest.approx(1.0 / 3.0)
    assert state(0.1, share=share) == "without"
    assert state(0.02, share=share) == "with"
    assert share_left(20.0, 10.0, 10.0) == 1.0


def test_a_look_at_less_than_four_fifths_tells_nothing():
    assert state(0.3, gaps=(0, 1, 2)) == "inadequate"
    assert state(0.3, gaps=(0, 1)) == "without"


def test_a_row_says_what_was_seen():
    row = look_rows("d", cluster(), 0.3, 0.02, [Earlier("older", difference(0.25, gaps=(0,)), 1.0, 1.0)], GROUND)[0]
    assert row == {
        "detection_id": "d",
        "observation_id": "older",
        "state": "without",
        "valid_fraction": 0.9,
        "contrast": pytest.approx(0.25),
        "contrast_sigma": 0.02,
    }


def test_epochs_that_do_not_show_the_place_have_no_row():
    blind = [
        Earlier("gap", difference(0.3, gaps=range(10)), 1.0, 1.0),
        Earlier("elsewhere", {"north": np.zeros(SHAPE, np.float32)}, 1.0, 1.0),
    ]
    assert look_rows("d", cluster(), 0.3, 0.02, blind, GROUND) == []


def test_a_footprint_on_two_sheets_is_looked_at_as_a_whole():
    both = Cluster(1, 0, 9.0, 0.3, 0.02, Footprint((("equator", INSIDE), ("north", INSIDE[:5]))))
    planes = {**difference(0.3), "north": np.full(SHAPE, 0.0, np.float32)}
    row = look_rows("d", both, 0.3, 0.02, [Earlier("older", planes, 1.0, 1.0)], GROUND)[0]
    assert row["contrast"] == pytest.approx(0.2)
    assert row["valid_fraction"] == 1.0
    partial = look_rows("d", both, 0.3, 0.02, [Earlier("older", difference(0.3), 1.0, 1.0)], GROUND)[0]
    assert partial["valid_fraction"] == pytest.approx(10 / 15)
    assert partial["state"] == "inadequate"
