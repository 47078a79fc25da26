"""Fit ``data/reliability.yaml``: how likely a candidate is a change rather than an artefact of maps.

Changes of ground and artefacts are put into patches of a real base map, two views of each patch are compared as a run
does, and a logistic function of the candidates' measures is fitted to which was which. Strength and area are left out:
those of what is put in are our choice. Patches of 0 to 200 degrees east train it, those of 200 to 280 calibrate it, and
those of 280 to 360 say how well it does::

    python benchmarks/train_reliability.py MAP.jpg [--scenes 120] [--write data/reliability.yaml]

MAP is a simple cylindrical map of the whole of Io from 0 to 360 degrees east.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch as replaced

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from artefact_scenes import (
    MIDDLE,
    PIXELS_PER_DEGREE,
    SIZE,
    SPOILT_NEWER,
    Epoch,
    Map,
    detected_in,
    disc,
    hills,
    patch,
    pictured,
    seen,
)
from iovolc.detect import rows
from iovolc.detect.artefacts import Artefacts
from iovolc.detect.clusters import Cluster
from iovolc.detect.looks import Ground
from iovolc.detect.ranking import MEASURES, features, trust

SECTORS: Final = {"train": (0.0, 200.0), "calibrate": (200.0, 280.0), "held out": (280.0, 360.0)}
TOPS_DEG: Final = (54.0, 24.0, -6.0)
ARTEFACTS: Final = ("none", "mountains", "older poorer", *SPOILT_NEWER)
EDGE_PX: Final = 20
"""The patch's left and right edges are not each other's neighbours on Io."""
MOSTLY, HARDLY = 0.5, 0.1
STRENGTH: Final = 0.3
"""Inverse of the penalty on weights."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidates of one sector: what is known of each, whether it is a change, and how far the null isolates it."""

    features: NDArray[np.float64]
    is_change: NDArray[np.bool_]
    plain: NDArray[np.float64]
    kinds: NDArray[np.str_]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("map", type=Path)
    parser.add_argument("--scenes", type=int, default=120, help="in all, shared out by the width of the sectors")
    parser.add_argument("--write", type=Path, help="where the parameters go")
    options = parser.parse_args()
    base = read_map(options.map)
    samples = {
        name: sample(base, sector, max(1, round(options.scenes * (sector[1] - sector[0]) / 360.0)), 1000 * number)
        for number, (name, sector) in enumerate(SECTORS.items())
    }
    names, weights, offset = fit(samples["train"], samples["calibrate"])
    rounded = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
    told = {"offset": round(offset, 3), "weights": rounded}
    report = {name: verdict(part, weights, offset) for name, part in samples.items()}
    for name, lines in report.items():
        print(name, lines)
    if options.write:
        head = f"source: {source(options)}\nheld_out: {held_out(report['held out'])}\n"
        options.write.write_text(head + yaml.safe_dump(told, sort_keys=False), encoding="utf-8")


def source(options: argparse.Namespace) -> str:
    return f'"benchmarks/train_reliability.py on the USGS grey mosaic of Voyager and Galileo, {options.scenes} scenes"'


def held_out(found: dict[str, Any]) -> str:
    table = ", ".join(f"{key}: {value}" for key, value in found.items() if key != "calibration")
    return f"{{{table}}}"


def read_map(path: Path) -> Map:
    """The map at the grid's resolution, in units of its standard deviation."""
    with Image.open(path) as image:
        grey = image.convert("L").resize((360 * PIXELS_PER_DEGREE, 180 * PIXELS_PER_DEGREE), Image.Resampling.BOX)
        values = np.asarray(grey, np.float64)
    return (values - values.mean()) / values.std()


def sample(base: Map, sector: tuple[float, float], scenes: int, seed: int) -> Sample:
    parts = [scene(base, sector, seed + number) for number in range(scenes)]
    stacked = [np.concatenate([getattr(part, name) for part in parts]) for name in Sample.__slots__]
    return Sample(*stacked)


