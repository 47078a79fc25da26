"""Whether a PNG is whole: GDAL fills lost rows with zeros and says nothing.

Only the stream of its pixels is followed, in pieces; not for what the pixels mean.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_SIGNATURE_BYTES: Final = 8
_PIECE: Final = 1 << 20
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column and row and the steps of the passes of interlaced pictures (PNG specification, section 8.2)."""


def why_not_whole(path: Path) -> str:
    """What a PNG lacks; empty if nothing.

    Parameters
    ----------
    path : Path
        A file with the signature of PNG.
    """
    with path.open("rb") as stream:
        stream.seek(_SIGNATURE_BYTES)
        chunks = _chunks(stream)
        _, name, header = next(chunks, (0, b"", b""))
        if name != b"IHDR" or len(header) != 13:
            return "its header is damaged"
        wanted = _size(header)
        if not wanted:
            return "its header declares no picture"
        return _follow(chunks, wanted)


def _follow(chunks: Iterator[tuple[int, bytes, bytes]], wanted: int) -> str:
    """What is wrong with the chunks after the header, of which the pixels come to so many bytes."""
    inflated = zlib.decompressobj()
    found = 0
    for size, name, content in chunks:
        if len(content) < size:
            break
        if name == b"IEND":
            return "" if found >= wanted else f"it holds {found} of {wanted} bytes of pixels"
        if name == b"IDAT":
            try:
                found += _unpacked(inflated, content, wanted - found)
            except zlib.error as error:
                return f"its pixels cannot be unpacked: {error}"
    return "the file is cut off"


def _unpacked(inflated: "zlib._Decompress", content: bytes, wanted: int) -> int:
    """How many bytes come out of a chunk; hardly more than are wanted."""
    found = 0
    rest = content
    while rest and found < wanted:
        found += len(inflated.decompress(rest, _PIECE))
        rest = inflated.unconsumed_tail
    return found


def _chunks(stream: BinaryIO) -> Iterator[tuple[int, bytes, bytes]]:
    """Declared size, name and content of each chunk; of chunks that carry no pixels only the first bytes."""
    while len(head := stream.read(8)) == 8:
        size, name = struct.unpack(">L4s", head)
        start = stream.tell()
        if name == b"IDAT":
            yield size, name, stream.read(min(size, _file_size(stream)))
        else:
            yield min(size, 13), name, stream.read(min(size, 13))
        stream.seek(start + size + 4)


def _file_size(stream: BinaryIO) -> int:
    here = stream.tell()
    end = stream.seek(0, 2)
    stream.seek(here)
    return end - here


def _size(header: bytes) -> int:
    """Bytes of the unpacked rows, each led by the number of its filter; 0 if the header is not a picture's."""
    cols, rows, depth, colour, _, _, interlaced = struct.unpack(">LLBBBBB", header)
    bits = depth * _SAMPLES.get(colour, 0)
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        width, height = -(-(cols - left) // across), -(-(rows - top) // down)
        if width > 0 and height > 0:
            total += height * (1 + -(-width * bits // 8))
    return total if bits else 0
