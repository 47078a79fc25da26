"""What is known of an observation before its pixels are read, and who said it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archive_sample import EDGES, NOON, ramp, row, write_picture, write_tiff

from iovolc.archive import understanding
from iovolc.archive.product import Facts, Product, Stored
from iovolc.archive.understanding import understand
from iovolc.errors import AmbiguousGeometry, UnreadableProduct
from iovolc.geometry.ephemeris import sky_from_earth
from iovolc.model.observation import Disc

NO_TIME = dict.fromkeys(("time_utc", "start_utc", "stop_utc"))
START = datetime(1997, 4, 4, 10, 0, 0, tzinfo=UTC)
STOP = datetime(1997, 4, 4, 11, 0, 0, tzinfo=UTC)
SAID = Facts(channel="red", quantity="iof", start_utc=START, stop_utc=STOP, mission="GALILEO")


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Understand a row whose file has a label that says these facts."""
    write_picture(tmp_path / "a.png", ramp())
    stored = Stored(ramp(), np.ones((10, 20), bool))

    def of(facts: Facts, **values: Any) -> understanding.Understood:
        product = Product("label", (10, 20), (facts,), lambda _: stored)
        monkeypatch.setattr(understanding, "open_product", lambda *_: product)
        return understand(row(**({"channel": ""} | NO_TIME | EDGES | values)), tmp_path)

    return of


def test_a_label_alone_may_say_everything(labelled) -> None:
    found = labelled(SAID)
    assert (found.record.start_utc, found.record.stop_utc) == (START, STOP)
    assert found.record.time_utc == datetime(1997, 4, 4, 10, 30, 0, tzinfo=UTC)
    assert (found.record.channel, found.record.quantity, found.record.mission) == ("red", "iof", "GALILEO")
    assert (found.sources["start_utc"], found.sources["channel"]) == ("label", "label")
    assert found.sources["placement"] == "catalogue"


def test_times_of_two_sources_are_never_mixed(labelled) -> None:
    found = labelled(SAID, start_utc=NOON, time_utc=NOON, stop_utc=NOON)
    assert found.record.start_utc == found.record.stop_utc == NOON
    assert found.sources["stop_utc"] == "catalogue"


def test_one_time_is_an_instant(labelled) -> None:
    record = labelled(replace(SAID, start_utc=None, stop_utc=None, time_utc=START)).record
    assert record.start_utc == record.time_utc == record.stop_utc == START


def test_a_label_that_cannot_be_placed_is_refused_unless_the_row_places_it(labelled) -> None:
    origin = row().origin
    why = AmbiguousGeometry([origin.finding("E202", "its radius is that of Europa", "projection")])
    facts = replace(SAID, misplaced=why)
    with pytest.raises(AmbiguousGeometry, match="Europa"):
        labelled(facts, projection="", edges=None)
    assert labelled(facts).record.placement == EDGES["edges"]


def test_a_unit_takes_the_stretched_picture_at_its_word(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    with pytest.raises(UnreadableProduct, match="quantity"):
        understand(row(unit="1", **EDGES), tmp_path)


def test_sources_name_file_and_row(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp())
    found = understand(row("a.tif", quantity="iof"), tmp_path)
    assert (found.sources["quantity"], found.sources["placement"], found.sources["scale"]) == (
        "catalogue",
        "label",
        "label",
    )
    assert "psf_km" not in found.sources


NIRC2 = {
    "instrument": "NIRC2", "band": "Lp", "channel": "", "projection": "disc", "disc_x": 10.0, "disc_y": 5.0,
}  # fmt: skip


def test_a_published_picture_is_seen_from_earth_and_north_up(tmp_path: Path) -> None:
    heat = np.stack([ramp(), ramp() // 2, ramp() // 4], axis=2)
    write_picture(tmp_path / "a.png", heat)
    found = understand(row(**NIRC2), tmp_path)
    disc, sky = found.record.placement, sky_from_earth(NOON)
    assert isinstance(disc, Disc)
    assert (disc.sub_observer_lat, disc.range_km) == (sky.sub_observer_lat, sky.range_km)
    assert (disc.north_angle_deg, found.record.channel, found.sources["range_km"]) == (0.0, "L", "ephemeris")
    assert sky.angular_diameter_arcsec is not None
    assert disc.km_per_px * 143.0 * sky.angular_diameter_arcsec / 2.0 == pytest.approx(1821.49, rel=1e-4)


def test_a_row_has_the_say_over_the_published_pictures(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", np.stack([ramp(), ramp() // 2, ramp() // 4], axis=2))
    said = NIRC2 | {"north_angle_deg": 25.0, "disc_radius_px": 8.0, "range_km": 6e8}
    disc = understand(row(**said), tmp_path).record.placement
    assert isinstance(disc, Disc)
    assert (disc.north_angle_deg, disc.range_km) == (25.0, 6e8)
    assert disc.km_per_px == pytest.approx(1821.49 / 8.0, rel=1e-4)


def test_which_way_a_camera_was_turned_is_not_guessed(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    with pytest.raises(AmbiguousGeometry, match="north_angle_deg"):
        understand(row(**NIRC2, quantity="relative"), tmp_path)


def test_a_mosaic_has_no_view(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", np.stack([ramp(), ramp() // 2, ramp() // 4], axis=2))
    with pytest.raises(AmbiguousGeometry, match=r"E205 .*row 5, column `sub_observer_lat`"):
        understand(row(**NIRC2, is_mosaic=True), tmp_path)
