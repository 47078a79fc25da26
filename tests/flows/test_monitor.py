"""The monitoring flow: the bytes of `iovolc run`, and a state that says what came of it."""

import shutil

import pandas as pd
import pytest
from flows.monitor import monitor
from flows.parameters import opened
from flows.states import code_of, named
from tests.flows.conftest import BRIGHT, DARK
from tests.small_maps import contents, listing, near, row, write_catalogue

from flows import ingest as module
from iovolc.errors import AlgorithmError, ConfigError, Finding, InputError, TransientIOError
from iovolc.pipeline.run import run

pytestmark = pytest.mark.flows


def ended(parameters):
    return monitor(parameters, return_state=True)


def failing(monkeypatch, *errors):
    """Lets the ingest raise these errors first; the attempts are counted in the list it gives."""
    use_case, left, attempts = module.ingestion.ingest, list(errors), []

    def ingest(catalogues, context):
        attempts.append(catalogues)
        if left:
            raise left.pop(0)
        return use_case(catalogues, context)

    monkeypatch.setattr(module.ingestion, "ingest", ingest)
    monkeypatch.setattr(module.take_up, "retry_delay_seconds", [0])
    return attempts


def test_the_flow_gives_the_bytes_of_a_run(published, prepared) -> None:
    flow, plain = prepared.parameters(), prepared.parameters("plain", workers=1)
    with opened(plain) as context:
        finished = run(plain.catalogues, context, plain.out)
    assert published.name == "Completed"
    assert contents(flow.out, but=("timings.json",)) == contents(plain.out, but=("timings.json",))
    assert contents(flow.out) == contents(flow.store / "runs" / finished.folder.name)
    assert (flow.store / "runs" / "latest.json").read_bytes() == (plain.store / "runs" / "latest.json").read_bytes()


def test_the_flow_finds_the_change_and_says_so(published, prepared) -> None:
    events = pd.read_parquet(prepared.parameters().out / "events.parquet")
    assert len(near(events, DARK)) == 1
    assert published.message == (
        f"2 epochs added, {len(events)} events; run {events['run_id'].iloc[0]}; the first run of this store"
    )


def test_the_seconds_of_every_stage_are_kept(published, prepared) -> None:  # noqa: ARG001
    timings = pd.read_json(prepared.parameters().out / "timings.json", typ="series")
    assert {"ingest", "detect", "track"} < {*timings.index}


def test_nothing_new_is_skipped_and_nothing_is_written(published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters()
    before = listing(parameters.out), listing(parameters.store)
    state = ended(parameters)
    assert (state.is_completed(), state.name, code_of(state)) == (True, "Skipped", 0)
    assert "nothing new" in state.message
    assert (listing(parameters.out), listing(parameters.store)) == before


def test_outputs_that_have_gone_are_published_again(published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters()
    before = contents(parameters.out)
    shutil.rmtree(parameters.out)
    assert ended(parameters).name == "Completed"
    assert contents(parameters.out) == before


def test_a_catalogue_without_rows_is_skipped_without_alarm(server, prepared, tmp_path, caplog) -> None:  # noqa: ARG001
    empty = tmp_path / "empty.csv"
    empty.write_text("path,time_utc\n")
    parameters = prepared.parameters("empty", empty)
    state = ended(parameters)
    assert (state.is_completed(), state.name, code_of(state)) == (True, "Skipped", 0)
    assert state.message == "the catalogues hold no row; add one per band"
    assert not parameters.out.exists()
    assert [record.getMessage() for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []


def test_a_grown_catalogue_is_taken_up_and_its_bad_row_named(server, prepared) -> None:  # noqa: ARG001
    catalogue = write_catalogue(prepared.folder / "maps" / "growing.csv", prepared.rows[:2])
    parameters = prepared.parameters("growing", catalogue)
    assert ended(parameters).name == "Completed"
    (prepared.folder / "maps" / "broken.tif").write_bytes(b"not an image")
    write_catalogue(catalogue, [*prepared.rows, row("broken.tif", "2007-03-01T00:00:00Z")])
    state = ended(parameters)
    assert (state.is_completed(), state.name, code_of(state)) == (True, "Degraded", 4)
    assert "1 epochs added" in state.message
    assert "refused: broken.tif (E102)" in state.message
    assert len(near(pd.read_parquet(parameters.out / "events.parquet"), BRIGHT)) == 1
    again = ended(parameters)
    assert (again.name, again.message) == ("Degraded", "nothing new; refused: broken.tif (E102)")


def test_what_may_pass_is_tried_again(published, prepared, monkeypatch) -> None:  # noqa: ARG001
    attempts = failing(monkeypatch, TransientIOError("the disk was away"), TransientIOError("and once more"))
    assert ended(prepared.parameters()).is_completed()
    assert len(attempts) == 3


def test_what_never_passes_ends_in_failure(server, prepared, monkeypatch) -> None:  # noqa: ARG001
    attempts = failing(monkeypatch, *[TransientIOError("the disk is away")] * 9)
    state = ended(prepared.parameters())
    assert (state.is_failed(), code_of(state), len(attempts)) == (True, 5, 4)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AlgorithmError("no noise model", pixels=3.0), 5),
        (ConfigError("no such key"), 2),
        (InputError([Finding("E501", "maps.csv", "gone")]), 3),
        (ValueError("a bug"), 5),
    ],
    ids=["algorithm", "configuration", "input", "bug"],
)
def test_what_cannot_pass_is_not_tried_again(server, prepared, monkeypatch, error, code) -> None:  # noqa: ARG001
    attempts = failing(monkeypatch, error)
    state = ended(prepared.parameters())
    assert (state.is_failed(), code_of(state), len(attempts)) == (True, code, 1)
    assert str(error) in state.message


def test_a_folder_with_other_files_is_left_alone(server, prepared, monkeypatch) -> None:  # noqa: ARG001
    parameters = prepared.parameters("foreign")
    parameters.out.mkdir(parents=True)
    (parameters.out / "thesis.txt").write_text("mine")
    attempts = failing(monkeypatch)
    assert code_of(ended(parameters)) == 2
    assert (attempts, contents(parameters.out)) == ([], {"thesis.txt": b"mine"})


def test_the_run_is_named_after_what_it_did(server, prepared, tmp_path) -> None:  # noqa: ARG001
    from prefect.client.orchestration import get_client

    empty = tmp_path / "mosaics.csv"
    empty.write_text("path\n")
    state = ended(prepared.parameters("named", empty))
    with get_client(sync_client=True) as client:
        assert client.read_flow_run(state.state_details.flow_run_id).name == (
            "mosaics.csv into store: the catalogues hold no row"
        )


def test_long_lists_of_refusals_are_cut() -> None:
    findings = [Finding("E101", f"map{number}.tif", "gone") for number in range(25)]
    text = named([*findings, findings[0]])
    assert text.startswith("map0.tif (E101), map1.tif (E101), ")
    assert text.endswith("map19.tif (E101) and 5 more")
