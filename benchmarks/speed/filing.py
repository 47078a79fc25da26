"""Reading and writing beside plain rasterio and geopandas."""

import math
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from benchmarks.speed.stage import FLOOR, OWN, Contenders, Plane, noise
from scipy.ndimage import gaussian_filter

from iovolc import body
from iovolc.archive.images import read_observation
from iovolc.archive.rows import Row
from iovolc.model.frames import conform
from iovolc.model.grid import Grid
from iovolc.model.observation import Bounds
from iovolc.model.tables import DETECTIONS, EVENTS, Column, Table
from iovolc.publish.rasters import LAYERS, write_cog
from iovolc.publish.tables import write_tables

ROWS = 2000


def _map(grid: Grid) -> tuple[Plane, Affine]:
    cols = grid.sheet("equator").shape[1]
    pixel_m = 2.0 * math.pi * body.RADIUS_M / cols
    return gaussian_filter(noise((cols // 2, cols)), 3.0).astype(np.float32), Affine(
        pixel_m, 0.0, 0.0, 0.0, -pixel_m, 0.0
    )


def reading(grid: Grid, folder: Path) -> Contenders:
    """A global map of 16-bit numbers from an uncompressed GeoTIFF to floats, NaN without data."""
    values, transform = _map(grid)
    numbers = (1000.0 + 200.0 * values).astype(np.uint16)
    path = folder / "map.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="uint16", nodata=0,
        crs=body.CRS_EQUIRECTANGULAR, transform=transform,
    ) as dataset:  # fmt: skip
        dataset.write(numbers, 1)
    utc = pd.Timestamp("2000-01-01", tz="UTC").to_pydatetime()
    row = replace(
        Row(None, path.name, utc, utc, utc), channel="red", quantity="iof", projection="bounds", mission="m",
        instrument="i", edges=Bounds(-180.0, 180.0, 90.0, -90.0), nodata=0.0,
    )  # fmt: skip

    def plain() -> None:
        with rasterio.open(path) as dataset:
            dataset.read(1, masked=True).astype(np.float32).filled(np.nan)

    return {OWN: lambda: read_observation(row, folder), "rasterio": plain, FLOOR: path.read_bytes}


def raster(grid: Grid, folder: Path) -> Contenders:
    """A global map as a cloud-optimised GeoTIFF."""
    values, transform = _map(grid)

    def plain() -> None:
        with rasterio.open(
            folder / "peer.tif", "w", driver="COG", height=values.shape[0], width=values.shape[1], count=1,
            dtype="float32", nodata=math.nan, crs=body.CRS_EQUIRECTANGULAR, transform=transform, compress="DEFLATE",
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)

    return {
        OWN: lambda: write_cog(folder / "own.tif", values, LAYERS[0], {}),
        "rasterio": plain,
        FLOOR: lambda: (folder / "raw.bin").write_bytes(values.tobytes()),
    }


def tables(grid: Grid, folder: Path) -> Contenders:  # noqa: ARG001
    """Events with outlines and detections as (Geo)Parquet and CSV; iovolc writes ECSV, too."""
    events, found = (conform(_made_up(table), table) for table in (EVENTS, DETECTIONS))
    generator = np.random.default_rng(1)
    places = shapely.points(generator.uniform(-170.0, 170.0, ROWS), generator.uniform(-80.0, 80.0, ROWS))
    framed = gpd.GeoDataFrame(events, geometry=shapely.buffer(places, 2.0), crs=body.CRS_GEOGRAPHIC)

    def plain() -> None:
        framed.to_parquet(folder / "peer-events.parquet", compression="zstd")
        found.to_parquet(folder / "peer-detections.parquet", compression="zstd")
        for name, frame in (("events", events), ("detections", found)):
            frame.to_csv(folder / f"peer-{name}.csv", index=False)

    def floor() -> None:
        (folder / "raw.bin").write_bytes((folder / "peer-events.csv").read_bytes())

    plain()
    named = {"events": (EVENTS, events), "detections": (DETECTIONS, found)}
    return {OWN: lambda: write_tables(folder, named, framed), "geopandas": plain, FLOOR: floor}


def _made_up(table: Table) -> pd.DataFrame:
    generator = np.random.default_rng(2)
    return pd.DataFrame({column.name: _values(column, generator) for column in table.columns})


def _values(column: Column, generator: np.random.Generator) -> object:
    if column.kind in {"text", "list"}:
        texts = column.values or tuple(f"{column.name}-{n:04d}" for n in range(ROWS))
        chosen = [texts[n % len(texts)] for n in range(ROWS)]
        return [(text,) for text in chosen] if column.kind == "list" else chosen
    if column.kind == "time":
        return pd.Timestamp("2000-01-01", tz="UTC") + pd.to_timedelta(np.arange(ROWS), unit="D")
    if column.kind == "number":
        return generator.random(ROWS)
    return generator.integers(0, 2, ROWS) > 0 if column.kind == "boolean" else generator.integers(0, 9, ROWS)
