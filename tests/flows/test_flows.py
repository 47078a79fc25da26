"""The other flows: each stage by itself, reruns, archives in batches, and what Prefect shows of it."""

import time

import httpx
import pandas as pd
import pytest
from flows.backfill import backfill
from flows.detect import detect
from flows.ingest import ingest
from flows.monitor import monitor
from flows.news import News, escaped, report, show
from flows.parameters import BackfillParameters, IngestParameters, PublishParameters, RerunParameters, StoreParameters
from flows.publish import publish
from flows.rerun import rerun
from tests.small_maps import contents, write_catalogue

from bad_files import make_corpus
from flows import ingest as module
from iovolc.cube.lock import held
from iovolc.pipeline.diff import EventDifference
from iovolc.pipeline.status import status

pytestmark = pytest.mark.flows


def parts(parameters, model, *names, **others):
    """The same store and settings for another flow."""
    held_ = {name: getattr(parameters, name) for name in ("store", "overrides", "workers", *names)}
    return model(**held_, **others)


def artifact(server, key):
    """The newest one of this key, as Prefect's page shows it."""
    return httpx.get(f"{server}/artifacts/{key}/latest").raise_for_status().json()


def test_the_stages_one_by_one_give_the_bytes_of_the_monitor(published, prepared) -> None:  # noqa: ARG001
    whole, apart = prepared.parameters(), prepared.parameters("apart")
    taken = ingest(parts(apart, IngestParameters, "catalogues"), return_state=True)
    compared = detect(parts(apart, StoreParameters), return_state=True)
    told = publish(parts(apart, PublishParameters, "out"), return_state=True)
    assert taken.message.startswith("2 epochs added")
    assert compared.message.startswith("1 epochs compared")
    assert "the first run of this store" in told.message
    assert contents(apart.out, but=("timings.json",)) == contents(whole.out, but=("timings.json",))
    again = publish(parts(apart, PublishParameters, "out"), return_state=True)
    assert (again.name, "nothing new" in again.message) == ("Skipped", True)
    assert ingest(parts(apart, IngestParameters, "catalogues"), return_state=True).name == "Skipped"


