"""Artefacts of maps put into ground that did not change: what cameras, mosaics and light do to pictures of Io.

Each function takes a map in units of its own standard deviation and gives the spoilt one. Two maps of one patch of
ground at eight pixels per degree make a pair that is looked at as a run does (:func:`events_of`).
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates, shift

from iovolc import body
from iovolc.config import DetectConfig, TrackConfig
from iovolc.detect.clusters import owned_pixels
from iovolc.detect.describe import Places, pixel_places
from iovolc.detect.epoch import described, detect_epoch
from iovolc.detect.look import Look
from iovolc.geometry.sphere import pixel_area_km2
from iovolc.light.blocks import block_means, block_places
from iovolc.light.match import Frame, Side
from iovolc.light.ranks import normal_scores
from iovolc.model.detection import Detected, EpochInfo, Tracked
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Sheet
from iovolc.model.observation import Bounds, ObservationRecord
from iovolc.track import track

Map = NDArray[np.float64]
Artefact = Callable[[Map, np.random.Generator], Map]

PIXELS_PER_DEGREE: Final = 8
SIZE: Final = 384
"""Edge of the patch in pixels: 48 degrees."""
MIDDLE: Final = SIZE // 2
BRIGHTNESS: Final = 4.0
"""Mean brightness of Io's maps in units of their standard deviation."""
START: Final = datetime(1996, 6, 27, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One map of the patch.

    Parameters
    ----------
    values : ndarray, shape (row, col)
        NaN where there is no data.
    number : int
        Its place in the order of time.
    is_mosaic : bool
        Whether it may hold pixels of an older one.
    """

    values: Map
    number: int
    is_mosaic: bool = False


@lru_cache(maxsize=4)
def patch(top_deg: float = 24.0) -> tuple[Frame, Places]:
    """The grid of the patch: its upper edge lies at this latitude; left and right edges meet."""
    pixel_m = math.radians(1.0) * body.RADIUS_M / PIXELS_PER_DEGREE
    corner = top_deg * PIXELS_PER_DEGREE * pixel_m
    equator = Sheet("equator", (SIZE, SIZE), pixel_m, -MIDDLE * pixel_m, corner)
    polar = [Sheet(name, (16, 16), pixel_m, -8 * pixel_m, 8 * pixel_m) for name in ("north", "south")]
    grid = Grid(PIXELS_PER_DEGREE, (equator, *polar))
    owned = owned_pixels(grid)
    return Frame(grid, owned, block_places(grid, owned)), pixel_places(grid)


def rough_ground(seed: int) -> Map:
    """Ground with the spectrum of Io's maps (amplitude f^-1.25) and dark paterae, closed at its edges."""
    generator = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(SIZE), np.fft.fftfreq(SIZE), indexing="ij"))
    frequency[0, 0] = np.inf
    spectrum = np.fft.fft2(generator.standard_normal((SIZE, SIZE))) * np.maximum(frequency, 0.01) ** -1.25
    ground = np.fft.ifft2(spectrum).real
    ground = ground / ground.std()
    for _ in range(30):
        row, col = generator.uniform(0, SIZE, 2)
        ground -= generator.uniform(0.8, 2.0) * disc(row, col, generator.uniform(2.0, 6.0))
    return gaussian_filter(ground, 0.8, mode="wrap")


def disc(row: float, col: float, radius_px: float) -> Map:
    """1 inside a disc, which may cross the left and the right edge; 0 outside."""
    rows, cols = np.indices((SIZE, SIZE))
    across = (cols - col + MIDDLE) % SIZE - MIDDLE
    return (np.hypot(rows - row, across) <= radius_px).astype(np.float64)


def seen(ground: Map, seed: int, *, noise: float = 0.06, moved_px: float = 0.2, blur_px: float = 0.5) -> Map:
    """A map of the ground with a camera's blur and noise, placed a little wrong."""
    generator = np.random.default_rng(seed)
    angle = generator.uniform(0.0, 2.0 * np.pi)
    offset = (moved_px * math.sin(angle), moved_px * math.cos(angle))
    blurred = gaussian_filter(shift(ground, offset, order=1, mode="grid-wrap"), blur_px, mode=("nearest", "wrap"))
    return blurred + noise * generator.standard_normal(ground.shape)


def pictured(values: Map) -> Map:
    """The map as a stretched picture of 256 grey levels."""
    low, high = np.nanquantile(values, [0.002, 0.998])
    return np.round(255.0 * np.clip((values - low) / (high - low), 0.0, 1.0))


