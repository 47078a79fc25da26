"""How soon ``iovolc --help``, ``import iovolc`` and ``iovolc check`` of one file answer: 0.3, 0.5 and 2 s are the bars.

``python benchmarks/startup.py [runs] [FOLDER_OF_THE_REAL_DATA]`` prints the best and the median of some runs (default
10), also as multiples of what ``import numpy`` takes on this machine, and the modules that cost most. Without the
folder, or ``IOVOLC_REAL_DATA``, only ``--help`` is timed.
"""

import csv
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from keck_catalogue import write as write_keck

HELP_S, IMPORT_S, CHECK_S = 0.3, 0.5, 2.0
IOVOLC = Path(sys.executable).with_name("iovolc")
MAPS = {
    "juno_photomosaic_2024_grey_180W.jpg": "clear",
    "usgs_color_pj57_lighting_180W.jpg": "red",
    "jpl_voyager_color_180W.jpg": "red",
}
CELLS = {
    "quantity": "relative", "projection": "bounds", "left_lon_e": "0", "right_lon_e": "360", "top_lat": "90",
    "bottom_lat": "-90", "band_index": "1", "mosaic_start_utc": "1979-03-04", "mosaic_stop_utc": "2024-02-03",
}  # fmt: skip


def seconds(command: tuple[str | Path, ...]) -> tuple[float, float]:
    """Seconds of one run, by the clock and of the processor; findings of a check are no failure."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True)
    passed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 3}:
        raise SystemExit(done.stderr.decode())
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def checks(real: Path, folder: Path) -> Iterator[tuple[str, tuple[str | Path, ...]]]:
    """Names and commands."""
    for name in MAPS:
        shutil.copy(real / "maps" / name, folder)
    catalogue = folder / "maps.csv"
    with catalogue.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["path", "channel", *CELLS])
        writer.writeheader()
        writer.writerows({"path": name, "channel": channel, **CELLS} for name, channel in MAPS.items())
    for name in MAPS:
        yield f"{name}, catalogue", (IOVOLC, "check", folder / name, "--catalogue", catalogue)
    yield f"{next(iter(MAPS))}, alone", (IOVOLC, "check", folder / next(iter(MAPS)))
    shutil.copytree(real / "keck_nirc2", folder / "keck")
    write_keck(folder / "keck", folder / "keck" / "catalogue.csv")
    picture = next((folder / "keck").rglob("*Lp*.png"))
    yield (
        f"Keck {picture.name}, catalogue",
        (IOVOLC, "check", picture, "--catalogue", folder / "keck" / "catalogue.csv"),
    )
    for kind, files in (("ISIS3 cube", "labels/jiram_cubes/*.cub"), ("FITS", "muse/*.fits")):
        path = min(real.glob(files))
        yield f"{kind} {path.name}, alone", (IOVOLC, "check", path)


def slowest_imports(count: int) -> list[str]:
    """Lines of ``-X importtime`` with the largest own times."""
    code = "import iovolc.cli"
    listing = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], check=True, capture_output=True, text=True
    )
    lines = [
        line.removeprefix("import time:") for line in listing.stderr.splitlines() if line.startswith("import time:")
    ]
    timed = [line for line in lines if line.split("|")[0].strip().isdigit()]
    return sorted(timed, key=lambda line: -int(line.split("|")[0]))[:count]


def show(name: str, command: tuple[str | Path, ...], runs: int, bar_s: float) -> None:
    numpy = (sys.executable, "-c", "import numpy")
    seconds(command)
    # In turn, so that both meet the same load of the machine.
    pairs = [(seconds(command), seconds(numpy)) for _ in range(runs)]
    times, units = ([pair[n][0] for pair in pairs] for n in (0, 1))
    best, median, cpu = min(times), statistics.median(times), min(pair[0][1] for pair in pairs)
    ratio, middle = best / min(units), median / statistics.median(units)
    print(
        f"{name}: best {best:.2f} s, median {median:.2f} s, bar {bar_s} s; processor {cpu:.2f} s; {ratio:.1f} and "
        f"{middle:.1f} times numpy",
        flush=True,
    )


def main(runs: int, real: Path | None) -> None:
    show("iovolc --help", (IOVOLC, "--help"), runs, HELP_S)
    show("import iovolc", (sys.executable, "-c", "import iovolc"), runs, IMPORT_S)
    if real is not None:
        with tempfile.TemporaryDirectory() as folder:
            for name, command in checks(real, Path(folder)):
                show(name, command, runs, CHECK_S)
    print("slowest imports of --help (own us | cumulative us | module):")
    print("\n".join(slowest_imports(8)))


if __name__ == "__main__":
    given = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("IOVOLC_REAL_DATA")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(given) if given else None)
