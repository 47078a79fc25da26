"""The monitor is killed, Prefect's server or its data base goes and comes, two monitors start, memory runs out."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from flows.monitor import monitor
from flows.parameters import MonitorParameters
from tests.faults import ROOT, at_every_instant, chance, prepare
from tests.flows.servers import BINARIES, Database, command, serving

pytestmark = [pytest.mark.flows, pytest.mark.slow]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("flow-faults"))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """A server of this module, which its tests may stop and start."""
    with serving(tmp_path_factory.mktemp("server")) as prefect:
        yield prefect


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL of this module."""
    if not BINARIES or (os.geteuid() == 0 and shutil.which("runuser") is None):
        pytest.skip("needs PostgreSQL, and runuser as root")
    # Another user must be able to reach it, which pytest's own folders do not allow.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        held = Database(Path(folder))
        yield held
        held.ctl("stop")


@pytest.fixture(scope="module")
def lab(database, tmp_path_factory):
    """A Prefect server on PostgreSQL."""
    with serving(tmp_path_factory.mktemp("lab"), PREFECT_SERVER_DATABASE_CONNECTION_URL=database.url) as prefect:
        yield prefect


def given(whole, folder, **others):
    places = {"store": folder / "store", "out": folder / "out"}
    return MonitorParameters(catalogues=(whole.inbox,), overrides=whole.settings, workers=2, **places, **others)


def started(parameters, prefect):
    """The monitor's command, at work."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command("monitor", parameters), cwd=ROOT, env=prefect.environment, **quiet)


def ended(parameters, prefect):
    """What the command says once it has ended well."""
    process = started(parameters, prefect)
    told, _ = process.communicate(timeout=300)
    assert process.returncode in {0, 4}, told
    return told


@at_every_instant
def test_a_killed_monitor_is_made_good_by_the_next(whole, lasting, tmp_path, instant) -> None:
    parameters = given(whole, tmp_path)
    process = started(parameters, lasting)
    time.sleep(whole.seconds * chance("monitor", instant).uniform(0.4, 1.4))  # Prefect takes its time to start
    process.send_signal(signal.SIGKILL)
    process.communicate()
    ended(parameters, lasting)
    whole.check(parameters.store, parameters.out)


@at_every_instant
def test_a_server_that_goes_and_comes_loses_nothing(whole, lasting, tmp_path, instant) -> None:
    random, parameters = chance("server", instant), given(whole, tmp_path)
    process = started(parameters, lasting)
    time.sleep(whole.seconds * random.uniform(0.2, 1.2))
    lasting.stop()
    time.sleep(random.uniform(0.0, 5.0))
    lasting.start()
    process.communicate(timeout=300)  # it may have failed for want of the server
    ended(parameters, lasting)
    whole.check(parameters.store, parameters.out)


@at_every_instant
def test_a_postgresql_that_restarts_loses_nothing(whole, lab, database, tmp_path, instant) -> None:
    parameters = given(whole, tmp_path)
    process = started(parameters, lab)
    time.sleep(whole.seconds * chance("postgresql", instant).uniform(0.2, 1.4))
    database.ctl("restart")
    told, _ = process.communicate(timeout=300)  # it may have failed for want of the data base
    again = ended(parameters, lab)
    assert process.returncode != 4 or "nothing new" in again, told
    whole.check(parameters.store, parameters.out)
    assert lab.runs()[0]["state_type"] == "COMPLETED"


@at_every_instant
def test_of_two_monitors_at_once_one_works(whole, lasting, tmp_path, instant) -> None:
    parameters = given(whole, tmp_path)
    first = started(parameters, lasting)
    time.sleep(whole.seconds * chance("two", instant).uniform(0.0, 0.3))
    second = started(parameters, lasting)
    told = [process.communicate(timeout=300)[0] for process in (first, second)]
    assert {process.returncode for process in (first, second)} <= {0, 4}, told
    assert sum("epochs added" in text for text in told) == 1, told
    whole.check(parameters.store, parameters.out)


@at_every_instant
def test_a_stage_that_takes_too_much_memory_ends_as_failed(server, whole, tmp_path, instant) -> None:  # noqa: ARG001
    parameters = given(whole, tmp_path)
    gib = chance("memory", instant).uniform(0.17, 0.25)
    overrides = (*whole.settings, f"cluster.task_memory_gib={gib:.3f}")
    little = {"dask": "processes", "workers": 1, "stage_timeout_s": 240.0, "overrides": overrides}
    state = monitor(parameters.model_copy(update=little), return_state=True)
    assert state.is_failed()
    assert "most likely for want of memory" in state.message
    assert monitor(parameters, return_state=True).is_completed()
    whole.check(parameters.store, parameters.out)
