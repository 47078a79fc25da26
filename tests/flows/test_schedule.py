"""A monitor looks into an inbox while epochs drop into it, broken, late, twice or superseding: as one clean run."""

import os
import subprocess
import sys
import time

import pandas as pd
import pytest
from flows.monitor import monitor
from flows.parameters import MonitorParameters
from tests.flows.servers import ROOT, command, end, serving
from tests.inbox import DARK, drops, overrides, published
from tests.small_maps import near

from iovolc.config import load
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.run import run

EVERY_S = float(os.environ.get("IOVOLC_SOAK_EVERY_S", "60"))
COUNT = 30

pytestmark = [pytest.mark.flows, pytest.mark.slow]


def given(folder, settings):
    """The parameters of a monitor over the inbox of this folder."""
    places = {"store": folder / "store", "out": folder / "out"}
    return MonitorParameters(catalogues=(folder / "inbox" / "*.csv",), overrides=settings, workers=2, **places)


def clean(folder, settings):
    """What a single run over the inbox as it is publishes."""
    context = Context(folder / "clean-store", load(None, settings), Threads(1))
    finished = run([folder / "inbox" / "*.csv"], context, folder / "clean")
    assert {finding.code for finding in finished.findings} == {"E102"}
    assert len(near(pd.read_parquet(folder / "clean" / "events.parquet"), DARK)) == 1
    return published(folder / "clean")


def test_a_monitor_that_looks_in_between_ends_as_one_clean_run(server, tmp_path) -> None:  # noqa: ARG001
    settings, states = overrides(tmp_path), []
    parameters = given(tmp_path, settings)
    for place, drop in enumerate(drops(8)):
        drop.into(tmp_path / "inbox")
        if place % 2:
            states.append(monitor(parameters, return_state=True))
    states.append(monitor(parameters, return_state=True))
    assert [state.name for state in states] == ["Degraded"] * 5  # a map remains broken
    assert [state.message.partition(" ")[0] for state in states[:4]] == ["1", "2", "0", "2"]  # epochs added
    assert states[-1].message == "nothing new; refused: y1982.tif (E102)"
    assert published(parameters.out) == clean(tmp_path, settings)


def ended_since(server, start_s):
    """The states in which runs of the monitor ended that began after some time."""
    begun = [found for found in server.runs() if found["start_time"]]
    late = [found for found in begun if pd.Timestamp(found["start_time"]).timestamp() > start_s]
    return [found["state_name"] for found in late if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED"}]


@pytest.mark.soak
def test_a_served_schedule_over_thirty_drops_ends_as_one_clean_run(tmp_path) -> None:
    settings = overrides(tmp_path)
    parameters = given(tmp_path, settings)
    log = (tmp_path / "serve.log").open("w")
    with log, serving(tmp_path) as server:
        line = command("serve", parameters, "--every", str(EVERY_S))
        quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        serve = subprocess.Popen(line, cwd=ROOT, env=server.environment, **quiet)
        try:
            script = [sys.executable, "-m", "tests.inbox", str(tmp_path / "inbox"), str(COUNT), str(EVERY_S / 3)]
            subprocess.run(script, cwd=ROOT, check=True)
            start_s, deadline = time.time(), time.monotonic() + 20 * EVERY_S + 300
            while len(ended := ended_since(server, start_s)) < 2 and time.monotonic() < deadline:
                time.sleep(1.0)
        finally:
            end(serve)
    assert set(ended) == {"Degraded"}, (tmp_path / "serve.log").read_text()
    assert published(parameters.out) == clean(tmp_path, settings)
