import errno
import json

import pytest

from iovolc.cube import files
from iovolc.errors import StoreCorrupt, StoreError, TransientIOError


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert files.canonical_json({"b": 1, "a": [1.5, "é"]}) == '{"a":[1.5,"é"],"b":1}'
    assert files.digest_json({"b": 1, "a": 2}) == files.digest_json({"a": 2, "b": 1})


def test_canonical_json_refuses_what_is_not_a_number():
    with pytest.raises(ValueError, match="JSON"):
        files.canonical_json(float("nan"))


def test_json_comes_back_and_leaves_no_other_file(tmp_path):
    path = tmp_path / "deep" / "x.json"
    files.write_json(path, {"b": 1})
    files.write_json(path, {"b": 2})
    assert files.read_json(path) == {"b": 2}
    assert [item.name for item in path.parent.iterdir()] == ["x.json"]


def test_damaged_json_says_which_file_and_what_to_do(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{")
    with pytest.raises(StoreCorrupt, match=r"x\.json is damaged.*restore"):
        files.read_json(path)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    files.write_json(path, {"b": 1})

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StoreError, match=r"cannot be written.*space"):
        files.write_json(path, {"b": 2})
    assert json.loads(path.read_text()) == {"b": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["x.json"]


def test_a_folder_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "a" / "b"
    with files.new_folder(path) as partial:
        (partial / "x").write_text("1")
        assert not path.exists()
    assert (path / "x").read_text() == "1"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_keeps_its_ending_while_it_is_made_and_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "a" / "cube.nc"
    with files.whole(path) as partial:
        partial.write_text("1")
        assert partial.suffix == ".nc"
        assert not path.exists()
    assert path.read_text() == "1"

    def fail():
        with files.whole(tmp_path / "a" / "other.nc") as partial:
            partial.write_text("1")
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fail()
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_fails_leaves_nothing(tmp_path):
    def fill():
        with files.new_folder(tmp_path / "b") as partial:
            (partial / "x").write_text("1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_writers_of_a_folder_wins(tmp_path):
    path = tmp_path / "b"
    with files.new_folder(path) as slow:
        (slow / "x").write_text("same")
        with files.new_folder(path) as fast:
            (fast / "x").write_text("same")
        before = (path / "x").stat().st_ino
    assert (path / "x").stat().st_ino == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.EIO, TransientIOError), (errno.ESTALE, TransientIOError), (errno.EROFS, StoreError)]
)
def test_only_errors_that_may_pass_are_worth_a_retry(number, kind):
    with pytest.raises(kind, match="the disk") as caught, files.disk_errors("the disk"):
        raise OSError(number, "trouble")
    assert isinstance(caught.value, TransientIOError) == (kind is TransientIOError)
