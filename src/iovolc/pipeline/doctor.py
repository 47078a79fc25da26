"""Doctor: whether this machine has what iovolc needs, each finding with what to do."""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from packaging.requirements import Requirement

from iovolc.archive.reference import load_reference
from iovolc.config import RegistrationConfig
from iovolc.cube.cleaning import garbage
from iovolc.cube.manifest import read_head
from iovolc.errors import IovolcError

Verdict = Literal["good", "missing", "bad"]

_LEAST_FREE: Final = 2 * 1024**3
_LEAST_PYTHON: Final = (3, 11)
_EXTRAS: Final = {"prefect": "scheduled flows", "s3fs": "stores on a bucket", "spiceypy": "SPICE kernels"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    what : str
        Its name.
    verdict : {'good', 'missing', 'bad'}
        ``missing`` is optional and absent, ``bad`` must be mended.
    detail : str
        What was found, and what to do.
    """

    what: str
    verdict: Verdict
    detail: str


def doctor(store: Path | None = None) -> tuple[Finding, ...]:
    """Look at Python, packages, compiled kernels, the reference map, and the store if one is given.

    Parameters
    ----------
    store : Path or None
        The store to look at.
    """
    looks: list[Callable[[], Iterator[Finding]]] = [_python, _packages, _extras, _kernels, _reference]
    found = [finding for look in looks for finding in look()]
    return tuple(found if store is None else [*found, *_store(store)])


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= _LEAST_PYTHON
    yield Finding("python", "good" if good else "bad", version if good else f"{version}: 3.11 or newer is needed")


def _packages() -> Iterator[Finding]:
    needed = [Requirement(text) for text in importlib.metadata.requires("iovolc") or ()]
    core = [item for item in needed if item.marker is None or item.marker.evaluate({"extra": ""})]
    wrong = [f"{item} ({_version(item.name)})" for item in core if not _meets(item)]
    told = f"not as needed: {', '.join(wrong)}; install iovolc again" if wrong else "all that iovolc needs"
    yield Finding("packages", "bad" if wrong else "good", told)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _meets(item: Requirement) -> bool:
    version = _version(item.name)
    return version != "not installed" and item.specifier.contains(version, prereleases=True)


def _extras() -> Iterator[Finding]:
    for module, purpose in _EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        yield Finding(module, "good" if there else "missing", f"for {purpose}" + ("" if there else ": not installed"))


def _kernels() -> Iterator[Finding]:
    place = os.environ.get("NUMBA_CACHE_DIR") or str(Path(__file__).parents[1] / "geometry" / "__pycache__")
    try:
        with tempfile.TemporaryFile(dir=place if Path(place).is_dir() else Path(place).parent):
            yield Finding("compiled kernels", "good", f"kept in {place}")
    except OSError as error:
        yield Finding("compiled kernels", "bad", f"cannot be kept ({error}): set NUMBA_CACHE_DIR to a writable folder")


def _reference() -> Iterator[Finding]:
    try:
        reference = load_reference(RegistrationConfig().reference)
        yield Finding("reference map", "good", f"{reference.name}, sha256 {reference.sha256[:12]}")
    except IovolcError as error:
        yield Finding("reference map", "bad", str(error))


def _store(store: Path) -> Iterator[Finding]:
    there = next(folder for folder in (store.absolute(), *store.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    told = f"{free / 1024**3:.1f} GiB free"
    yield Finding(
        "disk", "good" if free >= _LEAST_FREE else "bad", told + ("" if free >= _LEAST_FREE else ": free some")
    )
    writable = os.access(there, os.W_OK)
    yield Finding("store", "good" if writable else "bad", str(store) + ("" if writable else " cannot be written"))
    try:
        head = read_head(store)
        epochs = "empty" if head is None else f"manifest {head.number}, {len(head.entries)} epochs"
        rubbish = len(garbage(store)) if head is not None else 0
        yield Finding("manifest", "good", epochs + (f"; {rubbish} leftovers for `iovolc gc`" if rubbish else ""))
    except IovolcError as error:
        yield Finding("manifest", "bad", str(error))
