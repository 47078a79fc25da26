"""Are the manifests sound, and do a bucket and its copy hold the same manifests and runs.

Not for epochs and tables, whose names tell their content: :mod:`iovolc.cube.audit`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from iovolc.cube.bucket import Bucket, bucket_of
from iovolc.cube.files import read_json, write_bytes
from iovolc.cube.holdings import run_record
from iovolc.cube.layout import PARTIAL, StorePath, head_file, local
from iovolc.cube.lock import publishing
from iovolc.cube.manifest import understood
from iovolc.cube.pointer import operational_run
from iovolc.errors import StoreCorrupt

_TIMINGS: Final = "timings.json"
"""Two machines that publish the same run take their own time."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """A manifest, or a file of a run, that is damaged or that bucket and copy hold otherwise.

    Parameters
    ----------
    name : str
        Below the root.
    detail : str
        What is wrong, and what to do where it cannot be mended.
    mended : bool
        Whether it has been put right.
    """

    name: str
    detail: str
    mended: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {'mended: ' if self.mended else ''}{self.detail}"


def unlike(store: StorePath, *, mend: bool = False) -> tuple[Unlike, ...]:
    """Read every manifest, and of a copy compare it and the runs with the bucket.

    What only the bucket has is the past, which copies need not hold; what only the copy has, unless it is needed, was
    deleted from the bucket by another machine.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    mend : bool
        Put the sound manifest in the place of the damaged one, and what one side lacks of a run where it is missing.
        Where both have a file of a run that differs nothing tells which is right.
    """
    bucket = bucket_of(store)
    if bucket is None:
        return tuple(_manifests(store, None, mend=mend))
    with publishing(store):  # a run that is being put there is no fault
        return (*_manifests(store, bucket, mend=mend), *_runs(store, bucket, mend=mend))


def _manifests(store: StorePath, bucket: Bucket | None, *, mend: bool) -> Iterator[Unlike]:
    root, there = local(store), {} if bucket is None else bucket.files("manifests")
    here = {path.relative_to(root).as_posix() for path in root.glob("manifests/*.json")}
    needed = cache(lambda: set() if bucket is None else _needed(store, bucket))
    for name in sorted(here | there.keys(), key=lambda name: (len(name), name)):
        if Path(name).name.startswith(PARTIAL):
            continue
        own = _content(root / name)
        found = None if bucket is None else bucket.read(name)  # also what was put there after it was listed
        other = None if found is None else found[0]
        told = _fault(name, own, other)
        if not told and bucket is not None and other is None and _number(name) in needed():
            told = "the bucket has lost it"
        if told:
            yield Unlike(name, told, mended=mend and bucket is not None and _level(root / name, bucket, own, other))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # never there, or deleted meanwhile
        return None


def _fault(name: str, own: bytes | None, other: bytes | None) -> str:
    """What is wrong with a manifest as the copy and the bucket have it, in words; empty if nothing is."""
    for content, where in ((own, ""), (other, " on the bucket")):
        if content is not None and not _is_sound(name, content):
            return f"it is damaged{where}; restore it from a copy"
    if own is not None and other is not None and own != other:
        return "bucket and copy hold different ones; the bucket's counts"
    return ""


def _level(path: Path, bucket: Bucket, own: bytes | None, other: bytes | None) -> bool:
    """Let both sides have the sound one, by preference the bucket's; whether there is one."""
    name = f"manifests/{path.name}"
    if other is not None and _is_sound(name, other):
        write_bytes(path, other)
        return True
    if own is not None and _is_sound(name, own):
        bucket.put(name, own)
        return True
    return False


def _is_sound(name: str, content: bytes) -> bool:
    try:
        understood(json.loads(content), _number(name), name)
    except (StoreCorrupt, ValueError):
        return False
    return True


def _number(name: str) -> int:
    stem = Path(name).stem
    return int(stem) if stem.isdecimal() else 0


def _needed(store: StorePath, bucket: Bucket) -> set[int]:
    """The manifests of HEAD and of the runs on the bucket."""
    published = {name.rpartition("/")[0] for name in bucket.files("runs") if name.endswith("/run.json")}
    named = {int(run_record(store, run)["manifest"]["number"]) for run in published}
    return named | {int(read_json(head_file(store))["number"])}


def _runs(store: StorePath, bucket: Bucket, *, mend: bool) -> Iterator[Unlike]:
    root, latest = local(store), operational_run(store)
    for run in sorted(path.name for path in root.glob("runs/*") if path.is_dir()):
        if run.startswith(PARTIAL):
            continue
        folder = f"runs/{run}"
        there = bucket.files(folder)
        if not there and run != latest:
            continue
        for name in bucket.unlike(store, folder):
            if name == f"{folder}/{_TIMINGS}":
                continue
            here = root / name
            if not here.exists():
                yield Unlike(name, "the copy lacks it", mended=mend and bucket.fetch(name, store))
            elif name not in there:
                if mend:
                    bucket.put(name, here.read_bytes())
                yield Unlike(name, "the bucket lacks it", mended=mend)
            else:
                yield Unlike(name, "bucket and copy differ; delete the wrong one, and --repair takes the other")
