"""Read and ingest the whole bad corpus under watch: ``python tests/bad_watch.py CORPUS STORE`` prints what happened.

The corpus is one that ``bad_files.py`` wrote there. What is printed is JSON: for each entry its numbers, sound rows,
seconds and peak memory; every file that Python opened; every connection that it tried.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from bad_catalogues import GOOD, HEADER, LINE
from bad_files import entries_of
from bad_pictures import png
from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.images import read_observation
from iovolc.config import load
from iovolc.cube.manifest import read_head
from iovolc.errors import InputError
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.ingest import ingest

QUICK = ("grid.pixels_per_degree=4", "registration.min_correlation=1.0")
_WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec")
_PEAK = Path("/proc/self/clear_refs")


def judge(catalogue):
    """The findings of a catalogue and of its images, and how many rows are sound."""
    findings, sound = [], 0
    try:
        content = read_catalogue(catalogue)
    except InputError as error:
        return list(error.findings), 0
    findings += content.findings
    for row in content.rows:
        try:
            read_observation(row, catalogue.parent)
        except InputError as error:
            findings += error.findings
        else:
            sound += 1
    return findings, sound


def ingested(catalogues, context):
    """The numbers that an ingest of many catalogues gives, without those that cannot be read at all."""
    readable, codes = [], []
    for catalogue in catalogues:
        try:
            read_catalogue(catalogue)
        except InputError as error:
            codes += [finding.code for finding in error.findings]
        else:
            readable.append(catalogue)
    return codes + [finding.code for finding in ingest(readable, context).findings]


def peak_mb(*, reset=False):
    """Largest resident memory since the last reset, where the system can tell, else since the start."""
    if reset and os.access(_PEAK, os.W_OK):
        _PEAK.write_text("5")
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    """What Python opened, by its real path, and what it tried to reach or to run."""

    def __init__(self):
        self.opened, self.reached, self.active = set(), [], True
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if not self.active:
            return
        if event == "open" and isinstance(arguments[0], str | bytes):
            self.opened.add(os.path.realpath(os.fsdecode(arguments[0])))
        elif event in _WATCHED:
            self.reached.append(f"{event} {arguments[:2]}")


def main(corpus, store):
    sound = corpus / "sound"
    sound.mkdir(exist_ok=True)
    (sound / GOOD["path"]).write_bytes(png())
    (sound / "catalogue.csv").write_text(f"{HEADER}\n{LINE}\n", encoding="utf-8")
    context = Context(store, load(None, QUICK), Threads(1))
    ingest([sound / "catalogue.csv"], context)  # so that the good rows of all entries are known
    baseline, results, watch = peak_mb(), {}, Watch()
    for entry in entries_of(corpus):
        before = peak_mb(reset=True)
        start = time.perf_counter()
        findings, rows = judge(entry.catalogue)
        seconds = time.perf_counter() - start
        results[entry.name] = {
            "codes": [finding.code for finding in findings], "texts": [str(finding) for finding in findings],
            "sound": rows, "seconds": seconds, "mb": max(0.0, peak_mb() - before),
        }  # fmt: skip
    peak_mb(reset=True)
    codes = ingested([entry.catalogue for entry in entries_of(corpus)], context)
    watch.active = False
    json.dump(
        {"results": results, "opened": sorted(watch.opened), "reached": watch.reached, "ingest": codes,
         "growth_mb": max(peak_mb() - baseline, *(result["mb"] for result in results.values())),
         "epochs": [item.observation_id for item in read_head(store).entries]},
        sys.stdout,
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
