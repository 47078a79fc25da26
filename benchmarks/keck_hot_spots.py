"""Hot spots of the Keck NIRC2 pictures: one run over all of them, and what its tables say.

``python benchmarks/keck_hot_spots.py FOLDER DAVIES.csv WORK [SHEET.png]`` writes the catalogue, runs ``iovolc run``
over it into WORK (a second call finds everything kept), and prints: spots per L' picture, light curves of the best
known sources, the brightest L' spot beside published sources, how repeated pictures of one night agree, and recall
and false share against the published list; each beside rotations of the list, and beside places drawn without looking
at the picture. The sheet shows all L' and Ms pictures with what was found.
"""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from iovolc.config import load
from iovolc.cube.epochs import read_native
from iovolc.cube.manifest import read_head
from iovolc.geometry.ellipsoid import disc_pixel
from iovolc.geometry.native import ground_of
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.glow import Glow
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.hot import Searched, search
from iovolc.pipeline.hotstack import combined
from iovolc.pipeline.light_curve import light_curve
from keck_catalogue import write

Values = NDArray[np.float64]

ROTATIONS, LEAST_TURN_DEG = 500, 15.0
DOZEN, NEAR_DOZEN_DEG, NEAR_ANY_DEG = 12, 3.0, 5.0
BRIGHT_SNR = 8.0
RECALL_DEG = 3.0
NAMED = ("Loki", "Janus", "Marduk", "Zal", "Kurdalagon", "Uta", "Kanehekili", "Rarog")
SETTINGS = ("grid.pixels_per_degree=4", "select.channels=[L,M]")
"""The K pictures show reflected light; they are ingested and left aside."""


@dataclass(frozen=True)
class Published:
    """Places and powers of published sources, the strongest first."""

    places: Values
    power_gw: Values


def published(path: Path) -> Published:
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -float(row["power_gw"] or 0.0))
    places = unit_vectors([float(row["lat"]) for row in rows], [-float(row["lon_w"]) for row in rows])
    return Published(places, np.array([float(row["power_gw"] or 0.0) for row in rows]))


def share_near(places: Values, among: Values, degrees: float) -> float:
    return (
        float(np.mean((places @ among.T).max(axis=1) >= np.cos(np.radians(degrees)))) if len(places) else float("nan")
    )


def rotated(places: Values, angle: float) -> Values:
    cos, sin = np.cos(angle), np.sin(angle)
    return places @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def places_of(image: Searched) -> Values:
    return unit_vectors([glow.lat for glow in image.glows], [glow.lon_e for glow in image.glows])


def turns(rng: np.random.Generator) -> Values:
    return np.radians(rng.uniform(LEAST_TURN_DEG, 360.0 - LEAST_TURN_DEG, ROTATIONS))


def brightest(images: list[Searched], truth: Published, rng: np.random.Generator) -> None:
    """The strongest spot of each picture beside the list, rotations, and places drawn on the same discs."""
    found = [image for image in images if image.glows]
    best = np.stack([places_of(image)[0] for image in found])
    grounds = [ground_of(image.record.placement, image.limit.shape) for image in found]
    seen = [np.argwhere(ground.cos_emission >= 0.5) for ground in grounds]
    for name, among, degrees in (
        ("the dozen strongest", truth.places[:DOZEN], NEAR_DOZEN_DEG),
        (f"any of {len(truth.places)}", truth.places, NEAR_ANY_DEG),
    ):
        share = share_near(best, among, degrees)
        turned = np.array([share_near(best, rotated(among, turn), degrees) for turn in turns(rng)])
        blind = []
        for _ in range(ROTATIONS):
            at = [tuple(pixels[rng.integers(len(pixels))]) for pixels in seen]
            drawn = [unit_vectors(g.lat[p], g.lon_e[p]) for g, p in zip(grounds, at, strict=True)]
            blind.append(share_near(np.stack(drawn), among, degrees))
        print(
            f"brightest within {degrees:g} deg of {name}: {round(share * len(best))} of {len(best)} = {share:.2f}"
            f"   rotated {turned.mean():.2f} (p {(1 + np.sum(turned >= share)) / (1 + ROTATIONS):.3f})"
            f"   blind {np.mean(blind):.2f} (p {(1 + np.sum(np.array(blind) >= share)) / (1 + ROTATIONS):.3f})"
        )


