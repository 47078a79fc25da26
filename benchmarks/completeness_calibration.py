"""Fit the detection curves of completeness, and check how much is found of what is predicted to be found.

Changes are injected into the epochs of replayed demonstrations, each with a seed of its own, calibrated and stretched,
and the whole chain of detection judges them. Trials are kept in a file, so that more can be added to them:
``--seed 101 --pixels-per-degree 8 --maps calibrated`` makes one set. ``--write`` fits the curves that iovolc carries
(``data/completeness/packaged.yaml``). ``--check`` tries with seeds of its own changes of which these predict that 85 to
95 % are found; without it the curves of the western half of Io are checked on the eastern one.
"""

import argparse
import csv
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta

from iovolc.archive.curves import CurveSet, Fitted, Measured
from iovolc.config import Config, GridConfig
from iovolc.data import data_path
from iovolc.demo.replay import write_demo
from iovolc.detect.completeness import SIZES_KM
from iovolc.detect.curve import Curve, Curves, FittedCurve, fit_curve
from iovolc.detect.epoch import EpochChange, detect_epoch
from iovolc.detect.trial import Epochs, plan_injections, sensitivity_maps, try_injections
from iovolc.parallel import runner
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.detect import Task, plan
from iovolc.pipeline.facts import unchanged_probability
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.reach import curves_of
from iovolc.pipeline.tones import frame_of, look_at

SIZES = {300.0: 3, 170.0: 4, 100.0: 8, 55.0: 10, 30.0: 14, 17.0: 14, 10.0: 14}
"""Diameters and how many of each a pass injects."""
MARGINS = (0.4, 2.2)
"""Injections are drawn evenly over this range of predicted margins."""
EDGES = (0.3, 1.3, 1.8, 2.15, 2.6, 3.4, 5.0, 8.0, 14.0, 60.0)
"""Classes of size in resolution elements; one curve each."""
LEAST = 40
BAND = (0.85, 0.95)


