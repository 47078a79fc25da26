"""Count events between pictures of one surface under pairs of lights, and the volcano of 2024 among them.

``python benchmarks/light_null.py [--pairs N] [--law hapke] [--power] [--off]`` renders twenty pairs of geometries up to
60 degrees apart in phase (day and day, day and night, night and night; ``tests/light_render``), and the four passes
over Kanehekili. None of the pairs may end with an event of tier A or B. ``--power`` puts a deposit into every newer
picture, so that silence is known not to be blindness; ``--off`` repeats all without the light model.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from light_render import kanehekili
from light_render.epochs import LATER, UNREGISTERED, Shot, changes_of, near, sure, told
from light_render.geometries import best_place, null_pairs
from light_render.laws import LAWS
from light_render.scene import Deposit


def null(law: str, pairs: int, overrides: list[str]) -> int:
    """Pairs that end with an event of tier A or B."""
    bad = 0
    for n, (name, older, newer) in enumerate(null_pairs()[:pairs]):
        shots = [Shot("older", *older, law=law, seed=2 * n), Shot("newer", *newer, LATER, law=law, seed=2 * n + 1)]
        with tempfile.TemporaryDirectory() as folder:
            scan, tracked = changes_of(Path(folder), shots, UNREGISTERED, *overrides)
        found = sure(tracked)
        bad += len(found) > 0
        compared = sum(statistics["compared_km2"] for statistics in scan.statistics) / 1e6
        print(
            f"{name:16s} {abs(older[0].phase_deg - newer[0].phase_deg):4.0f} deg apart, {compared:5.2f} million km2, "
            f"{len(tracked.events) - len(found)} candidates, A or B: {told(found)}",
            flush=True,
        )
    return bad


def power(law: str, pairs: int, overrides: list[str]) -> int:
    """Pairs in which a deposit of 180 km that is 20 % darker, where both pictures see best, is an event of A or B."""
    found = 0
    for n, (name, older, newer) in enumerate(null_pairs()[:pairs]):
        lat, lon_e = best_place(older[0], newer[0])
        deposit = (Deposit(lat, lon_e, 90.0, 90.0, -0.22),)
        shots = [Shot("older", *older, law=law, seed=2 * n), Shot("newer", *newer, LATER, law, deposit, seed=2 * n + 1)]
        with tempfile.TemporaryDirectory() as folder:
            _, tracked = changes_of(Path(folder), shots, UNREGISTERED, *overrides)
        here = near(sure(tracked), lat, lon_e, 90.0)
        found += len(here) > 0
        print(f"{name:16s} deposit at {lat} {lon_e}: {told(here)}", flush=True)
    return found


def volcano(law: str, overrides: list[str]) -> None:
    """The volcano found or not, and what else is."""
    with tempfile.TemporaryDirectory() as folder:
        _, tracked = changes_of(Path(folder), kanehekili.shots(law=law), *overrides)
    here = near(tracked.events, kanehekili.LAT, kanehekili.LON_E, kanehekili.DIAMETER_KM)
    found = sure(tracked)
    others = found[~found["event_id"].isin(here["event_id"])]
    print(f"Kanehekili 2024: {told(here)}")
    print(f"  {len(others)} other events of tier A or B: {told(others)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--law", choices=sorted(LAWS), default="lunar-lambert", help="how the ground scatters")
    parser.add_argument("--set", action="append", default=[], help="overrides of the configuration")
    parser.add_argument("--power", action="store_true", help="also with a deposit in every newer picture")
    parser.add_argument("--off", action="store_true", help="once more without the light model")
    arguments = parser.parse_args()
    for words, more in (("with", []), ("without", ["light.model=off"]))[: 1 + arguments.off]:
        print(f"== {words} the light model; truth: {arguments.law}")
        bad = null(arguments.law, arguments.pairs, [*arguments.set, *more])
        volcano(arguments.law, [*arguments.set, *more])
        print(f"{bad} of {arguments.pairs} pairs with an event of tier A or B", flush=True)
        if arguments.power:
            found = power(arguments.law, arguments.pairs, [*arguments.set, *more])
            print(f"{found} of {arguments.pairs} deposits of 180 km and 20 % found", flush=True)


if __name__ == "__main__":
    main()
