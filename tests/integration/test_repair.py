"""A damaged store is made whole again from the original maps, or says what could not be."""

import shutil

import pytest
from tests.integration.conftest import Small
from tests.small_grid import slow_uncompiled
from tests.small_maps import contents, iovolc

from iovolc.cube.audit import verify

POINTS = """site,time_utc,lat,lon_w,position_sigma_km,band,wavelength_um,value,sigma,limit,unit,source
Loki Patera,2013-08-15T10:00:00Z,13.0,308.8,70,Lp,3.78,60,6,detection,GW um-1 sr-1,test
"""


@pytest.fixture
def damaged(small: Small, tmp_path):
    """A copy of the store in which one chunk is lost, one epoch is gone and one record is changed."""
    store = tmp_path / "store"
    shutil.copytree(small.store, store)
    next(store.glob("epochs/map0/*/equator/value/c/0/0")).unlink()
    shutil.rmtree(store / "epochs" / "map1")
    (record,) = store.glob("epochs/map2/*/zarr.json")
    record.write_text(record.read_text().replace("Galileo", "Voyager"))
    assert len(verify(store)) == 3
    return store


def repair(store, *arguments):
    return iovolc("verify", *arguments, "--store", store, "--repair", "--json", "--quiet")


def test_what_is_damaged_is_made_again_byte_for_byte(small: Small, damaged) -> None:
    answer = repair(damaged, small.catalogue)
    assert (answer.code, len(answer.values["mended"]), answer.values["damaged"]) == (0, 3, [])
    assert contents(damaged / "epochs") == contents(small.store / "epochs")
    assert contents(damaged) == contents(small.store)
    assert repair(damaged).out == '{\n  "damaged": [],\n  "mended": []\n}\n'


def test_without_its_original_it_stays_and_is_named(small: Small, damaged) -> None:
    before = contents(damaged)
    answer = repair(damaged)
    assert (answer.code, answer.values["mended"], len(answer.values["damaged"])) == (5, [], 3)
    assert all("no original with its sha256" in line for line in answer.values["damaged"])
    assert contents(damaged) == before
    kept = small.catalogue.with_name("one.csv")
    kept.write_text("\n".join(small.catalogue.read_text().splitlines()[:2]) + "\n")
    answer = repair(damaged, kept)
    assert (answer.code, len(answer.values["mended"]), len(answer.values["damaged"])) == (5, 1, 2)
    assert answer.values["mended"][0].startswith("map0: mended: ")


def test_an_epoch_whose_folder_is_gone_is_ingested_again(small: Small, tmp_path) -> None:
    store = shutil.copytree(small.store, tmp_path / "store")
    shutil.rmtree(store / "epochs" / "map1")
    answer = iovolc("ingest", small.catalogue, "--store", store, "--json", *small.settings)
    assert (answer.code, answer.values["known"]) == (0, 2), answer.err
    assert contents(store / "epochs") == contents(small.store / "epochs")


def test_what_was_never_a_store_is_not_sound(tmp_path) -> None:
    for store in (tmp_path / "none", tmp_path):
        answer = iovolc("verify", "--store", store)
        assert answer.code == 2
        assert "holds no store" in answer.err


def test_a_damaged_manifest_is_named_by_verify(damaged) -> None:
    newest = max((damaged / "manifests").iterdir(), key=lambda path: int(path.stem))
    newest.write_bytes(newest.read_bytes()[:-7])
    answer = iovolc("verify", "--store", damaged, "--json")
    assert answer.code == 5
    assert answer.values["damaged"][0] == f"manifests/{newest.name}: it is damaged; restore it from a copy"


@slow_uncompiled
def test_what_would_become_something_else_is_not_put_in_place(small: Small, damaged) -> None:
    before = contents(damaged)
    answer = repair(damaged, small.catalogue, "--set", "ingest.min_weight=0.9")
    assert (answer.code, answer.values["mended"]) == (5, [])
    assert all("makes something else now" in line for line in answer.values["damaged"])
    assert contents(damaged) == before


def test_a_table_of_measurements_is_made_again(tmp_path) -> None:
    store, table = tmp_path / "store", tmp_path / "spots.csv"
    table.write_text(POINTS)
    assert iovolc("ingest", table, "--store", store, "--quiet").code == 0
    (stored,) = store.glob("points/*/measurements.json")
    sound = stored.read_bytes()
    stored.write_bytes(sound.replace(b"60.0", b"61.0"))
    answer = repair(store)
    assert (answer.code, answer.values["mended"]) == (5, [])
    answer = repair(store, table)
    assert (answer.code, len(answer.values["mended"]), answer.values["damaged"]) == (0, 1, [])
    assert stored.read_bytes() == sound