def look_of(epoch: Epoch, frame: Frame, *, registration_px: float = 0.3) -> Look:
    """A map of the patch as detection takes it in: a stretched picture, in ranks."""
    when = START + timedelta(days=200.0 * epoch.number)
    name = f"epoch-{epoch.number}"
    record = ObservationRecord(
        id=name, sha256=f"{epoch.number:064d}", path="a.tif", time_utc=when, start_utc=when, stop_utc=when,
        placement=Bounds(-180.0, 180.0, 90.0, -90.0), channel="clear", quantity="relative", mission="Galileo",
        instrument="SSI", is_mosaic=epoch.is_mosaic,
    )  # fmt: skip
    sheet = frame.grid.sheet("equator")
    areas = {"equator": pixel_area_km2(sheet) * frame.owned["equator"]}
    tone = normal_scores({"equator": epoch.values.astype(np.float32)}, areas)
    blocks = block_means(tone, frame.owned, frame.grid)
    side = Side(name, "relative", epoch.is_mosaic, 2.0 * frame.grid.pixel_km, tone, blocks)
    sigma = np.full((19, 36, 1), registration_px * frame.grid.pixel_km, np.float32)
    return Look(record, side, Lattice(sigma, 10.0))


def detected_in(epochs: Sequence[Epoch], frame: Frame, places: Places) -> list[Detected]:
    """What each epoch but the first shows against those before it."""
    looks = [look_of(epoch, frame) for epoch in epochs]
    changes = (detect_epoch(looks[k], looks[:k], frame, places, DetectConfig()) for k in range(1, len(looks)))
    return [described(change, places, DetectConfig()) for change in changes]


def events_of(epochs: Sequence[Epoch], *, top_deg: float = 24.0) -> Tracked:
    """The events of a run over these epochs."""
    frame, places = patch(top_deg)
    found = detected_in(epochs, frame, places)
    together = Detected(
        pd.concat([one.detections for one in found], ignore_index=True),
        pd.concat([one.looks for one in found], ignore_index=True),
        {name: footprint for one in found for name, footprint in one.footprints.items()},
    )
    infos = []
    for epoch in epochs:
        when = START + timedelta(days=200.0 * epoch.number)
        infos.append(EpochInfo(f"epoch-{epoch.number}", "clear", "Galileo", "SSI", when, when))
    return track(together, infos, (), frame.grid, TrackConfig(), DetectConfig().q, ("clear",))


def hills(values: Map, generator: np.random.Generator, *, azimuth_deg: float = 90.0, count: int = 6) -> Map:
    """Mountains lit from one side: a bright flank towards the light and a dark one away from it."""
    angle = math.radians(azimuth_deg)
    shading = np.zeros_like(values)
    for row, col in places(generator, count):
        radius = generator.uniform(4.0, 9.0)
        peak = gaussian_filter(disc(row, col, radius), 0.4 * radius, mode=("nearest", "wrap"))
        down, right = np.gradient(peak)
        slope = right * math.sin(angle) - down * math.cos(angle)
        shading += generator.uniform(1.2, 2.5) * slope / np.abs(slope).max()
    return values + shading


