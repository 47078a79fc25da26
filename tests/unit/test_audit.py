import shutil
from dataclasses import replace

import pytest

from iovolc.cube import audit
from iovolc.cube.manifest import commit
from iovolc.errors import StoreCorrupt
from store_sample import GRID, ingest, put


def chunk_of(store, index):
    (path,) = store.glob(f"epochs/obs-{index}/*/equator/value/c/0/0")
    return path


def test_a_sound_store_shows_no_damage(tmp_path):
    ingest(tmp_path, range(2))
    assert audit.verify(tmp_path) == ()
    audit.require_sound(tmp_path)


def test_an_empty_store_is_sound(tmp_path):
    assert audit.verify(tmp_path) == ()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.unlink(), "does not match its hash"),
        (lambda path: path.write_bytes(path.read_bytes()[:-7]), "it cannot be read"),
        (lambda path: shutil.copy(chunk_of(path.parents[7], 0), path), "does not match its hash"),
        (lambda path: shutil.rmtree(path.parents[4]), "damaged or missing"),
    ],
    ids=["chunk lost", "chunk cut", "chunk of another epoch", "epoch lost"],
)
def test_a_damaged_epoch_is_found_and_named(tmp_path, damage, words):
    manifest = ingest(tmp_path, range(3))
    damage(chunk_of(tmp_path, 1))
    (found,) = audit.verify(tmp_path)
    assert (found.observation_id, found.content_hash) == ("obs-1", manifest.entries[1].content_hash)
    assert words in found.detail
    with pytest.raises(StoreCorrupt, match=r"1 damaged items; delete their folders .*\nobs-1"):
        audit.require_sound(tmp_path)


def test_a_damaged_record_is_found(tmp_path):
    ingest(tmp_path, range(1))
    (head,) = tmp_path.glob("epochs/obs-0/*/zarr.json")
    head.write_text(head.read_text().replace("Galileo", "Voyager"))
    assert audit.verify(tmp_path)[0].detail == "its content does not match its hash"


def test_a_sheet_that_claims_another_coordinate_system_is_found(tmp_path):
    ingest(tmp_path, range(1))
    (attrs,) = tmp_path.glob("epochs/obs-0/*/equator/zarr.json")
    attrs.write_text(attrs.read_text().replace("IAU_2015:50110", "EPSG:4326"))
    assert "crs_authority = EPSG:4326" in audit.verify(tmp_path)[0].detail


def test_a_manifest_that_describes_an_epoch_wrongly_is_found(tmp_path):
    manifest = ingest(tmp_path, range(1))
    wrong = replace(manifest, entries=(replace(manifest.entries[0], channel="red"),))
    assert audit.verify(tmp_path, wrong)[0].detail == "the manifest describes it wrongly"


def test_the_mended_epoch_makes_the_store_sound_again(tmp_path):
    manifest = ingest(tmp_path, range(2))
    chunk = chunk_of(tmp_path, 1)
    chunk.unlink()
    shutil.rmtree(chunk.parents[4])
    assert commit(tmp_path, GRID, [put(tmp_path, 1)]) == manifest
    audit.require_sound(tmp_path)
