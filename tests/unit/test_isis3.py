"""ISIS3 cubes: tiles, byte orders, special pixels, facts; GDAL writes some of them."""

from pathlib import Path

import label_sample as sample
import numpy as np
import pytest
import rasterio
from rasterio import Affine

from iovolc.archive.formats.isis3 import FAMILY, open_isis3
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct
from iovolc.model.observation import Projected

ORIGIN = Origin("m.cub")
INSTRUMENT = """Group = Instrument
  SpacecraftName = JUNO
  InstrumentId = JIR
  TargetName = JUPITER
  StartTime = 2023-10-15T06:50:05.155
  ExposureDuration = 100.0 <ms>
End_Group
Group = Archive
  ProductId = JIR_IMG_RDR_2023288T065008_V01
  ProductVersionId = 01
  PixelUnit = "W/(m^2*sr)"
End_Group
Group = BandBin
  FilterName = (L-BAND, M-BAND)
  Center = (3455, 4780)
  Width = (290, 480)
End_Group"""


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("kind", "code", "special"),
    [
        ("UnsignedByte", "u1", [0, 0, 0, 255, 255]),
        ("SignedWord", "i2", [-32768, -32767, -32766, -32765, -32764]),
        ("UnsignedWord", "u2", [0, 1, 2, 65534, 65535]),
        ("Real", "f4", [0xFF7FFFFB, 0xFF7FFFFC, 0xFF7FFFFD, 0xFF7FFFFE, 0xFF7FFFFF]),
    ],
)
def test_special_pixels_of_every_type(tmp_path: Path, kind: str, code: str, special: list[int], order: str) -> None:
    if code == "f4":
        row = np.array([*special, 0x3F800000], dtype=f"{order}u4").view(f"{order}f4")
    else:
        row = np.array([*special, 7], dtype=f"{order}{code}")
    stored = open_isis3(sample.isis3(tmp_path / "m.cub", row[None], kind=kind), ORIGIN).read(0)
    assert stored.valid.tolist() == [[False] * 5 + [True]]
    assert stored.saturated is not None
    low = code != "u1"
    assert stored.saturated.tolist() == [[False, low, low, True, True, False]]
    assert stored.numbers[0, 5] == (1.0 if code == "f4" else 7)


@pytest.mark.parametrize("tile", [(4, 8), (18, 36), (5, 64)])
def test_tiles_are_put_together(tmp_path: Path, tile: tuple[int, int]) -> None:
    bands = np.stack((sample.PIXELS, -sample.PIXELS))
    rows, cols = (-(-size // part) * part for size, part in zip(sample.SHAPE, tile, strict=True))
    padded = np.full((2, rows, cols), 9e9, dtype=np.float32)
    padded[:, :18, :36] = bands
    body = padded.reshape(2, rows // tile[0], tile[0], cols // tile[1], tile[1]).swapaxes(2, 3)
    path = sample.isis3(tmp_path / "m.cub", bands)
    head = path.read_bytes()[:4096].rstrip(b"\0")
    tiles = f"Format = Tile\n TileSamples = {tile[1]}\n TileLines = {tile[0]}".encode()
    path.write_bytes(head.replace(b"Format = BandSequential", tiles).ljust(4096, b"\0") + body.tobytes())
    product = open_isis3(path, ORIGIN)
    for band in range(2):
        np.testing.assert_array_equal(product.read(band).numbers, bands[band])


def test_facts_of_a_cube_come_band_by_band(tmp_path: Path) -> None:
    path = sample.isis3(tmp_path / "m.cub", np.stack((sample.PIXELS,) * 2), extra=INSTRUMENT)
    product = open_isis3(path, ORIGIN)
    first, second = product.bands
    assert (first.band, second.band) == ("L-BAND", "M-BAND")
    assert (first.wavelength_um, second.wavelength_um) == pytest.approx((3.455, 4.78))
    assert (first.fwhm_um, second.fwhm_um) == pytest.approx((0.29, 0.48))
    assert (first.scale, first.offset, first.quantity, first.version) == (2.0, 1.5, "radiance", "01")
    assert (first.target, first.mission, first.exposure_s) == ("JUPITER", "JUNO", pytest.approx(0.1))
    assert first.start_utc is not None
    assert first.stop_utc is not None
    assert (first.stop_utc - first.start_utc).total_seconds() == pytest.approx(0.1)


@pytest.mark.parametrize("centre", [0.0, -90.0, 180.0])
def test_a_map_that_gdal_writes_keeps_its_place(tmp_path: Path, centre: float) -> None:
    path = tmp_path / "m.cub"
    step = 1000.0 * sample.STEP_KM
    crs = f"+proj=eqc +lon_0={centre} +R=1821490 +units=m"
    size = {"width": 36, "height": 18, "count": 1, "dtype": "float32"}
    place = {"crs": crs, "transform": Affine(step, 0.0, -18.0 * step, 0.0, -step, 9.0 * step)}
    with rasterio.open(path, "w", driver="ISIS3", **size, **place) as dataset:
        dataset.write(sample.PIXELS, 1)
    assert FAMILY.recognises(path, path.read_bytes()[:4096])
    product = open_isis3(path, ORIGIN)
    np.testing.assert_array_equal(product.read(0).numbers, sample.PIXELS)
    placement = product.bands[0].placement
    assert isinstance(placement, Projected)
    step_deg, _, left, _, down, top = placement.transform
    assert (step_deg, down, top) == pytest.approx((10.0, -10.0, 90.0))
    assert (left - centre + 180.0) % 360.0 == pytest.approx(0.0, abs=1e-6) or left == pytest.approx(centre - 180.0)


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        (b"Type = Real", b"Type = Quad", "not read"),
        (b"Lines = 18", b"Lines = -18", "whole number"),
        (b"Lines = 18", b"Lines = 19", "cut off"),
        (b"StartByte = 4097", b"StartByte = 1", "within the label"),
        (b"ByteOrder = Lsb", b"ByteOrder = Vax", "neither Lsb nor Msb"),
        (b"Format = BandSequential", b"Format = Spiral", "Spiral|SPIRAL"),
        (b"Format = BandSequential", b'^Core = "../x"\nFormat = BandSequential', "plain file name"),
        (b"Object = Core", b"Object = Heart", "no `Core`"),
    ],
)
def test_broken_cubes_are_refused(tmp_path: Path, old: bytes, new: bytes, detail: str) -> None:
    path = sample.isis3(tmp_path / "m.cub")
    content = path.read_bytes()
    path.write_bytes(content[:4096].replace(old, new).rstrip(b"\0").ljust(4096, b"\0") + content[4096:])
    with pytest.raises(UnreadableProduct, match=detail) as caught:
        open_isis3(path, ORIGIN)
    assert caught.value.findings[0].code == "E102"
