"""How soon a run's page shows itself and how fast its globe turns: the bars are 5 MB and 60 frames a second.

``python benchmarks/page_speed.py [EVENTS:EPOCHS …]`` (default 50, 500 and 5000 events with 12 and 200 epochs) writes
made-up pages of 4 pixels per degree, opens each from disk in the system's Chromium without a graphics card, and prints
what was loaded before the first view, when it stood (best of some openings), the median and the 95th percentile of the
time a frame of globe and flat map takes while the globe turns, how long sorting and filtering the table take, and how
long the page took to write.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Browser, Page, sync_playwright
from tests.unit.publish_sample import GRID, PLACES, cap_footprint, detections, events, sample_run, utc

from iovolc.detect.completeness import CoarseMaps
from iovolc.model.detection import Tracked
from iovolc.publish.coverage import measure
from iovolc.publish.page import draw_page, write_page
from iovolc.publish.record import run_record
from iovolc.publish.run_output import Completeness, EpochMap, EpochReach, InputFile, ManifestSummary, RunOutput
from iovolc.publish.tables import event_frame, run_tables

CASES = ("50:12", "500:12", "5000:12", "50:200", "500:200", "5000:200")
OPENINGS, TURNS = 3, 120
VIEW = {"width": 1360, "height": 900}
READY = "document.documentElement.dataset.ready === 'yes' && iovolc.frames.length > 1 && !iovolc.isBusy()"
TURN = """async turns => {
  const frames = [];
  let last = performance.now();
  for (let i = 0; i < turns; i++) {
    iovolc.turn(3, Math.sin(i / 9));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push((now - last) / 2);
    last = now;
  }
  return { drawn: iovolc.frames.slice(-2 * turns), shown: frames };
}"""
TABLE = """() => {
  const took = {};
  const time = (name, work) => { const start = performance.now(); work(); took[name] = performance.now() - start; };
  time("sort", () => iovolc.set({ sort: "-snr" }));
  time("filter", () => iovolc.set({ q: "loki" }));
  time("all", () => iovolc.set({ q: "" }));
  return took;
}"""


@dataclass(frozen=True)
class Measured:
    """One page."""

    written_s: float
    first_mb: float
    whole_mb: float
    first_s: float
    frame_ms: float
    slow_frame_ms: float
    table_ms: float


def made_up(many_events: int, many_epochs: int) -> RunOutput:
    """A run of so many events and epochs, none of it observed."""
    random = np.random.default_rng(1)
    inputs = tuple(_input(number) for number in range(many_epochs))
    found, seen = _repeated(events(), many_events, random), _repeated(detections(), many_events, random)
    found["tier"] = random.choice(["A", "B", "C"], many_events)
    found["snr"] = np.round(random.uniform(4.0, 30.0, many_events), 2)
    seen["event_id"], seen["observation_id"] = (
        found["event_id"],
        random.choice([item.id for item in inputs], many_events),
    )
    caps = [cap_footprint(*place[:3]) for place in PLACES.values()]
    outlines = {name: caps[number % len(caps)] for number, name in enumerate(found["event_id"])}
    return sample_run(
        manifest=ManifestSummary(1, "0" * 64, inputs),
        tracked=Tracked(found, seen, outlines),
        epoch_map=_noisy_map,
        cutout=lambda event_id, half_km: None,  # noqa: ARG005
        completeness=_reach(inputs, random),
        truth=None,
    )


def _input(number: int) -> InputFile:
    start = utc(1996, 1, 1) + number * pd.Timedelta(days=50)
    return InputFile(f"obs-{number}", f"{number}.tif", "0" * 64, "Galileo", "SSI", "red", start, start, "", "")


def _repeated(rows: pd.DataFrame, many: int, random: np.random.Generator) -> pd.DataFrame:
    frame = pd.concat([rows] * (many // len(rows) + 1), ignore_index=True).head(many)
    frame["event_id"] = [f"{number:012x}" for number in range(many)]
    if "detection_id" in frame:
        frame["detection_id"] = [f"d{number:011x}" for number in range(many)]
    frame["lat"], frame["lon_e"] = random.uniform(-80, 80, many).round(3), random.uniform(-180, 180, many).round(3)
    frame["lon_w"] = -frame["lon_e"] % 360
    return frame


def _noisy_map(observation_id: str, _: int) -> EpochMap:
    random = np.random.default_rng(int(observation_id.split("-")[1]))
    shape = (180 * GRID.pixels_per_degree, 360 * GRID.pixels_per_degree)
    noise = random.normal(0.0, 0.02, shape).astype(np.float32)
    value = np.where(np.arange(shape[1]) % 2000 < 1000, 0.5 + noise, np.nan).astype(np.float32)
    return EpochMap(value, noise, noise * 50, "albedo", "change of ln albedo")


def _reach(inputs: tuple[InputFile, ...], random: np.random.Generator) -> Completeness:
    plain = sample_run().completeness
    assert plain is not None  # noqa: S101
    share = np.ones((180, 360), np.float32)
    epochs = tuple(
        EpochReach(
            item.id, "red", False, 20.0, item.start_utc, item.stop_utc,
            partial(CoarseMaps, random.uniform(0.1, 30.0, (4, 180, 360)).astype(np.float32), share),
        )
        for item in inputs[1:]
    )  # fmt: skip
    return replace(plain, epochs=epochs)


def write(folder: Path, run: RunOutput) -> float:
    """Write the page alone, and give the seconds it took."""
    tables = run_tables(run)
    outlines, coverage = event_frame(run, tables["events"][1]), measure(run)
    record = run_record(run, tables, (), coverage)
    start = time.perf_counter()
    drawn = draw_page(folder / "page", run, tables, coverage)
    write_page(folder / "page", run, tables, outlines, drawn, record)
    return time.perf_counter() - start


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, float, set[str]]]:
    """A page, the seconds until its maps stood, and what it had loaded by then."""
    context = browser.new_context(viewport=VIEW)
    page, asked = context.new_page(), set[str]()
    page.on("request", lambda request: asked.add(request.url))
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(
        "document.documentElement.dataset.ready === 'yes' && iovolc.frames.length > 1 && !iovolc.isBusy()"
    )
    yield page, time.perf_counter() - start, set(asked)
    context.close()


def measured(browser: Browser, folder: Path, written_s: float) -> Measured:
    """Open a page some times, turn its globe, sort its table."""
    address = (folder / "page" / "index.html").as_uri()
    times: list[float] = []
    for _ in range(OPENINGS):
        with opened(browser, address) as (page, seconds, asked):
            times.append(seconds)
            loaded = sum(Path(url.removeprefix("file://")).stat().st_size for url in asked if url.startswith("file://"))
            frames: dict[str, Any] = page.evaluate(TURN, TURNS)
            table: dict[str, float] = page.evaluate(TABLE)
    drawn = frames["shown"]
    whole = sum(path.stat().st_size for path in (folder / "page").rglob("*") if path.is_file())
    median, slow = statistics.median(drawn), statistics.quantiles(drawn, n=20)[-1]
    return Measured(written_s, loaded / 1e6, whole / 1e6, min(times), median, slow, max(table.values()))


def main(cases: list[str]) -> None:
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if path is None:
        raise SystemExit("no Chromium is installed")
    print("events epochs | written s | first view MB, s | whole MB | frame ms, median and 95 % | table ms")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for case in cases:
            many_events, many_epochs = map(int, case.split(":"))
            with tempfile.TemporaryDirectory() as name:
                took = write(Path(name), made_up(many_events, many_epochs))
                one = measured(browser, Path(name), took)
            print(
                f"{many_events:6} {many_epochs:6} | {one.written_s:9.1f} | {one.first_mb:7.2f} {one.first_s:8.2f} | "
                f"{one.whole_mb:8.1f} | {one.frame_ms:13.1f} {one.slow_frame_ms:11.1f} | {one.table_ms:8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:] or list(CASES))
