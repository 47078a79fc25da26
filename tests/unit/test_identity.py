"""Observation ids and file hashes."""

import errno
import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_sample import NOON

from iovolc.archive.files import file_sha256
from iovolc.archive.identity import observation_id, slug
from iovolc.archive.origin import Origin
from iovolc.errors import TransientIOError, UnreadableProduct
from iovolc.model.observation import Bounds, ObservationRecord

RECORD = ObservationRecord(
    id="",
    sha256="ab" * 32,
    path="maps/a.png",
    channel="red",
    quantity="iof",
    time_utc=NOON,
    start_utc=NOON,
    stop_utc=NOON,
    placement=Bounds(0.0, 360.0, 90.0, -90.0),
    mission="Juno",
    instrument="JunoCam",
)


def test_an_id_can_be_read_by_people() -> None:
    assert observation_id(RECORD) == "juno-junocam-red-20231230t120000z-14c092944e"


def test_blank_parts_are_left_out() -> None:
    assert observation_id(replace(RECORD, mission="", instrument="")).startswith("red-20231230t120000z-")


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "cd" * 32},
        {"band_index": 2},
        {"placement": Bounds(-180.0, 180.0, 90.0, -90.0)},
        {"scale": 2.0},
        {"offset": 1.0},
        {"quantity": "radiance"},
        {"stop_utc": NOON + timedelta(seconds=1)},
        {"start_utc": NOON - timedelta(seconds=1)},
        {"time_utc": NOON + timedelta(seconds=1)},
        {"channel": "blue"},
    ],
)
def test_what_makes_the_pixels_makes_the_id(change: dict[str, Any]) -> None:
    assert observation_id(replace(RECORD, **change)) != observation_id(RECORD)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "elsewhere/b.png"},
        {"id": "old"},
        {"credit": "NASA"},
        {"psf_km": 3.0},
        {"placement": Bounds(-0.0, 360, 90, -90)},
    ],
)
def test_the_folder_and_remarks_do_not(change: dict[str, Any]) -> None:
    assert observation_id(replace(RECORD, **change)) == observation_id(RECORD)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("JIRAM / M", "jiram-m"), ("Télescope", "telescope"), ("../..", ""), ("x" * 40, "x" * 24)],
)
def test_slugs_are_plain(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_file_is_hashed_in_blocks(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(content)
    assert file_sha256(tmp_path / "a", Origin("a")) == hashlib.sha256(content).hexdigest()


def test_a_missing_file_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(UnreadableProduct) as caught:
        file_sha256(tmp_path / "none" / "a", Origin("none/a", 7))
    (finding,) = caught.value.findings
    assert (finding.code, finding.product, finding.row, finding.column) == ("E101", "none/a", 7, "path")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableProduct, match="E102"):
        file_sha256(tmp_path, Origin("folder"))


def test_a_store_is_hashed_by_names_and_content(tmp_path: Path) -> None:
    for name in ("one.zarr", "two.zarr"):
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / "a" / "0").write_bytes(b"12")
        (tmp_path / name / "zarr.json").write_bytes(b"{}")
    one, two = (tmp_path / name for name in ("one.zarr", "two.zarr"))
    first = file_sha256(one, Origin("one"))
    assert file_sha256(two, Origin("two")) == first
    (two / "a" / "0").rename(two / "a" / "1")
    assert file_sha256(two, Origin("two")) != first
    (two / "a" / "1").rename(two / "a" / "0")
    (two / "a" / "0").write_bytes(b"13")
    assert file_sha256(two, Origin("two")) != first


def test_links_in_a_store_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "0").symlink_to(tmp_path)
    with pytest.raises(UnreadableProduct, match=r"E106 .*`0` in it is a link"):
        file_sha256(tmp_path / "a.zarr", Origin("a.zarr"))


def test_a_store_of_countless_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iovolc.archive.files.MAX_ENTRIES", 2)
    (tmp_path / "a.zarr").mkdir()
    for name in "012":
        (tmp_path / "a.zarr" / name).touch()
    with pytest.raises(UnreadableProduct, match="E107"):
        file_sha256(tmp_path / "a.zarr", Origin("a.zarr"))


@pytest.mark.parametrize("error", [OSError(errno.ESTALE, "Stale file handle"), TimeoutError("timed out")])
def test_a_passing_error_may_be_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(TransientIOError, match="a cannot be read now"):
        file_sha256(tmp_path / "a", Origin("a"))
