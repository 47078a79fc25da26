"""Small SPICE kernels made by the tests: leap seconds, Io's rotation in NAIF's words, and places on straight lines."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

LEAP_SECONDS = r"""KPL/LSK
\begindata
DELTET/DELTA_T_A = 32.184
DELTET/K         = 1.657D-3
DELTET/EB        = 1.671D-2
DELTET/M         = ( 6.239996D0 1.99096871D-7 )
DELTET/DELTA_AT  = ( 36, @2015-JUL-1  37, @2017-JAN-1 )
\begintext
"""
ROTATION = r"""KPL/PCK
\begindata
BODY5_NUT_PREC_ANGLES = ( 73.32 91472.9 24.62 45137.2 283.90 4850.7 355.80 1191.3 )
BODY501_POLE_RA       = ( 268.05 -0.009 0. )
BODY501_POLE_DEC      = ( 64.50 0.003 0. )
BODY501_PM            = ( 200.39 203.4889538 0. )
BODY501_NUT_PREC_RA   = ( 0. 0. 0.094 0.024 )
BODY501_NUT_PREC_DEC  = ( 0. 0. 0.040 0.011 )
BODY501_NUT_PREC_PM   = ( 0. 0. -0.085 -0.022 )
\begintext
"""
HALF_SPAN_S = 3.0e4


@dataclass(frozen=True)
class Body:
    """Relative to the barycentre of the solar system: km and km/s in ICRF at the sample's middle."""

    naif_id: int
    place_km: np.ndarray
    velocity_km_s: np.ndarray


def write_text_kernels(folder: Path) -> list[Path]:
    leaps, rotation = folder / "leaps.tls", folder / "rotation.tpc"
    leaps.write_text(LEAP_SECONDS, encoding="ascii")
    rotation.write_text(ROTATION, encoding="ascii")
    return [leaps, rotation]


def write_places(path: Path, middle_et: float, bodies: list[Body]) -> Path:
    """An SPK of bodies that move uniformly for half a day around a moment."""
    import spiceypy

    epochs = middle_et + np.array([-HALF_SPAN_S, 0.0, HALF_SPAN_S])
    handle = spiceypy.spkopn(str(path), "sample", 0)
    for item in bodies:
        states = [
            np.concatenate((item.place_km + item.velocity_km_s * (et - middle_et), item.velocity_km_s)) for et in epochs
        ]
        spiceypy.spkw09(
            handle, item.naif_id, 0, "J2000", epochs[0], epochs[-1], "sample", 1, len(epochs), states, list(epochs)
        )
    spiceypy.spkcls(handle)
    return path
