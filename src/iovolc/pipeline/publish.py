"""Publish: the outputs of a run, in the store and, as the same files, where the user wants them."""

import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from iovolc import __version__
from iovolc.archive.reference import ReferenceMap, load_reference
from iovolc.config import Config, SelectConfig
from iovolc.cube.bucket import share
from iovolc.cube.entry import Refused
from iovolc.cube.epochs import read_head_json
from iovolc.cube.files import write_json
from iovolc.cube.layout import latest_run_file, local, run_folder
from iovolc.cube.lock import publishing
from iovolc.cube.manifest import Manifest
from iovolc.cube.pointer import operational_run
from iovolc.cube.quarantine import read_quarantine
from iovolc.errors import Finding
from iovolc.geometry.warp import sample
from iovolc.hands import each, hands
from iovolc.model.detection import Tracked
from iovolc.model.grid import Grid
from iovolc.model.observation import ObservationRecord
from iovolc.parallel import hands_each
from iovolc.pipeline.context import ALGORITHM_VERSIONS, Context
from iovolc.pipeline.detect import Scan
from iovolc.pipeline.epoch_maps import EpochMaps
from iovolc.pipeline.heat import follow as follow_heat
from iovolc.pipeline.maps import Maps
from iovolc.pipeline.nightside import jupitershine, light_notes
from iovolc.pipeline.nulls import null_notes, null_summary
from iovolc.pipeline.run_completeness import completeness_notes, run_completeness
from iovolc.publish.outputs import OWN_NAMES
from iovolc.publish.outputs import publish as write_outputs
from iovolc.publish.run_output import Backdrop, InputFile, ManifestSummary, RunOutput
from iovolc.publish.sampling import map_lat_lon
from iovolc.publish.staging import staged
from iovolc.track.heat_events import with_heat

_PACKAGES = (
    "dask", "numba", "numpy", "pandas", "pyproj", "rasterio", "scikit-image", "scikit-learn",
    "scipy", "xarray", "zarr",
)  # fmt: skip


_BACKDROP_PPD = 4


@dataclass(frozen=True, slots=True)
class Story:
    """What a reader must be told beside the results.

    Parameters
    ----------
    notes : tuple of str
        Shown first, for example that the changes are replayed.
    truth : DataFrame or None
        What was really there beside what was found.
    """

    notes: tuple[str, ...] = ()
    truth: pd.DataFrame | None = None


NO_STORY = Story()


def run_id(manifest: Manifest, config: Config) -> str:
    """First 12 hexadecimal digits of the sha256 of configuration, algorithm versions and manifest."""
    identity = [config.digest(), dict(ALGORITHM_VERSIONS), manifest.digest, __version__]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:12]


def publish(
    manifest: Manifest,
    scan: Scan,
    tracked: Tracked,
    context: Context,
    *,
    out: Path | None = None,
    story: Story = NO_STORY,
    timings: Mapping[str, float] | None = None,
    promote: bool = True,
) -> Path:
    """Write a run's outputs into the store, point ``runs/latest.json`` to them, and copy them to ``out``.

    Parameters
    ----------
    manifest, scan, tracked : Manifest, Scan, Tracked
        What was compared, what changed and what it means.
    context : Context
        Store and configuration.
    out : Path or None
        Where the user wants the same files.
    story : Story
        Notes, and the truth if it is known.
    timings : mapping of str to float or None
        Seconds of the stages before.
    promote : bool
        Whether this becomes the operational run; one that looks at a part of the store only never does.

    Returns
    -------
    Path
        The folder in the store.
    """
    name = run_id(manifest, context.config)
    folder = Path(local(run_folder(context.store, name)))
    pointers: tuple[str, ...] = ()
    with publishing(context.store), hands(hands_each(context.runner, 1)):
        if not (folder / "run.json").exists():
            write_outputs(folder, _output(name, manifest, scan, tracked, context, story, timings or {}))
        if promote and is_whole(context.config):
            write_json(local(latest_run_file(context.store)), {"run_id": name})
            pointers = ("runs/latest.json",)
        share(context.store, f"runs/{name}", *pointers)
        if out is not None and out.absolute() != folder.absolute():
            with staged(out, OWN_NAMES) as partial:
                _copy(folder, partial)
    return folder


