import pytest
from benchmarks.schedule import Pool, Unit, simulate

FAST = Pool(1, 1e12, 1e12, 0.0)


def test_one_worker_takes_the_sum():
    found = simulate([Unit(10.0, 2.0, 5.0)] * 3, Pool(1, 10.0, 10.0, 0.5))
    assert found.seconds == pytest.approx(3 * (0.5 + 1.0 + 2.0 + 0.5))
    assert found.busy == pytest.approx(6.0 / 12.0)
    assert found.scheduler == pytest.approx(1.5 / 12.0)
    assert found.store == pytest.approx(45.0 / 120.0)


def test_computing_is_shared_among_workers():
    units = [Unit(0.0, 1.0, 0.0)] * 100
    assert simulate(units, FAST).seconds == pytest.approx(100.0)
    assert simulate(units, Pool(10, 1e12, 1e12, 0.0)).seconds == pytest.approx(10.0)
    assert simulate(units, Pool(1000, 1e12, 1e12, 0.0)).seconds == pytest.approx(1.0)


def test_the_store_is_shared_evenly_and_no_worker_has_more_than_its_own():
    units = [Unit(100.0, 0.0, 0.0)] * 4
    assert simulate(units, Pool(4, 10.0, 10.0, 0.0)).seconds == pytest.approx(40.0)
    assert simulate(units, Pool(4, 1000.0, 10.0, 0.0)).seconds == pytest.approx(10.0)


def test_a_short_transfer_ends_first_and_leaves_its_share():
    # Both at 5 bytes a second until the short one is done after 4 s; then the long one alone at 10.
    units = [Unit(20.0, 0.0, 0.0), Unit(100.0, 0.0, 0.0)]
    assert simulate(units, Pool(2, 10.0, 10.0, 0.0)).seconds == pytest.approx(4.0 + 8.0)


def test_the_scheduler_limits_many_small_tasks():
    found = simulate([Unit(0.0, 0.01, 0.0)] * 1000, Pool(100, 1e12, 1e12, 0.005))
    assert found.seconds == pytest.approx(1000 * 0.005, rel=0.01)
    assert found.scheduler == pytest.approx(1.0, abs=0.01)


def test_the_same_run_twice_is_the_same():
    units = [Unit(float(k % 7), 0.1 * (k % 5), float(k % 3)) for k in range(500)]
    assert simulate(units, Pool(7, 20.0, 5.0, 0.001)) == simulate(units, Pool(7, 20.0, 5.0, 0.001))


def test_nothing_takes_no_time():
    assert simulate([], FAST).seconds == 0.0
