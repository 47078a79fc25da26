"""How long one new global epoch takes from its file to the published catalogue, against its history.

``python benchmarks/whole_job.py FOLDER [PIXELS_PER_DEGREE] [EPOCHS]`` (default 16, which is 2 km, and 8) writes
made-up global maps into FOLDER, runs all but the last, adds the last, runs again with all kept, and adds the last once
more with the kernels of numpy and scipy (:mod:`benchmarks.speed.reference`). Every run is a process of its own on two
workers; printed are its seconds by the clock and of the processor, its peak of memory, and the seconds of its stages.
With ``--profile`` the new epoch runs on one worker under cProfile instead, and what takes most is printed.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from iovolc.demo.surface import load_surface

PIXELS_PER_DEGREE: Final = 16
EPOCHS: Final = 8
WORKERS: Final = 2
NOISE, LIGHT, SPOTS = 0.01, 0.03, 12
_RUN: Final = """
import cProfile, contextlib, json, pstats, resource, sys, time
start = time.perf_counter()
from benchmarks.speed.reference import library_kernels
from iovolc.cli import main
mode = sys.argv.pop(1)
profile = cProfile.Profile() if mode == "profile" else contextlib.nullcontext()
try:
    with library_kernels() if mode == "reference" else contextlib.nullcontext(), profile:
        main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    if mode == "profile":
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    told = time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0**2
    print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds by the clock and of the processor, and its peak of memory in GiB."""

    clock_s: float
    processor_s: float
    peak_gib: float


def write_maps(folder: Path, pixels_per_degree: int, epochs: int) -> list[Path]:
    """Global maps of Io, each with light, noise and gaps of its own and a catalogue; the last shows new spots."""
    surface = load_surface(pixels_per_degree).planes[0]
    catalogues: list[Path] = []
    for index in range(epochs):
        image = _seen(surface, index, last=index == epochs - 1)
        path = folder / f"map-{index:03d}.tif"
        step = 1.0 / pixels_per_degree
        with rasterio.open(
            path, "w", driver="GTiff", width=image.shape[1], height=image.shape[0], count=1, dtype="float32",
            nodata=float("nan"), transform=Affine(step, 0.0, -180.0, 0.0, -step, 90.0),
        ) as target:  # fmt: skip
            target.write(image, 1)
        catalogues.append(_catalogue(path, index))
    return catalogues


def _seen(surface: NDArray[np.float32], index: int, *, last: bool) -> NDArray[np.float32]:
    generator = np.random.default_rng(index)
    rows, cols = surface.shape
    light = zoom(generator.standard_normal((6, 12)), (rows / 6, cols / 12), order=1, mode="grid-wrap", grid_mode=True)
    noise = generator.standard_normal(surface.shape, dtype=np.float32)
    image = np.roll(surface, int(generator.integers(-1, 2)), axis=1) * np.exp(LIGHT * light + NOISE * noise)
    if last:
        spots = np.zeros_like(surface)
        spots[generator.integers(rows // 6, 5 * rows // 6, SPOTS), generator.integers(0, cols, SPOTS)] = 1.0
        spots = gaussian_filter(spots, cols / 300.0, mode=("nearest", "wrap"))
        image *= np.exp(-0.4 * spots / spots.max())
    for _ in range(4):
        first = int(generator.integers(0, cols))
        image[:, np.arange(first, first + cols // 16) % cols] = np.nan
    return image.astype(np.float32)


def _catalogue(path: Path, index: int) -> Path:
    row = {
        "path": path.name, "id": path.stem, "time_utc": f"{2000 + index // 12:04d}-{1 + index % 12:02d}-15T00:00:00Z",
        "mission": "made up", "instrument": "made up", "band": "RED", "channel": "red", "quantity": "iof",
        "unit": "normal albedo", "projection": "bounds", "left_lon_e": -180, "right_lon_e": 180, "top_lat": 90,
        "bottom_lat": -90, "psf_km": 5, "registration_sigma_km": 3, "wavelength_um": 0.65, "fwhm_um": 0.1,
    }  # fmt: skip
    catalogue = path.with_suffix(".csv")
    with catalogue.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    return catalogue


def run(catalogues: list[Path], store: Path, pixels_per_degree: int, mode: str = "plain") -> Cost:
    """The main job in a process of its own."""
    out = store.with_name(f"{store.name}-out")
    workers = 1 if mode == "profile" else WORKERS
    command = [
        sys.executable, "-c", _RUN, mode, "run", *catalogues, "--store", store, "--out", out, "--quiet",
        "--workers", str(workers), "--set", f"grid.pixels_per_degree={pixels_per_degree}",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    if mode == "profile":
        print(done.stdout)
    timings = json.loads((out / "timings.json").read_text(encoding="utf-8"))
    print("  stages:", json.dumps(timings, sort_keys=True), flush=True)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def tell(name: str, cost: Cost) -> None:
    """One line."""
    print(f"{name}: {cost.clock_s:.0f} s, processor {cost.processor_s:.0f} s, peak {cost.peak_gib:.2f} GiB", flush=True)


def main(folder: Path, pixels_per_degree: int, epochs: int, *, profiled: bool) -> None:
    """Write the maps unless they are there, and run."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogues = sorted(folder.glob("map-*.csv")) or write_maps(folder, pixels_per_degree, epochs)
    store, copied = folder / "store", folder / "store-reference"
    if not store.exists():
        tell(f"{len(catalogues) - 1} epochs, cold", run(catalogues[:-1], store, pixels_per_degree))
    shutil.copytree(store, copied, dirs_exist_ok=True)
    if profiled:
        tell("one new epoch, profiled", run(catalogues[-1:], copied, pixels_per_degree, "profile"))
        return
    own = run(catalogues[-1:], store, pixels_per_degree)
    tell("one new epoch", own)
    tell("again, all kept", run(catalogues[-1:], store, pixels_per_degree))
    other = run(catalogues[-1:], copied, pixels_per_degree, "reference")
    tell("one new epoch by numpy and scipy", other)
    print(
        f"times as long: {other.clock_s / own.clock_s:.1f}, of the processor {other.processor_s / own.processor_s:.1f}"
    )


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--profile"]
    main(
        Path(given[0]),
        int(given[1]) if len(given) > 1 else PIXELS_PER_DEGREE,
        int(given[2]) if len(given) > 2 else EPOCHS,
        profiled="--profile" in sys.argv,
    )
