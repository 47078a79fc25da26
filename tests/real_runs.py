"""Runs on the real maps, for the tests in ``real/``."""

import csv

from iovolc.config import Config, GridConfig, IngestConfig
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track


def write_rows(folder, rows):
    """A catalogue of rows that all have the columns of the first one."""
    path = folder / "catalogue.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def events_of(catalogue, store, maps):
    """Ingest, detect and track at 8 pixels per degree, of files in ``maps`` too; the scan and what it came to."""
    config = Config(grid=GridConfig(pixels_per_degree=8), ingest=IngestConfig(roots=(str(maps),)))
    with runner(workers=2) as workers:
        context = Context(store, config, workers)
        manifest = ingest([catalogue], context).manifest
        scan = detect(manifest, context)
        return scan, track(manifest, scan, context)
