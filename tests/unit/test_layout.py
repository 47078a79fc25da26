import pytest
from hypothesis import given
from hypothesis import strategies as st

from iovolc.cube import layout
from iovolc.errors import ConfigError


def test_everything_of_a_store_lies_below_its_root():
    assert layout.epoch_folder("s/", "a", "ff") == "s/epochs/a/ff"
    assert layout.points_folder("s", "ff") == "s/points/ff"
    assert layout.manifest_file("s", 3) == "s/manifests/3.json"
    assert layout.head_file("s") == "s/HEAD"
    assert layout.quarantine_file("s", "ff") == "s/quarantine/ff.json"
    assert layout.cache_folder("s", "null", "k") == "s/cache/null/k"
    assert layout.run_folder("s", "r") == "s/runs/r"
    assert layout.latest_run_file("s") == "s/runs/latest.json"


@given(st.text(min_size=1))
def test_any_id_becomes_one_folder_that_hides_nothing(name):
    folder = layout.folder_name(name)
    assert "/" not in folder
    assert "\\" not in folder
    assert not folder.startswith(".")
    assert 0 < len(folder) <= 120


@pytest.mark.parametrize(
    ("one", "other"), [("a/b", "a_b"), ("..", "%2E."), ("é", "e"), ("x" * 200 + "1", "x" * 200 + "2")]
)
def test_different_ids_have_different_folders(one, other):
    assert layout.folder_name(one) != layout.folder_name(other)


def test_plain_ids_stay_readable():
    assert layout.folder_name("galileo-ssi_1996.06~v2") == "galileo-ssi_1996.06~v2"


def test_writing_to_an_address_is_refused_with_advice():
    with pytest.raises(ConfigError, match="give a folder"):
        layout.local("s3://bucket/io")
