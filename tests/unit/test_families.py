"""Which family reads a file."""

from pathlib import Path

import pytest
from archive_sample import ramp, write_picture

from iovolc.archive.families import open_product
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct, UnsupportedProduct


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
