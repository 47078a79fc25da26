import threading

import pytest

from iovolc.cube.lock import locked, publishing
from iovolc.errors import StoreConflict


def test_a_second_writer_is_told_to_wait(tmp_path):
    with locked(tmp_path), pytest.raises(StoreConflict, match="try again"), locked(tmp_path, timeout_s=0.03):
        pass


def test_who_publishes_hinders_other_publishers_but_no_writer(tmp_path):
    with publishing(tmp_path), locked(tmp_path, timeout_s=0.0):
        pass
    trouble = pytest.raises(StoreConflict, match="publishes a run")
    with publishing(tmp_path), trouble, publishing(tmp_path, timeout_s=0.0):
        pass


def test_the_lock_is_free_again_also_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path, timeout_s=0.0):
        pass


def test_a_waiting_writer_gets_its_turn(tmp_path):
    order = []

    def second():
        with locked(tmp_path, timeout_s=30.0):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(tmp_path):
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_locking_makes_the_store_and_writes_nothing_into_the_lock(tmp_path):
    store = tmp_path / "new"
    with locked(store):
        pass
    assert [(path.name, path.stat().st_size) for path in store.iterdir()] == [(".lock", 0)]
