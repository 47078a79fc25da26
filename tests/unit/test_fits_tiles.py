"""FITS images in compressed tiles: the same numbers as without, in bounded memory, and damaged files."""

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from format_sample import open_file, refused

from iovolc.archive.formats.on_demand import FITS as FAMILY

CUBE = np.random.default_rng(3).integers(-900, 900, (3, 40, 70)).astype(np.int16)


def pack(path: Path, data: np.ndarray, method: str = "RICE_1", **words: Any) -> Path:
    header = fits.Header({"BUNIT": "W/m2/sr/um", "INSTRUME": "MUSE", "BLANK": -7} if data.dtype.kind == "i" else {})
    packed = fits.CompImageHDU(data, header, compression_type=method, **words)
    fits.HDUList([fits.PrimaryHDU(header=fits.Header({"TELESCOP": "ESO"})), packed]).writeto(path)
    return path


@pytest.mark.parametrize("method", ["RICE_1", "GZIP_1", "GZIP_2"])
@pytest.mark.parametrize("tile", [(1, 1, 70), (1, 16, 32), (3, 40, 70)])
def test_packed_planes_are_those_that_were_written(tmp_path: Path, method: str, tile: tuple[int, ...]) -> None:
    product = open_file(FAMILY, pack(tmp_path / "a.fits", CUBE, method, tile_shape=tile))
    assert product.shape == (40, 70)
    for band in range(3):
        stored = product.read(band)
        assert stored.numbers.dtype == np.dtype("=i2")
        np.testing.assert_array_equal(stored.numbers, CUBE[band, ::-1])


def test_the_header_is_that_of_the_image(tmp_path: Path) -> None:
    facts = open_file(FAMILY, pack(tmp_path / "a.fits", CUBE[0])).bands[0]
    assert (facts.unit, facts.mission, facts.instrument, facts.nodata) == ("W/m2/sr/um", "ESO", "MUSE", -7.0)
    assert facts.keywords["BITPIX"] == "16"
    assert not {"ZCMPTYPE", "TFORM1", "ZNAXIS1", "ZVAL1"} & set(facts.keywords)


def test_real_numbers_keep_their_gaps(tmp_path: Path) -> None:
    data = CUBE[0] / np.float32(7.0)
    data[5:9, 3:20] = np.nan
    stored = open_file(FAMILY, pack(tmp_path / "a.fits", data, quantize_level=-0.01)).read(0)
    np.testing.assert_array_equal(stored.valid, ~np.isnan(data[::-1]))
    np.testing.assert_allclose(stored.numbers, data[::-1], atol=0.01)


def test_numbers_with_an_offset_stay_as_they_are_stored(tmp_path: Path) -> None:
    data = np.array([[0, 1], [40_000, 65_535]], np.uint16)
    product = open_file(FAMILY, pack(tmp_path / "a.fits", data))
    facts, stored = product.bands[0], product.read(0)
    np.testing.assert_array_equal(stored.numbers * facts.scale + facts.offset, data[::-1])


def test_one_plane_does_not_cost_the_cube(tmp_path: Path) -> None:
    cube = np.zeros((24, 256, 256), np.float32)
    path = pack(tmp_path / "a.fits", cube, "GZIP_1", quantize_level=0.0)
    product = open_file(FAMILY, path)
    tracemalloc.start()
    product.read(11)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * cube.nbytes


@pytest.mark.parametrize("method", ["HCOMPRESS_1", "PLIO_1"])
def test_other_compressions_are_named(tmp_path: Path, method: str) -> None:
    finding = refused(FAMILY, pack(tmp_path / "a.fits", np.abs(CUBE[0]), method, tile_shape=(40, 70)))
    assert finding.code == "E103"
    assert method in finding.detail


def test_a_tile_that_would_swell_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.fits", np.random.default_rng(1).integers(0, 99, (64, 512)).astype(np.int32), "GZIP_1")
    with fits.open(path, disable_image_compression=True) as units:
        first = units[1].data["COMPRESSED_DATA"][0].tobytes()
    bomb = gzip.compress(bytes(len(first) * 500))
    assert len(bomb) < len(first)
    path.write_bytes(path.read_bytes().replace(first, bomb + bytes(len(first) - len(bomb))))
    finding = refused(FAMILY, path)
    assert finding.code == "E102"
    assert "more than its header says" in finding.detail


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (b"ZNAXIS1 =                   70", b"ZNAXIS1 =       70000000000000", "E103", "more than the"),
        (b"ZNAXIS2 =                   40", b"ZNAXIS2 =                  -40", "E102", "long"),
        (b"ZNAXIS  =                    2", b"ZNAXIS  =                  'a'", "E102", "ZNAXIS is a"),
        (b"ZTILE1  =                   70", b"ZTILE1  =                    0", "E102", "tiles"),
        (b"ZTILE2  =                    1", b"ZTILE2  =           1000000000", "E103", "tiles of"),
        (b"ZBITPIX =                   16", b"ZBITPIX =                   17", "E102", "BITPIX is 17"),
        (b"ZVAL1   =                   32", b"ZVAL1   =                    0", "E102", "BLOCKSIZE is 0"),
    ],
)
def test_damaged_descriptions_are_findings(tmp_path: Path, old: bytes, new: bytes, code: str, said: str) -> None:
    path = pack(tmp_path / "a.fits", CUBE[0])
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))
    finding = refused(FAMILY, path)
    assert finding.code == code
    assert said in finding.detail


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_shortened_file_is_a_finding(tmp_path: Path, share: float) -> None:
    path = pack(tmp_path / "a.fits", CUBE)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refused(FAMILY, path).code in {"E102", "E103"}
