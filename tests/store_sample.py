"""Small epochs for the tests of the store, and a child process that ingests them until it is done or killed."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import Manifest, commit
from iovolc.model.epoch import Epoch, Lattice, Layers, Registration
from iovolc.model.flags import Flag
from iovolc.model.grid import Grid
from iovolc.model.observation import Bounds, ObservationRecord

GRID = Grid.at(4)
PROVENANCE = {"algorithm": "1", "reference_sha256": "00ff", "ingest": {"min_weight": 0.5}}
START = datetime(1996, 6, 28, tzinfo=UTC)


def sample_record(index: int, **changes) -> ObservationRecord:
    time = START + timedelta(days=100 * index)
    facts = {
        "id": f"obs-{index}",
        "sha256": f"{index:064x}",
        "path": f"map{index}.tif",
        "channel": "green",
        "quantity": "iof",
        "time_utc": time,
        "start_utc": time - timedelta(hours=1),
        "stop_utc": time + timedelta(hours=1),
        "placement": Bounds(-180.0, 180.0, 90.0, -90.0),
        "mission": "Galileo",
        "instrument": "SSI",
    }
    return ObservationRecord(**{**facts, **changes})


def sample_layers(sheet: str, seed: int) -> Layers:
    """Data in a corner of the sheet's first chunk, nothing elsewhere."""
    shape = GRID.sheet(sheet).shape
    value = np.full(shape, np.nan, dtype=np.float32)
    value[10:40, 20:60] = np.random.default_rng(seed).random((30, 40), dtype=np.float32)
    flags = np.where(np.isnan(value), Flag.NO_DATA, 0).astype(np.uint16)
    flags[12, 25] = Flag.SEAM
    return Layers(value, value * np.float32(0.1), flags)


def sample_registration() -> Registration:
    warp = np.zeros((19, 36, 4), dtype=np.float32)
    warp[..., 3] = 2.5
    tiles = np.array([[10.0, 20.0, 1.5, -0.5, 2.0, 0.8]], dtype=np.float32)
    return Registration(Lattice(warp, 10.0), tiles, 1.5, -0.5, float("nan"), "local")


def sample_epoch(index: int, sheets: tuple[str, ...] = ("equator",), **changes) -> Epoch:
    layers = {name: sample_layers(name, seed=index) for name in sheets}
    return Epoch(sample_record(index, **changes), layers, sample_registration(), resolution_km=8.25)


def put(store: Path, index: int, sheets: tuple[str, ...] = ("equator",), **changes) -> EpochEntry:
    return write_epoch(store, sample_epoch(index, sheets, **changes), GRID, PROVENANCE)


def ingest(store: Path, indices: range) -> Manifest:
    """Write and commit one epoch after the other, as an ingest does."""
    manifests = [commit(store, GRID, [put(store, index)]) for index in indices]
    return manifests[-1]


def listing(store: Path) -> dict[str, tuple[int, int]]:
    """Size and modification time of every file and folder of a store."""
    return {
        path.relative_to(store).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (store, *sorted(store.rglob("*")))
    }


def files(store: Path) -> dict[str, bytes]:
    """Content of every file of a store."""
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}


if __name__ == "__main__":
    root, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    ingest(root, range(first, last))
