"""VICAR images: interleavings, prefixes and headers, number formats, the label's second half."""

from pathlib import Path

import label_sample as sample
import numpy as np
import pytest
import vax

from iovolc.archive.formats.vicar import FAMILY, open_vicar
from iovolc.archive.labels.vicar_text import parse_vicar
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct, UnsupportedProduct

ORIGIN = Origin("m.vic")
CUBE = np.arange(3 * 4 * 5).reshape(3, 4, 5)


def test_pairs_lists_and_parts() -> None:
    text = b"LBLSIZE=200  A='it''s' B=(1, 'two,', 3) PROPERTY='MAP' A=-1.5E+03 TASK='T' USER='x=y' \0\0"
    found = {name: value if isinstance(value, tuple) else value.text for name, value in parse_vicar(text).items()}
    assert (found["A"], found["MAP.A"], found["T.USER"]) == ("it's", "-1.5E+03", "x=y")
    assert [item.text for item in found["B"]] == ["1", "two,", "3"]


@pytest.mark.parametrize(
    ("form", "dtype", "formats"),
    [
        ("BYTE", "u1", ""), ("HALF", "<i2", "INTFMT='LOW'"), ("HALF", ">i2", "INTFMT='HIGH'"),
        ("FULL", ">i4", "INTFMT='HIGH'"), ("REAL", ">f4", "REALFMT='IEEE'"), ("REAL", "<f4", "REALFMT='RIEEE'"),
        ("DOUB", ">f8", "REALFMT='IEEE'"), ("HALF", "<i2", ""),
    ],
)  # fmt: skip
def test_numbers_of_every_format(tmp_path: Path, form: str, dtype: str, formats: str) -> None:
    pixels = np.arange(20).reshape(4, 5).astype(dtype)
    words = f"FORMAT='{form}' ORG='BSQ' NL=4 NS=5 NB=1 RECSIZE={5 * pixels.itemsize} {formats}"
    path = sample.vicar(tmp_path / "m.vic", pixels.tobytes(), words)
    assert FAMILY.recognises(path, path.read_bytes()[:4096])
    np.testing.assert_array_equal(open_vicar(path, ORIGIN).read(0).numbers, pixels)


def test_reals_without_a_format_are_those_of_a_vax(tmp_path: Path) -> None:
    pixels = np.array([[1.0, -2.5, 3e-8]], dtype="<f4")
    path = sample.vicar(tmp_path / "m.vic", vax.to_vax32_bytes(pixels), "FORMAT='REAL' NL=1 NS=3 RECSIZE=12")
    np.testing.assert_allclose(open_vicar(path, ORIGIN).read(0).numbers, pixels, rtol=1e-6)


@pytest.mark.parametrize(("org", "axes"), [("BSQ", (0, 1, 2)), ("BIL", (1, 0, 2)), ("BIP", (1, 2, 0))])
def test_interleavings_with_prefixes_headers_and_a_second_label(
    tmp_path: Path, org: str, axes: tuple[int, ...]
) -> None:
    records = np.ascontiguousarray(CUBE.astype("<i2").transpose(axes))
    size = records.shape[2] * 2 + 6
    body = b"\xaa" * (2 * size) + b"".join(b"PREFIX" + r.tobytes() for r in records.reshape(-1, records.shape[2]))
    words = (
        f"FORMAT='HALF' ORG='{org}' NL=4 NS=5 NB=3 N1={records.shape[2]} N2={records.shape[1]} N3={records.shape[0]} "
        f"RECSIZE={size} NBB=6 NLB=2 EOL=1 INTFMT='LOW'"
    )
    body += b"LBLSIZE=80 PROPERTY='X' TARGET_NAME='IO' START_TIME='1979-064T12:05:00'".ljust(80, b"\0")
    product = open_vicar(sample.vicar(tmp_path / "m.vic", body, words), ORIGIN)
    for band in range(3):
        np.testing.assert_array_equal(product.read(band).numbers, CUBE[band])
    assert product.bands[0].target == "IO"
    assert product.bands[0].start_utc is not None
    assert product.bands[0].start_utc.isoformat() == "1979-03-05T12:05:00+00:00"


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ("FORMAT='REAL' NL=18 NS=36 RECSIZE=100 REALFMT='RIEEE'", "a record of this image"),
        ("FORMAT='REAL' NL=19 NS=36 REALFMT='RIEEE'", "cut off"),
        ("FORMAT='REAL' NL=-1 NS=36", "whole number"),
        ("FORMAT='REAL' NS=36", "does not give `NL`"),
        ("FORMAT='REAL' NL=18 NS=36 ORG='ODD'", "none of BSQ"),
        ("FORMAT='REAL' NL=18 NS=36 REALFMT='CRAY'", "not read"),
        ("FORMAT='BYTE' NL=18 NS=36 INTFMT='MID'", "neither LOW nor HIGH"),
        ("FORMAT='REAL' NL=18 NS=36 (", "cannot be read at character"),
        ("FORMAT='REAL' NL=18 NS=36 RECSIZE=144 N2=18 EOL=1", "states 0 bytes"),
    ],
)
def test_broken_labels_are_refused(tmp_path: Path, words: str, detail: str) -> None:
    with pytest.raises(UnreadableProduct, match=detail):
        open_vicar(sample.vicar(tmp_path / "m.vic", sample.PIXELS.tobytes(), words), ORIGIN)


@pytest.mark.parametrize("words", ["FORMAT='COMP'", "FORMAT='BYTE' COMPRESS='BASIC'"])
def test_compressed_and_complex_pixels_are_not_supported(tmp_path: Path, words: str) -> None:
    with pytest.raises(UnsupportedProduct, match="E103"):
        open_vicar(sample.vicar(tmp_path / "m.vic", b"", f"{words} NL=1 NS=1"), ORIGIN)


def test_a_label_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.vic"
    path.write_bytes(b"LBLSIZE=900 NL=1")
    with pytest.raises(UnreadableProduct, match="should have 900 bytes"):
        open_vicar(path, ORIGIN)
