"""PDS3 images and cubes: layouts, encodings, pointers, facts."""

from pathlib import Path

import label_sample as sample
import numpy as np
import pytest
import vax

from iovolc.archive.formats.pds3 import FAMILY, open_pds3
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct, UnsupportedProduct

ORIGIN = Origin("m.img")
CUBE = np.arange(3 * 4 * 5).reshape(3, 4, 5)


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("UNSIGNED_INTEGER", "u1"), ("MSB_INTEGER", ">i2"), ("LSB_UNSIGNED_INTEGER", "<u2"), ("VAX_INTEGER", "<i4"),
        ("SUN_INTEGER", ">i4"), ("IEEE_REAL", ">f4"), ("PC_REAL", "<f8"),
    ],
)  # fmt: skip
def test_numbers_of_every_type(tmp_path: Path, kind: str, dtype: str) -> None:
    pixels = np.arange(200).reshape(10, 20).astype(dtype)
    stored = open_pds3(sample.pds3(tmp_path / "m.img", pixels, kind=kind), ORIGIN).read(0)
    np.testing.assert_array_equal(stored.numbers, pixels)
    assert stored.numbers.dtype.isnative
    assert stored.valid.all()


def test_vax_reals(tmp_path: Path) -> None:
    pixels = np.array([[0.0, 1.0, -2.5], [1e-6, 3.25e8, -7e-9]], dtype="<f4")
    path = sample.pds3(tmp_path / "m.img", pixels, kind="VAX_REAL")
    head = path.read_bytes()[:2048]
    path.write_bytes(head + vax.to_vax32_bytes(pixels))
    np.testing.assert_allclose(open_pds3(path, ORIGIN).read(0).numbers, pixels, rtol=1e-6)


@pytest.mark.parametrize(
    ("order", "axes"),
    [("BAND_SEQUENTIAL", (0, 1, 2)), ("LINE_INTERLEAVED", (1, 0, 2)), ("SAMPLE_INTERLEAVED", (1, 2, 0))],
)
def test_interleaving_with_prefixes_and_suffixes(tmp_path: Path, order: str, axes: tuple[int, ...]) -> None:
    cube = CUBE.astype(">i2")
    records = np.ascontiguousarray(cube.transpose(axes))
    rows = records.reshape(4, -1) if order == "SAMPLE_INTERLEAVED" else records.reshape(-1, 5)
    body = b"".join(b"PRE" + row.tobytes() + b"SUFFX" for row in rows)
    image = f"BANDS = 3\nBAND_STORAGE_TYPE = {order}\nLINE_PREFIX_BYTES = 3\nLINE_SUFFIX_BYTES = 5"
    path = sample.pds3(tmp_path / "m.img", cube, kind="MSB_INTEGER", image=image)
    path.write_bytes(path.read_bytes()[:2048] + body)
    product = open_pds3(path, ORIGIN)
    for band in range(3):
        np.testing.assert_array_equal(product.read(band).numbers, CUBE[band])
    with pytest.raises(UnreadableProduct, match="no band 4"):
        product.read(3)


def test_facts_of_an_image(tmp_path: Path) -> None:
    more = """PRODUCT_ID = "E6I0032"
SPACECRAFT_NAME = "GALILEO ORBITER"
INSTRUMENT_ID = SSI
FILTER_NAME = VIOLET
IMAGE_TIME = 1997-050T21:07:27.314Z
EXPOSURE_DURATION = 195.83
POSITIVE_LONGITUDE_DIRECTION = WEST
SUB_SPACECRAFT_LATITUDE = -0.352
SUB_SPACECRAFT_LONGITUDE = 94.985
SUB_SOLAR_LATITUDE = -0.830
SUB_SOLAR_LONGITUDE = 64.399
TARGET_CENTER_DISTANCE = 1.073668e+06"""
    image = 'SCALING_FACTOR = 0.5\nOFFSET = -1\nMISSING_CONSTANT = -99\nUNIT = "I/F"\nSAMPLE_BIT_MASK = 2#11111111#'
    product = open_pds3(sample.pds3(tmp_path / "m.img", more=more, image=image), ORIGIN)
    facts = product.bands[0]
    assert (facts.scale, facts.offset, facts.nodata, facts.quantity) == (0.5, -1.0, -99.0, "iof")
    assert (facts.sub_observer_lat, facts.sub_observer_lon_e) == pytest.approx((-0.352, -94.985))
    assert (facts.sub_solar_lat, facts.sub_solar_lon_e) == pytest.approx((-0.830, -64.399))
    assert facts.range_km == pytest.approx(1073668.0)
    assert facts.exposure_s == pytest.approx(0.19583)
    assert (facts.target, facts.instrument, facts.band) == ("IO", "SSI", "VIOLET")
    assert facts.time_utc is not None
    assert facts.time_utc.isoformat() == "1997-02-19T21:07:27.314000+00:00"
    assert facts.placement is None
    assert facts.misplaced is None
    assert facts.keywords["IMAGE.SCALING_FACTOR"] == "0.5"


