"""How well pictures under thirty lights come back to one albedo.

``python benchmarks/relighting.py [--law hapke] [--set light.photometry=FILE] [--sheet PNG]`` renders the real base map
with code that shares nothing with the package (``tests/light_render``), takes the pictures through ingest and
normalisation, and compares ln albedo with the truth in cells of 32 km. Bars: scatter of 4 % within the sensor whose
band is the truth's, 8 % for the other one against the same truth, 5 % by Jupitershine. ``faint`` is the night side in
exposures for the day, which have no bar; ``rough`` is what a smooth surface of degree 2 leaves of the scatter, which
detection takes out.
"""

import argparse
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from iovolc.parallel import runner
from iovolc.pipeline.ingest import ingest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from light_render.compared import Residual, drawn, looked_at, scatter
from light_render.epochs import UNREGISTERED, Shot, context_of, write_shots
from light_render.geometries import round_trip
from light_render.laws import LAWS

BARS = {"within": 0.04, "across": 0.08, "jupiter": 0.05}
FAINT = ("mixed-061 by jupiter", "mixed-090 by jupiter")
"""Night sides in mixed exposures for the day."""


def residuals(law: str, overrides: list[str]) -> dict[str, Residual]:
    """Of every geometry and source of light, by both."""
    shots = [
        Shot(name, view, camera, law=law, seed=n, shift_km=(1.5 * (n % 3 - 1), 1.0 * (n % 2)))
        for n, (name, view, camera) in enumerate(round_trip())
    ]
    with tempfile.TemporaryDirectory() as folder, runner(workers=1) as workers:
        context = context_of(Path(folder) / "store", workers, UNREGISTERED, *overrides)
        catalogue = write_shots(Path(folder) / "maps", shots)
        entries = {entry.observation_id: entry for entry in ingest([catalogue], context).manifest.entries}
        return {
            f"{shot.name} by {one.source}": one
            for shot in shots
            for one in looked_at(context, entries[shot.name], shot.camera)
        }


def report(found: dict[str, Residual]) -> None:
    print(f"{'geometry and light':22s} {'bias':>7s} {'scatter':>8s} {'robust':>7s} {'rough':>7s} {'used':>6s}  seen by")
    for name, one in found.items():
        std, robust = scatter(one.cells)
        middle = np.nanmedian(one.cells) if np.isfinite(one.cells).any() else np.nan
        words = ", ".join(f"{word} {share:.0%}" for word, share in one.classes.items() if share >= 0.005)
        rough = scatter(one.surface)[0]
        print(f"{name:22s} {middle:+7.3f} {std:8.4f} {robust:7.4f} {rough:7.4f} {one.used:6.0%}  {words}")


def kind_of(name: str, one: Residual) -> str:
    if one.source == "jupiter":
        return "faint" if name.startswith("sun") or name in FAINT else "jupiter"
    return "within" if one.sensor == "A" else "across"


def judge(found: dict[str, Residual]) -> None:
    """Scatter of single geometries, and of pairs, by what is compared."""
    kinds: dict[str, list[tuple[float, str]]] = {}
    for name, one in found.items():
        std = scatter(one.cells)[0]
        if np.isfinite(std):
            kinds.setdefault(kind_of(name, one), []).append((std, name))
    for kind, held in sorted(kinds.items()):
        worst, name = max(held)
        middle, bar = float(np.median([std for std, _ in held])), BARS.get(kind, np.inf)
        met = sum(std <= bar for std, _ in held)
        print(f"{kind:8s} bar {bar:.2f}: median {middle:.4f}, worst {worst:.4f} ({name}), met by {met} of {len(held)}")
    pairs: dict[str, list[float]] = {}
    for (first, a), (second, b) in combinations(found.items(), 2):
        difference = a.cells - b.cells
        if np.isfinite(difference).sum() >= 300 and "faint" not in (kind_of(first, a), kind_of(second, b)):
            kind = f"{'+'.join(sorted((a.source, b.source)))}, {'same' if a.sensor == b.sensor else 'other'} sensor"
            pairs.setdefault(kind, []).append(scatter(difference)[0])
    for kind, held in sorted(pairs.items()):
        print(f"pairs {kind:28s} n {len(held):3d}: median {np.median(held):.4f}, worst {max(held):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--law", choices=sorted(LAWS), action="append", help="how the ground scatters; all by default")
    parser.add_argument("--set", action="append", default=[], help="overrides of the configuration")
    parser.add_argument("--sheet", type=Path, help="where a sheet of residuals is drawn, one tile a geometry")
    arguments = parser.parse_args()
    for law in arguments.law or LAWS:
        found = residuals(law, arguments.set)
        print(f"== truth: {law}")
        report(found)
        judge(found)
        if arguments.sheet is not None:
            path = arguments.sheet.with_stem(f"{arguments.sheet.stem}-{law}")
            Image.fromarray(drawn([one.cells for one in found.values()])).save(path)


if __name__ == "__main__":
    main()
