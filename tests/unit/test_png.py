"""Whether a PNG holds all the rows that it declares."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bad_pictures import chunk, png
from iovolc.archive.png import why_not_whole

INTERLACED = 2 + 2 + 3 + 6 + 10 + 20 + 36
"""Bytes of the seven passes of 8 x 8 grey pixels, each row led by its filter (PNG specification, section 8.2)."""


def said(folder: Path, content: bytes) -> str:
    (folder / "a.png").write_bytes(content)
    return why_not_whole(folder / "a.png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_what_another_program_wrote_is_whole(tmp_path: Path, mode: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (33, 61, 4), dtype=np.uint8)
    image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 200 if mode == "I;16" else pixels)
    (image if mode == "I;16" else image.convert(mode)).save(tmp_path / "a.png")
    assert why_not_whole(tmp_path / "a.png") == ""


def test_many_chunks_and_long_rows_are_followed(tmp_path: Path) -> None:
    lines = b"\0" + bytes(3_000_000)
    packed = zlib.compress(lines * 2)
    half = len(packed) // 2
    whole = png(
        size=(3_000_000, 2), before=chunk(b"tEXt", b"x" * 50) + chunk(b"IDAT", packed[:half]), data=packed[half:]
    )
    assert said(tmp_path, whole) == ""
    assert "3000001 of 6000002" in said(tmp_path, png(size=(3_000_000, 2), data=zlib.compress(lines)))


@pytest.mark.parametrize(("size", "said_of_it"), [(INTERLACED, ""), (INTERLACED - 1, "78 of 79")])
def test_interlaced_pictures_have_seven_passes(tmp_path: Path, size: int, said_of_it: str) -> None:
    content = png(size=(8, 8), data=zlib.compress(bytes(size)))
    header = content[12:28] + bytes([1])
    content = content[:12] + header + struct.pack(">L", zlib.crc32(header)) + content[33:]
    assert said_of_it in said(tmp_path, content)
    assert bool(said_of_it) == bool(said(tmp_path, content))


def test_cut_off_anywhere_it_is_not_whole(tmp_path: Path) -> None:
    content = png()
    assert said(tmp_path, content) == ""
    assert all(said(tmp_path, content[:size]) for size in range(8, len(content) - 4))


def test_pixels_that_cannot_be_unpacked_are_named(tmp_path: Path) -> None:
    assert "cannot be unpacked" in said(tmp_path, png(data=b"nonsense"))
    assert "header" in said(tmp_path, png(colour=5))