def _copy(folder: Path, target: Path) -> None:
    """All that a folder holds, into another one."""
    copies = {path: target / path.relative_to(folder) for path in sorted(folder.rglob("*"))}
    for path, copy in copies.items():
        if path.is_dir():
            copy.mkdir(exist_ok=True)
    for _ in each(lambda path: shutil.copy2(path, copies[path]), [path for path in copies if path.is_file()]):
        pass  # an error is raised here


def is_whole(config: Config) -> bool:
    """Whether a run with this configuration looks at the whole store."""
    return config.select == SelectConfig()


def is_published(manifest: Manifest, config: Config, store: Path, out: Path) -> bool:
    """Whether a manifest's run lies in ``out`` already, and is the operational one if it can be.

    Parameters
    ----------
    manifest : Manifest
        What would be compared.
    config : Config
        The configuration.
    store : Path
        The store.
    out : Path
        Where the user wants the outputs.
    """
    name = run_id(manifest, config)
    if is_whole(config) and operational_run(store) != name:
        return False
    try:
        record = (local(run_folder(store, name)) / "run.json").read_bytes()
        return (out / "run.json").read_bytes() == record
    except FileNotFoundError:
        return False


def _output(
    name: str,
    manifest: Manifest,
    scan: Scan,
    tracked: Tracked,
    context: Context,
    story: Story,
    timings: Mapping[str, float],
) -> RunOutput:
    reference = load_reference(context.config.registration.reference)
    heads = [read_head_json(context.store, entry) for entry in manifest.entries]
    inputs = tuple(InputFile.of(ObservationRecord.from_json(head["record"])) for head in heads)
    shown = jupitershine(heads)
    refused = refusals(context.store, manifest.refused)
    heat = follow_heat(manifest, context)
    told = run_completeness(scan, tracked)
    surface = tracked
    entries = {entry.observation_id: entry for entry in manifest.entries}
    channel_of = {name: entry.channel for name, entry in entries.items()}
    grid = Grid.at(manifest.pixels_per_degree)
    tracked = with_heat(surface, heat, grid, channel_of, context.config.track)
    events = tracked.events.assign(run_id=name)
    maps = Maps(scan, surface, grid)
    compared = {task.entry.observation_id: task for task in scan.tasks}
    drawn = EpochMaps(context.store, entries, compared, context.config.light, grid)
    return RunOutput(
        run_id=name,
        config=context.config,
        manifest=ManifestSummary(manifest.number, manifest.digest, inputs, manifest.points),
        channels=maps.summaries(),
        tracked=replace(tracked, events=events),
        looks=scan.detected.looks,
        segments=tracked.segments,
        hotspots=heat.hotspots,
        light_curves=heat.light_curves,
        layers=maps.layers,
        cutout=maps.cutout,
        compared=maps.compared,
        null_statistics=null_summary(scan.statistics, tracked.detections, context.config.detect.q),
        refused=refused,
        state="degraded" if manifest.refused else "ok",
        package_versions={package: importlib.metadata.version(package) for package in _PACKAGES},
        algorithm_versions={"iovolc": __version__, **ALGORITHM_VERSIONS},
        credits=tuple(text for text in (reference.credit and f"Reference map: {reference.credit}",) if text),
        notes=(
            *story.notes,
            *completeness_notes(told),
            *light_notes(shown, scan.statistics),
            *null_notes(scan.statistics),
        ),
        jupitershine=shown,
        truth=story.truth,
        backdrop=backdrop(reference),
        timings=timings,
        completeness=told,
        epoch_map=drawn,
        kept_drawing=drawn.kept_drawing,
    )


def backdrop(reference: ReferenceMap) -> Backdrop:
    """The reference map on a global map as fine as the overview shows it."""
    lat, lon_e = map_lat_lon(Grid.at(_BACKDROP_PPD))
    value = sample(reference.pixels, reference.placement, lat[:, None], lon_e[None, :])
    return Backdrop(value, f"the fixed reference map ({reference.credit or reference.name})")


def refusals(store: Path, refused: Sequence[Refused]) -> tuple[Finding, ...]:
    """The numbered problems of what a manifest lists as refused."""
    findings: list[Finding] = []
    for item in refused:
        record = read_quarantine(store, item.sha256).get(item.product, {})
        findings += [
            Finding(found["code"], found["product"], found["detail"], found["row"], found["column"])
            for found in record.get("findings", ())
        ]
    return tuple(findings)
