"""Limits of size and time for what comes from outside."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from archive_sample import EDGES, NOON, ramp, row, write_picture, write_tiff

from iovolc.archive.access import EARLIEST_UTC, Access, check_times
from iovolc.archive.images import read_observation
from iovolc.archive.understanding import understand
from iovolc.config import Config, IngestConfig, load
from iovolc.errors import AmbiguousGeometry, InputError, UnreadableProduct

ACCESS = Access(now_utc=datetime(2024, 1, 1, tzinfo=UTC))


def code_of(folder: Path, access: Access, **values: object) -> str:
    with pytest.raises(InputError) as caught:
        read_observation(row(**{**EDGES, **values}), folder, access)
    return caught.value.findings[0].code


def test_the_configuration_gives_the_limits() -> None:
    access = Access.of(IngestConfig(roots=("maps", "~/more"), max_megapixels=5.0))
    assert access == Access((Path("maps"), Path.home() / "more"), 5.0)
    assert Access.of(IngestConfig()) == Access()


def test_roots_are_no_part_of_what_a_configuration_is() -> None:
    with_roots = load(None, ("ingest.roots=[/data]",))
    assert with_roots.ingest.roots == ("/data",)
    assert with_roots.digest() == Config().digest()
    assert load(None, ("ingest.max_megapixels=5",)).digest() != Config().digest()
    assert "roots" not in with_roots.portable()["ingest"]


def test_files_elsewhere_are_read_where_roots_say_so(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write_picture(tmp_path / "a.png", ramp())
    assert code_of(tmp_path / "mine", ACCESS, path="../a.png") == "E105"
    found = read_observation(row("../a.png", **EDGES), tmp_path / "mine", replace(ACCESS, roots=(tmp_path,)))
    assert found.record.path == "../a.png"


def test_pixels_of_all_bands_count(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", np.dstack([ramp()] * 3))
    assert code_of(tmp_path, replace(ACCESS, max_megapixels=599e-6)) == "E107"
    assert read_observation(row(**EDGES), tmp_path, replace(ACCESS, max_megapixels=600e-6)).pixels.shape == (10, 20)


def test_no_pixel_is_read_of_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "a.png", ramp())
    monkeypatch.setattr("iovolc.archive.formats.raster.np.ones", None)
    assert code_of(tmp_path, replace(ACCESS, max_megapixels=1e-4)) == "E107"


def test_a_file_of_a_terabyte_is_not_even_hashed(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    os.truncate(tmp_path / "a.png", 10**12)
    assert code_of(tmp_path, ACCESS) == "E107"


@pytest.mark.parametrize(
    ("time", "sound"),
    [
        (EARLIEST_UTC, True),
        (EARLIEST_UTC - timedelta(seconds=1), False),
        (datetime(2024, 1, 2, tzinfo=UTC), True),
        (datetime(2024, 1, 2, 0, 0, 1, tzinfo=UTC), False),
    ],
)
def test_times_lie_between_the_telescope_and_tomorrow(time: datetime, sound: bool) -> None:
    if sound:
        check_times(time, time, row().origin, ACCESS)
        return
    with pytest.raises(UnreadableProduct, match=r"E304 .*future or before 1610.*it says"):
        check_times(min(time, NOON), max(time, NOON), row().origin, ACCESS)


def test_a_row_of_tomorrow_is_refused_by_todays_clock(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    late = datetime.now(UTC) + timedelta(days=3)
    assert code_of(tmp_path, Access(), time_utc=late, start_utc=late, stop_utc=late) == "E304"
    assert read_observation(row(**EDGES), tmp_path).record.time_utc == NOON


def test_numbers_of_a_label_must_be_finite(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), transform=Affine(5e5, 0.0, np.inf, 0.0, -5e5, 2.5e6))
    with pytest.raises(AmbiguousGeometry, match=r"E201.*not finite"):
        understand(row("a.tif", quantity="iof"), tmp_path)
    assert code_of(tmp_path, ACCESS, path="a.tif", quantity="iof", scale=np.inf) == "E401"
