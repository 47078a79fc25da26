"""Runs in which nothing changed: how often one ends with an event of tier A or B, at several q and numbers of epochs.

One band at 4 pixels per degree. The epochs are written as registered, with a smooth residual misregistration of the
size that is stated with them, so that a run costs no registering. Each set of runs is judged at every q: detection does
not depend on it, tracking does.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.iobench.cube import on_sheet, record_of, stated
from benchmarks.iobench.plan import EpochPlan, plan_epochs
from benchmarks.iobench.records import Key, recorded
from benchmarks.iobench.render import observe, shown_places
from benchmarks.iobench.surface import BANDS, Base
from numpy.typing import NDArray
from scipy.stats import beta, binom

from iovolc.config import Config, DetectConfig, GridConfig
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import commit
from iovolc.errors import DataQualityError
from iovolc.model.grid import Grid
from iovolc.model.observation import Observation
from iovolc.parallel import Runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.track import track

PIXELS_PER_DEGREE: Final = 4
BAND: Final = "red"
Q: Final = (0.05, 0.1, 0.2)
EPOCHS: Final = (3, 5, 10, 20)
RESIDUAL_KM: Final = 1.5
SPECIAL: Final = ("constant", "empty")
_CONFIG: Final = Config(grid=GridConfig(pixels_per_degree=PIXELS_PER_DEGREE))


def plan_run(seed: int, epochs: int, base: Base) -> tuple[EpochPlan, ...]:
    """The epochs of one run."""
    rng = np.random.Generator(np.random.PCG64([seed, epochs]))
    plans = plan_epochs(epochs, base.surface.pixel_km, rng)
    # Rms of a length in space is stated per axis of the surface.
    warp_km = RESIDUAL_KM * float(np.sqrt(2.0))
    return tuple(replace(plan, shift_km=0.0, warp_km=warp_km) for plan in plans)


def run(seed: int, epochs: int, base: Base, runner: Runner, *, special: str = "") -> dict[str, Any]:
    """One run without change.

    Parameters
    ----------
    seed, epochs : int
        Which, and of how many epochs.
    base : Base
        The surface.
    runner : Runner
        Maps tasks over workers.
    special : str
        ``constant`` gives every pixel of all epochs one value, ``empty`` gives all but the first epoch none.

    Returns
    -------
    dict
        Detections, and by q the events of tier A or B with their places.
    """
    grid = Grid.at(PIXELS_PER_DEGREE)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        entries = [
            entry for plan in plan_run(seed, epochs, base) if (entry := _write(plan, base, store, grid, special))
        ]
        manifest = commit(store, grid, entries)
        scan = detect(manifest, Context(store, _CONFIG, runner))
        sure: dict[str, list[str]] = {}
        for q in Q:
            config = _CONFIG.model_copy(update={"detect": DetectConfig(q=q)})
            events = track(manifest, scan, Context(store, config, runner)).events
            sure[f"{q:g}"] = [
                f"{row.kind} {row.lat:.0f} {row.lon_e:.0f} snr {row.snr:.1f} q {row.q_value:.2g}"
                for row in events[events["tier"] != "C"].itertuples()
            ]
    return {
        "seed": seed,
        "epochs": epochs,
        "special": special,
        "detections": len(scan.detected.detections),
        "sure": sure,
    }


def _write(plan: EpochPlan, base: Base, store: Path, grid: Grid, special: str) -> EpochEntry | None:
    pixels = _pixels(plan, base, special)
    try:
        epoch = on_sheet(grid, Observation(record_of(plan, BAND, "iof"), pixels), stated(RESIDUAL_KM), _CONFIG)
        return write_epoch(store, epoch, grid, {"benchmark": "null", "seed": plan.seed})
    except (DataQualityError, KeyError):  # no valid pixel: ingest refuses such an epoch too
        return None


def _pixels(plan: EpochPlan, base: Base, special: str) -> NDArray[np.float32]:
    band = BANDS.index(BAND)
    if not special or (special == "empty" and plan.index == 0):
        return observe(plan, base, base.surface.planes[band : band + 1])[0]
    lats, lons = shown_places(PIXELS_PER_DEGREE)
    return np.full((len(lats), len(lons)), 0.5 if special == "constant" else np.nan, np.float32)


def run_all(
    folder: Path, runner: Runner, *, runs: int, first_seed: int = 1, epochs: Sequence[int] = EPOCHS
) -> list[dict[str, Any]]:
    """Run what is asked for and not yet recorded in ``folder``; gives all records there.

    Parameters
    ----------
    folder : Path
        Gets one line of JSON per run in ``null.jsonl``.
    runner : Runner
        Maps tasks over workers.
    runs, first_seed : int
        How many of each number of epochs, numbered from here.
    epochs : sequence of int
        Numbers of epochs.
    """
    asked = [(first_seed + k, count, "") for k in range(runs) for count in epochs]
    asked += [(first_seed, 3, special) for special in SPECIAL]

    def make(key: Key, base: Base) -> dict[str, Any]:
        seed, count, special = key
        return run(seed, count, base, runner, special=special)

    return recorded(folder / "null.jsonl", asked, _key, make, PIXELS_PER_DEGREE)


def _key(record: dict[str, Any]) -> tuple[int, int, str]:
    return record["seed"], record["epochs"], record["special"]


def summarise(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """By number of epochs and q: runs with an event of tier A or B, and what chance allows.

    ``allowed`` is the 95 % point of the binomial with the probability q; ``upper`` the one-sided 95 % bound of the true
    fraction (Clopper and Pearson 1934, Biometrika 26, 404).
    """
    rows = []
    plain = [record for record in records if not record["special"]]
    for count in sorted({record["epochs"] for record in plain}):
        mine = [record for record in plain if record["epochs"] == count]
        for q in Q:
            bad = sum(bool(record["sure"][f"{q:g}"]) for record in mine)
            upper = 1.0 if bad == len(mine) else float(beta.ppf(0.95, bad + 1, len(mine) - bad))
            allowed = int(binom.ppf(0.95, len(mine), q))
            rows.append({"epochs": count, "q": q, "runs": len(mine), "with_events": bad, "fraction": bad / len(mine),
                         "upper": round(upper, 4), "allowed": allowed, "passes": bad <= allowed})  # fmt: skip
    special = Counter(dict.fromkeys(SPECIAL, 0))
    for record in records:
        if record["special"]:
            special[record["special"]] += sum(map(len, record["sure"].values()))
    return {"rows": rows, "special": dict(special)}
