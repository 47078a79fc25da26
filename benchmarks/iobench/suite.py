"""One scene from plan to record, and suites of them; each scene's record is a file, so that a suite runs in chunks."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.iobench.cube import SHEET, Cube, build
from benchmarks.iobench.detector import find_events
from benchmarks.iobench.oracle import template_snr
from benchmarks.iobench.peers import PEERS, Peer
from benchmarks.iobench.render import matched_snr, shown_places
from benchmarks.iobench.scene import Scene, plan_scene
from benchmarks.iobench.score import Field, extents, sweep
from benchmarks.iobench.surface import Base, load_base
from benchmarks.iobench.truth import SECTORS, Truth, window
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from iovolc.config import Config, override
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.model.grid import Grid
from iovolc.model.observation import Quantity
from iovolc.parallel import Runner
from iovolc.pipeline.context import ALGORITHM_VERSIONS

Plane = NDArray[np.float32]

COUNTED_LAT: Final = 58.0
LEAST_COVERAGE: Final = 0.8
SMOOTHINGS_PX: Final = (0.0, 2.0)
LEAST_PIXELS: Final = (1, 6)


@dataclass(frozen=True, slots=True)
class Suite:
    """What is run.

    Parameters
    ----------
    name : str
        For the report.
    pixels_per_degree, epochs, changes : int
        Of each scene.
    scenes, null_scenes : int
        How many with and without changes.
    first_seed : int
        Scenes are numbered from it; null scenes from 100 000 more.
    bands : tuple of str
        Bands used.
    quantity : str
        ``iof``, or ``relative`` for stretched pictures.
    overrides : tuple of str
        Settings under test that differ from the defaults, as ``section.key=value``.
    """

    name: str
    pixels_per_degree: int
    epochs: int
    changes: int
    scenes: int
    null_scenes: int
    first_seed: int = 1
    bands: tuple[str, ...] = ("red", "blue")
    quantity: Quantity = "iof"
    overrides: tuple[str, ...] = ()

    def config(self) -> Config:
        """The configuration under test; all candidates are kept, since the benchmark sweeps the threshold."""
        every = {"grid": {"pixels_per_degree": self.pixels_per_degree}, "track": {"candidate_q": 1.0}}
        return override(Config.model_validate(every), self.overrides)

    def seeds(self) -> Iterator[tuple[int, int]]:
        """Seed and number of changes of each scene."""
        for k in range(self.scenes):
            yield self.first_seed + k, self.changes
        for k in range(self.null_scenes):
            yield 100_000 + self.first_seed + k, 0


SUITES: Final = {
    "tiny": Suite("tiny", 4, 8, 72, 1, 0),
    "small": Suite("small", 8, 10, 120, 2, 1),
    "relative": Suite("relative", 8, 10, 120, 2, 1, quantity="relative"),
    "full": Suite("full", 8, 10, 120, 70, 22),
}
"""`full` has 400 changes or more in each stratum and 60 Mpx free of changes in each sector."""


def versions() -> dict[str, str]:
    """Versions of the stages whose events a record counts."""
    return {stage: ALGORITHM_VERSIONS[stage] for stage in ("detect", "track")}


def run_scene(
    suite: Suite, seed: int, changes: int, base: Base, runner: Runner, *, peers: Sequence[Peer] | None = None
) -> dict[str, Any]:
    """Plan, render, detect with everything, and count.

    Parameters
    ----------
    suite : Suite
        Grid, epochs, bands.
    seed, changes : int
        Of the scene.
    base : Base
        The surface.
    runner : Runner
        Maps tasks over workers.
    peers : sequence of Peer or None
        Which to run beside iovolc; None is all.

    Returns
    -------
    dict
        Plain values: the changes with their SNR, each method's curve by sector, iovolc's events, times in seconds.
    """
    peers = PEERS if peers is None else peers
    config = suite.config()
    scene = plan_scene(base, seed, epochs=suite.epochs, changes=changes)
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        began = time.perf_counter()
        cube = build(scene, base, store, config, bands=suite.bands, quantity=suite.quantity)
        seconds["build"] = time.perf_counter() - began
        field = field_of(scene, suite)
        began = time.perf_counter()
        finds, counts = find_events(store, cube.manifest, config, runner, field)
        seconds["iovolc"] = time.perf_counter() - began
    record: dict[str, Any] = {
        "seed": seed, "suite": suite.name, "base": base.name, "overrides": list(suite.overrides),
        **versions(),
        "epochs": [_plain(asdict(plan)) for plan in scene.epochs],
        "residual_km": [round(value, 3) for value in cube.residual_km],
        "truths": [_truth_record(truth, scene, cube, base, field) for truth in scene.truths],
        "finds": [find.to_json() for find in finds], "counts": counts,
        "megapixels": dict(zip(SECTORS, field.megapixels(), strict=True)),
        "peers": {}, "missing": {peer.name: peer.missing for peer in peers if peer.missing},
    }  # fmt: skip
    for peer in peers:
        if not peer.missing:
            began = time.perf_counter()
            record["peers"][peer.name] = _peer(peer, cube, field)
            seconds[peer.name] = time.perf_counter() - began
    record["seconds"] = {name: round(value, 2) for name, value in seconds.items()}
    return record


def run_suite(suite: Suite, folder: Path, runner: Runner) -> list[Path]:
    """Run the scenes whose record is not yet in ``folder``; gives the paths of all records."""
    folder.mkdir(parents=True, exist_ok=True)
    base: Base | None = None
    paths: list[Path] = []
    for seed, changes in suite.seeds():
        path = folder / f"{suite.name}-{seed:06d}.json"
        paths.append(path)
        if path.exists():
            continue
        base = base or load_base(suite.pixels_per_degree)
        record = run_scene(suite, seed, changes, base, runner)
        path.write_text(json.dumps(record), encoding="utf-8")
    return paths


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in data.items()}


def field_of(scene: Scene, suite: Suite) -> Field:
    """Where changes lie on a scene's sheet, and where false ones count."""
    sheet = Grid.at(suite.pixels_per_degree).sheet(SHEET)
    lat, lon = pixel_lat_lon(sheet)
    lats, lons = lat[:, 0].astype(np.float64), lon[0].astype(np.float64)
    sector = np.zeros(lat.shape, np.int8)
    for k, (west, east) in enumerate(SECTORS.values()):
        sector[:, (lons >= west) & (lons < east)] = k + 1
    sector[np.abs(lats) > COUNTED_LAT] = 0
    extent = extents(scene.truths, lats, lons, 2.0 * sheet.pixel_km)
    return Field(extent, sector, np.cos(np.radians(lats))[:, None])


