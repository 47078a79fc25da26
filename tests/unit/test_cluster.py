"""Workers that die, hang, starve or are not there: each ends soon, and says what to do."""

import os
import signal
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest
from distributed import LocalCluster
from tests.dask_parts import Scheduler, die_once, double, pause, swallow

from iovolc.cluster import AHEAD, Cluster, Limits
from iovolc.errors import AlgorithmError, ConfigError, TransientIOError
from iovolc.parallel import PROCESSES, runner


@pytest.fixture(scope="module")
def two():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as cluster:
        yield cluster.scheduler_address


def test_a_task_whose_worker_was_killed_is_done_by_another(two, tmp_path) -> None:
    markers = [str(tmp_path / name) for name in "abc"]
    (tmp_path / "b").touch()
    (tmp_path / "c").touch()
    with runner(address=two) as workers:
        assert workers.map(die_once, markers, "die") == ["a", "b", "c"]


def test_a_result_that_is_lost_with_all_workers_is_not_waited_for(monkeypatch) -> None:
    class Lost:
        status = "finished"

        def result(self, timeout):
            raise TimeoutError(f"nothing came in {timeout} s")

        def add_done_callback(self, _):
            pass

    class Client:
        status = "running"

        def submit(self, *_, **__):
            return Lost()

        def cancel(self, futures):
            assert len(futures) == 1

    monkeypatch.setattr("iovolc.cluster._any_worker", lambda _: False)
    with pytest.raises(TransientIOError, match="has had no worker for `double`"):
        Cluster(Client(), limits=Limits(lost_after_s=0.01)).map(double, [1], "double")


def test_more_tasks_than_are_handed_over_at_a_time_come_back_in_order(two) -> None:
    said = []
    with runner(address=two, progress=lambda *told: said.append(told)) as workers:
        assert workers.map(double, range(2 * AHEAD + 3), "double") == [2 * number for number in range(2 * AHEAD + 3)]
    assert said[-1] == ("double", 2 * AHEAD + 3, 2 * AHEAD + 3)


def test_nothing_that_ends_is_noticed_and_the_workers_are_free_again(two) -> None:
    with runner(address=two, limits=Limits(task_timeout_s=0.5)) as workers:
        with pytest.raises(TransientIOError, match=r"no task of `pause` has ended for 0\.5 s; restart"):
            workers.map(pause, [4.0, 4.0, 4.0, 4.0], "pause")
        start = time.monotonic()
        assert workers.map(double, [], "double") == []
    with runner(address=two) as workers:
        assert workers.map(double, [1], "double") == [2]
    assert time.monotonic() - start < 7.0  # the two that had begun, not those behind them


def test_a_task_that_takes_too_much_memory_fails_and_says_so() -> None:
    limits = Limits(task_memory_gib=0.4)
    with runner(workers=1, address=PROCESSES, limits=limits) as workers:
        assert workers.map(double, [1, 2], "double") == [2, 4]
        with pytest.raises(AlgorithmError, match=r"`swallow` cannot be done: 4 workers .* memory; give each more"):
            workers.map(swallow, [2.0], "swallow")


@pytest.mark.parametrize("address", [None, PROCESSES])
def test_a_report_lists_every_task_and_changes_no_result(tmp_path, address) -> None:
    report = tmp_path / "tasks.csv"
    for _ in range(2):  # a second stage, or command, adds to it
        with runner(workers=2, address=address, report=report) as workers:
            assert workers.map(double, [1, 2, 3], "double") == [2, 4, 6]
            assert workers.map(double, [], "none") == []
    table = pd.read_csv(report)
    assert list(table.columns) == ["stage", "task", "worker", "start_utc", "seconds", "peak_mib"]
    assert list(table["task"]) == [0, 1, 2, 0, 1, 2]
    assert (table["peak_mib"] > 10.0).all()
    here = table["worker"].str.endswith(f":{os.getpid()}")
    assert here.all() if address is None else not here.any()


def test_too_few_processes_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1, not 0"), runner(workers=0, address=PROCESSES):
        pass


def test_a_scheduler_without_workers_is_left_and_work_begins_once_they_come(tmp_path) -> None:
    with Scheduler(tmp_path) as scheduler:
        limits = Limits(lost_after_s=1.0)
        with (
            runner(address=scheduler.address, limits=limits) as workers,
            pytest.raises(TransientIOError, match="has had no worker for `double` for 1 s; start workers"),
        ):
            workers.map(double, [1], "double")
        with runner(address=scheduler.address) as workers:
            late = threading.Timer(0.5, scheduler.add_worker)
            late.start()
            assert workers.map(double, [1], "double") == [2]
            late.join()


def test_a_scheduler_that_was_killed_ends_the_work_at_once(tmp_path) -> None:
    with Scheduler(tmp_path) as scheduler:
        scheduler.add_worker()
        with runner(address=scheduler.address) as workers:
            threading.Timer(1.0, scheduler.kill).start()
            start = time.monotonic()
            with pytest.raises(TransientIOError, match="scheduler was lost during `pause`; start it"):
                workers.map(pause, [60.0], "pause")
    assert time.monotonic() - start < 30.0


def test_a_scheduler_that_is_killed_while_a_result_comes_over_ends_the_work_too(tmp_path) -> None:
    with Scheduler(tmp_path) as scheduler:
        scheduler.add_worker()

        def killed_at_the_next_result(*_):
            time.sleep(2.0)  # until the next task, too, has ended
            scheduler.process.send_signal(signal.SIGSTOP)
            threading.Timer(1.0, scheduler.kill).start()

        with (
            runner(address=scheduler.address, progress=killed_at_the_next_result) as workers,
            pytest.raises(TransientIOError, match="scheduler was lost during `pause`; start it"),
        ):
            workers.map(pause, [0.2, 1.0], "pause")


def test_processes_need_no_more_than_a_script_with_a_guard(tmp_path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from iovolc.parallel import PROCESSES, runner\n"
        "if __name__ == '__main__':\n"
        "    with runner(workers=2, address=PROCESSES) as workers:\n"
        "        print(workers.map(abs, [-1, -2], 'abs'))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "[1, 2]\n"), done.stderr
