"""Small TIFF, PNG and JPEG files written byte by byte, so that any of their parts can be broken."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

ROWS, COLS = 10, 20
GREY = (np.arange(ROWS * COLS) % 200 + 20).astype(np.uint8).reshape(ROWS, COLS)
NUMBERS = GREY.astype("<f4") / 255.0

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS = 256, 257, 258, 259, 262, 273
SAMPLES, STRIP_ROWS, COUNTS, PLANAR, COLOURS, FORMAT = 277, 278, 279, 284, 320, 339
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
PIXEL_SCALE, TIE_POINT, GDAL_XML, GDAL_NODATA = 33550, 33922, 42112, 42113
_HEADER_BYTES = 8
_ENTRY = {"B": (1, 1), "s": (2, 1), "H": (3, 2), "L": (4, 4), "d": (12, 8)}
_PNG = b"\x89PNG\r\n\x1a\n"


def tiff(pixels: np.ndarray = NUMBERS, tags: Mapping[int, tuple[str, Any] | None] | None = None) -> bytes:
    """A little-endian TIFF: header, directory, values of its tags, then two strips.

    ``tags`` replaces entries of the directory: kind of number and values, or None for none.
    """
    rows, cols = pixels.shape[:2]
    half = rows // 2
    strips = [pixels[:half].tobytes(), pixels[half:].tobytes()]
    kind = {"u": 1, "i": 2, "f": 3, "c": 6}[pixels.dtype.kind]
    entries: dict[int, tuple[str, Any] | None] = {
        WIDTH: ("L", [cols]), HEIGHT: ("L", [rows]), BITS: ("H", [8 * pixels.dtype.itemsize]), COMPRESSION: ("H", [1]),
        PHOTOMETRIC: ("H", [1]), OFFSETS: ("L", [0, 0]), SAMPLES: ("H", [1]), STRIP_ROWS: ("L", [half]),
        COUNTS: ("L", [len(strip) for strip in strips]), FORMAT: ("H", [kind]),
    }  # fmt: skip
    entries |= tags or {}
    given = {number: entry for number, entry in sorted(entries.items()) if entry is not None}
    if OFFSETS in given and not (tags and OFFSETS in tags):
        start = _HEADER_BYTES + len(_directory(given))
        given[OFFSETS] = ("L", [start, start + len(strips[0])])
    return struct.pack("<2sHL", b"II", 42, _HEADER_BYTES) + _directory(given) + b"".join(strips)


def _directory(entries: Mapping[int, tuple[str, Any]]) -> bytes:
    table, values = b"", b""
    start = _HEADER_BYTES + 2 + 12 * len(entries) + 4
    for number, (kind, content) in entries.items():
        packed = content if kind == "s" else struct.pack(f"<{len(content)}{kind}", *content)
        code, size = _ENTRY[kind]
        inline = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<L", start + len(values))
        table += struct.pack("<HHL", number, code, len(packed) // size) + inline
        values += packed if len(packed) > 4 else b""
    return struct.pack("<H", len(entries)) + table + struct.pack("<L", 0) + values


def patched(content: bytes, at: int, new: bytes) -> bytes:
    """The content with other bytes from a place on."""
    return content[:at] + new + content[at + len(new) :]


def chunk(name: bytes, content: bytes = b"") -> bytes:
    """One chunk of a PNG, with its checksum."""
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def png(
    *, size: tuple[int, int] = (COLS, ROWS), depth: int = 8, colour: int = 0, data: bytes | None = None,
    before: bytes = b"",
) -> bytes:  # fmt: skip
    """A PNG of one grey band; ``before`` are chunks ahead of the pixels, ``data`` replaces them."""
    lines = b"".join(b"\0" + line.tobytes() for line in GREY)
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", *size, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(lines) if data is None else data)
    return _PNG + header + before + pixels + chunk(b"IEND")


def transparent_png() -> bytes:
    """Grey with an alpha band that hides everything."""
    lines = b"".join(b"\0" + bytes(2 * COLS) for _ in range(ROWS))
    return png(colour=4, data=zlib.compress(lines))


def jpeg() -> bytes:
    """A grey JPEG of noise, large enough for its scan to be cut."""
    noise = np.random.default_rng(1).integers(0, 255, (64, 128), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def jpeg_sized(cols: int, rows: int) -> bytes:
    """A JPEG whose frame header declares another size."""
    content = jpeg()
    frame = content.index(b"\xff\xc0")
    return patched(content, frame + 5, struct.pack(">HH", rows, cols))
