"""Small catalogues and images for the tests of the archive."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio import Affine

from iovolc.archive.images import read_observation
from iovolc.archive.rows import Row
from iovolc.errors import Finding, InputError
from iovolc.model.observation import Bounds

NOON = datetime(2023, 12, 30, 12, 0, 0, tzinfo=UTC)
GOOD = {"path": "a.png", "time_utc": "2023-12-30T08:36:00Z", "channel": "red"}
GLOBE = Bounds(0.0, 360.0, 90.0, -90.0)
EDGES = {"projection": "bounds", "edges": GLOBE}
GLOBAL = {"left_lon_e": "0", "right_lon_e": "360", "top_lat": "90", "bottom_lat": "-90", "projection": "bounds"}
METRES = Affine(500_000.0, 0.0, -5_000_000.0, 0.0, -500_000.0, 2_500_000.0)
DEGREES = Affine(18.0, 0.0, -180.0, 0.0, -18.0, 90.0)


def write_catalogue(folder: Path, *rows: dict[str, str]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path = folder / "catalogue.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(path: str = "a.png", **values: Any) -> Row:
    times = dict.fromkeys(("time_utc", "start_utc", "stop_utc"), NOON)
    return Row(number=5, path=path, **(times | {"channel": "red"} | values))


def ramp(rows: int = 10, cols: int = 20, dtype: str = "uint8") -> np.ndarray:
    return (np.arange(rows * cols) % 250 + 1).astype(dtype).reshape(rows, cols)


def write_picture(path: Path, pixels: np.ndarray, **options: Any) -> Path:
    Image.fromarray(pixels).save(path, **options)
    return path


def write_tiff(
    path: Path,
    pixels: np.ndarray,
    *,
    crs: str | None = "IAU_2015:50110",
    transform: Affine | None = METRES,
    **profile: Any,
) -> Path:
    bands = pixels if pixels.ndim == 3 else pixels[np.newaxis]
    shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": bands.dtype.name}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, **shape, **profile) as dataset:
        dataset.write(bands)
    return path


def refusal(folder: Path, kind: type[InputError], **values: Any) -> Finding:
    with pytest.raises(kind) as caught:
        read_observation(row(**values), folder)
    (finding,) = caught.value.findings
    assert finding.row == 5
    assert finding.product == values.get("path", "a.png")
    return finding