def repeats(name: str, images: list[Searched]) -> None:
    """Pairs of pictures of one night in one band: which spots above 8 sigma come back, how near and how bright.

    The last figure takes off what the other spots of a pair do, where there are two: no spot tells its own scale.
    """
    apart, pairs, tried = [], [], 0
    for i, one in enumerate(images):
        for other in images[i + 1 :]:
            if one.record.time_utc.date() != other.record.time_utc.date() or one.record.band != other.record.band:
                continue
            bright = [glow for glow in one.glows if _repeatable(glow, other)]
            found = [pair for glow in bright if (pair := _again(glow, other)) is not None]
            tried += len(bright)
            apart += [away for away, _ in found]
            pairs.append([ratio for _, ratio in found])
    ratio = np.abs([one for pair in pairs for one in pair])
    others = np.abs([own for pair in pairs for own in _beside_others(pair)])
    print(
        f"repeats of one night and band above {BRIGHT_SNR:g} sigma, {name}: {len(apart)} of {tried} come back within "
        f"{NEAR_ANY_DEG:g} deg = {len(apart) / max(tried, 1):.2f}; apart {np.median(apart):.2f} deg (90 % "
        f"{np.quantile(apart, 0.9):.2f}), fluxes differ by {np.median(ratio):.1%} (90 % {np.quantile(ratio, 0.9):.1%}"
        f"), beside the other spots of the pair {np.median(others):.1%} (90 % {np.quantile(others, 0.9):.1%})"
    )


def _repeatable(glow: Glow, other: Searched) -> bool:
    shown = disc_pixel(other.record.placement, glow.lat, glow.lon_e)
    return (glow.snr or 0.0) >= BRIGHT_SNR and glow.limit == "detection" and bool(shown.cos_emission >= 0.5)


def _again(glow: Glow, other: Searched) -> tuple[float, float] | None:
    """How far away the nearest spot of the other picture is, in degrees, and how much brighter (ln)."""
    if not other.glows:
        return None
    near = places_of(other) @ unit_vectors(glow.lat, glow.lon_e)
    best = int(np.argmax(near))
    away = float(np.degrees(np.arccos(min(float(near[best]), 1.0))))
    return (away, float(np.log(other.glows[best].value / glow.value))) if away <= NEAR_ANY_DEG else None


def _beside_others(ratios: list[float]) -> list[float]:
    if len(ratios) < 3:
        return ratios
    return [own - float(np.median(ratios[:i] + ratios[i + 1 :])) for i, own in enumerate(ratios)]


def recall(spots: pd.DataFrame, images: list[Searched], truth: Published, rng: np.random.Generator) -> None:
    """Published sources over 100 GW that were looked at, and hot spots without one near, beside rotations."""
    ours = unit_vectors(spots["lat"].to_numpy(), spots["lon_e"].to_numpy())
    limit = np.cos(np.radians(60.0))
    views = [(image.record.placement.sub_observer_lat, image.record.placement.sub_observer_lon_e) for image in images]
    observers = unit_vectors([view[0] for view in views], [view[1] for view in views])
    for least_gw in (100.0, 500.0):
        strong = truth.places[truth.power_gw >= least_gw]
        seen = strong[(strong @ observers.T).max(axis=1) >= limit]
        share = share_near(seen, ours, RECALL_DEG)
        turned = np.mean([share_near(seen, rotated(ours, turn), RECALL_DEG) for turn in turns(rng)])
        print(
            f"recall of {len(seen)} sources over {least_gw:g} GW within {RECALL_DEG:g} deg: "
            f"{share:.2f} (rotated {turned:.2f})"
        )
    for least_looks in (1, 2, 3):
        kept = ours[(spots["n_detections"] >= least_looks).to_numpy()]
        share = share_near(kept, truth.places, RECALL_DEG)
        turned = np.array([share_near(kept, rotated(truth.places, turn), RECALL_DEG) for turn in turns(rng)])
        false = (1.0 - share) / (1.0 - turned.mean())
        print(
            f"{len(kept)} hot spots seen at least {least_looks} times: {share:.2f} within {RECALL_DEG:g} deg of a "
            f"published one (rotated {turned.mean():.2f}, p {(1 + np.sum(turned >= share)) / (1 + ROTATIONS):.3f}); "
            f"false share, chance taken out, {min(false, 1.0):.2f}"
        )


