"""The page's list of epochs, and the maps of those that have some: brightness, change and significance."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.publish import canonical
from iovolc.publish.page_layers import TILE, write_layer
from iovolc.publish.page_pixels import Scale, measured_scale, significant
from iovolc.publish.page_scripts import DATA
from iovolc.publish.run_output import EpochMap, InputFile, RunOutput
from iovolc.publish.sampling import block_means
from iovolc.publish.timeline import looks_of

PER_DEGREE: Final = 4
NEWEST_PER_DEGREE: Final = 8
"""Pixels per degree of the maps, and of those of the newest epoch of each channel, where the grid is finer still."""
MOST_MAPS: Final = 240
"""Epochs with maps: the newest ones. Older ones are in the list without."""
DRAWING_VERSION: Final = 1
"""To be raised with every change of how maps are drawn: stores keep drawings."""
_LAYERS: Final = "layers.json"
_Z_REACH: Final = 12.0
_Z_STRETCH: Final = 6.0
_LEAST_REACH: Final = 0.1


def ordered_inputs(run: RunOutput) -> Sequence[InputFile]:
    """The observations in the order of the page: by their end, then by id."""
    return sorted(run.manifest.inputs, key=lambda item: (item.stop_utc, item.start_utc, item.id))


def write_epochs(folder: Path, run: RunOutput) -> list[dict[str, Any]]:
    """Write the maps of the epochs, and describe all of them for the page's index.

    Parameters
    ----------
    folder : Path
        Of the page.
    run : RunOutput
        The run.
    """
    items = ordered_inputs(run)
    share = {item.id: look.share for item, look in zip(items, looks_of(items, run.completeness), strict=True)}
    finest = {summary.observation_id for summary in run.channels}
    first = len(items) - MOST_MAPS
    layers = [
        _written(folder, run, item.id, f"e{number:04d}", whole=item.id in finest) if number >= first else {}
        for number, item in enumerate(items)
    ]
    return [_described(item, share[item.id], found) for item, found in zip(items, layers, strict=True)]


def write_base(folder: Path, run: RunOutput) -> Mapping[str, Any] | None:
    """Write the map for orientation; None if the run has none."""
    if run.backdrop is None:
        return None
    layer = write_layer(folder, "base/map", run.backdrop.value, measured_scale(run.backdrop.value, ""))
    return None if layer is None else {**layer, "note": run.backdrop.note}


def _written(folder: Path, run: RunOutput, observation_id: str, name: str, *, whole: bool) -> Mapping[str, Any]:
    """Write an epoch's layers, or copy what an earlier run has drawn."""
    least = NEWEST_PER_DEGREE if whole else PER_DEGREE

    def draw(target: Path, drawn_as: str, shown: EpochMap) -> None:
        canonical.write(target / _LAYERS, _drawn(target, drawn_as, shown, whole=whole))

    if run.kept_drawing is None:
        return {} if run.epoch_map is None else _drawn(folder, name, run.epoch_map(observation_id, least), whole=whole)
    kept = run.kept_drawing(observation_id, least, draw)
    if (kept / DATA).exists():  # an epoch without any data has none
        shutil.copytree(kept / DATA, folder / DATA, dirs_exist_ok=True)
    return json.loads((kept / _LAYERS).read_text(encoding="utf-8"))


def _drawn(folder: Path, name: str, shown: EpochMap, *, whole: bool) -> Mapping[str, Any]:
    return dict(_layers(folder, name, shown if whole else _lighter(shown)))


def _layers(folder: Path, name: str, shown: EpochMap) -> Iterator[tuple[str, Mapping[str, Any]]]:
    planes = (
        ("value", shown.value, measured_scale(shown.value, shown.unit)),
        ("difference", shown.difference, _change_scale(shown)),
        ("z", shown.z, Scale(-_Z_REACH, _Z_REACH, "standard deviations", (-_Z_STRETCH, _Z_STRETCH))),
    )
    for kind, plane, scale in planes:
        layer = None if plane is None else write_layer(folder, f"{name}/{kind}", plane, scale)
        if layer is not None:
            yield kind, layer


def _lighter(shown: EpochMap) -> EpochMap:
    """Change and significance on one tile: their noise does not compress, and there are many epochs."""
    return replace(shown, difference=_on_one_tile(shown.difference), z=_on_one_tile(shown.z))


def _on_one_tile(plane: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    while plane is not None and plane.shape[1] > TILE[1] and not any(size % 2 for size in plane.shape):
        plane = block_means(plane, 2)
    return plane


def _change_scale(shown: EpochMap) -> Scale:
    """Even about zero, so that no change is white; colours end at the 99th percentile."""
    if shown.difference is None:
        return Scale(-1.0, 1.0, shown.difference_unit, (-1.0, 1.0))
    size = np.abs(shown.difference[np.isfinite(shown.difference)])
    most, strong = _percentiles(size)
    return Scale(-most, most, shown.difference_unit, (-strong, strong))


def _percentiles(size: NDArray[np.float32]) -> tuple[float, float]:
    if not size.size:
        return 1.0, 1.0
    most, strong = (max(_LEAST_REACH, float(edge)) for edge in np.percentile(size, (99.9, 99.0)))
    return significant(1.2 * most, 4), significant(strong, 3)


def _described(item: InputFile, share: float | None, layers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item.id, "channel": item.channel, "start": f"{item.start_utc:%Y-%m-%dT%H:%M}",
        "stop": f"{item.stop_utc:%Y-%m-%dT%H:%M}",
        "source": " ".join(part for part in (item.mission, item.instrument) if part),
        "share": None if share is None else round(share, 4), "layers": layers,
    }  # fmt: skip
