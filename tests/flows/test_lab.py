"""A lab's Prefect on PostgreSQL: the monitor runs, the data base restarts, and nothing is lost or done twice."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest
from tests.small_maps import contents

ROOT = Path(__file__).parents[2]
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))

pytestmark = [
    pytest.mark.flows,
    pytest.mark.slow,
    pytest.mark.skipif(not BINARIES, reason="PostgreSQL is not installed"),
    pytest.mark.skipif(os.geteuid() == 0 and shutil.which("runuser") is None, reason="needs runuser as root"),
]


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Database:
    """A PostgreSQL of its own, run by another user where this one is root, which PostgreSQL refuses."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres")
        self.ctl("start")
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "prefect")

    @property
    def url(self):
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/prefect"

    def ctl(self, verb):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        how = ["-m", "fast"] if verb != "start" else []
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-o", options, "-l", log, *how, verb)

    def _run(self, name, *arguments):
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*user, str(BINARIES[-1].with_name(name)), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)


@pytest.fixture
def database():
    # Another user must be able to reach it, which pytest's own folders do not allow.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        held = Database(Path(folder))
        yield held
        held.ctl("stop")


@pytest.fixture
def lab(database, tmp_path):
    """Environment of a Prefect server on PostgreSQL."""
    port = free_port()
    environment = {
        **os.environ,
        "PREFECT_HOME": str(tmp_path / "home"),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.url,
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        for _ in range(120):
            try:
                httpx.get(f"{environment['PREFECT_API_URL']}/health").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(1.0)
        yield environment
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def monitored(parameters, environment):
    """The monitor's command; what it said."""
    folders = ["--store", str(parameters.store), "--out", str(parameters.out)]
    overrides = [part for pair in parameters.overrides for part in ("--set", pair)]
    done = subprocess.run(
        [sys.executable, "-m", "flows.monitor", *map(str, parameters.catalogues), *folders, *overrides],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
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
    runs = httpx.post(f"{lab['PREFECT_API_URL']}/flow_runs/filter", json={}).json()
    assert sorted(run["state_name"] for run in runs) == ["Completed", "Skipped"]
