"""Io in Jupiter's shadow, and just out of it.

In an eclipse no sunlight is reflected: such images are class ``eclipse`` and take no part in albedo. In the half hour
after it Io was seen brighter than before, by up to 25 % in the near infrared and by less than 5 % below 0.88 um
(Bellucci et al. 2004, Icarus 172, 141).

Not for where the shadow is: that is :func:`iovolc.geometry.sky.eclipse_state`.
"""

from typing import Final, Literal

from iovolc import body
from iovolc.geometry.sky import Eclipse, Sky, eclipse_state
from iovolc.geometry.sphere import unit_vectors

EclipsePhase = Literal["sunlit", "penumbra", "umbra", "post_eclipse"]

POST_ECLIPSE_MINUTES: Final = 30.0
MEAN_SUN_DISTANCE_AU: Final = 5.2
"""Of Jupiter; the shadow's edge moves by 0.006 degrees over the whole range of distances."""
JUPITER_YEAR_DAYS: Final = 4332.59
"""Sidereal period of Jupiter (NASA fact sheet)."""
SYNODIC_DEG_PER_DAY: Final = body.ROTATION_DEG_PER_DAY - 360.0 / JUPITER_YEAR_DAYS
"""How fast the sub-solar point moves west: once around in 42.48 hours."""


def eclipse_phase(sky: Sky) -> EclipsePhase | None:
    """Where Io's centre is with respect to Jupiter's shadow; None if the sky does not tell.

    ``post_eclipse`` is sunlit, but in the shadow 30 minutes before: the Sun is then 9.8 to 14 degrees of longitude west
    of Jupiter. The disc itself takes 3.5 minutes to cross the shadow's edge.

    Parameters
    ----------
    sky : Sky
        What it lacks of distances counts as their mean.
    """
    now = sky.eclipse or _state(sky, 0.0)
    if now != "sunlit":
        return now
    return "post_eclipse" if _state(sky, POST_ECLIPSE_MINUTES) in {"penumbra", "umbra"} else "sunlit"


def _state(sky: Sky, minutes_ago: float) -> Eclipse | None:
    if sky.sub_solar_lat is None or sky.sub_solar_lon_e is None:
        return None
    if sky.sub_jovian_lat is None or sky.sub_jovian_lon_e is None:
        return None
    lon_e = sky.sub_solar_lon_e + SYNODIC_DEG_PER_DAY * minutes_ago / (24.0 * 60.0)
    sun_km = (sky.sun_distance_au or MEAN_SUN_DISTANCE_AU) * body.AU_KM
    jupiter_km = sky.jupiter_distance_km or body.JUPITER_DISTANCE_KM
    to_jupiter_km = jupiter_km * unit_vectors(sky.sub_jovian_lat, sky.sub_jovian_lon_e)
    return eclipse_state(sun_km * unit_vectors(sky.sub_solar_lat, lon_e), to_jupiter_km)
