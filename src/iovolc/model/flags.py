"""Per-pixel flags of an epoch: one bit per reason to trust a pixel less."""

from enum import IntFlag


class Flag(IntFlag):
    """Bits of the ``flags`` layer (uint16) of an epoch."""

    NO_DATA = 1 << 0
    LIMB = 1 << 1
    TERMINATOR = 1 << 2
    SHADOW = 1 << 3
    SATURATED = 1 << 4
    RADIATION_HIT = 1 << 5
    SEAM = 1 << 6
    REUSED = 1 << 7
    RELIEF = 1 << 8
    JUPITER_LIT = 1 << 9
    MIXED_LIGHT = 1 << 10
    ECLIPSE = 1 << 11
    EXTRAPOLATED = 1 << 12
    LOW_RESOLUTION = 1 << 13
    POOR_REGISTRATION = 1 << 14
    DARK = 1 << 15


UNLIT = Flag.MIXED_LIGHT | Flag.ECLIPSE | Flag.DARK | Flag.TERMINATOR | Flag.LIMB
"""Where the light is too mixed, too low or too oblique for a reflectance (:mod:`iovolc.light.classes`)."""
UNUSABLE = Flag.NO_DATA | Flag.SATURATED | Flag.RADIATION_HIT | Flag.SEAM | UNLIT
"""Pixels with one of these bits take no part in statistics."""
