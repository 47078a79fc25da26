"""`iovolc check` names what is wrong with a file, mends its row, and ingest refuses what it names."""

import csv
import shutil
import subprocess
import sys

import numpy as np
import pytest
from tests.small_maps import (
    QUICK,
    TIMES,
    TINY,
    bounded,
    iovolc,
    picture,
    row,
    settings,
    write_catalogue,
    write_picture,
    write_reference,
    write_tif,
)  # fmt: skip

WEST_TO_EAST = (0.0, 360.0, 90.0, -90.0)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The base map, and beside it a right and a mirrored picture of the same surface."""
    folder = tmp_path_factory.mktemp("base")
    reference = write_reference(folder / "reference.png")
    right = picture(5, bounds=WEST_TO_EAST, shape=TINY)
    write_picture(folder / "right.png", right)
    write_picture(folder / "mirrored.png", right[:, ::-1])
    write_tif(folder / "mirrored.tif", picture(6, shape=TINY)[:, ::-1].copy())
    cells = {"quantity": "relative", "licence": 'free, says "he"', **bounded(WEST_TO_EAST)}
    rows = [row("right.png", TIMES[0], **cells), row("mirrored.png", TIMES[1], **cells), row("mirrored.tif", TIMES[2])]
    rows[2]["id"] = "metres"
    return write_catalogue(folder / "maps.csv", rows), ("--set", f"registration.reference={reference}")


@pytest.fixture
def maps(base, tmp_path):
    shutil.copytree(base[0].parent, tmp_path / "maps")
    return tmp_path / "maps" / "maps.csv"


def listed(answer):
    return [(item["row"], item["code"]) for item in answer.values["findings"]]


def test_the_mirrored_maps_are_named_with_their_margins(maps, base):
    answer = iovolc("check", maps, "--json", *base[1])
    assert (answer.code, answer.values["usable"]) == (3, 1)
    assert listed(answer) == [(3, "E210"), (4, "E210")]
    right, mirrored, _ = answer.values["margins"]
    assert (right["verdict"], mirrored["verdict"]) == ("as stated", "misread")
    stated, best = mirrored["readings"][:2]
    assert (stated["reading"], best["reading"]) == ("as stated", "mirrored east-west")
    assert best["margin"] < -0.5
    assert -best["margin_sigma"] > mirrored["needed_sigma"] > 5.0
    assert mirrored["mends"] != right["mends"] == []
    assert answer.values["written"] == []


def test_every_field_says_where_it_comes_from(maps, base):
    first, *_ = iovolc("check", maps, "--json", *base[1]).values["understood"]
    assert first["fields"]["quantity"] == {"value": "relative", "source": "catalogue"}
    assert first["fields"]["scale"]["source"] == "label"
    assert "sub_observer_lat" not in first["fields"]


def test_fix_writes_the_row_that_mends_it_beside_the_original(maps, base):
    before = maps.read_bytes()
    answer = iovolc("check", maps, "--fix", *base[1])
    fixed = maps.with_name("maps.fixed.csv")
    assert f"written: {fixed}" in answer.out
    assert maps.read_bytes() == before
    assert iovolc("check", fixed, *base[1]).out == "3 usable rows, 0 problems\n"
    with maps.open(newline="") as old, fixed.open(newline="") as new:
        first, second = list(csv.DictReader(old)), list(csv.DictReader(new))
    assert first[0] == second[0]
    edges = ("left_lon_e", "right_lon_e", "top_lat", "bottom_lat")
    assert [float(second[1][name]) for name in edges] == [360.0, 0.0, 90.0, -90.0]
    assert {name for name in first[1] if first[1][name] != second[1][name]} <= set(edges)
    assert (second[2]["projection"], second[2]["left_lon_e"], second[2]["right_lon_e"]) == ("bounds", "180", "-180")


def test_fix_says_when_there_is_nothing_to_mend(maps, base):
    fixed = iovolc("check", maps.parent / "right.png", "--catalogue", maps, "--fix", *base[1])
    assert (fixed.code, "nothing written" in fixed.out) == (0, True)
    assert not list(maps.parent.glob("*.fixed.csv"))


def test_an_image_takes_its_row_from_the_catalogue(maps, base):
    answer = iovolc("check", maps.parent / "mirrored.png", "--catalogue", maps, "--json", *base[1])
    assert (answer.code, listed(answer)) == (3, [(3, "E210")])


def test_an_image_alone_must_say_everything_itself(maps, base):
    answer = iovolc("check", maps.parent / "right.png", "--json", *base[1])
    assert answer.code == 3
    assert {code[:2] for _, code in listed(answer)} <= {"E2", "E3", "E5"}


def test_a_warning_alone_is_no_failure(maps, base):
    moved = np.roll(picture(5, bounds=WEST_TO_EAST, shape=TINY), 4, axis=1)
    write_picture(maps.parent / "moved.png", moved)
    cells = {"quantity": "relative", **bounded(WEST_TO_EAST)}
    catalogue = write_catalogue(maps.parent / "moved.csv", [row("moved.png", TIMES[0], **cells)])
    answer = iovolc("check", catalogue, *base[1])
    assert answer.code == 0
    assert answer.out.startswith("warning: E215 ")
    assert answer.out.endswith("1 usable rows, 0 problems, 1 warnings\n")


def test_a_catalogue_that_is_none(tmp_path):
    answer = iovolc("check", tmp_path / "nowhere.csv")
    assert (answer.code, answer.err[:4]) == (3, "E501")


def test_ingest_refuses_a_misread_map_unless_the_configuration_insists(maps, base):
    store = ("--store", maps.parent / "store", "--json", "--quiet", *settings(*QUICK), *base[1])
    answer = iovolc("ingest", maps, *store)
    assert (answer.code, answer.values["added"]) == (4, ["right"])
    assert answer.err.count("refused: E210") == 2
    insisting = ("--set", "ingest.insist=[metres, mirrored.png]")
    again = iovolc("ingest", maps, *store, *insisting)
    assert (again.code, sorted(again.values["added"])) == (0, ["metres", "mirrored"])
    assert iovolc("ingest", maps, *store, *insisting).values["added"] == []


def test_a_check_loads_none_of_the_libraries_that_it_does_not_need(base):
    code = """
import sys
from iovolc.cli import app
app(sys.argv[1:], standalone_mode=False)
print(*sorted(name for name in sys.modules if "." not in name))
"""
    arguments = ("check", base[0].parent / "right.png", "--catalogue", base[0], *base[1])
    ran = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
    said, loaded = ran.stdout.splitlines()
    assert said == "1 usable rows, 0 problems"
    assert {"numba", "rasterio"} <= set(loaded.split())
    assert {"sklearn", "pandas", "xarray", "astropy", "matplotlib", "dask", "skimage"}.isdisjoint(loaded.split())
