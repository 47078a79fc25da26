import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from iovolc.cube import audit
from iovolc.cube.cleaning import garbage
from iovolc.cube.layout import points_folder
from iovolc.cube.manifest import Manifest, commit, read_head, read_manifest
from iovolc.cube.points import read_points, write_points
from iovolc.errors import StoreConflict, StoreCorrupt
from iovolc.model.glow import Glow
from store_sample import GRID, listing, put


def glow(day=1, **changes):
    time = datetime(2013, 8, day, tzinfo=UTC)
    facts = Glow(f"obs{day}", time, 13.0, 51.2, (4900.0, 4900.0, 0.0), "Lp", 3.78, "intensity", 60.0, 6.0, "detection",
                 "test")  # fmt: skip
    return replace(facts, **changes)


def store_table(store, *glows, name="keck.csv"):
    return write_points(store, name, "ab" * 32, glows)


def test_a_table_comes_back_in_order_of_time(tmp_path):
    late, early = glow(9), glow(2, sigma=None, emission_deg=30.0, label="Loki")
    entry = store_table(tmp_path, late, early)
    assert read_points(tmp_path, entry) == (early, late)
    assert entry.n_rows == 2


def test_the_same_rows_in_any_order_are_the_same_table(tmp_path):
    first = store_table(tmp_path, glow(1), glow(2))
    before = listing(tmp_path)
    assert store_table(tmp_path, glow(2), glow(1)) == first
    assert listing(tmp_path) == before


def test_a_manifest_names_tables_beside_epochs(tmp_path):
    epoch, table = put(tmp_path, 0), store_table(tmp_path, glow())
    manifest = commit(tmp_path, GRID, [epoch], points=[table])
    assert read_head(tmp_path) == manifest
    assert manifest.points == (table,)
    assert commit(tmp_path, GRID, points=[table]) == manifest
    assert commit(tmp_path, GRID, [put(tmp_path, 1)]).points == (table,)


def test_a_newer_table_of_the_same_name_replaces_the_old_and_the_old_manifest_still_opens(tmp_path):
    old = commit(tmp_path, GRID, points=[store_table(tmp_path, glow(value=60.0))])
    new = commit(tmp_path, GRID, points=[store_table(tmp_path, glow(value=61.0)), store_table(tmp_path, name="b.csv")])
    assert [table.name for table in new.points] == ["b.csv", "keck.csv"]
    assert read_points(tmp_path, new.points[1])[0].value == 61.0
    assert read_points(tmp_path, read_manifest(tmp_path, old.number).points[0])[0].value == 60.0


def test_a_manifest_from_before_tables_opens_with_the_digest_it_had(tmp_path):
    manifest = commit(tmp_path, GRID, [put(tmp_path, 0)])
    data = json.loads(json.dumps(manifest.to_json()))
    del data["points"]
    assert Manifest.from_json(data) == manifest
    assert Manifest.from_json(data).digest == data["digest"]
    assert replace(manifest, points=(store_table(tmp_path, glow()),)).digest != manifest.digest


def test_two_tables_of_one_name_at_once_are_refused(tmp_path):
    with pytest.raises(StoreConflict, match=r"two tables are named keck\.csv"):
        commit(tmp_path, GRID, points=[store_table(tmp_path, glow(1)), store_table(tmp_path, glow(2))])


@pytest.mark.parametrize("damage", ["lost", "changed"])
def test_a_damaged_table_is_noticed(tmp_path, damage):
    table = store_table(tmp_path, glow())
    commit(tmp_path, GRID, points=[table])
    assert audit.verify(tmp_path) == ()
    file = tmp_path / "points" / table.sha256 / "measurements.json"
    if damage == "lost":
        file.unlink()
        with pytest.raises(StoreConflict, match="is gone"):
            commit(tmp_path, GRID, points=[table])
    else:
        file.write_text(file.read_text().replace("60.0", "61.0"))
    with pytest.raises(StoreCorrupt, match=r"ingest keck\.csv again"):
        read_points(tmp_path, table)
    assert [damage.observation_id for damage in audit.verify(tmp_path)] == ["keck.csv"]


def test_tables_that_no_manifest_names_are_rubbish(tmp_path):
    kept, loose = store_table(tmp_path, glow(1)), store_table(tmp_path, glow(2), name="loose.csv")
    commit(tmp_path, GRID, points=[kept])
    assert [*garbage(tmp_path)] == [points_folder(".", loose.sha256).removeprefix("./")]
