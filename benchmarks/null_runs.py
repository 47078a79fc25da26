"""Count runs on surfaces without any change that end with an event of tier A or B.

Registration, gain, noise and gaps are those of the demonstration, with another seed each time. The fraction must not
exceed q, judged by the 95 % binomial bound.
"""

import argparse
import csv
import tempfile
from pathlib import Path

from scipy.stats import binom

from iovolc.config import Config, GridConfig
from iovolc.demo.replay import write_demo
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track


def only(catalogue: Path, channel: str) -> Path:
    """The catalogue's rows of one channel."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["channel"] == channel]
    chosen = catalogue.with_name("only.csv")
    with chosen.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--channel", default="", help="only this channel of the demonstration; all by default")
    arguments = parser.parse_args()
    config = Config(grid=GridConfig(pixels_per_degree=4))
    bad = 0
    for number in range(arguments.runs):
        with tempfile.TemporaryDirectory() as folder, runner(workers=arguments.workers) as workers:
            everything = write_demo(Path(folder) / "maps", seed=arguments.first_seed + number, eruptions=())
            catalogue = only(everything, arguments.channel) if arguments.channel else everything
            context = Context(Path(folder) / "store", config, workers)
            manifest = ingest([catalogue], context).manifest
            scan = detect(manifest, context)
            events = track(manifest, scan, context).events
        sure = events[events["tier"] != "C"]
        bad += len(sure) > 0
        places = "; ".join(f"{row.kind} {row.lat:.0f} {row.lon_e:.0f} q {row.q_value:.2g}" for row in sure.itertuples())
        print(
            f"run {number + 1}: {len(scan.detected.detections)} changes, {len(sure)} of tier A or B {places}",
            flush=True,
        )
    q = config.detect.q
    allowed = int(binom.ppf(0.95, arguments.runs, q))
    print(
        f"{bad} of {arguments.runs} runs with an event of tier A or B; at q = {q} up to {allowed} are expected (95 %)"
    )


if __name__ == "__main__":
    main()
