"""Where a catalogue may lead, and where not."""

import os
from pathlib import Path

import pytest

from iovolc.archive.origin import Origin
from iovolc.archive.paths import MAX_PATH, locate, why_not_plain
from iovolc.errors import Finding, UnreadableProduct


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue's folder with a file and a folder in it, and files beside it."""
    (tmp_path / "mine" / "maps").mkdir(parents=True)
    (tmp_path / "mine" / "maps" / "a.tif").write_text("mine")
    (tmp_path / "minerals").mkdir()
    (tmp_path / "minerals" / "b.tif").write_text("not mine")
    return tmp_path / "mine"


def refused(text: str, folder: Path, **roots: tuple[Path, ...]) -> Finding:
    with pytest.raises(UnreadableProduct) as caught:
        locate(text, folder, Origin("a", 3), **roots)
    (finding,) = caught.value.findings
    assert (finding.row, finding.column) == (3, "path")
    return finding


@pytest.mark.parametrize("text", ["maps/a.tif", "./maps/a.tif", "maps/../maps/a.tif", "maps//a.tif"])
def test_files_below_the_folder_are_found(folder: Path, text: str) -> None:
    assert locate(text, folder, Origin("a")) == folder / "maps" / "a.tif"


def test_an_absolute_path_into_the_folder_is_as_good(folder: Path) -> None:
    assert locate(str(folder / "maps" / "a.tif"), folder, Origin("a")) == folder / "maps" / "a.tif"


def test_a_relative_folder_is_that_of_the_working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert locate("a.tif", Path("maps"), Origin("a")) == folder / "maps" / "a.tif"
    assert locate("../minerals/b.tif", Path(), Origin("a"), roots=(Path("../minerals"),)).name == "b.tif"


@pytest.mark.parametrize("text", ["../minerals/b.tif", "maps/../../minerals/b.tif", "../none.tif", "/etc/passwd"])
def test_what_lies_outside_is_refused_whether_or_not_it_is_there(folder: Path, text: str) -> None:
    assert refused(text, folder).code == "E105"


def test_roots_open_other_folders(folder: Path) -> None:
    other = folder.parent / "minerals"
    assert locate("../minerals/b.tif", folder, Origin("a"), roots=(other,)) == other / "b.tif"
    assert locate(str(other / "b.tif"), folder, Origin("a"), roots=(other,)) == other / "b.tif"
    assert refused("/etc/passwd", folder, roots=(other,)).code == "E105"
    assert refused("../minerals/none.tif", folder, roots=(other,)).code == "E101"


def test_links_count_by_where_they_lead(folder: Path) -> None:
    (folder / "in.tif").symlink_to("maps/a.tif")
    (folder / "out.tif").symlink_to("../minerals/b.tif")
    (folder / "away").symlink_to("../minerals")
    assert locate("in.tif", folder, Origin("a")) == folder / "maps" / "a.tif"
    assert refused("out.tif", folder).code == "E105"
    assert refused("away/b.tif", folder).code == "E105"


def test_a_folder_that_is_itself_a_link_is_the_folder(folder: Path) -> None:
    (folder.parent / "alias").symlink_to("mine")
    assert locate("maps/a.tif", folder.parent / "alias", Origin("a")) == folder / "maps" / "a.tif"


def test_links_in_a_circle_are_named(folder: Path) -> None:
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
    finding = refused("one", folder)
    assert (finding.code, "circle" in finding.detail) == ("E106", True)


def test_folders_and_pipes_are_no_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert "folder" in refused("maps", folder).detail
    assert "folder" in refused(".", folder).detail
    assert "pipe" in refused("pipe", folder).detail
    assert refused("pipe", folder).code == "E106"


def test_a_store_of_zarr_is_a_folder_that_may_be_read(folder: Path) -> None:
    for name, marker in (("two.zarr", ".zgroup"), ("three.zarr", "zarr.json")):
        (folder / name).mkdir()
        assert refused(name, folder).code == "E106"
        (folder / name / marker).write_text("{}")
        assert locate(name, folder, Origin("a")) == folder / name


@pytest.mark.parametrize(("text", "code"), [("none.tif", "E101"), ("maps/a.tif/b", "E101"), ("x" * 300, "E102")])
def test_what_is_not_there_is_named_as_such(folder: Path, text: str, code: str) -> None:
    assert refused(text, folder).code == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://example.org/a.tif", "network"),
        ("s3://bucket/a.tif", "network"),
        ("file:///etc/passwd", "network"),
        ("/vsicurl/http://example.org/a.tif", "virtual"),
        ("\\\\server\\a.tif", "another machine"),
        ("//server/a.tif", "another machine"),
        ('NETCDF:"a.nc":albedo', "part of a file"),
        ("GTIFF_DIR:1:a.tif", "part of a file"),
        ("<VRTDataset/>", "description"),
        ("a\0.tif", "control characters"),
        ("a\u2028.tif", "control characters"),
        ("a" * (MAX_PATH + 1), "characters long"),
    ],
)
def test_what_is_no_plain_path_is_refused_before_the_disk_is_asked(tmp_path: Path, text: str, said: str) -> None:
    assert said in why_not_plain(text)
    assert refused(text, tmp_path / "nowhere").code == "E106"


@pytest.mark.parametrize("text", ["a.tif", "maps/1999-07-03T06:00:00.tif", "Übersicht 2.png", "a" * MAX_PATH, "=1.png"])
def test_ordinary_names_are_plain(text: str) -> None:
    assert why_not_plain(text) == ""
