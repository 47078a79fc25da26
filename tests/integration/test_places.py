"""Where the map begins, which way it runs and how its place is told changes nothing in what is found."""

import numpy as np
import pytest
from tests.small_maps import (
    QUICK,
    TIMES,
    Spot,
    bounded,
    near,
    picture,
    row,
    settings,
    write_catalogue,
    write_picture,
    write_tif,
)  # fmt: skip

from iovolc.config import load
from iovolc.cube.manifest import read_head
from iovolc.geometry.sphere import distance_km
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track

SHAPE = (240, 480)
DARK = Spot(20.0, 150.0, 150.0, -0.5)
BRIGHT = Spot(-35.0, -60.0, 170.0, 0.4)
CONFIG = load(None, tuple(settings(*QUICK)[1::2]))


def events_of(folder, rows):
    context = Context(folder / "store", CONFIG, Threads(2))
    done = ingest([write_catalogue(folder / "catalogue.csv", rows)], context)
    assert done.findings == ()
    return track(done.manifest, detect(read_head(context.store), context), context).events


@pytest.fixture(scope="module")
def pictures():
    return [picture(500, shape=SHAPE), picture(501, (DARK, BRIGHT), shape=SHAPE)]


@pytest.fixture(scope="module")
def plain(pictures, tmp_path_factory):
    """Events of the maps as GeoTIFF."""
    folder = tmp_path_factory.mktemp("plain")
    rows = [row(write_tif(folder / f"map{i}.tif", pictures[i]).name, TIMES[i]) for i in (0, 1)]
    events = events_of(folder, rows)
    assert len(near(events, DARK)) == len(near(events, BRIGHT)) == 1
    return events


def same_places(found, wanted, *, turned_deg=0.0) -> None:
    """One event for each, half a grid pixel apart at most, of equal area and strength."""
    assert len(found) == len(wanted)
    for _, event in wanted.iterrows():
        twin = near(found, Spot(event["lat"], event["lon_e"] + turned_deg, 0.0, 0.0), within_km=4.0)
        assert len(twin) == 1, (event["lat"], event["lon_e"])
        assert twin.iloc[0]["area_km2"] == pytest.approx(event["area_km2"], rel=0.02)
        assert twin.iloc[0]["dlna_green"] == pytest.approx(event["dlna_green"], abs=0.01)
        assert twin.iloc[0]["kind"] == event["kind"]


def test_events_roll_along_with_the_maps(plain, pictures, tmp_path) -> None:
    """By 36 degrees, nine times 16 grid pixels; it carries a deposit over 180 E."""
    turned = [np.roll(pixels, 36 * SHAPE[1] // 360, axis=1) for pixels in pictures]
    rows = [row(write_tif(tmp_path / f"map{i}.tif", turned[i]).name, TIMES[i]) for i in (0, 1)]
    same_places(events_of(tmp_path, rows), plain, turned_deg=36.0)


def test_a_mirrored_map_gives_the_same_events(plain, pictures, tmp_path) -> None:
    mirrored = bounded((180.0, -180.0, 90.0, -90.0))
    west = [np.ascontiguousarray(pixels[:, ::-1]) for pixels in pictures]
    rows = [row(write_tif(tmp_path / f"map{i}.tif", west[i]).name, TIMES[i], **mirrored) for i in (0, 1)]
    same_places(events_of(tmp_path, rows), plain)


def test_maps_from_0_to_360_give_the_same_events(plain, pictures, tmp_path) -> None:
    east = [np.roll(pixels, SHAPE[1] // 2, axis=1) for pixels in pictures]
    cells = bounded((0.0, 360.0, 90.0, -90.0))
    rows = [row(write_tif(tmp_path / f"map{i}.tif", east[i]).name, TIMES[i], **cells) for i in (0, 1)]
    same_places(events_of(tmp_path, rows), plain)


def test_pictures_across_the_seam_land_at_their_place(tmp_path) -> None:
    bounds = (150.0, 210.0, 40.0, -40.0)
    spot = Spot(5.0, 179.0, 150.0, -0.7)
    shape = (240, 180)
    for name, spots, seed in (("before.png", (), 1), ("after.jpg", (spot,), 2)):
        write_picture(tmp_path / name, picture(seed, spots, bounds=bounds, shape=shape))
    rows = [row(name, TIMES[i], **bounded(bounds)) for i, name in enumerate(("before.png", "after.jpg"))]
    for cells in rows:
        cells["quantity"] = ""
    events = events_of(tmp_path, rows)
    event = events.loc[events["snr"].idxmax()]
    assert event["kind"] == "darkening"
    assert distance_km(spot.lat, spot.lon_e, event["lat"], event["lon_e"]) <= 8.0
    assert event["rank_contrast"] < -1.0
    assert event["area_km2"] == pytest.approx(spot.area_km2, rel=0.1)
