"""A lab's Prefect on PostgreSQL: the monitor runs, the data base restarts, and nothing is lost or done twice."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.flows.servers import BINARIES, ROOT, Database, command, serving
from tests.small_maps import contents

pytestmark = [
    pytest.mark.flows,
    pytest.mark.slow,
    pytest.mark.skipif(not BINARIES, reason="PostgreSQL is not installed"),
    pytest.mark.skipif(os.geteuid() == 0 and shutil.which("runuser") is None, reason="needs runuser as root"),
]


@pytest.fixture
def database():
    # Another user must be able to reach it, which pytest's own folders do not allow.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        held = Database(Path(folder))
        yield held
        held.ctl("stop")


@pytest.fixture
def lab(database, tmp_path):
    """A Prefect server on PostgreSQL."""
    with serving(tmp_path, PREFECT_SERVER_DATABASE_CONNECTION_URL=database.url) as server:
        yield server


def monitored(parameters, server):
    """The monitor's command; what it said."""
    done = subprocess.run(
        command("monitor", parameters), cwd=ROOT, env=server.environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def test_a_monitor_on_postgresql_survives_its_restart(lab, database, published, prepared) -> None:  # noqa: ARG001
    parameters = prepared.parameters("lab")
    assert "2 epochs added" in monitored(parameters, lab)
    database.ctl("restart")
    assert "Finished in state Skipped" in monitored(parameters, lab)
    whole = prepared.parameters()
    assert contents(parameters.out, but=("timings.json",)) == contents(whole.out, but=("timings.json",))
    assert sorted(run["state_name"] for run in lab.runs()) == ["Completed", "Skipped"]