def places(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Places in the patch's upper left half, not at its edges: the rest stays as it was."""
    return generator.uniform(40.0, 0.55 * SIZE, (count, 2))


def smeared(values: Map, generator: np.random.Generator) -> Map:
    """The upper rows filled with the last row that was seen, drawn out towards the pole."""
    last = int(generator.integers(70, 100))
    spoilt = values.copy()
    fade = np.linspace(1.0, 0.6, last)[::-1, None]
    spoilt[:last] = fade * gaussian_filter(values[last], 1.0, mode="wrap")[None, :]
    return spoilt


def window(row: float, col: float, half_rows: float, half_cols: float, soft_px: float = 0.0) -> Map:
    """1 inside a rectangle, 0 outside, with an edge of this softness."""
    rows, cols = np.indices((SIZE, SIZE))
    inside = ((np.abs(rows - row) < half_rows) & (np.abs(cols - col) < half_cols)).astype(np.float64)
    return gaussian_filter(inside, soft_px, mode=("nearest", "wrap")) if soft_px else inside


def blurred_here(values: Map, generator: np.random.Generator) -> Map:
    """A frame of poor resolution."""
    row, col = generator.uniform(90.0, 150.0, 2)
    share = window(row, col, 70.0, 70.0, 6.0)
    sigma = generator.uniform(2.0, 3.5)
    return (1.0 - share) * values + share * gaussian_filter(values, sigma, mode=("nearest", "wrap"))


def blur_growing(values: Map, generator: np.random.Generator) -> Map:
    """Resolution that worsens from the right to the left."""
    steps = np.linspace(0.0, generator.uniform(2.5, 3.5), 8)
    levels = np.stack([gaussian_filter(values, step, mode=("nearest", "wrap")) if step else values for step in steps])
    wanted = np.clip(1.2 - np.arange(SIZE) / (0.55 * SIZE), 0.0, 1.0) * (len(steps) - 1)
    below = np.minimum(wanted.astype(int), len(steps) - 2)
    share = wanted - below
    cols = np.arange(SIZE)
    return (1.0 - share) * levels[below, :, cols].T + share * levels[below + 1, :, cols].T


def clipped_here(values: Map, generator: np.random.Generator) -> Map:
    """A frame stretched so hard that its bright ground is white without detail."""
    row, col = generator.uniform(90.0, 150.0, 2)
    share = window(row, col, 80.0, 80.0, 4.0)
    white = float(np.quantile(values, generator.uniform(0.8, 0.95)))
    stretched = np.minimum(1.3 * values + generator.uniform(0.2, 0.5), white)
    return (1.0 - share) * values + share * stretched


def framed(values: Map, generator: np.random.Generator) -> Map:
    """A frame of a mosaic with a tone of its own."""
    row, col = generator.uniform(90.0, 150.0, 2)
    sign = generator.choice([-1.0, 1.0])
    half = generator.uniform(20.0, 45.0, 2)
    return values + sign * generator.uniform(0.8, 1.4) * window(row, col, *half, 0.7)


def quadrant(values: Map, generator: np.random.Generator) -> Map:
    """A wrong gain in one quadrant."""
    gain = generator.choice([0.75, 1.3])
    spoilt = values.copy()
    spoilt[:MIDDLE, :MIDDLE] = gain * (values[:MIDDLE, :MIDDLE] + BRIGHTNESS) - BRIGHTNESS
    return spoilt


def compressed(values: Map, generator: np.random.Generator) -> Map:
    """JPEG at a low quality, of a part whose pixels are the grid's."""
    low, high = np.nanquantile(values, [0.002, 0.998])
    grey = np.round(255.0 * np.clip((values - low) / (high - low), 0.0, 1.0)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "JPEG", quality=int(generator.integers(3, 8)))
    with Image.open(buffer) as image:
        decoded = np.asarray(image, np.float64) / 255.0 * (high - low) + low
    share = window(110.0, 110.0, 100.0, 100.0)
    return np.where(share > 0.5, decoded, values)


def hot_pixels(values: Map, generator: np.random.Generator) -> Map:
    """Single pixels at the end of the range."""
    spoilt = values.copy()
    rows, cols = generator.integers(20, int(0.55 * SIZE), (2, 80))
    spoilt[rows, cols] = np.nanmax(values) + 3.0
    return spoilt


def radiation_hits(values: Map, generator: np.random.Generator) -> Map:
    """Short bright tracks of charged particles."""
    spoilt = values.copy()
    for row, col in places(generator, 40):
        angle, length = generator.uniform(0.0, np.pi), generator.uniform(4.0, 22.0)
        along = np.arange(0.0, length, 0.25)
        rows = np.round(row + along * math.sin(angle)).astype(int) % SIZE
        cols = np.round(col + along * math.cos(angle)).astype(int) % SIZE
        spoilt[rows, cols] = np.nanmax(values) + 1.0
        if generator.uniform() < 0.5:
            spoilt[(rows + 1) % SIZE, cols] = np.nanmax(values) + 1.0
    return spoilt


def limb_crescent(values: Map, generator: np.random.Generator) -> Map:
    """A map that ends at the limb, before which it is too dark or too bright."""
    rows, cols = np.indices((SIZE, SIZE))
    radius = generator.uniform(230.0, 300.0)
    away = np.hypot(rows - 0.75 * SIZE, cols - 0.75 * SIZE)
    depth = generator.uniform(18.0, 30.0)
    spoilt = values + generator.choice([-1.6, 1.6]) * np.exp(np.minimum(away - radius, 0.0) / depth * 2.0)
    return np.where(away <= radius, spoilt, np.nan)


def displaced(values: Map, generator: np.random.Generator) -> Map:
    """A frame that was put some pixels off its place."""
    row, col = generator.uniform(90.0, 150.0, 2)
    share = window(row, col, 45.0, 45.0, 5.0)
    angle = generator.uniform(0.0, 2.0 * np.pi)
    far = generator.uniform(2.0, 4.0)
    rows, cols = np.indices((SIZE, SIZE)).astype(np.float64)
    at = [rows + far * math.sin(angle) * share, (cols + far * math.cos(angle) * share) % SIZE]
    return map_coordinates(values, at, order=1, mode="nearest")


SPOILT_NEWER: Final[Mapping[str, Artefact]] = MappingProxyType(
    {
        "smeared polar fill": smeared,
        "poorer resolution here": blurred_here,
        "resolution that worsens": blur_growing,
        "clipped stretch": clipped_here,
        "mosaic frame": framed,
        "wrong gain in a quadrant": quadrant,
        "JPEG blocks": compressed,
        "hot pixels": hot_pixels,
        "radiation hits": radiation_hits,
        "crescent at the limb": limb_crescent,
        "misplaced frame": displaced,
    }
)
"""Artefacts of the newer map alone."""
