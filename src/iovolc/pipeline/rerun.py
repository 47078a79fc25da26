"""Rerun: what the store holds, with other parameters or on an older manifest, as a run of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iovolc.config import Config, load, override
from iovolc.cube.manifest import Manifest, manifest_numbers, read_manifest
from iovolc.cube.past import fetch_entries, fetch_manifests
from iovolc.errors import ConfigError, NoWork
from iovolc.pipeline.context import Context
from iovolc.pipeline.diff import Difference, diff
from iovolc.pipeline.plan import Plan, plan_run
from iovolc.pipeline.publish import is_whole
from iovolc.pipeline.run import current_manifest, follow
from iovolc.pipeline.runs import last_run, operational
from iovolc.publish.saved import read_run


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a rerun came to.

    Parameters
    ----------
    plan : Plan
        What was to be done.
    folder : Path
        Its outputs in the store.
    difference : Difference or None
        Against the operational run as it was before; None if there was none.
    """

    plan: Plan
    folder: Path
    difference: Difference | None


def base_config(store: Path, path: Path | None) -> Config:
    """The configuration that a rerun starts from: a file's, or that of the operational run, or the defaults."""
    if path is not None:
        return load(path)
    try:
        return Config.model_validate(operational(store).record["configuration"])
    except NoWork:
        return Config()


def rerun_config(store: Path, path: Path | None, overrides: Sequence[str]) -> Config:
    """The base configuration with overrides; see :func:`base_config`."""
    return override(base_config(store, path), overrides)


def chosen_manifest(store: Path, number: int | None) -> Manifest:
    """A manifest by number; None is the current one.

    Raises
    ------
    ConfigError
        If there is no such manifest.
    """
    if number is None:
        return current_manifest(store)
    fetch_manifests(store)
    known = manifest_numbers(store)
    if number not in known:
        raise ConfigError(f"{store} has no manifest {number}; it has {', '.join(map(str, known)) or 'none'}")
    manifest = read_manifest(store, number)
    fetch_entries(store, (*manifest.entries, *manifest.points))
    return manifest


def plan_rerun(context: Context, number: int | None = None) -> Plan:
    """What :func:`rerun` would do."""
    return plan_run(chosen_manifest(context.store, number), context, base_config(context.store, None))


def rerun(context: Context, *, number: int | None = None, out: Path | None = None, promote: bool = False) -> Rerun:
    """Detect, track and publish again; only what depends on the difference is computed.

    Parameters
    ----------
    context : Context
        Store, configuration and workers.
    number : int or None
        The manifest to read; None is the current one.
    out : Path or None
        Where the user wants the outputs besides the store.
    promote : bool
        Whether the run becomes the operational one.

    Raises
    ------
    ConfigError
        If there is no such manifest, or a part of the store only is to become the operational run.
    """
    if promote and not is_whole(context.config):
        raise ConfigError("a run that looks at a part of the store cannot be the operational one: leave out --promote")
    planned = plan_rerun(context, number)
    before = last_run(context.store)
    _, folder = follow(chosen_manifest(context.store, number), context, out, {}, promote=promote)
    return Rerun(planned, folder, None if before is None else diff(before, read_run(folder)))
