import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from iovolc.data import data_path
from iovolc.demo.eruptions import Deposit, Eruption, changed, lay_out, load_eruptions
from iovolc.demo.surface import Surface

ONSET = datetime(2000, 1, 1, tzinfo=UTC)
DISC = Deposit("dark", "disc", 10.0, 179.0, 400.0, 400.0, 0.0, 0.0, (-0.4, -0.3, -0.2))
ERUPTION = Eruption("e", "Somewhere", ONSET, 10.0, 2.0, (DISC,), "nobody")


def surface(pixels_per_degree: float = 4.0) -> Surface:
    shape = (3, int(180 * pixels_per_degree), int(360 * pixels_per_degree))
    return Surface(np.full(shape, 0.5, dtype=np.float32), pixels_per_degree)


@pytest.mark.parametrize(
    "deposit",
    [
        DISC,
        replace(DISC, shape="ellipse", length_km=500.0, width_km=200.0, azimuth_deg=40.0),
        replace(DISC, shape="ring", inner_km=200.0),
        replace(DISC, shape="flow", length_km=500.0, width_km=250.0, azimuth_deg=70.0),
        replace(DISC, lat=-78.0),
    ],
)
def test_the_area_on_the_map_is_the_stated_one(deposit: Deposit) -> None:
    io = surface()
    patch = lay_out([replace(ERUPTION, deposits=(deposit,))], io)[0]
    lats, lons = io.places()
    area = (patch.weights * io.pixel_km**2 * np.cos(np.radians(lats[patch.pixels // lons.size]))).sum()
    assert area == pytest.approx(deposit.area_km2, rel=0.03)


def test_the_major_axis_points_along_the_azimuth() -> None:
    long = replace(DISC, shape="ellipse", lat=0.0, lon_e=0.0, length_km=600.0, width_km=100.0, azimuth_deg=90.0)
    east, north = long.weight(np.array([0.0, 6.0]), np.array([6.0, 0.0]))
    assert (east, north) == (1.0, 0.0)


def test_a_ring_is_hollow_and_reaches_across_the_seam() -> None:
    ring = replace(DISC, shape="ring", inner_km=240.0)
    centre, rim, beyond = ring.weight(np.full(3, 10.0), np.array([179.0, -176.0, -170.0]))
    assert centre == 0.0
    assert rim == pytest.approx(1.0)
    assert beyond == 0.0


def test_strength_grows_from_the_onset_and_fades() -> None:
    assert ERUPTION.strength(ONSET) == 0.0
    assert ERUPTION.strength(ONSET + timedelta(days=5)) == pytest.approx(0.5, abs=0.01)
    assert ERUPTION.strength(ONSET + timedelta(days=2 * 365.25)) == pytest.approx(math.exp(-1.0))
    assert replace(ERUPTION, fade_years=math.inf).strength(ONSET + timedelta(days=9999)) == 1.0


def test_the_surface_changes_only_after_the_onset_and_only_there() -> None:
    io = surface(2.0)
    patches = lay_out([ERUPTION], io)
    assert np.array_equal(changed(io, patches, ONSET).planes, io.planes)
    after = changed(io, patches, ONSET + timedelta(days=20))
    row, col = ((90 - 10) * 2), ((179 + 180) * 2)
    expected = np.array(DISC.dln) * ERUPTION.strength(ONSET + timedelta(days=20))
    assert np.log(after.planes[:, row, col] / 0.5) == pytest.approx(expected, abs=1e-3)
    assert after.planes[0, 0, 0] == 0.5
    assert np.all(io.planes == 0.5)


def test_the_main_deposit_changes_most_light() -> None:
    faint = replace(DISC, name="faint", dln=(-0.01, -0.01, -0.01), length_km=450.0)
    assert replace(ERUPTION, deposits=(faint, DISC)).main is DISC


def test_the_published_history_is_complete_and_plausible() -> None:
    eruptions = {eruption.id: eruption for eruption in load_eruptions(data_path("demo/eruptions.csv"))}
    assert {"surt-1979", "aten-1979", "ra-1990s", "masubi-1990s", "pillan-1997", "tvashtar-2000"} <= set(eruptions)
    assert {"east-girru", "kanehekili-east", "south-polar-2024", "pillan-2023"} <= set(eruptions)
    assert eruptions["pillan-1997"].main.area_km2 == pytest.approx(1.26e5, rel=0.01)
    assert eruptions["east-girru"].main.area_km2 == pytest.approx(3200, rel=0.01)
    assert eruptions["south-polar-2024"].main.area_km2 == pytest.approx(65000, rel=0.01)
    assert eruptions["ra-1990s"].main.area_km2 == pytest.approx(40000, rel=0.01)
    assert eruptions["surt-1979"].main.length_km == 1400
    assert len(eruptions["kanehekili-east"].deposits) == 5


def test_every_replayed_onset_lies_in_its_published_interval() -> None:
    import pandas as pd

    table = pd.read_csv(data_path("demo/eruptions.csv"))
    onset = pd.to_datetime(table["onset_utc"], utc=True)
    assert (pd.to_datetime(table["published_after"], utc=True) <= onset).all()
    assert (onset <= pd.to_datetime(table["published_before"], utc=True)).all()


def test_surt_has_faded_when_galileo_arrives() -> None:
    surt = next(e for e in load_eruptions(data_path("demo/eruptions.csv")) if e.id == "surt-1979")
    assert surt.strength(datetime(1979, 7, 9, tzinfo=UTC)) > 0.9
    assert surt.strength(datetime(1996, 6, 28, tzinfo=UTC)) < 0.05
