"""Detections as tracking sees them: in order, with sign, place and epoch, and grouped into visits.

A visit is one look of one instrument in any number of channels; a second product of the same channel and span is the
same look again.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from iovolc.errors import AlgorithmError
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.detection import Detected, EpochInfo, Footprint
from iovolc.model.grid import Grid
from iovolc.track.regions import Region, dilated

RIVALS: Final = frozenset({"shift_like", "explained"})
"""Flags of changes that something else explains as well."""
SAME_VISIT: Final = timedelta(hours=1)
"""Channels of one instrument whose spans differ by less than this belong to one visit: Io turns 8.5 degrees."""
_SIGNS: Final = {"darkening": -1, "reddening": -1, "brightening": 1, "whitening": 1}


@dataclass(frozen=True, slots=True)
class Again:
    """What another comparison shows at the place of a change: its visit and channel, the contrast and its sigma."""

    visit: int
    channel: str
    contrast: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Change:
    """One detection.

    Parameters
    ----------
    id, channel, kind, light_class : str
        From the detections table.
    epoch : EpochInfo
        The epoch that shows it.
    visit : int
        Number of its visit, in order of time.
    sign : int
        +1 brighter, -1 darker.
    vector : ndarray, shape (3,)
        Direction of its centre.
    sigma_km, area_km2, resolution_km, registration_sigma_km, snr, p_value, q_value, reliability : float
        From the detections table.
    pooled_q : float
        Benjamini-Hochberg adjusted over all detections of the run.
    contrast, contrast_sigma, rank_contrast : float
        NaN where they do not apply.
    flags : frozenset of str
        What to bear in mind.
    footprint : Footprint
        Its pixels.
    region : Region
        The footprint dilated by the registration sigma.
    elsewhere : mapping of str to tuple of float
        Contrast and its sigma over the footprint in other channels of the visit, where these tell its colour.
    again : tuple of Again
        What other comparisons of its visit and of later ones show there.
    """

    id: str
    channel: str
    kind: str
    light_class: str
    epoch: EpochInfo
    visit: int
    sign: int
    vector: NDArray[np.float64]
    sigma_km: float
    area_km2: float
    resolution_km: float
    registration_sigma_km: float
    snr: float
    p_value: float
    q_value: float
    reliability: float
    pooled_q: float
    contrast: float
    contrast_sigma: float
    rank_contrast: float
    flags: frozenset[str]
    footprint: Footprint
    region: Region
    elsewhere: Mapping[str, tuple[float, float]]
    again: tuple[Again, ...]

    @property
    def relative(self) -> bool:
        """Whether it was found on a stretched map, without calibrated contrast."""
        return not math.isnan(self.rank_contrast)

    @property
    def rivalled(self) -> bool:
        """Whether a shift of the image, or a fault of one map, explains it as well as a change does."""
        return not RIVALS.isdisjoint(self.flags)

    @property
    def doubtful(self) -> bool:
        """Whether the diagnostics of its comparison contradict the null."""
        return "null_contradicted" in self.flags


def epoch_order(epoch: EpochInfo) -> tuple[datetime, str]:
    """Sort key of epochs: stop time, then id."""
    return epoch.stop_utc, epoch.observation_id


def strength_order(change: Change) -> tuple[float, float, str]:
    """Sort key of changes, the most significant first."""
    return change.p_value, -change.snr, change.id


def visit_numbers(epochs: Sequence[EpochInfo]) -> dict[str, int]:
    """The visit of each observation, numbered by the stop time of its first channel.

    Parameters
    ----------
    epochs : sequence of EpochInfo
        In any order.
    """
    groups: list[list[EpochInfo]] = []
    latest: dict[tuple[str, str], list[EpochInfo]] = {}
    for epoch in sorted(epochs, key=lambda one: (one.start_utc, one.stop_utc, one.observation_id)):
        camera = (epoch.mission, epoch.instrument)
        group: list[EpochInfo] | None = latest.get(camera)
        if group is None or not _belongs(epoch, group):
            group = []
            latest[camera] = group
            groups.append(group)
        group.append(epoch)
    groups.sort(key=lambda group: min(epoch_order(epoch) for epoch in group))
    return {epoch.observation_id: number for number, group in enumerate(groups) for epoch in group}


def read_changes(detected: Detected, epochs: Sequence[EpochInfo], grid: Grid) -> tuple[Change, ...]:
    """All detections of a run by visit, then id, whatever the order of the rows.

    Raises
    ------
    AlgorithmError
        If a detection has no epoch or no footprint.
    """
    by_id = {epoch.observation_id: epoch for epoch in epochs}
    visits = visit_numbers(epochs)
    frame = detected.detections.sort_values("detection_id", kind="stable", ignore_index=True)
    if frame.empty:
        return ()
    pooled = false_discovery_control(frame["p_value"].to_numpy(dtype=np.float64))
    rows = cast("list[dict[str, Any]]", frame.to_dict("records"))
    elsewhere, again = _elsewhere(detected.forced), _again(detected.forced, visits)
    changes = [
        _change(row, float(q), by_id, visits, detected.footprints, elsewhere, again, grid)
        for row, q in zip(rows, pooled, strict=True)
    ]
    return tuple(sorted(changes, key=lambda change: (change.visit, change.id)))


def _elsewhere(forced: pd.DataFrame) -> Mapping[str, dict[str, tuple[float, float]]]:
    """Contrast and sigma in other channels, by detection id and channel; of two epochs the more accurate one."""
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in _best_last(forced[forced["colour"]]):
        found[row["detection_id"]][row["channel"]] = row["contrast"], row["contrast_sigma"]
    return found


def _again(forced: pd.DataFrame, visits: Mapping[str, int]) -> Mapping[str, tuple[Again, ...]]:
    """What other comparisons show, by detection id; of several products of one look and channel the most accurate."""
    found: dict[str, dict[tuple[int, str], Again]] = defaultdict(dict)
    for row in _best_last(forced):
        look = visits[row["observation_id"]], str(row["channel"])
        found[row["detection_id"]][look] = Again(*look, row["contrast"], row["contrast_sigma"])
    return {name: tuple(mine.values()) for name, mine in found.items()}


def _best_last(forced: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, the most accurate last."""
    ordered = forced.sort_values(["contrast_sigma", "observation_id"], ascending=False)
    return cast("list[dict[str, Any]]", ordered.to_dict("records"))