def _peer(peer: Peer, cube: Cube, field: Field) -> dict[str, Any]:
    """Curves by configuration: cube, smoothing, least size of a blob."""
    out: dict[str, Any] = {}
    for name, data in (("even", cube.even), ("raw", cube.raw)):
        for smoothing in SMOOTHINGS_PX if name == "even" else SMOOTHINGS_PX[-1:]:
            bands = {band: _smoothed(planes, smoothing) for band, planes in data.items()}
            for least, points in sweep(peer.score(bands, cube.times), field, LEAST_PIXELS).items():
                out[f"{name}, smoothed {smoothing:g} px, blobs >= {least} px"] = [
                    [round(point.threshold, 5), sorted(point.found), list(point.false)] for point in points
                ]
    return out


def _smoothed(cube: Plane, sigma_px: float) -> Plane:
    if sigma_px == 0.0:
        return cube
    out = np.empty_like(cube)
    for k, plane in enumerate(cube):
        known = np.isfinite(plane)
        mode = ("nearest", "wrap")
        total = gaussian_filter(np.where(known, plane, np.float32(0.0)), sigma_px, mode=mode)
        weight = gaussian_filter(known.astype(np.float32), sigma_px, mode=mode)
        out[k] = np.where(known, total / np.maximum(weight, 1e-3), np.nan)
    return out


def _truth_record(truth: Truth, scene: Scene, cube: Cube, base: Base, field: Field) -> dict[str, Any]:
    before, after = _looks(truth, cube)
    template = None
    if before is not None and after is not None:
        lats, lons = shown_places(base.surface.pixels_per_degree)
        answers = [
            template_snr(truth, even[after] - even[before], field.extent, lats, lons) for even in cube.even.values()
        ]
        template = max((round(answer, 3) for answer in answers if np.isfinite(answer)), default=None)
    sector = next(name for name, (west, east) in SECTORS.items() if west <= truth.lon_e < east)
    return asdict(truth) | {
        "radius_km": truth.radius_km, "area_km2": truth.area_km2, "kind": truth.kind,
        "snr": round(snr_of(truth, scene, cube, base), 3), "template_snr": template,
        "sector": sector, "before": before, "after": after,
    }  # fmt: skip


def snr_of(truth: Truth, scene: Scene, cube: Cube, base: Base) -> float:
    """Matched SNR of a change in the last look before it and the first one after it; 0 where either is missing."""
    before, after = _looks(truth, cube)
    if before is None or after is None:
        return 0.0
    residual = cube.residual_km[before], cube.residual_km[after]
    return matched_snr(truth, base, scene.epochs[before], scene.epochs[after], residual)


def _looks(truth: Truth, cube: Cube) -> tuple[int | None, int | None]:
    """The last look before and the first one after that show nearly all of a change."""
    planes = cube.raw[cube.bands[0]]
    lats, lons = shown_places(planes.shape[2] / 360.0)
    near = window(truth, lats, lons, 0.0)
    lat, lon = np.meshgrid(lats[near[0]], lons[near[1]], indexing="ij")
    weight = truth.weight(lat, lon)
    seen = [
        float((weight * np.isfinite(plane[np.ix_(*near)])).sum() / max(weight.sum(), 1e-9)) >= LEAST_COVERAGE
        for plane in planes
    ]
    before = [k for k in range(truth.onset) if seen[k]]
    after = [k for k in range(truth.onset, len(seen)) if seen[k]]
    return (before[-1] if before else None), (after[0] if after else None)
