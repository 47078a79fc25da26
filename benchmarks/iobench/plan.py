"""How epochs see Io: real dates, mixed sharpness, and the nuisances that a first try on real maps measured."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from iovolc.model.observation import parse_utc

DATES: Final = (
    ("Voyager 1", "ISS NAC", "1979-03-05T06:00:00Z"), ("Voyager 2", "ISS NAC", "1979-07-09T21:00:00Z"),
    ("Galileo", "SSI", "1996-06-28T03:00:00Z"), ("Galileo", "SSI", "1996-09-07T03:00:00Z"),
    ("Galileo", "SSI", "1997-04-04T06:00:00Z"), ("Galileo", "SSI", "1997-09-19T04:00:00Z"),
    ("Galileo", "SSI", "1998-05-31T06:00:00Z"), ("Galileo", "SSI", "1999-07-02T06:00:00Z"),
    ("Galileo", "SSI", "2000-12-30T12:00:00Z"), ("Cassini", "ISS NAC", "2001-01-01T05:00:00Z"),
    ("Galileo", "SSI", "2001-08-06T05:00:00Z"), ("Galileo", "SSI", "2001-10-16T01:00:00Z"),
    ("New Horizons", "LORRI", "2007-02-28T12:00:00Z"), ("Juno", "JunoCam", "2022-12-14T04:00:00Z"),
    ("Juno", "JunoCam", "2023-03-01T05:30:00Z"), ("Juno", "JunoCam", "2023-05-16T03:00:00Z"),
    ("Juno", "JunoCam", "2023-07-31T05:00:00Z"), ("Juno", "JunoCam", "2023-10-15T05:20:00Z"),
    ("Juno", "JunoCam", "2023-12-30T08:20:00Z"), ("Juno", "JunoCam", "2024-02-03T17:50:00Z"),
    ("Juno", "JunoCam", "2024-04-09T05:00:00Z"), ("Juno", "JunoCam", "2024-12-27T05:00:00Z"),
)  # fmt: skip
"""Real looks at Io (science: section 2)."""
RESOLUTION_PX: Final = (2.0, 2.5, 3.0, 4.0, 5.0)
"""Widths (FWHM) of the point spread, in pixels of the grid's equator: mixed within a scene."""


@dataclass(frozen=True, slots=True)
class EpochPlan:
    """How one epoch sees Io.

    Parameters
    ----------
    index, seed : int
        Its place in the scene and the seed of its disturbances.
    mission, instrument : str
        Who looked.
    time_utc : datetime
        When.
    resolution_km : float
        Width (FWHM) of the point spread.
    noise : float
        One sigma per pixel as a share of the signal.
    gain_sigma, surface_rms, texture_rms : float
        Spread of the bands' gains; rms in ln albedo of the light's low-order surface, and of what a light model leaves
        at 300 to 1 000 km.
    shift_km, warp_km : float
        Misregistration before registering: whole, and rms of the local warp.
    gap_share : float
        Share of the surface not seen.
    """

    index: int
    seed: int
    mission: str
    instrument: str
    time_utc: datetime
    resolution_km: float
    noise: float
    gain_sigma: float = 0.04
    surface_rms: float = 0.04
    texture_rms: float = 0.008
    shift_km: float = 8.0
    warp_km: float = 8.0
    gap_share: float = 0.4


def plan_epochs(count: int, pixel_km: float, rng: np.random.Generator) -> tuple[EpochPlan, ...]:
    """Epochs at real dates with mixed resolution and noise."""
    chosen = np.sort(rng.choice(len(DATES), size=count, replace=False))
    return tuple(
        EpochPlan(
            index=i,
            seed=int(rng.integers(2**31)),
            mission=DATES[k][0],
            instrument=DATES[k][1],
            time_utc=parse_utc(DATES[k][2]),
            resolution_km=float(rng.choice(RESOLUTION_PX)) * pixel_km,
            noise=float(rng.uniform(0.012, 0.03)),
        )
        for i, k in enumerate(chosen)
    )
