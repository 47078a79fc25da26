"""Tables for papers: they read back with astropy, and as point measurements of our own."""

from datetime import timedelta

import pytest
from astropy.io import ascii as text_tables
from heat_sample import glow
from publish_sample import events

from iovolc.archive.points import read_points
from iovolc.config import HeatConfig, TrackConfig
from iovolc.model.detection import Feature
from iovolc.model.frames import empty
from iovolc.model.tables import EVENTS
from iovolc.publish.mrt import MRT_NAMES, write_mrt
from iovolc.track.hotspots import follow_heat

FEATURES = (Feature("Rarog Patera", -41.6, 55.3, 103.0),)
GLOWS = (
    glow(0, -42.0, 55.0, 5.0, limit="upper"), glow(3, -42.0, 55.0, 412.34, emission_deg=31.25),
    glow(9, -42.0, 55.0, 80.0, limit="lower"), glow(3, 10.0, -120.0, 1.2345e6, quantity="relative", band="Lp2"),
    glow(5, 10.0, -120.0, 31.0, quantity="power", wavelength_um=None, sigma=None, band="bolometric"),
)  # fmt: skip


@pytest.fixture
def written(tmp_path):
    heat = follow_heat(GLOWS, FEATURES, TrackConfig(), HeatConfig())
    write_mrt(tmp_path, events(), heat.hotspots, heat.light_curves)
    return tmp_path, heat


def test_light_curves_read_back_as_the_measurements_that_they_are(written):
    folder, _ = written
    table = read_points(folder / "light_curves.mrt")
    assert table.findings == ()
    assert len(table.glows) == len(GLOWS)
    for mine, theirs in zip(sorted(GLOWS, key=key), sorted(table.glows, key=key), strict=True):
        assert theirs.value == pytest.approx(mine.value, rel=1e-3)
        assert abs(theirs.time_utc - mine.time_utc) <= timedelta(seconds=1)
        assert (theirs.limit, theirs.quantity, theirs.band) == (mine.limit, mine.quantity, mine.band)
        assert theirs.wavelength_um == mine.wavelength_um
        assert (theirs.lat, theirs.lon_e) == pytest.approx((mine.lat, mine.lon_e), abs=0.001)
        assert theirs.emission_deg == mine.emission_deg


def key(one):
    return (one.time_utc.date(), one.value)


def test_followed_again_they_give_the_same_hot_spots(written):
    folder, heat = written
    again = follow_heat(read_points(folder / "light_curves.mrt").glows, FEATURES, TrackConfig(), HeatConfig())
    columns = ["lat", "lon_w", "n_detections", "n_upper", "name"]
    assert again.hotspots.sort_values("lat")[columns].round(2).to_numpy().tolist() == (
        heat.hotspots.sort_values("lat")[columns].round(2).to_numpy().tolist()
    )


def test_hot_spots_are_described_byte_by_byte(written):
    folder, heat = written
    text = (folder / "hotspots.mrt").read_text()
    assert "Byte-by-byte Description" in text
    assert "Planetocentric latitude" in text
    table = text_tables.read(text, format="mrt")
    assert list(table["Site"]) == list(heat.hotspots["site_id"])
    assert list(table["Lat"]) == pytest.approx(list(heat.hotspots["lat"]))
    assert str(table["e_Pos"].unit) == "km"
    assert sorted(str(name) for name in table["Name"]) == ["--", "Rarog Patera"]


def test_events_are_described_byte_by_byte(written):
    folder, _ = written
    table = text_tables.read((folder / "events.mrt").read_text(), format="mrt")
    assert list(table["Event"]) == events()["event_id"].tolist()
    assert list(table["LonW"]) == events()["lon_w"].tolist()
    assert table["Chan"][0] == "red;green"
    assert "Power" not in table.colnames


def test_without_rows_nothing_is_written(tmp_path):
    nothing = follow_heat((), (), TrackConfig(), HeatConfig())
    write_mrt(tmp_path, empty(EVENTS.with_channels(("red",))), nothing.hotspots, nothing.light_curves)
    assert list(tmp_path.iterdir()) == []


def test_the_same_tables_give_the_same_bytes(written, tmp_path):
    folder, heat = written
    before = {name: (folder / name).read_bytes() for name in MRT_NAMES}
    write_mrt(tmp_path, events(), heat.hotspots, heat.light_curves)
    assert before == {name: (tmp_path / name).read_bytes() for name in MRT_NAMES}