def scene(base: Map, sector: tuple[float, float], seed: int) -> Sample:
    """One patch with changes and one kind of artefact."""
    generator = np.random.default_rng(seed)
    kind = ARTEFACTS[seed % len(ARTEFACTS)]
    top_deg = float(generator.choice(TOPS_DEG))
    left = generator.uniform(sector[0], sector[1] - SIZE / PIXELS_PER_DEGREE) * PIXELS_PER_DEGREE
    row, col = round((90.0 - top_deg) * PIXELS_PER_DEGREE), round(left)
    ground = base[row : row + SIZE, col : col + SIZE]
    changed, masks = with_changes(ground, generator)
    older, newer = viewed(ground, generator), viewed(changed, generator)
    if kind == "mountains":
        first, second = generator.uniform(0.0, 360.0, 2)
        older = hills(older, np.random.default_rng(seed), azimuth_deg=first)
        newer = hills(newer, np.random.default_rng(seed), azimuth_deg=second)
    elif kind == "older poorer":
        older = SPOILT_NEWER["poorer resolution here"](older, generator)
    elif kind != "none":
        newer = SPOILT_NEWER[kind](newer, generator)
    if generator.uniform() < 0.5 and not np.isnan(newer).any():
        older, newer = newer, older
        masks = -masks
    frame, places = patch(top_deg)
    with watched() as found:
        detected_in([Epoch(pictured(older), 0), Epoch(pictured(newer), 1)], frame, places)
    return labelled(found, masks, kind)


def with_changes(ground: Map, generator: np.random.Generator) -> tuple[Map, NDArray[np.int8]]:
    """The ground with some flows, deposits and rings; and where they are: their sign, else 0."""
    changed, masks = ground.copy(), np.zeros(ground.shape, np.int8)
    for _ in range(int(generator.integers(3, 7))):
        row, col = generator.uniform(40.0, SIZE - 40.0, 2)
        radius = float(np.exp(generator.uniform(np.log(4.0), np.log(24.0))))
        wobble = gaussian_filter(generator.standard_normal(ground.shape), 0.5 * radius, mode="wrap")
        wobble *= generator.uniform(0.0, 1.2) / wobble.std()
        rows, cols = np.indices(ground.shape)
        away = np.hypot(rows - row, cols - col) / radius + 0.4 * wobble
        inside = ((away < 1.0) & (np.hypot(rows - row, cols - col) < 2.0 * radius)).astype(np.float64)
        if generator.uniform() < 0.2:
            inside -= disc(row, col, 0.6 * radius) * inside
        share = gaussian_filter(inside, generator.uniform(0.3, 0.25 * radius))
        sign = int(generator.choice([-1, 1]))
        size = sign * generator.uniform(0.8, 3.0)
        hides = generator.uniform(0.0, 1.0)
        local = float(np.median(ground[inside > 0.0])) if inside.any() else 0.0
        changed += share * (size - hides * (ground - local))
        masks[share > 0.3] = sign
    return changed, masks


def viewed(ground: Map, generator: np.random.Generator) -> Map:
    """A view with a camera's blur and noise, a curved stretch, shading at the scale of frames, and a smooth warp."""
    warp = [gaussian_filter(generator.standard_normal(ground.shape), 40.0, mode="wrap") for _ in range(2)]
    size = generator.uniform(0.1, 1.0)
    rows, cols = np.indices(ground.shape).astype(np.float64)
    at = [rows + size * warp[0] / warp[0].std(), cols + size * warp[1] / warp[1].std()]
    moved = map_coordinates(ground, at, order=1, mode="nearest")
    shade = gaussian_filter(generator.standard_normal(ground.shape), 60.0, mode="wrap")
    moved = moved + generator.uniform(0.0, 0.25) * shade / shade.std() + generator.uniform(-0.08, 0.08) * moved**2
    blur, noise = generator.uniform(0.3, 2.0), generator.uniform(0.02, 0.12)
    return seen(moved, int(generator.integers(2**31)), noise=noise, moved_px=0.1, blur_px=blur)


