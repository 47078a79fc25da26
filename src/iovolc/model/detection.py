"""What detection hands to tracking and publishing: footprints, looks and the tables that go with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.model.frames import empty
from iovolc.model.grid import SheetName
from iovolc.model.tables import SEGMENTS, Column, Table

LookState = Literal["without", "with", "inadequate"]
LOOK_STATES: Final[tuple[LookState, ...]] = ("without", "with", "inadequate")

LOOKS: Final = Table(
    "looks",
    "How each earlier epoch of the channel saw the place of a detection",
    (
        Column("detection_id", "text", "The detection"),
        Column("observation_id", "text", "An earlier epoch of the same channel that covers the place at least in part"),
        Column("state", "text", "Whether it shows the place without or with the change", values=LOOK_STATES),
        Column("valid_fraction", "number", "Share of the footprint with usable pixels"),
        Column("contrast", "number", "Mean difference from this epoch; on calibrated maps, less the ground around"),
        Column("contrast_sigma", "number", "One-sigma uncertainty of the contrast"),
    ),
    ("detection_id", "observation_id"),
)


FORCED: Final = Table(
    "forced",
    "What other comparisons of its visit, and of later ones, show over the footprint of a detection",
    (
        Column("detection_id", "text", "The detection"),
        Column("observation_id", "text", "The epoch: of the same visit in another channel, or of a later visit"),
        Column("channel", "text", "Its channel"),
        Column(
            "contrast", "number", "Mean difference over the footprint, less that of the ground around", decimals=None
        ),
        Column(
            "contrast_sigma", "number", "One-sigma uncertainty of the contrast, from the ground around", decimals=None
        ),
        Column("colour", "boolean", "Whether it tells the change's colour: same visit, all before it without it"),
    ),
    ("detection_id", "observation_id"),
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """The pixels of a change, by sheet.

    A pixel equatorward of 60 degrees belongs to ``equator``, one poleward of it to a polar sheet, so that each place
    is counted once.

    Parameters
    ----------
    pixels : tuple of (sheet name, ndarray of int32)
        Flat row-major indices in the sheet's shape, ascending; sheets in the grid's order, no empty ones.
    """

    pixels: tuple[tuple[SheetName, NDArray[np.int32]], ...]

    @property
    def largest(self) -> tuple[SheetName, NDArray[np.int32]]:
        """The sheet that shows most of it, and its pixels there."""
        return max(self.pixels, key=lambda item: len(item[1]))


@dataclass(frozen=True, slots=True)
class EpochInfo:
    """What tracking must know of an epoch.

    Parameters
    ----------
    observation_id, channel, mission, instrument : str
        Identity.
    start_utc, stop_utc : datetime
        Span of the observation or mosaic, timezone-aware.
    """

    observation_id: str
    channel: str
    mission: str
    instrument: str
    start_utc: datetime
    stop_utc: datetime


@dataclass(frozen=True, slots=True)
class Feature:
    """A named feature of Io: its name and place (planetocentric degrees) and diameter."""

    name: str
    lat: float
    lon_e: float
    diameter_km: float


@dataclass(frozen=True, slots=True)
class Detected:
    """The changes of any number of epochs.

    Parameters
    ----------
    detections : DataFrame
        Schema :data:`iovolc.model.tables.DETECTIONS`; ``event_id`` is null until tracked.
    looks : DataFrame
        Schema :data:`LOOKS`.
    footprints : mapping of str to Footprint
        By detection id.
    forced : DataFrame
        Schema :data:`FORCED`; empty where nothing was measured again.
    """

    detections: pd.DataFrame
    looks: pd.DataFrame
    footprints: Mapping[str, Footprint]
    forced: pd.DataFrame = field(default_factory=lambda: empty(FORCED))


@dataclass(frozen=True, slots=True)
class Tracked:
    """Detections joined to events.

    Parameters
    ----------
    events : DataFrame
        Schema :data:`iovolc.model.tables.EVENTS` with the channels of the run; ``run_id`` is filled on publishing.
    detections : DataFrame
        With ``event_id`` filled.
    footprints : mapping of str to Footprint
        By event id: the union over its detections.
    segments : DataFrame
        Schema :data:`iovolc.model.tables.SEGMENTS`, with ``event_id`` filled where a segment is an event's step.
    """

    events: pd.DataFrame
    detections: pd.DataFrame
    footprints: Mapping[str, Footprint]
    segments: pd.DataFrame = field(default_factory=lambda: empty(SEGMENTS))


@dataclass(frozen=True, slots=True)
class Segmented:
    """Steps in the history of places, found from all epochs.

    Parameters
    ----------
    segments : DataFrame
        Schema :data:`iovolc.model.tables.SEGMENTS`; ``event_id`` is null until tracked.
    footprints : mapping of str to Footprint
        By segment id; the two steps of a transient share theirs.
    """

    segments: pd.DataFrame
    footprints: Mapping[str, Footprint]
