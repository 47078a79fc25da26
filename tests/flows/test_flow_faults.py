"""The monitor's process is killed, Prefect's server goes and comes, two monitors start at once, memory runs out."""

import signal
import subprocess
import time

import pytest
from flows.monitor import monitor
from flows.parameters import MonitorParameters
from tests.faults import ROOT, at_every_instant, chance, prepare
from tests.flows.servers import command, serving

pytestmark = [pytest.mark.flows, pytest.mark.slow]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("flow-faults"))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """A server of this module, which its tests may stop and start."""
    with serving(tmp_path_factory.mktemp("server")) as prefect:
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
def test_of_two_monitors_at_once_one_works(whole, lasting, tmp_path, instant) -> None:
    parameters = given(whole, tmp_path)
    first = started(parameters, lasting)
    time.sleep(whole.seconds * chance("two", instant).uniform(0.0, 0.3))
    second = started(parameters, lasting)
    told = [process.communicate(timeout=300)[0] for process in (first, second)]
    assert {process.returncode for process in (first, second)} <= {0, 4}, told
    assert sum("epochs added" in text for text in told) == 1, told
    whole.check(parameters.store, parameters.out)


def test_a_stage_that_takes_too_much_memory_ends_as_failed(server, whole, tmp_path) -> None:  # noqa: ARG001
    parameters = given(whole, tmp_path, dask="processes")
    little = {"overrides": (*whole.settings, "cluster.task_memory_gib=0.25"), "workers": 1}
    state = monitor(parameters.model_copy(update=little), return_state=True)
    assert state.is_failed()
    assert "most likely for want of memory" in state.message
    assert monitor(parameters, return_state=True).is_completed()
    whole.check(parameters.store, parameters.out)
