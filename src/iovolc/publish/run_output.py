"""What a run hands to publishing, as frozen values; large layers come through callables, one sheet at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.config import Config
from iovolc.cube.entry import PointsEntry
from iovolc.detect.completeness import CoarseMaps
from iovolc.detect.curve import Curves
from iovolc.errors import Finding
from iovolc.model.detection import Tracked
from iovolc.model.grid import Grid, SheetName
from iovolc.model.observation import ObservationRecord

State = Literal["ok", "degraded", "failed"]
Difference = Literal["log_ratio", "rank"]

PIXEL_STATUS: Final = (
    "no data in the newest epoch",
    "seen, but with nothing to compare it with",
    "compared: no change found",
    "compared: candidate change (tier C)",
    "compared: change (tier A or B)",
)
"""Meaning of the codes 0, 1, 2 … of the ``status`` layer."""


LIMIT_PROBABILITIES: Final = (0.5, 0.9)
"""Probabilities of the two bands of the limits."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One observation that took part in the run, as the manifest names it."""

    id: str
    path: str
    sha256: str
    mission: str
    instrument: str
    channel: str
    start_utc: datetime
    stop_utc: datetime
    credit: str
    licence: str

    @classmethod
    def of(cls, record: ObservationRecord) -> "InputFile":
        """The entry of an observation."""
        return cls(
            record.id, record.path, record.sha256, record.mission, record.instrument, record.channel,
            record.start_utc, record.stop_utc, record.credit, record.licence,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ManifestSummary:
    """Which manifest the run read: its number, its sha256, its observations and its tables of point measurements."""

    number: int
    sha256: str
    inputs: tuple[InputFile, ...]
    points: tuple[PointsEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """What the layers of a channel show.

    Parameters
    ----------
    channel : str
        Its name.
    observation_id : str
        The newest epoch: the one whose value is shown.
    reference_ids : tuple of str
        The epochs it is compared with, oldest first.
    difference : {'log_ratio', 'rank'}
        Whether ``difference`` is a change of ln albedo or of matched rank.
    unit : str
        Unit of ``value``.
    completeness_of : str
        The change whose completeness is mapped, for example ``a change of 60 km and 20 %``.
    """

    channel: str
    observation_id: str
    reference_ids: tuple[str, ...]
    difference: Difference
    unit: str
    completeness_of: str


@dataclass(frozen=True, slots=True)
class ChannelLayers:
    """The maps of one channel on one sheet; all of the sheet's shape.

    Parameters
    ----------
    value : ndarray, float32
        Normalised value of the newest epoch; NaN where there is no data.
    difference : ndarray, float32
        Newest epoch against its predecessors: change of ln albedo or of matched rank.
    z : ndarray, float32
        Difference over its uncertainty.
    status : ndarray, uint8
        Codes of :data:`PIXEL_STATUS`.
    resolution_km : ndarray, float32
        Effective resolution (FWHM) of the comparison.
    comparable : ndarray, bool
        Where the newest epoch could be compared.
    completeness : ndarray, float32
        Probability that the stated change would have been found, 0 to 1.
    limits : mapping of float to ndarray, shape (2, row, col), float32
        By diameter in km: the contrast that would have been found with :data:`LIMIT_PROBABILITIES`; NaN where nothing
        was compared or no contrast is found so often.
    """

    value: NDArray[np.float32]
    difference: NDArray[np.float32]
    z: NDArray[np.float32]
    status: NDArray[np.uint8]
    resolution_km: NDArray[np.float32]
    comparable: NDArray[np.bool_]
    completeness: NDArray[np.float32]
    limits: Mapping[float, NDArray[np.float32]] = field(default_factory=dict[float, NDArray[np.float32]])


@dataclass(frozen=True, slots=True)
class Cutout:
    """A north-up view of an event before and after, azimuthal equidistant about its centre.

    :func:`iovolc.publish.sampling.local_view` gives the places of the pixels.

    Parameters
    ----------
    lat, lon_e : float
        The centre, degrees.
    half_km : float
        Distance from the centre to the middle of an edge.
    before, after, difference : ndarray, shape (n, n), float32
        First row north, first column west; NaN where there is no data.
    channel, unit : str
        What ``before`` and ``after`` show.
    difference_unit : str
        ``change of ln albedo`` or ``change of rank``.
    before_ids, after_ids : tuple of str
        Observations.
    before_utc, after_utc : tuple of datetime
        Start of the first and stop of the last observation of each side.
    """

    lat: float
    lon_e: float
    half_km: float
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    difference: NDArray[np.float32]
    channel: str
    unit: str
    difference_unit: str
    before_ids: tuple[str, ...]
    after_ids: tuple[str, ...]
    before_utc: tuple[datetime, datetime]
    after_utc: tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A map for orientation behind the events: not an observation of this run.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        Global equirectangular map, north up, -180 to 180 degrees east; NaN where there is no data.
    note : str
        What it is, for the figure's note.
    """

    value: NDArray[np.float32]
    note: str


@dataclass(frozen=True, slots=True)
class EpochMap:
    """What an epoch shows, on one global map.

    Parameters
    ----------
    value : ndarray, shape (row, col), float32
        Normalised; north up from 180 W, twice as wide as high; NaN where there is no data.
    difference, z : ndarray, shape (row, col), float32, or None
        Against its predecessors, and that over its uncertainty; None where it was not compared.
    unit : str
        Of ``value``.
    difference_unit : str
        ``change of ln albedo`` or ``change of rank, in standard deviations``.
    """

    value: NDArray[np.float32]
    difference: NDArray[np.float32] | None
    z: NDArray[np.float32] | None
    unit: str
    difference_unit: str


Draw = Callable[[Path, str, EpochMap], None]
"""Draws an epoch's map into a folder, under a name that no other map has."""


@dataclass(frozen=True, slots=True)
class EpochReach:
    """What one comparison would have shown.

    Parameters
    ----------
    observation_id, channel : str
        The newer epoch.
    relative : bool
        Whether ranks were compared.
    resolution_km : float
        Resolution of the comparison.
    since_utc, seen_utc : datetime
        Middle of the latest predecessor and of the epoch.
    read : callable
        Reads how plainly, all over Io: a run has more comparisons than memory should hold.
    """

    observation_id: str
    channel: str
    relative: bool
    resolution_km: float
    since_utc: datetime
    seen_utc: datetime
    read: Callable[[], CoarseMaps]

    @property
    def maps(self) -> CoarseMaps:
        """How plainly, all over Io; read anew each time, so ask once."""
        return self.read()


@dataclass(frozen=True, slots=True)
class Completeness:
    """What all comparisons of a run would have shown.

    Parameters
    ----------
    epochs : tuple of EpochReach
        One per comparison, by channel and time.
    curves : Curves
        With which probability what is that plain is found.
    record : mapping of str to plain values
        For ``run.json``: the check by injections, and rates.
    """

    epochs: tuple[EpochReach, ...]
    curves: Curves
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunOutput:
    """All that is published of a run.

    Parameters
    ----------
    run_id : str
        First 12 hexadecimal digits of the run's sha256.
    config : Config
        The configuration.
    manifest : ManifestSummary
        The inputs.
    channels : tuple of ChannelSummary
        The channels with layers, in the order in which they are shown.
    tracked : Tracked
        Events and detections with footprints by event id.
    looks, segments, hotspots, light_curves : DataFrame
        Further tables; may be empty.
    layers : callable of (channel, sheet name)
        The layers of a channel on a sheet.
    cutout : callable of (event id, half width in km)
        The view of an event; None where there is none to show.
    compared : callable of (channel, sheet name)
        Where at least one epoch of a channel could be compared with its predecessors: a mask of the sheet's shape.
    null_statistics : mapping of str to plain values
        What was measured on the null: see :func:`iovolc.publish.page_sure.null_table` for what the page reads.
    refused : tuple of Finding
        Inputs that were refused, and why.
    state : {'ok', 'degraded', 'failed'}
        How the run ended.
    package_versions, algorithm_versions : mapping of str to str
        By package and by stage.
    credits : tuple of str
        Whom to thank beside the inputs' own credits.
    notes : tuple of str
        What a reader must know first, for example ``the changes in this run are replayed``.
    jupitershine : tuple of mapping
        Of each observation with places that Jupiter alone lights: how dark they are and how far they are brightened.
    truth : DataFrame or None
        What was really there, row by row beside what was found (:mod:`iovolc.publish.page_truth`).
    backdrop : Backdrop or None
        Behind the events on the overview map.
    timings : mapping of str to float
        Seconds by stage; outside the run's identity.
    completeness : Completeness or None
        What all comparisons would have shown; None where nothing was compared.
    epoch_map : callable of (observation id, least pixels per degree), or None
        The map of an epoch for the page, as coarse as allowed; None if epochs have none.
    kept_drawing : callable of (observation id, least pixels per degree, draw), or None
        The folder in which ``draw(folder, name, map)`` has drawn an epoch's map, now or in an earlier run; None draws
        all maps anew.
    """

    run_id: str
    config: Config
    manifest: ManifestSummary
    channels: tuple[ChannelSummary, ...]
    tracked: Tracked
    looks: pd.DataFrame
    segments: pd.DataFrame
    hotspots: pd.DataFrame
    light_curves: pd.DataFrame
    layers: Callable[[str, SheetName], ChannelLayers]
    cutout: Callable[[str, float], Cutout | None]
    compared: Callable[[str, SheetName], NDArray[np.bool_]]
    null_statistics: Mapping[str, Any]
    refused: tuple[Finding, ...]
    state: State
    package_versions: Mapping[str, str]
    algorithm_versions: Mapping[str, str]
    credits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    jupitershine: tuple[Mapping[str, Any], ...] = ()
    truth: pd.DataFrame | None = None
    backdrop: Backdrop | None = None
    timings: Mapping[str, float] = field(default_factory=dict[str, float])
    completeness: Completeness | None = None
    epoch_map: Callable[[str, int], EpochMap] | None = None
    kept_drawing: Callable[[str, int, Draw], Path] | None = None

    @property
    def grid(self) -> Grid:
        """The grid of the run."""
        return Grid.at(self.config.grid.pixels_per_degree)
