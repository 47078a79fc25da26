"""What every comparison of a run would have shown, as small maps beside ``rasters/``, and reading them back.

``completeness/<observation id>.tif`` has one band per size: the margin per unit of contrast; the last band is the share
of the pixel that was compared. With the curves in ``run.json`` they give the probability of any size and contrast.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio

from iovolc import body
from iovolc.detect.completeness import SIZES_KM, CoarseMaps
from iovolc.detect.curve import Curve, Curves, FittedCurve
from iovolc.errors import ConfigError
from iovolc.publish.rasters import Layer, write_cog
from iovolc.publish.run_output import Completeness, EpochReach, RunOutput

FOLDER: Final = "completeness"
_BANDS: Final = (*(f"margin per unit of contrast, {size:.0f} km" for size in SIZES_KM), "share compared")
_LAYER: Final = Layer("completeness", "float32", "", "Margin of changes by size: 1 just passes", rounded=True)


def write_reach(folder: Path, run: RunOutput) -> None:
    """Write ``completeness/<observation id>.tif`` for every comparison."""
    if run.completeness is None:
        return
    (folder / FOLDER).mkdir()
    for epoch in run.completeness.epochs:
        maps = epoch.maps
        bands = np.concatenate([maps.margin, maps.share[None]]).astype(np.float32)
        bands[:, maps.share <= 0] = np.nan
        tags = {"RUN_ID": run.run_id, "BODY": body.NAME, "CHANNEL": epoch.channel, "OBSERVATION": epoch.observation_id}
        path = folder / FOLDER / f"{epoch.observation_id}.tif"
        write_cog(path, bands, _LAYER, {**tags, "TITLE": _LAYER.title}, _BANDS)


def reach_record(completeness: Completeness) -> dict[str, Any]:
    """The section ``completeness`` of ``run.json``."""
    return {
        **completeness.record,
        "curves": {
            "source": completeness.curves.source,
            "date": completeness.curves.date,
            "fitted": [_curve_record(item) for item in completeness.curves.fitted],
        },
        "epochs": [
            {
                "observation_id": epoch.observation_id,
                "channel": epoch.channel,
                "relative": epoch.relative,
                "resolution_km": round(epoch.resolution_km, 3),
                "since_utc": epoch.since_utc,
                "seen_utc": epoch.seen_utc,
                "file": f"{FOLDER}/{epoch.observation_id}.tif",
            }
            for epoch in completeness.epochs
        ],
    }


def read_reach(folder: Path, record: Mapping[str, Any]) -> Completeness:
    """What the comparisons of a published run would have shown.

    Parameters
    ----------
    folder : Path
        Outputs of a run.
    record : mapping
        Its ``run.json``.

    Raises
    ------
    ConfigError
        If the run tells nothing of completeness.
    """
    told = record.get("completeness")
    if not told:
        raise ConfigError(f"the run in {folder} tells no completeness: it compared nothing, or is of an older version")
    fitted = tuple(
        FittedCurve(item["relative"], item["elements"], Curve(item["middle"], item["width"], item["ceiling"]))
        for item in told["curves"]["fitted"]
    )
    epochs = tuple(_epoch(folder, item) for item in told["epochs"])
    return Completeness(epochs, Curves(fitted, told["curves"]["source"], told["curves"]["date"]), told)


def _read(path: Path) -> CoarseMaps:
    with rasterio.open(path) as dataset:
        bands = np.nan_to_num(dataset.read()).astype(np.float32)
    return CoarseMaps(bands[:-1], bands[-1])


def _epoch(folder: Path, item: Mapping[str, Any]) -> EpochReach:
    since, seen = (datetime.fromisoformat(item[name]) for name in ("since_utc", "seen_utc"))
    return EpochReach(
        item["observation_id"], item["channel"], item["relative"], item["resolution_km"], since, seen,
        partial(_read, folder / item["file"]),
    )  # fmt: skip


def _curve_record(item: FittedCurve) -> dict[str, Any]:
    curve = item.curve
    return {
        "relative": item.relative,
        "elements": item.elements,
        "middle": round(curve.middle, 4),
        "width": round(curve.width, 4),
        "ceiling": round(curve.ceiling, 4),
        "injections": curve.count,
    }
