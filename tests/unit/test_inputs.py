"""What the arguments of a command are taken for, and which files they mean."""

import os
from pathlib import Path

import numpy as np
import pytest
from archive_sample import GOOD, write_catalogue, write_picture

from iovolc.archive.inputs import kind_of, read_inputs
from iovolc.errors import InputError


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    folder = tmp_path / "maps"
    (folder / "deep").mkdir(parents=True)
    for name in ("b.png", "a.png", "deep/c.png", ".hidden.png"):
        write_picture(folder / name, np.ones((2, 4), "uint8"))
    return folder


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("c.csv", "table"), ("C.CSV", "table"), ("items.json", "items"), ("items.geojson", "items"), ("a.cub", "image"),
        ("noext", "image"), (".", "image"), ("/", "image"), ("store.zarr", "image"), ("*.cub", "pattern"),
        ("a?.csv", "pattern"), ("[ab].json", "pattern"),
    ],
)  # fmt: skip
def test_the_name_says_the_kind(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == kind


def test_a_pipe_is_a_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert kind_of(tmp_path / "pipe") == "table"


def test_point_measurements_are_known_by_their_header_and_found_by_patterns(maps: Path) -> None:
    (maps / "spots.csv").write_text("site,value,limit\nLoki,3,upper\n", encoding="utf-8")
    write_catalogue(maps, GOOD)
    listings = read_inputs([maps / "*.csv"])
    assert [(listing.path.name, listing.kind) for listing in listings] == [
        ("catalogue.csv", "table"), ("spots.csv", "points"),
    ]  # fmt: skip
    assert (listings[1].rows, listings[1].findings) == ((), ())


def test_a_file_with_a_wildcard_in_its_name_is_a_file(tmp_path: Path) -> None:
    write_picture(tmp_path / "a[1].png", np.ones((2, 4), "uint8"))
    (listing,) = read_inputs([tmp_path / "a[1].png"])
    assert [row.path for row in listing.rows] == ["a[1].png"]


def test_a_pattern_means_its_files_in_the_order_of_their_names(maps: Path) -> None:
    listings = read_inputs([maps / "*.png"])
    assert [listing.path.name for listing in listings] == ["a.png", "b.png"]
    assert {listing.folder for listing in listings} == {maps}


def test_a_deep_pattern_stays_in_its_folder(maps: Path, tmp_path: Path) -> None:
    (maps / "link.png").symlink_to(write_picture(tmp_path / "outside.png", np.ones((2, 4), "uint8")))
    listings = read_inputs([maps / "**" / "*.png"])
    assert [row.path for listing in listings for row in listing.rows] == ["a.png", "b.png", "deep/c.png", "link.png"]
    assert {listing.folder for listing in listings} == {maps}


def test_a_pattern_may_name_catalogues_but_no_folders(maps: Path) -> None:
    write_catalogue(maps / "deep", GOOD)
    listings = read_inputs([maps / "*", maps / "deep" / "*.csv"])
    assert [listing.path.name for listing in listings] == ["a.png", "b.png", "catalogue.csv"]
    assert listings[-1].folder == maps / "deep"


def test_what_is_named_twice_counts_once(maps: Path) -> None:
    assert len(read_inputs([maps / "b.png", maps / "*.png", maps / "deep" / ".." / "b.png"])) == 2


def test_a_pattern_without_a_file_says_so(maps: Path) -> None:
    (listing,) = read_inputs([maps / "*.cub"])
    (finding,) = listing.findings
    assert (finding.code, listing.rows) == ("E506", ())
    assert "*.cub" in finding.product
    assert "Mend: correct it" in str(finding)


def test_an_image_is_a_row_with_a_path_alone(maps: Path) -> None:
    (listing,) = read_inputs([maps / "a.png"])
    (row,) = listing.rows
    assert (row.path, row.number, row.channel, row.origin.place) == ("a.png", None, "", "a.png")


def test_a_catalogue_that_a_pattern_found_and_that_cannot_be_read_stops_no_other(maps: Path) -> None:
    (maps / "half.csv").write_bytes(b'path,time_utc\n"a.p')
    (maps / "whole.csv").write_text("path\na.png\n")
    listings = {listing.path.name: listing for listing in read_inputs([maps / "*.csv"])}
    assert [finding.code for finding in listings["half.csv"].findings] == ["E501"]
    assert [row.path for row in listings["whole.csv"].rows] == ["a.png"]


def test_a_catalogue_that_was_named_and_cannot_be_read_stops_all(maps: Path) -> None:
    with pytest.raises(InputError, match="E501"):
        read_inputs([maps / "a.png", maps / "none.csv"])


def test_a_catalogue_that_is_named_and_found_counts_as_named(maps: Path) -> None:
    (maps / "broken.csv").write_bytes(b"path,mission\n\xff\xfe")
    with pytest.raises(InputError):
        read_inputs([maps / "*.csv", maps / "broken.csv"])
