"""Io as a body: radii, rotation, coordinate systems and a few distances, each with its source.

Not for formulas: geometry lives in :mod:`iovolc.geometry`.
"""

from typing import Final

NAME: Final = "Io"
NAIF_ID: Final = 501

RADIUS_M: Final = 1_821_490.0
"""Mean radius of the IAU_2015 sphere, in metres (PROJ database, ``IAU_2015:50100``)."""
RADIUS_KM: Final = RADIUS_M / 1000.0

TRIAXIAL_RADII_KM: Final = (1829.4, 1819.4, 1815.7)
"""Sub-Jovian, orbital and polar radius in kilometres (IAU 2009/2015 working group, NAIF PCK00010)."""

KM_PER_DEGREE: Final = 31.791
"""Length of one degree of arc on the sphere, rounded; code that needs it exactly uses the radius."""

CRS_GEOGRAPHIC: Final = "IAU_2015:50100"
CRS_EQUIRECTANGULAR: Final = "IAU_2015:50110"
CRS_NORTH: Final = "IAU_2015:50130"
CRS_SOUTH: Final = "IAU_2015:50135"

ROTATION_DEG_PER_DAY: Final = 203.4889538
"""Sidereal rotation rate (IAU 2015 report; W of NAIF PCK00010)."""

JUPITER_DISTANCE_KM: Final = 421_800.0
"""Semi-major axis of Io's orbit (JPL satellite elements)."""
