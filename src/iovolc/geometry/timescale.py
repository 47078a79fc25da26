"""From UTC to the uniform time that orbits and rotations run on.

Not for parsing times (:mod:`iovolc.model.observation`).
"""

from datetime import UTC, datetime
from typing import Final

import erfa
import numpy as np

J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
SECONDS_PER_DAY: Final = 86_400.0
_TT_MINUS_TAI_S: Final = 32.184
_LEAPS: Final = erfa.leap_seconds.get()
_LEAP_MONTHS: Final = np.array([12 * int(row["year"]) + int(row["month"]) - 1 for row in _LEAPS])
_TAI_MINUS_UTC_S: Final = np.array([float(row["tai_utc"]) for row in _LEAPS])


def tdb_days(time_utc: datetime) -> float:
    """Days of TDB since J2000 (2000-01-01 12:00 TDB).

    Terrestrial Time stands for TDB: they differ by less than 2 ms, in which Io turns 5e-6 degrees. Leap seconds are
    those of ERFA's table. Before 1972 UTC had no whole leap seconds; the result may then be off by up to a second
    (0.002 degrees).

    Parameters
    ----------
    time_utc : datetime
        Timezone-aware.

    Raises
    ------
    ValueError
        If the time has no zone.
    """
    if time_utc.tzinfo is None:
        raise ValueError(f"the time {time_utc} has no zone; give UTC")
    utc = time_utc.astimezone(UTC)
    last = int(np.searchsorted(_LEAP_MONTHS, 12 * utc.year + utc.month - 1, side="right")) - 1
    ahead_s = float(_TAI_MINUS_UTC_S[max(last, 0)]) + _TT_MINUS_TAI_S
    return ((utc - J2000).total_seconds() + ahead_s) / SECONDS_PER_DAY