def test_a_longitude_without_direction_is_not_guessed(tmp_path: Path) -> None:
    more = "SUB_SPACECRAFT_LATITUDE = 1.0\nSUB_SPACECRAFT_LONGITUDE = 94.985"
    facts = open_pds3(sample.pds3(tmp_path / "m.img", more=more), ORIGIN).bands[0]
    assert (facts.sub_observer_lat, facts.sub_observer_lon_e) == (1.0, None)


def test_missing_pixels_given_by_their_bits(tmp_path: Path) -> None:
    pixels = np.array([[0xFF7FFFFB, 0x3F800000]], dtype=">u4").view(">f4")
    path = sample.pds3(tmp_path / "m.img", pixels, kind="IEEE_REAL", image="MISSING_CONSTANT = 16#FF7FFFFB#")
    assert open_pds3(path, ORIGIN).read(0).valid.tolist() == [[False, True]]


@pytest.mark.parametrize("named", ["M.LBL", "m.dat"])
def test_a_detached_label_and_its_data_find_each_other(tmp_path: Path, named: str) -> None:
    label = sample.pds3_label(pointer='("M.DAT", 9 <BYTES>)')
    path = tmp_path / ("m.lbl" if named == "m.dat" else "M.LBL")
    path.write_text(label)
    (tmp_path / "m.dat").write_bytes(b"12345678" + sample.PIXELS.tobytes())
    opened = tmp_path / named
    assert FAMILY.recognises(opened, opened.read_bytes()[:4096])
    np.testing.assert_array_equal(open_pds3(opened, ORIGIN).read(0).numbers, sample.PIXELS)


@pytest.mark.parametrize(
    "pointer", ["/etc/passwd", "../m.dat", "http://x/m.dat", "/vsicurl/http://x/m", "c:m.dat", ".hidden", "gone.dat"]
)
def test_pointers_out_of_the_folder_are_not_followed(tmp_path: Path, pointer: str) -> None:
    path = tmp_path / "m.lbl"
    path.write_text(sample.pds3_label(pointer=f'"{pointer}"'))
    with pytest.raises(UnreadableProduct, match=r"plain file name|not in its folder") as caught:
        open_pds3(path, ORIGIN)
    assert caught.value.findings[0].code == "E102"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret").write_bytes(sample.PIXELS.tobytes())
    (inside / "m.dat").symlink_to(tmp_path / "secret")
    (inside / "m.lbl").write_text(sample.pds3_label(pointer='"m.dat"'))
    with pytest.raises(UnreadableProduct, match="leads out"):
        open_pds3(inside / "m.lbl", ORIGIN)


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ({"image": "LINES = 9"}, "LINES"),
        ({"kind": "COMPLEX"}, "not read"),
        ({"pointer": "0"}, "record from 1"),
        ({"pointer": "1"}, "within the label"),
        ({"pointer": "400"}, "cut off"),
        ({"image": "BANDS = 2\nBAND_STORAGE_TYPE = ODD"}, "order of the bands"),
        ({"image": "BANDS = -2"}, "whole number"),
    ],
)
def test_broken_labels_are_refused(tmp_path: Path, words: dict[str, str], detail: str) -> None:
    path = sample.pds3(tmp_path / "m.img", **words)
    if "LINES" in detail:
        path.write_bytes(path.read_bytes().replace(b"LINES = 18", b"LINES = -8"))
    with pytest.raises(UnreadableProduct, match=detail):
        open_pds3(path, ORIGIN)