def only(catalogue: Path, channels: frozenset[str], *, stretched: bool) -> Path:
    """The catalogue's rows of some channels, declared as stretched pictures if asked for."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["channel"] in channels]
    chosen = catalogue.with_name("chosen.csv")
    with chosen.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows([row | ({"quantity": "relative"} if stretched else {}) for row in rows])
    return chosen


def wanted(change: EpochChange, generator: np.random.Generator, *, check: bool) -> list[tuple[float, float]]:
    """Sizes and margins to inject, the largest first; for a check such as are found about nine times in ten."""
    every = [size for size, count in SIZES.items() for _ in range(count)]
    if not check:
        return [(size, generator.uniform(*MARGINS)) for size in every]
    curves, told = curves_of("packaged"), [size for size in every if size in SIZES_KM]
    margins = [change.sensitivity.curve(curves, size).margin_at(generator.uniform(*BAND)) for size in told]
    return [(size, margin) for size, margin in zip(told, margins, strict=True) if np.isfinite(margin)]


def trials_of(task: Task, passes: int, seed: int, *, check: bool) -> Iterator[dict[str, object]]:
    """Injections into one epoch and what became of them."""
    frame, places = frame_of(task.entry.pixels_per_degree)
    newer, *older = (look_at(task.store, entry, task.light) for entry in (task.entry, *task.predecessors))
    unchanged = unchanged_probability(task.store, task.entry, task.predecessors, task.siblings, task.light)
    change = detect_epoch(newer, older, frame, places, task.config, unchanged, task.light)
    epochs = Epochs(newer, tuple(older), frame, task.config, task.light, unchanged)
    margins = sensitivity_maps(change, frame.grid, tuple(SIZES))
    generator = np.random.default_rng([seed, len(older)])
    for _ in range(passes):
        planned = plan_injections(change, margins, wanted(change, generator, check=check), frame, generator)
        for trial in try_injections(epochs, change, planned):
            injection = trial.injection
            yield {
                "seed": seed, "observation_id": task.entry.observation_id, "relative": change.sensitivity.relative,
                "resolution_km": change.resolution_km, "lat": injection.lat, "lon_e": injection.lon_e,
                "size_km": injection.size_km, "contrast": injection.contrast, "outline": injection.outline,
                "margin": trial.margin, "found": trial.found,
            }  # fmt: skip


def collect(arguments: argparse.Namespace) -> pd.DataFrame:
    """The trials of one set of maps."""
    config = Config(grid=GridConfig(pixels_per_degree=arguments.pixels_per_degree))
    with tempfile.TemporaryDirectory() as folder, runner(workers=1) as workers:
        maps = write_demo(
            Path(folder) / "maps", seed=arguments.seed, pixels_per_degree=arguments.pixels_per_degree
        )  # fmt: skip
        catalogue = only(maps, frozenset(arguments.channel), stretched=arguments.maps == "relative")
        context = Context(Path(folder) / "store", config, workers)
        tasks = plan(ingest([catalogue], context).manifest, context)[:: arguments.every]
        return pd.DataFrame([row for task in tasks for row in _of(task, arguments)])


def _of(task: Task, arguments: argparse.Namespace) -> Iterator[dict[str, object]]:
    return trials_of(task, arguments.passes, arguments.seed, check=arguments.check)


def fit(trials: pd.DataFrame) -> tuple[FittedCurve, ...]:
    """One curve per kind of map and class of size."""
    elements = trials["size_km"] / trials["resolution_km"]
    fitted: list[FittedCurve] = []
    for relative in (False, True):
        for low, high in pairwise(EDGES):
            mine = (trials["relative"] == relative) & (elements >= low) & (elements < high)
            if mine.sum() >= LEAST:
                curve = fit_curve(trials.loc[mine, "margin"].to_numpy(), trials.loc[mine, "found"].to_numpy())
                middle = float(np.exp(np.log(elements[mine]).mean()))
                fitted.append(FittedCurve(relative, middle, curve))
    return tuple(fitted)


def predicted(trials: pd.DataFrame, curves: Curves) -> "pd.Series[float]":
    """Probability with which each injection was to be found."""
    chances = [
        float(curves.of(relative=row.relative, elements=row.size_km / row.resolution_km).probability(row.margin))
        for row in trials.itertuples()
    ]
    return pd.Series(chances, index=trials.index)


def table(trials: pd.DataFrame, curves: Curves) -> str:
    """Found and predicted, by size and in bands of prediction."""
    chance = predicted(trials, curves)
    bands = [(0.0, 0.2), (0.2, 0.5), (0.5, 0.85), BAND, (0.95, 1.01)]
    lines = ["maps       size km  predicted      n   mean  found  95 % interval"]
    for relative in (False, True):
        for size in (*SIZES_KM, None):
            for low, high in bands:
                mine = (trials["relative"] == relative) & (chance >= low) & (chance < high)
                mine &= trials["size_km"] == size if size is not None else True
                count, found = int(mine.sum()), int(trials.loc[mine, "found"].sum())
                if count:
                    interval = beta.ppf([0.025, 0.975], [found, found + 1], [count - found + 1, count - found])
                    below, above = np.nan_to_num(interval, nan=0.0) if found == 0 else np.nan_to_num(interval, nan=1.0)
                    kind, name = "relative" if relative else "calibrated", "all" if size is None else f"{size:.0f}"
                    lines.append(
                        f"{kind:10} {name:>7}  {low:.2f}-{high:.2f}  {count:5}  {chance[mine].mean():5.2f}  "
                        f"{found / count:5.2f}  {below:.2f}-{above:.2f}"
                    )
    return "\n".join(lines)


def curve_set(fitted: tuple[FittedCurve, ...], count: int) -> CurveSet:
    """The curves as iovolc carries them."""

    def measured(value: float, sigma: float) -> Measured:
        return Measured(float(f"{value:.4g}"), float(f"{sigma:.3g}"))

    def entry(item: FittedCurve) -> Fitted:
        curve: Curve = item.curve
        return Fitted(
            maps="relative" if item.relative else "calibrated",
            elements=float(f"{item.elements:.3g}"),
            middle=measured(curve.middle, curve.middle_sigma),
            width=measured(curve.width, curve.width_sigma),
            ceiling=measured(curve.ceiling, curve.ceiling_sigma),
            injections=curve.count,
        )

    return CurveSet(
        source=f"{count} injections into replayed epochs of the demonstration (benchmarks/completeness_calibration.py)",
        date=datetime.now(UTC).date().isoformat(),
        detector=ALGORITHM_VERSIONS["detect"],
        curves=tuple(map(entry, fitted)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", type=Path, help="table (CSV) of trials; made, or added to with --seed")
    parser.add_argument("--seed", type=int, help="add trials on maps with this seed")
    parser.add_argument("--pixels-per-degree", type=int, default=4)
    parser.add_argument("--maps", choices=("calibrated", "relative"), default="calibrated")
    parser.add_argument("--channel", nargs="+", default=["red"])
    parser.add_argument("--passes", type=int, default=3, help="sets of injections per epoch")
    parser.add_argument("--every", type=int, default=1, help="only every n-th epoch")
    parser.add_argument("--check", action="store_true", help="check the carried curves where they predict 85 to 95 %%")
    parser.add_argument("--write", action="store_true", help="write the curves that iovolc carries")
    arguments = parser.parse_args()
    trials = pd.read_csv(arguments.trials) if arguments.trials.exists() else pd.DataFrame()
    if arguments.seed is not None:
        trials = pd.concat([trials, collect(arguments)], ignore_index=True)
        trials.to_csv(arguments.trials, index=False)
    west = trials["lon_e"] < 0.0
    if arguments.check:
        print(f"{len(trials)} trials against the carried curves\n{table(trials, curves_of('packaged'))}")
        return
    print(f"{len(trials)} trials; curves of the western half, checked on the eastern one")
    print(table(trials[~west], Curves(fit(trials[west]))))
    if arguments.write:
        path = data_path("completeness") / "packaged.yaml"
        path.write_text(curve_set(fit(trials), len(trials)).to_yaml(), encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