@contextmanager
def watched() -> Iterator[list[tuple[Sequence[Cluster], Sequence[Artefacts]]]]:
    """The clusters that detection describes within, and their measures."""
    found: list[tuple[Sequence[Cluster], Sequence[Artefacts]]] = []
    look = rows.look_around

    def keep(clusters: Sequence[Cluster], *rest: Any) -> tuple[list[Artefacts], list[Ground]]:
        measures, grounds = look(clusters, *rest)
        found.append((clusters, measures))
        return measures, grounds

    with replaced.object(rows, "look_around", keep):
        yield found


def labelled(
    found: Sequence[tuple[Sequence[Cluster], Sequence[Artefacts]]], masks: NDArray[np.int8], kind: str
) -> Sample:
    """The candidates that are mostly changes, or hardly."""
    kept: list[tuple[NDArray[np.float64], bool, float]] = []
    for clusters, measures in found:
        for cluster, measure in zip(clusters, measures, strict=True):
            pixels = np.concatenate([px for _, px in cluster.footprint.pixels])
            share = float((masks.ravel()[pixels] == cluster.sign).mean())
            cols = pixels % SIZE
            inner = np.abs(cols - MIDDLE).max() < MIDDLE - EDGE_PX
            if inner and not HARDLY < share < MOSTLY:
                kept.append((features(measure), share >= MOSTLY, trust(measure)))
    return Sample(
        np.array([one[0] for one in kept], np.float64).reshape(-1, len(MEASURES)),
        np.array([one[1] for one in kept], bool),
        np.array([one[2] for one in kept], np.float64),
        np.full(len(kept), kind, "<U32"),
    )


def fit(train: Sample, calibrate: Sample) -> tuple[list[str], NDArray[np.float64], float]:
    """Weights of the measures, none of which may speak for a change, calibrated on another sector."""
    names = list(MEASURES)
    chosen = list(range(len(names)))
    while True:
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
        model.fit(train.features[:, chosen], train.is_change)
        wrong = [k for k, w in zip(chosen, model.coef_[0], strict=True) if w > 0.0]
        if not wrong:
            break
        chosen = [k for k in chosen if k not in wrong]
    score = model.decision_function(calibrate.features[:, chosen])
    second = LogisticRegression(C=1e6, class_weight="balanced").fit(score[:, None], calibrate.is_change)
    slope = float(second.coef_[0, 0])
    weights = np.zeros(len(names))
    weights[chosen] = slope * model.coef_[0]
    return names, weights, float(slope * model.intercept_[0] + second.intercept_[0])


def verdict(part: Sample, weights: NDArray[np.float64], offset: float) -> dict[str, Any]:
    """How well the function tells changes from artefacts, beside the plain product of the measures."""
    score = 1.0 / (1.0 + np.exp(-(part.features @ weights + offset)))
    balance = np.where(part.is_change, 0.5 / part.is_change.mean(), 0.5 / (1.0 - part.is_change.mean()))
    bins = np.clip((score * 5).astype(int), 0, 4)
    calibration = [
        (round(float(np.average(score[bins == k], weights=balance[bins == k])), 2),
         round(float(np.average(part.is_change[bins == k], weights=balance[bins == k])), 2), int((bins == k).sum()))
        for k in range(5) if (bins == k).any()
    ]  # fmt: skip
    return {
        "changes": int(part.is_change.sum()),
        "others": int((~part.is_change).sum()),
        "auc": round(float(roc_auc_score(part.is_change, score)), 3),
        "auc_of_both": round(float(roc_auc_score(part.is_change, score * np.sqrt(part.plain))), 3),
        "auc_of_product": round(float(roc_auc_score(part.is_change, part.plain)), 3),
        "brier": round(float(brier_score_loss(part.is_change, score, sample_weight=balance)), 3),
        "calibration": calibration,
    }


if __name__ == "__main__":
    main()
