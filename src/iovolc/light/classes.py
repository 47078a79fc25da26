"""Classes of light: which source lights a place, and whether its light is good enough for a reflectance.

Only `sun` and `jupiter` take part in statistics, each within limits of incidence and emission; near the terminator the
two mix with soft shadows, and nothing can be said there. Not for how bright the sources are
(:mod:`iovolc.light.sources`).
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.config import LightConfig
from iovolc.light.sources import Rays, Terms
from iovolc.model.flags import Flag

DARK_BELOW: Final = 1e-5
"""Of sunlight at normal incidence: a place that gets less is dark."""


class LightClass(IntEnum):
    """Source of light at a place; the names in lower case are those of the tables' column `light_class`."""

    UNKNOWN = 0
    SUN = 1
    JUPITER = 2
    MIXED = 3
    DARK = 4
    ECLIPSE = 5

    @property
    def word(self) -> str:
        """As it stands in the tables."""
        return self.name.lower()


LIT: Final = (LightClass.SUN, LightClass.JUPITER)
"""The classes that are compared."""


def light_flags(rays: Rays, terms: Terms, config: LightConfig, *, eclipsed: bool) -> NDArray[np.uint16]:
    """Bits of :class:`iovolc.model.flags.Flag` that say what lights a place, and whether it counts.

    Parameters
    ----------
    rays : Rays
        Angles at the places.
    terms : Terms
        What each source adds there.
    config : LightConfig
        Limits.
    eclipsed : bool
        Whether Io stands in Jupiter's shadow.

    Returns
    -------
    ndarray, shape (...), uint16
        None of the bits for sunlight within limits. An emission that is not known counts as within limits.
    """
    night = rays.incidence_deg >= 90.0 + config.twilight_deg
    share = terms.jupiter_share
    twilight = (rays.incidence_deg >= 90.0) & ~night
    mixed = twilight | ((share > config.mixed_share) & (share < 1.0 - config.mixed_share))
    dark = night & (terms.bracket < DARK_BELOW)
    jupiter = ~mixed & ~dark & (share >= 0.5)
    low = np.where(
        jupiter,
        rays.jupiter_incidence_deg > config.max_jupiter_incidence_deg,
        rays.incidence_deg > config.max_incidence_deg,
    )
    oblique = rays.emission_deg > np.where(jupiter, config.max_jupiter_emission_deg, config.max_emission_deg)
    flags = np.zeros(np.shape(share), np.uint16)
    if eclipsed:
        return flags | np.uint16(Flag.ECLIPSE)
    for where, flag in (
        (jupiter, Flag.JUPITER_LIT),
        (mixed, Flag.MIXED_LIGHT),
        (dark, Flag.DARK),
        (low & ~dark, Flag.TERMINATOR),
        (oblique, Flag.LIMB),
    ):
        flags[where] |= np.uint16(flag)
    return flags


def classes_of(flags: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Codes of :class:`LightClass` from the flags of an epoch whose light is known."""
    codes = np.full(flags.shape, LightClass.SUN, np.uint8)
    for flag, code in (
        (Flag.JUPITER_LIT, LightClass.JUPITER),
        (Flag.MIXED_LIGHT, LightClass.MIXED),
        (Flag.DARK, LightClass.DARK),
        (Flag.ECLIPSE, LightClass.ECLIPSE),
    ):
        codes[(flags & np.uint16(flag)) != 0] = code
    return codes
