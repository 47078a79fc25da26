"""`python -m flows.monitor`, and what the flow is given."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from flows.parameters import MonitorParameters, opened
from pydantic import ValidationError

from iovolc.pipeline import context as module

ROOT = Path(__file__).parents[2]


def given(**others):
    return MonitorParameters(catalogues=(Path("a.csv"),), store=Path("io/store"), out=Path("out"), **others)


@pytest.mark.flows
@pytest.mark.slow
def test_the_command_runs_the_flow_once(server, published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters()
    folders = ["--store", str(parameters.store), "--out", str(parameters.out)]
    overrides = [part for pair in parameters.overrides for part in ("--set", pair)]
    done = subprocess.run(
        [sys.executable, "-m", "flows.monitor", str(prepared.catalogue), *folders, *overrides, "--workers", "2"],
        cwd=ROOT,
        env={**os.environ, "PREFECT_API_URL": server},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Finished in state Skipped" in done.stderr + done.stdout
    assert "catalogue.csv into store" in done.stderr + done.stdout


def test_prefect_sends_no_usage_statistics() -> None:
    from prefect.settings import PREFECT_SERVER_ANALYTICS_ENABLED

    assert (PREFECT_SERVER_ANALYTICS_ENABLED.value(), os.environ["DO_NOT_TRACK"]) == (False, "1")


def test_a_server_on_a_busy_machine_has_time_to_start() -> None:
    from prefect.settings import PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS

    assert PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value() >= 120


def test_the_title_counts_further_catalogues() -> None:
    assert given().title == "a.csv into store"
    more = MonitorParameters(catalogues=(Path("x/b.csv"), Path("c.csv")), store=Path("io/store"), out=Path("out"))
    assert more.title == "b.csv and 1 more into store"


@pytest.mark.parametrize(
    "wrong",
    [{"catalogues": ()}, {"workers": 0}, {"threads": 4}, {"store": None}],
    ids=["no catalogue", "no workers", "unknown name", "no store"],
)
def test_parameters_that_cannot_be_used_are_refused(wrong) -> None:
    values = {"catalogues": ("a.csv",), "store": "store", "out": "out"}
    MonitorParameters.model_validate(values)
    with pytest.raises(ValidationError):
        MonitorParameters.model_validate({**values, **wrong})


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        given().workers = 3


def test_a_stage_is_given_store_configuration_and_workers(monkeypatch) -> None:
    asked = {}

    @contextmanager
    def runner(**options):
        asked.update(options)
        yield "runner"

    monkeypatch.setattr(module, "runner", runner)
    overrides = ("detect.q=0.05", "cluster.task_timeout_s=60", "cluster.report=tasks.csv")
    with opened(given(overrides=overrides, workers=3, dask="tcp://somewhere:8786")) as context:
        assert (context.store, context.config.detect.q, context.runner) == (Path("io/store"), 0.05, "runner")
    assert (asked["workers"], asked["address"], asked["report"]) == (3, "tcp://somewhere:8786", Path("tasks.csv"))
    assert asked["limits"].task_timeout_s == 60.0