def _belongs(epoch: EpochInfo, group: Sequence[EpochInfo]) -> bool:
    first = group[0]
    near = abs(epoch.start_utc - first.start_utc) < SAME_VISIT and abs(epoch.stop_utc - first.stop_utc) < SAME_VISIT
    alike = [other for other in group if other.channel == epoch.channel]
    copies = all((other.start_utc, other.stop_utc) == (epoch.start_utc, epoch.stop_utc) for other in alike)
    return near and copies


def _change(
    row: Mapping[str, Any],
    pooled_q: float,
    epochs: Mapping[str, EpochInfo],
    visits: Mapping[str, int],
    footprints: Mapping[str, Footprint],
    elsewhere: Mapping[str, Mapping[str, tuple[float, float]]],
    again: Mapping[str, tuple[Again, ...]],
    grid: Grid,
) -> Change:
    name, observation = str(row["detection_id"]), str(row["observation_id"])
    if observation not in epochs or name not in footprints:
        missing = "epoch" if observation not in epochs else "footprint"
        raise AlgorithmError(f"detection {name} of {observation} has no {missing}: detect again and hand on its result")
    footprint, reach_km = footprints[name], float(row["registration_sigma_km"])
    return Change(
        id=name,
        channel=str(row["channel"]),
        kind=str(row["kind"]),
        light_class=str(row["light_class"]),
        epoch=epochs[observation],
        visit=visits[observation],
        sign=_sign(row),
        vector=unit_vectors(float(row["lat"]), float(row["lon_e"])),
        sigma_km=float(row["position_sigma_km"]),
        area_km2=float(row["area_km2"]),
        resolution_km=float(row["resolution_km"]),
        registration_sigma_km=reach_km,
        snr=float(row["snr"]),
        p_value=float(row["p_value"]),
        q_value=float(row["q_value"]),
        reliability=float(row["reliability"]),
        pooled_q=pooled_q,
        contrast=_number(row["contrast"]),
        contrast_sigma=_number(row["contrast_sigma"]),
        rank_contrast=_number(row["rank_contrast"]),
        flags=frozenset(row["flags"]),
        footprint=footprint,
        region=dilated(footprint, reach_km, grid),
        elsewhere=elsewhere.get(name, {}),
        again=again.get(name, ()),
    )


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _sign(row: Mapping[str, Any]) -> int:
    """From the kind; of rings from the contrast, else the rank contrast; darker if nothing tells."""
    if row["kind"] in _SIGNS:
        return _SIGNS[row["kind"]]
    for name in ("contrast", "rank_contrast"):
        value = _number(row[name])
        if math.isfinite(value) and value != 0.0:
            return 1 if value > 0 else -1
    return -1
