"""Finds a published run by the way a user names it, and what of a store it was made from."""

from pathlib import Path

from iovolc.config import Config
from iovolc.cube.layout import local, run_folder
from iovolc.cube.manifest import Manifest, read_manifest
from iovolc.cube.past import fetch_manifest, fetch_run
from iovolc.cube.pointer import operational_run
from iovolc.errors import ConfigError, NoWork, StoreCorrupt
from iovolc.pipeline.select import select_epochs
from iovolc.publish.saved import SavedRun, read_run

LATEST = "latest"


def find_run(name: str, store: Path | None = None) -> SavedRun:
    """The run that a name means: a folder, or with a store also a run id or ``latest``.

    Parameters
    ----------
    name : str
        Output folder, run id, or ``latest`` for the operational run.
    store : Path or None
        The store to look in.

    Raises
    ------
    ConfigError
        If there is no such run.
    NoWork
        If the operational run is asked for and nothing is published yet.
    """
    if store is None:
        return read_run(Path(name))
    if name == LATEST:
        return operational(store)
    if Path(name).name != name:
        return read_run(Path(name))
    fetch_run(store, name)
    inside = local(run_folder(store, name))
    return read_run(inside if inside.is_dir() else Path(name))


def operational(store: Path) -> SavedRun:
    """The operational run of a store; raises as :func:`operational_folder`."""
    return read_run(operational_folder(store))


def operational_folder(store: Path) -> Path:
    """Where the operational run of a store lies.

    Raises
    ------
    NoWork
        If nothing is published yet.
    ConfigError
        If its outputs have gone.
    """
    name = operational_run(store)
    if name is None:
        raise NoWork(f"the store {store} has no operational run yet: `iovolc run` or `iovolc publish` makes one")
    folder = local(run_folder(store, name))
    if not folder.is_dir():
        raise ConfigError(f"the operational run {name} is no longer in {store}: `iovolc publish` makes it again")
    return folder


def last_run(store: Path) -> SavedRun | None:
    """The operational run of a store; None if there is none, or its outputs have gone."""
    try:
        return operational(store)
    except (NoWork, ConfigError):
        return None


def manifest_of(run: SavedRun, store: Path) -> Manifest:
    """What a run looked at: its manifest, narrowed by its selection.

    Raises
    ------
    ConfigError
        If it is not the store of the run.
    """
    number, sha256 = run.record["manifest"]["number"], run.record["manifest"]["sha256"]
    fetch_manifest(store, number)
    try:
        manifest = read_manifest(store, number)
    except StoreCorrupt as error:
        raise ConfigError(f"{store} is not the store of run {run.run_id}: {error}") from error
    chosen = select_epochs(manifest, Config.model_validate(run.record["configuration"]).select)
    if chosen.digest != sha256:
        raise ConfigError(f"{store} is not the store of run {run.run_id}: its manifest {number} names something else")
    return chosen
