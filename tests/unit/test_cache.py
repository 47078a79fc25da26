import numpy as np
import pandas as pd
import pytest

from iovolc.cube.cache import cache_key, cached, cached_arrays, cached_frame
from store_sample import files


class Counted:
    """A computation that knows how often it ran."""

    def __init__(self, result):
        self.result = result
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.result


def test_a_table_is_computed_once(tmp_path):
    frame = pd.DataFrame({"a": [1.5, 2.5], "ids": [["x"], []], "t": pd.to_datetime(["2000", "2001"], utc=True)})
    compute = Counted(frame)
    first = cached_frame(tmp_path, "null", "k", compute)
    second = cached_frame(tmp_path, "null", "k", compute)
    assert compute.calls == 1
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(first[["a", "t"]], frame[["a", "t"]])


def test_arrays_are_computed_once(tmp_path):
    compute = Counted({"z": np.arange(3.0), "n": np.array(4)})
    first = cached_arrays(tmp_path, "null", "k", compute)
    second = cached_arrays(tmp_path, "null", "k", compute)
    assert compute.calls == 1
    np.testing.assert_array_equal(first["z"], second["z"])
    np.testing.assert_array_equal(second["z"], np.arange(3.0))
    assert second["n"] == 4


def test_stages_and_keys_are_kept_apart(tmp_path):
    places = [("null", "k"), ("null", "other"), ("detect", "k")]
    for number, (stage, key) in enumerate(places):
        cached_arrays(tmp_path, stage, key, Counted({"n": np.array(number)}))
    found = [int(cached_arrays(tmp_path, stage, key, Counted({}))["n"]) for stage, key in places]
    assert found == [0, 1, 2]


def test_the_cache_may_be_deleted_and_comes_back_the_same(tmp_path):
    cached_arrays(tmp_path / "a", "null", "k", Counted({"z": np.arange(3.0)}))
    cached_arrays(tmp_path / "b", "null", "k", Counted({"z": np.arange(3.0)}))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_computation_that_fails_keeps_nothing(tmp_path):
    def fail():
        raise ZeroDivisionError

    def save(_result, folder):
        (folder / "half").write_text("x")
        raise ZeroDivisionError

    for compute in (fail, Counted(1)):
        with pytest.raises(ZeroDivisionError):
            cached(tmp_path, "null", "k", compute, save=save, load=len)
    assert files(tmp_path) == {}


def test_objects_are_never_unpickled(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle=False"):
        cached_arrays(tmp_path, "null", "k", Counted({"o": np.array([object()])}))


def test_the_key_depends_on_every_part_and_their_order():
    keys = {cache_key("a", 1), cache_key(1, "a"), cache_key("a", 2), cache_key("a"), cache_key({"a": 1})}
    assert len(keys) == 5
    assert cache_key({"a": 1, "b": 2}) == cache_key({"b": 2, "a": 1})
