"""Export: epochs of a store as NetCDF or Zarr, rasters of a run as PDS4 products, for programs of others."""

from pathlib import Path

from iovolc.cube.files import new_folder, whole
from iovolc.errors import ConfigError
from iovolc.pipeline.run import current_manifest
from iovolc.publish.cube_export import ENDINGS, export_cube
from iovolc.publish.pds4_export import export_pds4
from iovolc.publish.saved import SavedRun


def cube(store: Path, channel: str, out: Path) -> Path:
    """Write all epochs of a channel of a store, by the CF conventions.

    Parameters
    ----------
    store : Path
        The store.
    channel : str
        Its channel.
    out : Path
        New file ``.nc`` or folder ``.zarr``.

    Raises
    ------
    ConfigError
        If the channel holds nothing, or ``out`` exists or has another ending.
    NoWork
        If the store is empty.
    """
    if out.suffix not in ENDINGS:
        raise ConfigError(f"{out}: the name must end in {' or '.join(ENDINGS)}")
    manifest = current_manifest(store)
    if channel not in manifest.channels:
        raise ConfigError(f"the store {store} has no channel `{channel}`, but {', '.join(manifest.channels)}")
    _require_new(out)
    with whole(out) as partial:
        export_cube(partial, store, manifest, channel)
    return out


def pds4(run: SavedRun, out: Path) -> tuple[Path, ...]:
    """Write all rasters of a run as PDS4 products, and give their labels.

    Parameters
    ----------
    run : SavedRun
        The run.
    out : Path
        New folder.

    Raises
    ------
    ConfigError
        If ``out`` exists.
    """
    _require_new(out)
    with new_folder(out) as partial:
        labels = export_pds4(partial, run.folder, run.record)
    return tuple(out / label.name for label in labels)


def _require_new(out: Path) -> None:
    if out.exists():
        raise ConfigError(f"{out} exists already: name another one, or remove it")
