"""Prefect's server and PostgreSQL as processes of their own, which a test can stop, kill and start again."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def end(process):
    """End a process as an operator does, and if need be as an impatient one."""
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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


class Server:
    """A whole Prefect server, with the scheduler that tests of single flows do without."""

    def __init__(self, folder, **settings):
        self.folder, self.port = folder, free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        own = {"PREFECT_HOME": str(folder / "home"), "PREFECT_API_URL": self.api}
        self.environment = {**os.environ, **own, **settings}
        self.start()

    def start(self):
        """Start it, again at the same address, and wait until it answers."""
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "server.log").open("a") as log:
            quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            self.process = subprocess.Popen(command, env=self.environment, **quiet)
        for _ in range(120):
            if self._answers():
                return
            time.sleep(1.0)
        raise AssertionError("Prefect's server does not start: " + (self.folder / "server.log").read_text()[-2000:])

    def _answers(self):
        try:
            return httpx.get(f"{self.api}/health").is_success
        except httpx.HTTPError:
            return False

    def stop(self):
        """Stop it as an operator does."""
        end(self.process)

    def runs(self):
        """All runs of flows that it knows, the newest first."""
        answer = httpx.post(f"{self.api}/flow_runs/filter", json={"sort": "START_TIME_DESC"}, timeout=60.0)
        return answer.raise_for_status().json()


@contextmanager
def serving(folder, **settings):
    """A server for the time of a `with` block."""
    server = Server(folder, **settings)
    try:
        yield server
    finally:
        server.stop()


def command(module, parameters, *options):
    """`python -m flows.<module>` with these parameters."""
    folders = ["--store", str(parameters.store), "--out", str(parameters.out)]
    pairs = [part for pair in parameters.overrides for part in ("--set", pair)]
    return [sys.executable, "-m", f"flows.{module}", *map(str, parameters.catalogues), *folders, *pairs, *options]
