"""What of a run grows with the archive when the work of each epoch is at hand: ``publish`` over archives of copies.

``python benchmarks/copied_archive.py STORE FOLDER --epochs 10 50 200`` takes a store that ``archive_growth.py``
made, copies its last epochs and their comparisons under new names and later times until there are so many, and
publishes each archive twice in processes of their own: for the first time, and with one epoch more. Reading the store,
planning, tracking, segments, pages and tables are real; ingest and comparisons, whose cost is bounded by design, are
copies.
"""

import argparse
import hashlib
import json
import math
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.archive_growth import IOVOLC, PROFILES, took

from iovolc.config import load
from iovolc.cube.entry import EpochEntry
from iovolc.cube.layout import cache_folder, epoch_folder
from iovolc.cube.manifest import Manifest, commit
from iovolc.model.grid import Grid
from iovolc.model.observation import format_utc
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import Task, plan
from iovolc.pipeline.run import current_manifest

STEP = timedelta(days=30)


def copied_epoch(store: Path, entry: EpochEntry, number: int, name: str) -> EpochEntry:
    """The epoch under another name and that many steps later."""
    later = number * STEP
    times = {key: getattr(entry, key) + later for key in ("start_utc", "time_utc", "stop_utc")}
    made = replace(entry, observation_id=name, content_hash=f"{number:064x}", **times)
    target = Path(epoch_folder(store, name, made.content_hash))
    shutil.copytree(epoch_folder(store, entry.observation_id, entry.content_hash), target, dirs_exist_ok=True)
    group = json.loads((target / "zarr.json").read_text(encoding="utf-8"))
    record = group["attributes"]["iovolc"]["record"]
    record |= {"id": name, **{key: format_utc(value) for key, value in times.items()}}
    (target / "zarr.json").write_text(json.dumps(group), encoding="utf-8")
    return made


def copied_comparison(template: Task, task: Task) -> None:
    """The results of a comparison under the name of another one with as many predecessors."""
    source, target = (Path(cache_folder(one.store, "detect", one.key)) for one in (template, task))
    shutil.copytree(source, target)
    named = {
        template.entry.observation_id: task.entry.observation_id,
        **{
            before.observation_id: now.observation_id
            for before, now in zip(template.predecessors, task.predecessors, strict=True)
        },
    }
    detections, looks = (pd.read_parquet(source / f"{name}.parquet") for name in ("detections", "looks"))
    ids = {one: hashlib.sha256(f"{one}{task.key}".encode()).hexdigest()[:12] for one in detections["detection_id"]}
    detections["detection_id"] = detections["detection_id"].map(ids)
    detections["observation_id"] = detections["observation_id"].map(named)
    detections["reference_ids"] = [[named[one] for one in listed] for listed in detections["reference_ids"]]
    looks["detection_id"], looks["observation_id"] = looks["detection_id"].map(ids), looks["observation_id"].map(named)
    detections.to_parquet(target / "detections.parquet", compression="zstd")
    looks.to_parquet(target / "looks.parquet", compression="zstd")
    told = json.loads((source / "null.json").read_text(encoding="utf-8"))
    (target / "null.json").write_text(
        json.dumps({**told, "observation_id": task.entry.observation_id}), encoding="utf-8"
    )
    with np.load(source / "footprints.npz") as kept:
        renamed = {f"{ids[key.partition('/')[0]]}/{key.partition('/')[2]}": kept[key] for key in kept.files}
    np.savez(target / "footprints.npz", **renamed)


def grown(context: Context, epochs: int) -> Manifest:
    """The store's archive, filled up with copies to so many epochs."""
    manifest = current_manifest(context.store)
    tasks = plan(manifest, context)
    most = max(len(task.predecessors) for task in tasks)
    templates = [
        task for task in tasks if len(task.predecessors) == most and not task.entry.observation_id.startswith("copy")
    ]
    held = len(manifest.entries)
    made = [
        copied_epoch(context.store, templates[k % len(templates)].entry, k, f"copy{k:05d}") for k in range(held, epochs)
    ]
    manifest = commit(context.store, Grid.at(manifest.pixels_per_degree), made)
    for k, task in enumerate(plan(manifest, context)):
        if not Path(cache_folder(task.store, "detect", task.key)).exists():
            copied_comparison(templates[k % len(templates)], task)
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, nargs="*", default=[10, 50, 200])
    parser.add_argument("--profile", choices=tuple(PROFILES), default="light")
    parser.add_argument("--reference", type=Path, required=True, help="the reference map that the store was made with")
    given = parser.parse_args()
    if not given.folder.exists():
        shutil.copytree(given.store, given.folder / "store", ignore=shutil.ignore_patterns("runs"))
    store = given.folder.absolute() / "store"
    ppd = current_manifest(store).pixels_per_degree
    settings = (
        f"grid.pixels_per_degree={ppd}", f"registration.reference={given.reference.absolute()}",
        *PROFILES[given.profile],
    )  # fmt: skip
    context = Context(store, load(None, settings), Threads(2))
    command = [
        *IOVOLC, "publish", "--store", str(store), "--out", str(given.folder.absolute() / "out"), "--quiet",
        *(part for pair in settings for part in ("--set", pair)),
    ]  # fmt: skip
    found: list[dict[str, Any]] = []
    for epochs in given.epochs:
        for count, what in ((epochs, "first"), (epochs + 1, "one_more")):
            grown(context, count)
            measured = asdict(took(command))
            stages = json.loads((given.folder / "out" / "timings.json").read_text(encoding="utf-8"))
            found.append({"epochs": count, "what": what, **measured, "stages": stages})
            print(json.dumps(found[-1]), flush=True)
    (given.folder / "measured.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(f"one epoch more: processor time grows with the power {slope(found):.2f} of the archive")


def slope(found: Sequence[dict[str, Any]]) -> float:
    """Exponent of processor time of the runs with one epoch more."""
    mine = [one for one in found if one["what"] == "one_more"]
    return statistics.linear_regression(
        [math.log(one["epochs"]) for one in mine], [math.log(one["cpu_s"]) for one in mine]
    ).slope


if __name__ == "__main__":
    main()
