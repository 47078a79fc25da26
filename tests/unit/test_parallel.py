import threading
import time

import pytest
from distributed import LocalCluster

from iovolc.cluster import CONNECT_S
from iovolc.errors import ConfigError, DataQualityError, TransientIOError
from iovolc.parallel import Threads, hands_each, runner
from iovolc.progress import silent


def slow_first(number):
    """The earlier, the longer it takes."""
    time.sleep(0.02 * max(0, 3 - number))
    return number * number


def fail_at_two(number):
    if number == 2:
        raise DataQualityError(f"product {number} is empty")
    return number


@pytest.fixture(scope="module")
def address():
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_results_come_in_the_order_of_the_items(workers):
    with runner(workers=workers) as threads:
        assert threads.map(slow_first, range(6), "square") == [0, 1, 4, 9, 16, 25]


def test_results_of_a_scheduler_come_in_the_order_of_the_items(address):
    with runner(address=address) as cluster:
        assert cluster.map(slow_first, range(6), "square") == [0, 1, 4, 9, 16, 25]
        assert cluster.map(slow_first, [], "square") == []


def test_nothing_to_do_reports_nothing():
    said = []
    assert Threads(2, lambda *told: said.append(told)).map(slow_first, [], "square") == []
    assert said == []


def test_progress_counts_every_finished_task():
    said = []
    with runner(workers=3, progress=lambda *told: said.append(told)) as threads:
        threads.map(slow_first, range(4), "square")
        threads.map(slow_first, range(1), "again")
    assert sorted(said) == [("again", 1, 1), *(("square", done, 4) for done in (1, 2, 3, 4))]


def test_progress_of_a_scheduler_counts_every_finished_task(address):
    said = []
    with runner(address=address, progress=lambda *told: said.append(told)) as cluster:
        cluster.map(slow_first, range(3), "square")
    assert said == [("square", 1, 3), ("square", 2, 3), ("square", 3, 3)]


def test_an_error_comes_out_as_it_is():
    with runner(workers=1) as threads, pytest.raises(DataQualityError, match="product 2 is empty"):
        threads.map(fail_at_two, range(5), "fail")


def test_an_error_on_a_scheduler_comes_out_as_it_is(address):
    with runner(address=address) as cluster, pytest.raises(DataQualityError, match="product 2 is empty"):
        cluster.map(fail_at_two, range(5), "fail")


def test_tasks_of_threads_share_this_process():
    names = set()

    def name(_):
        names.add(threading.current_thread().name)
        time.sleep(0.05)

    with runner(workers=2) as threads:
        threads.map(name, range(4), "name")
    assert len(names) == 2


@pytest.mark.parametrize("workers", [0, -3])
def test_too_few_workers_are_refused(workers):
    with pytest.raises(ConfigError, match=f"at least 1, not {workers}"), runner(workers=workers):
        pass


@pytest.mark.parametrize("text", ["", "nonsense", "carrier-pigeon://here:1"])
def test_what_is_no_address_is_named(text):
    with pytest.raises(ConfigError, match=f"`{text}` is no address"), runner(address=text):
        pass


def test_a_dead_scheduler_is_reported_soon():
    start = time.monotonic()
    silent_port = "tcp://127.0.0.1:9"
    with pytest.raises(TransientIOError, match=f"{silent_port} does not answer"), runner(address=silent_port):
        pass
    assert time.monotonic() - start < CONNECT_S + 10.0


def test_silence():
    assert silent("ingest", 1, 2) is None


@pytest.mark.parametrize(
    ("workers", "tasks", "expected"), [(1, 1, 1), (2, 1, 2), (2, 2, 1), (4, 2, 2), (4, 3, 1), (2, 0, 2)]
)
def test_idle_threads_lend_a_hand(workers, tasks, expected):
    with runner(workers=workers) as threads:
        assert hands_each(threads, tasks) == expected


def test_a_scheduler_lends_no_hands(address):
    with runner(address=address) as cluster:
        assert hands_each(cluster, 1) == 1