def curves(out: Path, store: Path) -> None:
    """What ``iovolc light-curve`` tells of each place, the L' looks alone."""
    for name in NAMED:
        curve = light_curve(name, out, store)
        mine = curve.looks[curve.looks["band"] == "Lp"]
        told = [
            f"{row.time_utc:%y%m%d}{'<' if row.limit == 'upper' else '>' if row.limit == 'lower' else ' '}"
            f"{row.relative_value / 1e3:.0f}"
            for row in mine.sort_values("time_utc").itertuples()
        ]
        print(f"{curve.head()}; L' in 1000 km2 of the disc's light: {', '.join(told)}")


def sheet(images: list[Searched], store: Path, path: Path, columns: int = 8) -> None:
    """The pictures, what was found (green; red at the end of the range; cyan the brightest), and their names."""
    entries = {entry.observation_id: entry for entry in read_head(store).entries}
    size = 218
    page = Image.new("RGB", (size * columns, size * -(-len(images) // columns)))
    for number, image in enumerate(images):
        pixels = np.nan_to_num(read_native(store, entries[image.record.id]).value)
        shown = np.uint8(255 * np.clip(pixels / max(np.quantile(pixels, 0.997), 1e-9), 0.0, 1.0) ** 0.7)
        tile = Image.fromarray(shown).convert("RGB")
        draw = ImageDraw.Draw(tile)
        for index, glow in enumerate(image.glows):
            at = disc_pixel(image.record.placement, glow.lat, glow.lon_e)
            col, row = float(at.col), float(at.row)
            colour = "red" if glow.limit == "lower" else "lime" if index else "cyan"
            draw.ellipse((col - 9, row - 9, col + 9, row + 9), outline=colour)
            draw.text((col + 9, row - 9), f"{glow.snr:.0f}", fill=colour)
        draw.text((3, 3), f"{image.record.time_utc:%Y-%m-%d %H:%M} {image.record.band}", fill="yellow")
        page.paste(tile, (number % columns * size, number // columns * size))
    page.save(path)


def main() -> None:
    folder, table, work = (Path(name) for name in sys.argv[1:4])
    work.mkdir(parents=True, exist_ok=True)
    catalogue, store, out = work / "catalogue.csv", work / "store", work / "out"
    if not catalogue.exists():
        write(folder, catalogue, absolute=True)
    options = ("--store", str(store), "--out", str(out), "--set", f"ingest.roots=[{folder.resolve()}]")
    settings = [part for text in SETTINGS for part in ("--set", text)]
    program = "from iovolc.cli import main; main()"
    command = [sys.executable, "-c", program, "run", str(catalogue), *options, *settings]
    code = subprocess.run([*command, "--quiet"], check=False).returncode
    manifest = read_head(store)
    print(f"iovolc run: exit {code}, {len(manifest.entries)} of 85 pictures taken, {len(manifest.refused)} refused")
    with runner(workers=1) as workers:
        context = Context(store, load(None, SETTINGS), workers)
        single = search(manifest, context)
        images = list(combined(single, manifest, context))
    thermal = [image for image in images if image.record.band in {"Lp", "Ms"}]
    stacked = [glow for image in thermal for glow in image.glows if "stacked" in glow.flags]
    alone = sum("unrepeated" in glow.flags for image in thermal for glow in image.glows)
    lp = [image for image in thermal if image.record.band == "Lp"]
    counts = [len(image.glows) for image in lp]
    negatives = sum(image.facts["negatives"] for image in thermal)
    print(f"spots per L' picture: {counts}, median {np.median(counts):g}")
    print(f"L' and Ms: {sum(len(image.glows) for image in thermal)} spots, {negatives} in the negative images")
    told = ", ".join(f"{glow.lat:.0f} N {-glow.lon_e % 360:.0f} W {glow.band}" for glow in stacked)
    print(
        f"of these {len(stacked)} by the stacks of their nights ({told}), {alone} that another picture should show, too"
    )
    spots, looks = pd.read_parquet(out / "hotspots.parquet"), pd.read_parquet(out / "light_curves.parquet")
    print(f"{len(spots)} hot spots, {len(looks)} looks, of which {(looks['limit'] == 'upper').sum()} upper limits")
    rng, truth = np.random.default_rng(3), published(table)
    curves(out, store)
    brightest(lp, truth, rng)
    repeats("each picture alone", [image for image in single if image.record.band in {"Lp", "Ms"}])
    repeats("pictures of a night together", thermal)
    recall(spots, images, truth, rng)
    if len(sys.argv) > 4:
        sheet(thermal, store, Path(sys.argv[4]))


if __name__ == "__main__":
    main()
