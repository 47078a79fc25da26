"""`python -m flows.serve` with Prefect's whole server: a schedule starts the monitor by itself, a watcher at once."""

import subprocess
import time

import pytest
from tests.flows.servers import ROOT, command, end, serving

pytestmark = [pytest.mark.flows, pytest.mark.slow]


def test_a_schedule_starts_the_monitor(published, prepared, tmp_path) -> None:  # noqa: ARG001
    log = (tmp_path / "serve.log").open("w")
    with log, serving(tmp_path) as server:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        line = command("serve", prepared.parameters(), "--every", "5")
        serve = subprocess.Popen(line, cwd=ROOT, env=server.environment, **quiet)
        try:
            deadline = time.monotonic() + 180.0
            while not (ended := [run for run in server.runs() if run["state_type"] == "COMPLETED"]):
                assert time.monotonic() < deadline, (tmp_path / "serve.log").read_text()
                time.sleep(1.0)
        finally:
            end(serve)
    assert ended[-1]["state_name"] == "Skipped"  # the maps are published already
    assert ended[-1]["auto_scheduled"]
    assert (tmp_path / "server.log").read_text().count("Traceback") == 0
