"""Workers, order and the number of ingests change nothing in what is found."""

from contextlib import contextmanager

import pandas as pd
import pytest
from distributed import LocalCluster
from tests.dask_parts import Scheduler
from tests.small_grid import slow_uncompiled
from tests.small_maps import FAST, contents, iovolc, settings, write_catalogue

from iovolc.config import load
from iovolc.cube.manifest import read_head
from iovolc.parallel import PROCESSES, Threads, runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track

QUICK = load(None, tuple(settings(*FAST, "detect.scales_km=[30,150]", "detect.null_draws=1")[1::2]))


def ingest_rows(small, context, *numbers) -> None:
    """Ingest a catalogue with these rows, in this order."""
    name = f"part-{context.store.name}-{'-'.join(map(str, numbers))}.csv"
    ingest([write_catalogue(small.catalogue.with_name(name), [small.rows[i] for i in numbers])], context)


def tables(context) -> tuple[pd.DataFrame, pd.DataFrame]:
    manifest = read_head(context.store)
    assert manifest is not None
    tracked = track(manifest, detect(manifest, context), context)
    return tracked.events, tracked.detections


@pytest.fixture(scope="module")
def expected(small, tmp_path_factory):
    """Events, detections and digest of one worker that ingests all at once."""
    context = Context(tmp_path_factory.mktemp("expected"), QUICK, Threads(1))
    ingest_rows(small, context, 0, 1, 2)
    found = (*tables(context), read_head(context.store).digest)
    assert len(found[0]) >= 4
    return found


def check(expected, context) -> None:
    assert read_head(context.store).digest == expected[2]
    events, detections = tables(context)
    pd.testing.assert_frame_equal(events, expected[0])
    pd.testing.assert_frame_equal(detections, expected[1])


@contextmanager
def threads(workers, folder):  # noqa: ARG001
    yield Threads(workers)


@contextmanager
def processes(workers, folder):  # noqa: ARG001
    with runner(workers=workers, address=PROCESSES) as found:
        yield found


@contextmanager
def elsewhere(workers, folder):
    """Workers of a scheduler that are no children of this process."""
    with Scheduler(folder) as scheduler:
        for _ in range(workers):
            scheduler.add_worker()
        with runner(address=scheduler.address) as found:
            yield found


def cases():
    """Each kind with two workers, and eight threads; in `make soak` all kinds with one, two and eight."""
    for kind in (threads, processes, elsewhere):
        for count in (1, 2, 8):
            quick = count == 2 or (kind, count) == (threads, 8)
            yield pytest.param(kind, count, marks=() if quick else pytest.mark.soak)


@slow_uncompiled
@pytest.mark.parametrize(("kind", "workers"), [*cases()])
def test_workers_of_whatever_kind_and_number_find_the_same(small, expected, tmp_path, kind, workers) -> None:
    with kind(workers, tmp_path) as found:
        context = Context(tmp_path / "store", QUICK, found)
        ingest_rows(small, context, 2, 0, 1)
        check(expected, context)


def test_an_older_epoch_that_comes_late_slots_in(small, expected, tmp_path) -> None:
    context = Context(tmp_path / "late", QUICK, Threads(2))
    ingest_rows(small, context, 2)
    ingest_rows(small, context, 0)
    assert set(tables(context)[1]["reference_ids"].explode()) == {"map0"}
    ingest_rows(small, context, 1)
    check(expected, context)


def test_the_command_line_takes_a_scheduler_by_its_address(small, tmp_path) -> None:
    catalogue = write_catalogue(small.catalogue.with_name("one.csv"), small.rows[:1])
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as cluster:
        options = ("--dask", cluster.scheduler_address, *settings(*FAST))
        answer = iovolc("ingest", catalogue, "--store", tmp_path / "store", "--json", *options)
    assert (answer.code, answer.values["added"]) == (0, ["map0"])
    assert "ingest: 1 of 1" in answer.err


def test_another_run_writes_the_same_bytes(small, tmp_path) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    backwards = write_catalogue(small.catalogue.with_name("backwards.csv"), small.rows[::-1])
    answer = iovolc("run", backwards, "--store", store, "--out", out, "--workers", 1, "--quiet", *small.settings)
    assert (answer.code, answer.err) == (0, "")
    assert contents(out, but=("timings.json",)) == contents(small.out, but=("timings.json",))
