"""Which family reads a file."""

import errno
from pathlib import Path
from typing import Any

import pytest
from archive_sample import ramp, write_picture

from iovolc.archive import families
from iovolc.archive.families import open_product
from iovolc.archive.origin import Origin
from iovolc.archive.product import Facts, Family, Product
from iovolc.errors import TransientIOError, UnreadableProduct, UnsupportedProduct


def test_content_counts_not_the_name(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    (tmp_path / "a.png").rename(tmp_path / "a.dat")
    product = open_product(tmp_path / "a.dat", Origin("a.dat"))
    assert (product.family, product.shape, len(product.bands)) == ("GeoTIFF, PNG or JPEG", (10, 20), 1)


def test_what_no_family_knows_is_refused_with_the_list(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0 something else")
    with pytest.raises(UnsupportedProduct, match=r"E103 .*none that is known: GeoTIFF, PNG or JPEG"):
        open_product(tmp_path / "a.doc", Origin("a.doc"))


@pytest.mark.parametrize("name", ["none.png", "folder"])
def test_no_file_no_product(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableProduct, match=r"E10[12]"):
        open_product(tmp_path / name, Origin(name))


def failing(error: Exception, *, opens: bool) -> Family:
    """A family whose reader fails as no reader should."""

    def fail(*_: object) -> Any:
        raise error

    product = Product("failing", (1, 1), (Facts(),), fail)
    return Family("failing", lambda *_: True, (lambda *_: product) if opens else fail)


@pytest.mark.parametrize("opens", [True, False])
@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (KeyError("LINES"), UnreadableProduct, "E102 .*KeyError: 'LINES'"),
        (RecursionError("too deep"), UnreadableProduct, "E102 .*RecursionError"),
        (MemoryError(), UnreadableProduct, "E107 "),
        (OSError(errno.EACCES, "Permission denied"), UnreadableProduct, "E102 .*Permission denied"),
        (OSError(errno.EIO, "Input/output error"), TransientIOError, "try again"),
        (UnsupportedProduct([Origin("a").finding("E103", "odd")]), UnsupportedProduct, "E103 .*odd"),
    ],
)
def test_what_a_reader_did_not_foresee_becomes_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], said: str, opens: bool
) -> None:
    (tmp_path / "a.x").write_bytes(b"x")
    monkeypatch.setattr(families, "label_families", lambda: (failing(error, opens=opens),))
    with pytest.raises(kind, match=said):
        open_product(tmp_path / "a.x", Origin("a.x")).read(0)


def test_the_folder_of_a_store_is_shown_to_the_families(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zarr").mkdir()
    product = Product("Zarr", (1, 1), (Facts(),), lambda _: None)
    asked = Family("Zarr", lambda path, start: path.suffix == ".zarr" and start == b"", lambda *_: product)
    monkeypatch.setattr(families, "label_families", lambda: (asked,))
    assert open_product(tmp_path / "a.zarr", Origin("a.zarr")).family == "Zarr"