def test_an_archive_in_batches_gives_the_bytes_of_the_monitor(published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters("backfilled")
    wanted = parts(parameters, BackfillParameters, "catalogues", batch=1)
    assert backfill(wanted, return_state=True).message == "2 epochs added"
    assert status(parameters.store)["manifest"] == 2
    publish(parts(parameters, PublishParameters, "out"), return_state=True)
    tables = [prepared.parameters(name).out / "events.csv" for name in ("flow", "backfilled")]
    first, second = (pd.read_csv(table, comment="#").drop(columns="run_id") for table in tables)
    pd.testing.assert_frame_equal(first, second)
    assert backfill(wanted, return_state=True).name == "Skipped"


def test_an_empty_store_is_skipped(server, prepared) -> None:  # noqa: ARG001
    nothing = prepared.parameters("nothing")
    assert detect(parts(nothing, StoreParameters), return_state=True).name == "Skipped"
    assert publish(parts(nothing, PublishParameters, "out"), return_state=True).name == "Skipped"


def test_a_rerun_says_what_differs_and_leaves_the_operational_run(server, published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters()
    before = status(parameters.store)["latest_run"]
    wanted = RerunParameters(store=parameters.store, overrides=("detect.q=1e-9",), workers=2)
    state = rerun(wanted, return_state=True)
    assert state.message.startswith("0 epochs compared anew; run ")
    assert " changed" in state.message
    assert status(parameters.store)["latest_run"] == before
    shown = artifact(server, "iovolc-rerun-report")["data"]
    assert f"Against {before}" in shown
    assert "detect.q" in shown
    made = state.message.partition("; run ")[2].partition(";")[0]
    assert f"# Run {made}" in shown
    assert f"# Run {made}" not in artifact(server, "iovolc-report")["data"]


def test_prefect_shows_a_table_and_a_link_to_the_page(server, published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters("shown")
    monitor(parameters, return_state=True)
    assert (parameters.out / "page" / "index.html").as_uri() in artifact(server, "iovolc-page")["data"]
    assert artifact(server, "iovolc-events")["description"].endswith("the first run of this store")


def test_a_second_run_on_a_store_leaves_it_to_the_first(server, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters("twice")
    with held(parameters.store):
        state = monitor(parameters, return_state=True)
    assert (state.name, "another run is at work" in state.message) == ("Skipped", True)
    assert not parameters.out.exists()


def test_a_stage_that_hangs_ends_as_failed(server, prepared, monkeypatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(module.ingestion, "ingest", lambda *_: time.sleep(20))
    parameters = prepared.parameters("hung").model_copy(update={"stage_timeout_s": 0.5})
    start = time.monotonic()
    assert monitor(parameters, return_state=True).is_failed()
    assert time.monotonic() - start < 15


def test_hostile_catalogues_and_labels_are_refused_and_the_rest_is_taken_up(server, prepared, tmp_path) -> None:  # noqa: ARG001
    make_corpus(tmp_path / "bad")
    hostile = tmp_path / "bad" / "[cz]*" / "catalogue.csv"
    given = prepared.parameters("hostile")
    state = ingest(parts(given, IngestParameters, catalogues=(prepared.catalogue, hostile)), return_state=True)
    assert (state.is_completed(), state.name) == (True, "Degraded")
    assert state.message.isprintable()
    assert len(state.message) < 4000
    held = status(given.store)
    assert held["epochs"] >= 3  # two of the catalogue, and good rows that go with the bad ones
    assert len(held["refused"]) >= 10


def test_automations_are_told_of_operational_runs_alone(tmp_path, monkeypatch) -> None:
    keys, sent = [], []
    monkeypatch.setattr("flows.news.emit_event", lambda name, _, payload: sent.append((name, payload)))
    for kind in ("table", "markdown", "link"):
        monkeypatch.setattr(f"flows.news.create_{kind}_artifact", lambda key, **_: keys.append(key))
    event = EventDifference("lost", "e1", None, "dark at 1 N", "B", None, {}, ("parameter detect.q: 0.1 -> 0.2",))
    show(News("r2", "r1", (event,)), tmp_path, operational=False)
    assert (sent, keys) == ([], ["iovolc-rerun-events", "iovolc-rerun-report", "iovolc-rerun-page"])
    show(News("r2", "r1", (event,)), tmp_path)
    ((name, payload),) = sent
    assert name == "iovolc.event.lost"
    assert (payload["event_id"], payload["run_id"], payload["causes"]) == ("e1", "r2", "parameter detect.q: 0.1 -> 0.2")


def test_hostile_names_stay_text() -> None:
    place = "dark at 1 N, 5 km from <script>alert(1)</script> [x](javascript:y)\n# head"
    event = EventDifference("gained", None, "e1", place, "B", None, {}, ("new input: `rm`",))
    shown = report(News("r2", "r1", (event,)))
    assert "<script" not in shown
    assert "](javascript" not in shown
    assert len(shown.splitlines()) == 5
    assert escaped("a_b") == "a\\_b"


def test_long_news_are_cut() -> None:
    event = EventDifference("gained", None, "e1", "somewhere", "B", None, {}, ())
    shown = report(News("r2", "r1", (event,) * 130))
    assert shown.count("somewhere") == 100
    assert "and 30 more" in shown


def test_news_are_counted() -> None:
    event = EventDifference("gained", None, "e1", "somewhere", "B", None, {}, ())
    assert News("r2", "r1", (event, event)).text() == "2 gained"
    assert News("r2", "r1", ()).text() == "no event differs"
    assert News("r2", None, ()).text() == "the first run of this store"


def test_rows_of_a_catalogue_in_batches_are_all_there(prepared, tmp_path) -> None:
    from iovolc.archive.inputs import batches, read_inputs

    catalogue = write_catalogue(prepared.folder / "maps" / "batched.csv", prepared.rows)
    listings = read_inputs([catalogue, tmp_path / "*.tif"])
    cut = list(batches(listings, 2))
    assert [sum(len(part.rows) for part in batch) for batch in cut] == [2, 1]
    assert [row for batch in cut for part in batch for row in part.rows] == list(listings[0].rows)
    assert [finding.code for batch in cut for part in batch for finding in part.findings] == ["E506"]
