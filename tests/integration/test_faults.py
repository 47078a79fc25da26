"""Whatever dies, fills up or breaks at whatever instant: nothing is lost, and the next run ends as a clean one."""

import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from tests.dask_parts import Scheduler
from tests.faults import at_every_instant, chance

from iovolc.config import load
from iovolc.cube.audit import verify
from iovolc.cube.manifest import read_head
from iovolc.errors import StoreCorrupt, StoreError, TransientIOError
from iovolc.parallel import Threads, runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.repair import repair

FAKETIME = next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), "")
DAY_S = 86400.0

pytestmark = pytest.mark.slow


@at_every_instant
def test_a_killed_job_is_made_good(whole, tmp_path, instant) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    job = whole.job(store, out)
    # Most instants lie after the imports.
    time.sleep(whole.seconds * chance("kill", instant).uniform(0.3, 1.0))
    job.send_signal(signal.SIGKILL)
    job.communicate()
    whole.run(store, out)
    whole.check(store, out)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    with Scheduler(tmp_path_factory.mktemp("dask")) as scheduler:
        scheduler.add_worker()
        scheduler.add_worker()
        yield scheduler


@at_every_instant
def test_a_killed_dask_worker_costs_nothing(whole, laboratory, tmp_path, instant) -> None:
    random = chance("worker", instant)
    nanny = psutil.Process(random.choice(laboratory.workers).pid)

    def kill():
        for child in nanny.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()

    timer = threading.Timer(whole.seconds * random.uniform(0.1, 0.8), kill)
    timer.start()
    with runner(address=laboratory.address) as workers:
        whole.run(tmp_path / "store", tmp_path / "out", workers)
    timer.join()
    whole.check(tmp_path / "store", tmp_path / "out")


@at_every_instant
def test_a_killed_scheduler_ends_the_job_and_the_next_one_makes_it_good(whole, tmp_path, instant) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    with Scheduler(tmp_path) as scheduler:
        scheduler.add_worker()
        timer = threading.Timer(whole.seconds * chance("scheduler", instant).uniform(0.1, 0.8), scheduler.kill)
        timer.start()
        with suppress(TransientIOError), runner(address=scheduler.address) as workers:
            whole.run(store, out, workers)
        timer.join()
        scheduler.start()
        scheduler.add_worker()
        with runner(address=scheduler.address) as workers:
            whole.run(store, out, workers)
    whole.check(store, out)


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, whose size and mode a test can change."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not mounted("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)):
        pytest.skip("only root can mount a disk of its own")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def mounted(*how):
    """Whether the system mounts, or changes, a disk so."""
    return subprocess.run(["mount", *how], check=False, capture_output=True).returncode == 0


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@at_every_instant
def test_a_full_disk_ends_the_job_and_room_makes_it_good(whole, disk, instant) -> None:
    needed = size_of(whole.store) + size_of(whole.folder / "out")
    room = int(needed * chance("full", instant).uniform(0.02, 0.95))
    assert mounted("-o", f"remount,size={room}", str(disk))
    with pytest.raises(StoreError, match="space"):
        whole.run(disk / "store", disk / "out")
    assert mounted("-o", f"remount,size={64 * 1024**2}", str(disk))
    assert verify(disk / "store") == ()
    whole.run(disk / "store", disk / "out")
    whole.check(disk / "store", disk / "out")


@at_every_instant
def test_a_disk_that_turns_read_only_ends_the_job(whole, disk, instant) -> None:
    done = threading.Event()

    def turn():
        done.wait(whole.seconds * chance("read-only", instant).uniform(0.0, 0.7))
        while not done.is_set() and not mounted("-o", "remount,ro", str(disk)):  # not while a file is being written
            time.sleep(0.002)

    turning = threading.Thread(target=turn)
    turning.start()
    with suppress(StoreError):  # or it was ready by then
        whole.run(disk / "store", disk / "out")
    done.set()
    turning.join()
    assert mounted("-o", "remount,rw", str(disk))
    whole.run(disk / "store", disk / "out")
    whole.check(disk / "store", disk / "out")


@pytest.fixture
def copied(whole, tmp_path):
    """A copy of the clean run's store, without what can be computed again."""
    store = shutil.copytree(whole.store, tmp_path / "store")
    shutil.rmtree(store / "cache")
    shutil.rmtree(store / "runs")
    return store


@at_every_instant
def test_a_corrupted_chunk_is_found_and_made_again(whole, copied, tmp_path, instant) -> None:
    random = chance("chunk", instant)
    chunk = random.choice(sorted(path for path in copied.glob("epochs/**/*") if path.is_file()))
    content = bytearray(chunk.read_bytes())
    place = random.randrange(len(content))
    content[place] ^= random.randrange(1, 256)
    chunk.write_bytes(content if random.random() < 0.7 else content[:place])
    context = Context(copied, load(None, whole.settings), Threads(1))
    mended = repair(read_head(copied), [whole.inbox], context)
    assert [item.mended for item in mended] in ([True], [])  # a byte of a description may say the same otherwise
    whole.run(copied, tmp_path / "out")
    whole.check(copied, tmp_path / "out")


@at_every_instant
def test_a_truncated_manifest_is_refused_and_the_one_before_leads_back(whole, copied, tmp_path, instant) -> None:
    random = chance("manifest", instant)
    head = read_head(copied)
    file = copied / random.choice(("HEAD", f"manifests/{head.number}.json"))
    file.write_bytes(file.read_bytes()[: random.randrange(file.stat().st_size - 2)])
    with pytest.raises(StoreCorrupt, match="restore"):
        whole.run(copied, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (copied / "HEAD").unlink()  # as docs/store.md says of a first manifest; the epochs are there under their names
    whole.run(copied, tmp_path / "out")
    whole.check(copied, tmp_path / "out")


@pytest.mark.skipif(not FAKETIME, reason="libfaketime is not installed")
@at_every_instant
def test_a_clock_that_jumps_changes_nothing(whole, tmp_path, instant) -> None:
    random = chance("clock", instant)
    clock = tmp_path / "clock"
    clock.write_text("+0d")
    job = whole.job(
        tmp_path / "store",
        tmp_path / "out",
        LD_PRELOAD=FAKETIME,
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    time.sleep(whole.seconds * random.uniform(0.2, 0.9))
    clock.write_text(f"{random.uniform(-20.0, 20.0) * 365:+.0f}d")
    _, told = job.communicate()
    assert job.returncode == 4, told
    whole.check(tmp_path / "store", tmp_path / "out")


@at_every_instant
def test_two_jobs_at_once_do_not_hinder_each_other(whole, tmp_path, instant) -> None:
    store, random = tmp_path / "store", chance("two", instant)
    outs = [tmp_path / "one", tmp_path / ("one" if random.random() < 0.5 else "two")]
    first = whole.job(store, outs[0])
    time.sleep(whole.seconds * random.uniform(0.0, 0.5))
    second = whole.job(store, outs[1])
    told = [job.communicate()[1] for job in (first, second)]
    assert [job.returncode for job in (first, second)] == [4, 4], told
    for out in outs:
        whole.check(store, out)
