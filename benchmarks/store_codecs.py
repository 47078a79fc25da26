"""Which compression the store's chunks have: bytes and processor time of codecs on real maps brought to the grid.

``python benchmarks/store_codecs.py FOLDER_OF_THE_REAL_DATA OUT.json`` brings the maps of Io in ``maps/`` to 8 pixels
per degree, with a sigma and flags as ingest makes them, and writes and reads each layer in the store's chunks with each
codec, in turns. Medians of the rounds; rates are of plain bytes per second of processor time.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from PIL import Image
from zarr.codecs import BloscCodec, BloscShuffle, GzipCodec, ZstdCodec

from iovolc.cube.schema import CHUNK
from iovolc.geometry.warp import sample
from iovolc.model.grid import Grid
from iovolc.model.observation import Bounds
from iovolc.publish.sampling import map_lat_lon

ROUNDS = 3
WHOLE = Bounds(-180.0, 180.0, 90.0, -90.0)
MIB = 1024.0**2
CODECS: dict[str, Any] = {
    "none": None,
    "lz4, shuffle": BloscCodec(cname="lz4", clevel=5, shuffle=BloscShuffle.shuffle),
    "zstd 1": ZstdCodec(level=1),
    "zstd 1, shuffle": BloscCodec(cname="zstd", clevel=1, shuffle=BloscShuffle.shuffle),
    "zstd 1, bit shuffle": BloscCodec(cname="zstd", clevel=1, shuffle=BloscShuffle.bitshuffle),
    "zstd 3, shuffle": BloscCodec(cname="zstd", clevel=3, shuffle=BloscShuffle.shuffle),
    "zstd 9, shuffle": BloscCodec(cname="zstd", clevel=9, shuffle=BloscShuffle.shuffle),
    "gzip 5": GzipCodec(level=5),
}
CHOSEN = "zstd 1, shuffle"


def layers(path: Path) -> dict[str, NDArray[Any]]:
    """Value, sigma and flags of a map on the grid."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"), np.float32)
    pixels[pixels == 0.0] = np.nan
    lat, lon_e = map_lat_lon(Grid.at(8))
    value = sample(pixels, WHOLE, lat[:, None], lon_e[None, :]).astype(np.float32)
    known = np.isfinite(value)
    sigma = np.where(known, np.sqrt(0.5 + 0.01 * np.nan_to_num(value)), np.nan).astype(np.float32)
    return {"value": value, "sigma": sigma, "flags": np.where(known, 0, 1).astype(np.uint16)}


def tried(folder: Path, planes: dict[str, NDArray[Any]], codec: Any) -> tuple[float, float, int]:
    """Processor seconds to write and to read all layers, and bytes on disk."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.process_time()
    root = zarr.create_group(str(folder), zarr_format=3)
    for name, plane in planes.items():
        array = root.create_array(name, shape=plane.shape, dtype=plane.dtype, chunks=CHUNK, compressors=codec)
        array[...] = plane
    written = time.process_time()
    for name in planes:
        np.asarray(zarr.open_array(str(folder / name), mode="r")[...])
    done = time.process_time()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return written - start, done - written, size


def main(real: Path, out: Path) -> None:
    maps = [layers(path) for path in sorted((real / "maps").glob("*.jpg"))]
    plain = sum(plane.nbytes for planes in maps for plane in planes.values())
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in CODECS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS + 1):
            for name, codec in CODECS.items():
                each = [tried(Path(folder) / "array", planes, codec) for planes in maps]
                found[name].append((sum(t[0] for t in each), sum(t[1] for t in each), sum(t[2] for t in each)))
    rows = [
        {
            "codec": name,
            "share": round(rounds[0][2] / plain, 3),
            "write_mib_s": round(plain / MIB / statistics.median(one[0] for one in rounds[1:])),
            "read_mib_s": round(plain / MIB / statistics.median(one[1] for one in rounds[1:])),
        }
        for name, rounds in found.items()
    ]
    out.write_text(json.dumps({"maps": len(maps), "mib": round(plain / MIB), "chosen": CHOSEN, "rows": rows}, indent=1))
    print("\n".join(f"{row['codec']}: {row}" for row in rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
