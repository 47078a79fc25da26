"""A store on an S3-compatible bucket, worked upon through a copy on this machine's disk.

Nothing in a store is overwritten but a few small files, so a copy is brought up to date by fetching what is missing,
and the bucket by putting what is new. HEAD moves by a conditional put: of two writers one is told to look again. Knows
names and bytes, not what they mean: see :mod:`iovolc.cube.manifest` for what a commit fetches and puts.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fsspec

from iovolc.cube.files import new_folder, read_json, write_bytes, write_json
from iovolc.cube.layout import StorePath, copy_file, join, local
from iovolc.errors import ConfigError, IovolcError, StoreCorrupt, StoreError, TransientIOError

_CONDITIONAL: Final = ("s3", "s3a")
_LOST: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file on a bucket.

    Parameters
    ----------
    tag : str
        Changes with its content.
    n_bytes : int
        Its size.
    modified_s : float
        When it was written, in seconds since 1970.
    """

    tag: str
    n_bytes: int
    modified_s: float

    def is_like(self, content: bytes) -> bool:
        """Whether its tag is the usual one of this content; of a file that was sent in parts it never is."""
        return self.tag.strip('"') == hashlib.md5(content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Bucket:
    """The store's root on a bucket.

    Parameters
    ----------
    address : str
        Such as ``s3://bucket/io``.
    """

    address: str

    def read(self, name: str) -> tuple[bytes, BucketFile] | None:
        """Content of a file, and what else is known of it; None if there is none."""
        system, path = self._at(name)
        with _reaching(self.address):
            try:
                facts = _described(system.info(path))
                return bytes(system.cat_file(path)), facts
            except FileNotFoundError:
                return None

    def files(self, folder: str) -> dict[str, BucketFile]:
        """The files below a folder, by their names below the root."""
        system, path = self._at(folder)
        with _reaching(self.address):
            try:
                found = system.find(path, detail=True)
            except FileNotFoundError as error:  # a folder that is not there has no files
                raise StoreError(f"{self.address} cannot be used: {error}; make the bucket first") from error
        # A folder whose first file is written while it is listed comes back as its own only entry.
        files = {key: facts for key, facts in found.items() if facts["type"] == "file"}
        return {f"{folder}/{key[len(path) :].lstrip('/')}": _described(facts) for key, facts in files.items()}

    def put(self, name: str, content: bytes) -> None:
        """Write a file, over another one if need be."""
        self._put(name, content)

    def put_new(self, name: str, content: bytes) -> bool:
        """Write a file unless there is one of this name; whether it was written."""
        return self._put(name, content, IfNoneMatch="*")

    def put_over(self, name: str, content: bytes, tag: str | None) -> bool:
        """Write a file if the one that is there still has this tag (None: if there is none); whether it was written."""
        return self.put_new(name, content) if tag is None else self._put(name, content, IfMatch=tag)

    def put_folder(self, store: StorePath, folder: str) -> None:
        """Put what the bucket lacks of a folder of the copy; a second time it puts what a killed process left out."""
        there = self.files(folder)
        root = local(store)
        for path in sorted(file for file in (root / folder).rglob("*") if file.is_file()):
            name, content = path.relative_to(root).as_posix(), path.read_bytes()
            if name not in there or not there[name].is_like(content):
                self.put(name, content)

    def unlike(self, store: StorePath, folder: str) -> tuple[str, ...]:
        """The files of a folder that only the bucket or only the copy has, or that differ; sorted."""
        there, root = self.files(folder), local(store)
        here = {path.relative_to(root).as_posix() for path in (root / folder).rglob("*") if path.is_file()}
        same = {name for name in here & there.keys() if self._is_same(there[name], name, (root / name).read_bytes())}
        return tuple(sorted((here | there.keys()) - same))

    def _is_same(self, file: BucketFile, name: str, content: bytes) -> bool:
        return file.is_like(content) or (file.n_bytes == len(content) and self._content(name) == content)

    def mirror_folder(self, store: StorePath, folder: str) -> None:
        """Let the bucket have of a folder what the copy has, and nothing else."""
        self.put_folder(store, folder)
        for name in self.files(folder):
            if not (local(store) / name).exists():
                self.remove(name)

    def remove(self, name: str) -> None:
        """Delete a file, or all below a folder; nothing if it is not there."""
        system, path = self._at(name)
        with _reaching(self.address), suppress(FileNotFoundError):
            for key in system.find(path):  # not `rm`, which takes brackets of a name for a pattern
                system.rm_file(key)

    def fetch_folder(self, folder: str, store: StorePath) -> None:
        """Fetch a folder that is written once, unless the copy has it; it is there complete or not at all.

        Raises
        ------
        StoreError
            If the bucket has nothing of it.
        """
        place = _inside(local(store), folder)
        if place.exists():
            return
        files = self.files(folder)
        if not files:
            raise StoreError(f"{self.address} has lost {folder}; repair it from the machine that wrote it")
        with new_folder(place) as partial:
            for name in files:
                target = _inside(partial, name.removeprefix(f"{folder}/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._content(name))

    def fetch(self, name: str, store: StorePath) -> bool:
        """Fetch a file over that of the copy, with its time; whether there is one."""
        found, path = self.read(name), _inside(local(store), name)
        if found is not None:
            write_bytes(path, found[0])
            os.utime(path, (found[1].modified_s, found[1].modified_s))
        return found is not None

    def _content(self, name: str) -> bytes:
        found = self.read(name)
        if found is None:
            raise StoreError(f"{self.address}/{name} has gone while it was read; try again")
        return found[0]

    def _put(self, name: str, content: bytes, **conditions: str) -> bool:
        system, path = self._at(name)
        with _reaching(self.address):
            try:
                system.pipe_file(path, content, **conditions)
            except OSError as error:
                answer = getattr(error.__cause__, "response", {})
                if answer.get("Error", {}).get("Code") in _LOST:
                    return False
                raise
        return True

    def _at(self, name: str) -> tuple[Any, str]:
        system, root = fsspec.url_to_fs(self.address, use_listings_cache=False)
        return system, f"{root.rstrip('/')}/{name}"


def _described(facts: Mapping[str, Any]) -> BucketFile:
    return BucketFile(str(facts["ETag"]), int(facts["size"]), facts["LastModified"].timestamp())


def _inside(root: Path, name: str) -> Path:
    """A path below a folder; whoever writes into the bucket decides nothing outside it."""
    path = Path(os.path.normpath(root / name))
    if not path.is_relative_to(os.path.normpath(root)):
        raise StoreCorrupt(f"`{name}` leads out of the store; the bucket was written by something else than iovolc")
    return path


@contextmanager
def _reaching(address: str) -> Iterator[None]:
    """Turn the errors of a bucket into ours; a file that is missing is the caller's business."""
    try:
        yield
    except (IovolcError, FileNotFoundError):
        raise
    except PermissionError as error:
        raise StoreError(f"{address} may not be read or written: {error}; check the credentials") from error
    except Exception as error:  # clients of buckets raise what their libraries raise
        raise TransientIOError(f"{address} cannot be reached: {error}; try again") from error


def bucket_of(store: StorePath) -> Bucket | None:
    """The bucket of which a folder is the copy; None for a store that lies on this disk alone."""
    try:
        return Bucket(read_json(copy_file(store))["address"])
    except FileNotFoundError:
        return None


def copy_of(address: str) -> Path:
    """The folder in which this machine keeps its copy of a store on a bucket; made if it is not there.

    It lies in ``IOVOLC_COPIES``, by default in the user's folder for caches.

    Raises
    ------
    ConfigError
        If the address is not one of a bucket with conditional puts.
    """
    protocol, _, rest = address.partition("://")
    if protocol not in _CONDITIONAL or not rest.strip("/"):
        raise ConfigError(f"`{address}` is no address of a store: give a folder, or s3://BUCKET/PREFIX")
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        raise ConfigError(f"`{address}` needs s3fs: install iovolc[s3]") from error
    clean = f"s3://{rest.strip('/')}"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "iovolc"
    name = f"{clean.rpartition('/')[2]}-{hashlib.sha256(clean.encode()).hexdigest()[:12]}"
    folder = Path(os.environ.get("IOVOLC_COPIES") or cache) / name
    if bucket_of(folder) is None:
        write_json(local(copy_file(folder)), {"address": clean})
    return folder


def share(store: StorePath, folder: str, *pointers: str) -> None:
    """Put a folder of the copy on its bucket, and then files that may point to it; nothing for a store on disk."""
    bucket = bucket_of(store)
    if bucket is None:
        return
    bucket.put_folder(store, folder)
    for name in pointers:
        bucket.put(name, local(join(store, name)).read_bytes())
