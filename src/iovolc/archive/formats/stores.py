"""What is checked in HDF5 files and Zarr folders before a library opens them.

Neither may lead to other files, run code, or declare sizes that would fill the memory. Not for their meaning.
"""

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import h5py
from h5py import h5o  # pyright: ignore[reportAttributeAccessIssue]  (compiled)

from iovolc.archive.failures import damaged
from iovolc.archive.formats.limits import MAX_LABEL_BYTES, unsupported
from iovolc.archive.limits import MAX_PIXELS
from iovolc.archive.origin import Origin

MAX_OBJECTS: Final = 4096
MAX_AXIS: Final = 2**20
MAX_ENTRIES: Final = 2**18
_ZARR_JSON: Final = ("zarr.json", ".zarray", ".zgroup", ".zattrs")
_CODECS: Final = frozenset(
    {"bytes", "transpose", "sharding_indexed", "vlen-utf8", "crc32c", "crc32", "adler32", "fletcher32", "zlib", "gzip",
     "zstd", "blosc", "lz4", "bz2", "lzma", "shuffle", "delta", "fixedscaleoffset", "quantize", "bitround",
     "packbits", "astype"}
)  # fmt: skip
"""Codecs that only turn bytes into numbers; ``pickle`` would run what the file says."""


def check_hdf5(path: Path, origin: Origin) -> None:
    """Walk all objects of an HDF5 file.

    Raises
    ------
    UnreadableProduct
        E102 for links that lead nowhere or to other files.
    UnsupportedProduct
        E103 for datasets that lie in other files (virtual, external) and for too many or too large objects.
    """
    with h5py.File(path, "r", locking=False) as file:
        seen: set[int] = set()
        groups: list[Any] = [file]
        while groups:
            group = groups.pop()
            for name in group:
                if len(seen) > MAX_OBJECTS:
                    raise unsupported(origin, f"the file has more than {MAX_OBJECTS} objects")
                if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
                    raise damaged(origin, f"`{name}` is a link to another file")
                item = group[name]
                address = h5o.get_info(item.id).addr
                if address in seen:
                    continue
                seen.add(address)
                if isinstance(item, h5py.Group):
                    groups.append(item)
                elif isinstance(item, h5py.Dataset):
                    _check_dataset(name, item, origin)


def _check_dataset(name: str, item: h5py.Dataset, origin: Origin) -> None:
    if item.is_virtual or item.external:
        raise unsupported(origin, f"`{name}` lies in another file")
    _check_sizes(name, item.shape or (), item.chunks or (), origin)


def _check_sizes(name: str, shape: tuple[int, ...], chunks: tuple[int, ...], origin: Origin) -> None:
    if len(shape) == 1 and shape[0] > MAX_AXIS:
        raise unsupported(origin, f"`{name}` has {shape[0]} values on one axis, at most {MAX_AXIS} are read")
    if math.prod(shape[-2:]) > MAX_PIXELS or math.prod(chunks) > MAX_PIXELS:
        raise unsupported(origin, f"`{name}` of {shape} in blocks of {chunks} is too large")


def check_zarr(path: Path, origin: Origin) -> None:
    """Look at every file of a Zarr folder, and at the metadata of every array.

    Raises
    ------
    UnreadableProduct
        E102 for links, and for metadata that are damaged.
    UnsupportedProduct
        E103 for codecs that are not known to be harmless, and for too many or too large arrays.
    """
    metadata = 0
    for file in _files(path, origin):
        if file.name not in _ZARR_JSON:
            continue
        metadata += 1
        if metadata > MAX_OBJECTS or file.stat().st_size > MAX_LABEL_BYTES:
            raise unsupported(origin, f"more metadata than {MAX_OBJECTS} files of {MAX_LABEL_BYTES} bytes")
        content = json.loads(file.read_bytes())
        if not isinstance(content, dict):
            raise damaged(origin, f"`{file.name}` is no table of keys")
        if file.name == ".zarray" or content.get("node_type") == "array":
            _check_array(file.parent.name, content, origin)


def _files(path: Path, origin: Origin) -> Iterator[Path]:
    entries = 0
    folders = [path]
    while folders:
        with os.scandir(folders.pop()) as found:
            for entry in found:
                entries += 1
                if entries > MAX_ENTRIES:
                    raise unsupported(origin, f"the folder has more than {MAX_ENTRIES} entries")
                if entry.is_symlink():
                    raise damaged(origin, f"`{entry.name}` is a link")
                if entry.is_dir():
                    folders.append(Path(entry.path))
                else:
                    yield Path(entry.path)


def _check_array(name: str, content: dict[str, Any], origin: Origin) -> None:
    shape = content.get("shape")
    grid = content.get("chunk_grid")
    chunks = content.get("chunks")
    if isinstance(grid, dict):
        chunks = (grid.get("configuration") or {}).get("chunk_shape")
    for lengths in (shape, chunks):
        if not isinstance(lengths, list) or not all(type(length) is int and length >= 0 for length in lengths):
            raise damaged(origin, f"array `{name}` has shape {shape} in blocks of {chunks}"[:200])
    _check_sizes(name, tuple(shape or ()), tuple(chunks or ()), origin)
    steps = [content.get("compressor"), *(content.get("filters") or ()), *(content.get("codecs") or ())]
    while steps:
        step = steps.pop()
        if step is None:
            continue
        codec = str(step.get("id") or step.get("name")).removeprefix("numcodecs.")
        if codec not in _CODECS:
            raise unsupported(origin, f"array `{name}` is packed by `{codec}`")
        inner = step.get("configuration") or {}
        steps += [*(inner.get("codecs") or ()), *(inner.get("index_codecs") or ())]
