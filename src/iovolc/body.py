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

POLE_RA_DEG: Final = (268.05, -0.009)
POLE_DEC_DEG: Final = (64.50, 0.003)
"""Right ascension and declination (ICRF) of the north pole at J2000, and their change per Julian century of TDB
(Archinal et al. 2018, Celest. Mech. Dyn. Astron. 130, 22, table 2; NAIF PCK00010)."""
PRIME_MERIDIAN_DEG: Final = 200.39
"""W at J2000 (same source)."""
J3_DEG: Final = (283.90, 4850.7)
J4_DEG: Final = (355.80, 1191.3)
"""Arguments of the periodic terms at J2000, and their change per Julian century (same source)."""
POLE_RA_TERMS_DEG: Final = (0.094, 0.024)
POLE_DEC_TERMS_DEG: Final = (0.040, 0.011)
PRIME_MERIDIAN_TERMS_DEG: Final = (-0.085, -0.022)
"""Amplitudes of sine (right ascension, W) or cosine (declination) of J3 and J4 (same source)."""

JUPITER_DISTANCE_KM: Final = 421_800.0
"""Semi-major axis of Io's orbit (JPL satellite elements)."""
JUPITER_RADII_KM: Final = (71_492.0, 66_854.0)
"""Equatorial and polar radius of Jupiter at 1 bar (Archinal et al. 2018, table 4)."""
SUN_RADIUS_KM: Final = 695_700.0
"""Nominal solar radius (IAU 2015 resolution B3)."""
AU_KM: Final = 149_597_870.7
"""Astronomical unit (IAU 2012 resolution B2)."""
LIGHT_KM_PER_S: Final = 299_792.458
"""Speed of light (exact, SI)."""