def test_huge_sizes_are_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    path = sample.pds3(tmp_path / "m.img")
    path.write_bytes(path.read_bytes().replace(b"LINES = 18", b"LINES = 1000000").replace(b"= 36", b"= 1000000"))
    with pytest.raises(UnreadableProduct, match="at most 536870912 pixels"):
        open_pds3(path, ORIGIN)


def test_compressed_pixels_are_not_supported(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedProduct, match="E103"):
        open_pds3(sample.pds3(tmp_path / "m.img", image='ENCODING_TYPE = "HUFFMAN"'), ORIGIN)


def qube(path: Path, axes: str, items: tuple[int, ...], body: bytes, suffix: tuple[int, ...] = (0, 0, 0)) -> Path:
    text = f"""CCSD3ZF0000100000001NJPL3IF0PDS200000001 = SFDU_LABEL
RECORD_BYTES = 1024
^QUBE = 3
OBJECT = QUBE
  AXES = 3
  AXIS_NAME = ({axes})
  CORE_ITEMS = {items}
  CORE_ITEM_BYTES = 2
  CORE_ITEM_TYPE = SUN_INTEGER
  CORE_BASE = 0.0
  CORE_MULTIPLIER = 0.1
  CORE_NULL = -32768
  CORE_HIGH_REPR_SATURATION = -32764
  CORE_NAME = RADIANCE_FACTOR
  CORE_UNIT = DIMENSIONLESS
  SUFFIX_BYTES = 4
  SUFFIX_ITEMS = {suffix}
  GROUP = BAND_BIN
    BAND_BIN_CENTER = (1.0, 2.5, 4.7)
    BAND_BIN_UNIT = MICROMETER
  END_GROUP
END_OBJECT
END
"""
    path.write_bytes(text.encode().ljust(2048) + body)
    return path


@pytest.mark.parametrize(
    ("axes", "order"),
    [("SAMPLE, LINE, BAND", (0, 1, 2)), ("SAMPLE, BAND, LINE", (1, 0, 2)), ("BAND, SAMPLE, LINE", (1, 2, 0))],
)
def test_cubes_in_every_order_of_axes(tmp_path: Path, axes: str, order: tuple[int, ...]) -> None:
    body = CUBE.astype(">i2").transpose(order)
    product = open_pds3(qube(tmp_path / "m.qub", axes, body.shape[::-1], body.tobytes()), ORIGIN)
    assert (product.family, product.shape) == ("ISIS2", (4, 5))
    for band in range(3):
        np.testing.assert_array_equal(product.read(band).numbers, CUBE[band])
    assert [facts.wavelength_um for facts in product.bands] == [1.0, 2.5, 4.7]
    assert (product.bands[0].scale, product.bands[0].quantity) == (0.1, "iof")


def test_suffix_planes_are_stepped_over_and_special_pixels_flagged(tmp_path: Path) -> None:
    cube = CUBE.astype(">i2")
    cube[1, 0, :2] = -32768, -32764
    backplanes = 2 * (5 * 4 + 0) * b"\7"
    body = b"".join(
        b"".join(row.tobytes() + b"\7" * 4 for row in plane) + backplanes + b"\7" * 8 for plane in cube
    )  # one suffix sample a line, two suffix lines a plane
    path = qube(tmp_path / "m.qub", "SAMPLE, LINE, BAND", (5, 4, 3), body, (1, 2, 0))
    stored = open_pds3(path, ORIGIN).read(1)
    assert stored.valid[0].tolist() == [False, False, True, True, True]
    assert stored.saturated is not None
    assert stored.saturated[0].tolist() == [False, True, False, False, False]
    np.testing.assert_array_equal(stored.numbers[1:], CUBE[1, 1:])
