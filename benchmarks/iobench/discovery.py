"""Scenes of which some changed: what share of the events of tier A and B is false, and what share of changes they find.

Runs without change (:mod:`benchmarks.iobench.null`) say how often nothing passes for something; this says whether the
stated false-discovery rate holds beside real changes, and at what power. Peers do not run.
"""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.iobench.cube import build
from benchmarks.iobench.detector import find_events
from benchmarks.iobench.null import Q
from benchmarks.iobench.records import Key, recorded
from benchmarks.iobench.scene import plan_scene
from benchmarks.iobench.suite import COUNTED_LAT, SUITES, Suite, field_of, snr_of
from benchmarks.iobench.surface import Base

from iovolc.config import override
from iovolc.parallel import Runner

CHANGES: Final = (24, 90)
"""Of a scene: about a fifth and a half of all candidates; how large a part they make is told with the result."""
SURE_SNR: Final = 8.0
_SEEDS: Final = 500_000
"""Scenes are numbered apart from those of the suites."""


def run(seed: int, changes: int, base: Base, runner: Runner, suite: Suite) -> dict[str, Any]:
    """One scene, judged at every q.

    Parameters
    ----------
    seed, changes : int
        Which, and of how many changes.
    base : Base
        The surface.
    runner : Runner
        Maps tasks over workers.
    suite : Suite
        Grid, epochs and bands.

    Returns
    -------
    dict
        Seed, changes, and by q: candidates and how many of them are changes, events of tier A and B and how many of
        them are false, and changes of SNR >= 8 with how many of them these events find.
    """
    scene = plan_scene(base, _SEEDS + seed, epochs=suite.epochs, changes=changes)
    field = field_of(scene, suite)
    by_q: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        cube = build(scene, base, Path(folder), suite.config(), bands=suite.bands, quantity=suite.quantity)
        plain = {
            k
            for k, truth in enumerate(scene.truths)
            if abs(truth.lat) <= COUNTED_LAT and snr_of(truth, scene, cube, base) >= SURE_SNR
        }
        for q in Q:
            config = override(suite.config(), (f"detect.q={q:g}",))
            every, _ = find_events(Path(folder), cube.manifest, config, runner, field)
            finds = [find for find in every if find.sector]
            sure = [find for find in finds if find.tier != "C"]
            found = {find.change for find in sure}
            by_q[f"{q:g}"] = {
                "candidates": len(finds), "real": sum(find.change is not None for find in finds),
                "events": len(sure), "false": sum(find.change is None for find in sure),
                "plain": len(plain), "found": len(plain & found),
            }  # fmt: skip
    return {"seed": seed, "changes": changes, "q": by_q}


def run_all(folder: Path, runner: Runner, *, runs: int, first_seed: int = 1) -> list[dict[str, Any]]:
    """Run what is asked for and not yet recorded in ``folder`` (``discovery.jsonl``); gives all records there."""
    suite = SUITES["tiny"]

    def make(key: Key, base: Base) -> dict[str, Any]:
        seed, changes = key
        return run(seed, changes, base, runner, suite)

    asked = [(first_seed + k, changes) for k in range(runs) for changes in CHANGES]
    return recorded(folder / "discovery.jsonl", asked, _key, make, suite.pixels_per_degree)


def _key(record: dict[str, Any]) -> tuple[int, int]:
    return record["seed"], record["changes"]


def summarise(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """By number of changes and q: the false-discovery rate with its 95 % interval, and the power.

    The rate is the mean over scenes of false over all events of tier A and B, 0 where there are none (Benjamini and
    Hochberg 1995, J. R. Stat. Soc. B 57, 289); it holds unless its interval lies above q.
    """
    rows: list[dict[str, Any]] = []
    for changes in sorted({record["changes"] for record in records}):
        for q in Q:
            mine = [record["q"][f"{q:g}"] for record in records if record["changes"] == changes]
            rates = np.array([one["false"] / max(one["events"], 1) for one in mine])
            half = 1.96 * float(rates.std(ddof=1)) / math.sqrt(len(rates)) if len(rates) > 1 else 1.0
            rate, total = float(rates.mean()), {name: sum(one[name] for one in mine) for name in mine[0]}
            rows.append({
                "changes": changes, "q": q, "scenes": len(mine), "events": total["events"],
                "real_share": total["real"] / max(total["candidates"], 1),
                "rate": rate, "low": rate - half, "high": rate + half, "holds": rate - half <= q,
                "plain": total["plain"], "power": total["found"] / max(total["plain"], 1),
            })  # fmt: skip
    return rows
