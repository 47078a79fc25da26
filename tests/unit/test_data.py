import pytest

from iovolc import data
from iovolc.data import data_path
from iovolc.errors import IovolcError


def test_the_demonstration_tables_are_found() -> None:
    assert data_path("demo/eruptions.csv").read_text(encoding="utf-8").startswith("eruption,site,")
    assert data_path("demo").is_dir()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(IovolcError, match=r"no/such\.csv"):
        data_path("no/such.csv")


def test_an_installed_wheel_carries_its_own_copy(tmp_path, monkeypatch) -> None:
    package = tmp_path / "site-packages" / "iovolc"
    (package / "_data" / "demo").mkdir(parents=True)
    (package / "_data" / "demo" / "eruptions.csv").write_text("x")
    monkeypatch.setattr(data, "files", lambda _: package)
    assert data_path("demo/eruptions.csv") == package / "_data" / "demo" / "eruptions.csv"
