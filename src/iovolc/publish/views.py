"""The views of events as files, ``views/<event id>.tif``: what every picture of an event is drawn from.

Each is a north-up Cloud-Optimised GeoTIFF, azimuthal equidistant about the event; not a layer of the whole globe
(:mod:`iovolc.publish.rasters`).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import DatasetReader
from rasterio.crs import CRS
from rasterio.transform import Affine

from iovolc import body
from iovolc.publish.run_output import Cutout

FOLDER: Final = "views"
_BANDS: Final = ("before", "after", "difference", "footprint")
_TAG: Final = "IOVOLC_VIEW"
_TILE_STEP: Final = 16
"""Tiles are whole multiples of so many pixels; a view is one."""
_FACTS: Final = (
    "lat", "lon_e", "half_km", "channel", "unit", "difference_unit", "before_ids", "after_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What there is to show of an event.

    Parameters
    ----------
    cutout : Cutout
        Before, after and difference.
    outline : ndarray, shape of the cutout
        1 inside the footprint, 0 outside.
    """

    cutout: Cutout
    outline: NDArray[np.float64]


def write_view(folder: Path, event_id: str, shown: View) -> None:
    """Write a view; the same view gives the same bytes."""
    cutout = shown.cutout
    rows, cols = cutout.after.shape
    half_m = 1000.0 * cutout.half_km
    planes = (cutout.before, cutout.after, cutout.difference, shown.outline)
    facts = {name: getattr(cutout, name) for name in _FACTS}
    spans = {name: [time.isoformat() for time in getattr(cutout, name)] for name in ("before_utc", "after_utc")}
    with rasterio.open(
        folder / f"{event_id}.tif", "w", driver="COG", height=rows, width=cols, count=len(planes), dtype="float32",
        nodata=np.nan, compress="ZSTD", level=1, predictor="YES", blocksize=_TILE_STEP * math.ceil(rows / _TILE_STEP),
        statistics="YES", crs=_crs(cutout),
        transform=Affine(2.0 * half_m / cols, 0.0, -half_m, 0.0, -2.0 * half_m / rows, half_m),
    ) as dataset:  # fmt: skip
        dataset.write(np.stack([np.asarray(plane, np.float32) for plane in planes]))
        units = (cutout.unit, cutout.unit, cutout.difference_unit, "")
        for number, (name, unit) in enumerate(zip(_BANDS, units, strict=True), start=1):
            dataset.set_band_description(number, name)
            dataset.set_band_unit(number, unit)
        dataset.update_tags(**{_TAG: json.dumps(facts | spans, sort_keys=True)})


def read_view(folder: Path, event_id: str) -> View | None:
    """The view of an event in an output folder; None where the run published none."""
    path = folder / FOLDER / f"{event_id}.tif"
    return _read(path) if path.is_file() else None


def view_facts(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Event ids of the views of an output folder, and the fields of their cutouts that are no pixels, by id."""
    for path in sorted((folder / FOLDER).glob("*.tif")):
        with rasterio.open(path) as dataset:
            yield path.stem, _facts(dataset)


def _read(path: Path) -> View:
    with rasterio.open(path) as dataset:
        before, after, difference, outline = dataset.read()
        cutout = Cutout(before=before, after=after, difference=difference, **_facts(dataset))
    return View(cutout, outline.astype(np.float64))


def _facts(dataset: DatasetReader) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(dataset.tags()[_TAG])
    return (
        told
        | {name: tuple(told[name]) for name in ("before_ids", "after_ids")}
        | {name: _span(told[name]) for name in ("before_utc", "after_utc")}
    )


def _crs(cutout: Cutout) -> CRS:
    return CRS.from_string(
        f"+proj=aeqd +lat_0={cutout.lat:.6f} +lon_0={cutout.lon_e:.6f} +R={body.RADIUS_M:.0f} +units=m +no_defs"
    )


def _span(texts: Sequence[str]) -> tuple[datetime, datetime]:
    first, last = (datetime.fromisoformat(text) for text in texts)
    return first, last
