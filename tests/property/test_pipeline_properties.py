"""Any order of rows, and any split over ingests, ends in the same manifest; a second time adds nothing."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numba import config as numba_config
from tests import small_maps
from tests.small_maps import TIMES, bounded, listing, row, write_catalogue, write_picture

from iovolc.config import load
from iovolc.cube.manifest import read_head
from iovolc.errors import InputError
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.run import run

OVERRIDES = tuple(small_maps.settings(*small_maps.QUICK)[1::2])
BOUNDS = (10.0, 30.0, 20.0, 0.0)
BROKEN = 3
pytestmark = [pytest.mark.slow] if numba_config.DISABLE_JIT else []
RARE = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def splits(draw):
    """The numbers 0 to 3 in any order, cut into one to three catalogues; some may stand in two of them."""
    order = draw(st.permutations(range(4)))
    cuts = sorted(draw(st.lists(st.integers(0, 4), max_size=2)))
    parts = [order[start:stop] for start, stop in zip([0, *cuts], [*cuts, 4], strict=True)]
    again = draw(st.lists(st.integers(0, 2), max_size=1))
    return [part for part in (*parts, again) if part]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Three small pictures and a row without a file; paths from the root, so that catalogues may lie anywhere."""
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(5)
    for index in range(3):
        write_picture(folder / f"map{index}.png", generator.uniform(0.2, 1.0, (40, 40)))
    names = ("map0.png", "map1.png", "map2.png", "missing.png")
    return [{**row(str(folder / name), TIMES[i], **bounded(BOUNDS)), "quantity": ""} for i, name in enumerate(names)]


def configured(rows):
    """The configuration that may read the rows' pictures from wherever a catalogue lies."""
    return load(None, (*OVERRIDES, f"ingest.roots=[{Path(rows[0]['path']).parent}]"))


def ingest_parts(rows, parts, folder: Path, workers: int) -> Context:
    context = Context(folder / "store", configured(rows), Threads(workers))
    for number, part in enumerate(parts):
        catalogue = write_catalogue(folder / f"{number}.csv", [rows[i] for i in part])
        # A catalogue of nothing usable is an error while the store is empty; its refusal is kept all the same.
        if read_head(context.store) is None and set(part) == {BROKEN}:
            with pytest.raises(InputError):
                ingest([catalogue], context)
        else:
            ingest([catalogue], context)
    return context


def digest_of(context: Context) -> str:
    head = read_head(context.store)
    assert head is not None
    return head.digest


@pytest.fixture(scope="module")
def expected(rows, tmp_path_factory):
    return digest_of(ingest_parts(rows, [range(4)], tmp_path_factory.mktemp("expected"), workers=1))


@RARE
@given(parts=splits(), workers=st.integers(1, 4))
def test_order_split_and_workers_end_in_the_same_manifest(rows, expected, parts, workers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        context = ingest_parts(rows, parts, Path(folder), workers)
        assert digest_of(context) == expected
        head = read_head(context.store)
        assert [entry.observation_id for entry in head.entries] == ["map0", "map1", "map2"]
        assert [item.product for item in head.refused] == ["missing"]


@settings(RARE, max_examples=4)
@given(parts=splits())
def test_ingesting_all_again_changes_no_file(rows, parts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        context = ingest_parts(rows, parts, Path(folder), workers=2)
        before = listing(context.store)
        ingest_parts(rows, parts, Path(folder), workers=1)
        assert listing(context.store) == before


def test_where_files_may_lie_is_no_part_of_an_epoch(rows, tmp_path) -> None:
    context = ingest_parts(rows, [range(3)], tmp_path, workers=1)
    before = listing(context.store)
    more = f"ingest.roots=[{Path(rows[0]['path']).parent}, {tmp_path}]"
    other = Context(context.store, load(None, (*OVERRIDES, more, "ingest.max_megapixels=50")), Threads(1))
    done = ingest([write_catalogue(tmp_path / "again.csv", rows[:3])], other)
    assert (done.added, done.known) == ((), 3)
    assert listing(context.store) == before


@pytest.mark.parametrize("refused", [False, True])
def test_a_single_epoch_makes_a_run_without_events(rows, tmp_path, refused) -> None:
    context = Context(tmp_path / "store", configured(rows), Threads(1))
    chosen = [rows[0], rows[BROKEN]] if refused else [rows[0]]
    finished = run([write_catalogue(tmp_path / "catalogue.csv", chosen)], context, tmp_path / "out")
    assert len(finished.tracked.events) == 0
    assert finished.degraded is refused
    assert (tmp_path / "out" / "page" / "index.html").exists()
