"""The outline of Io's disc and the light along it, as a view gives them; no pixel values.

Lengths are in units of the limb of the mean sphere, directions those of the image: an angle of 0 points along the
rows to the right, 90 degrees down the columns. Not for fitting (:mod:`iovolc.geometry.limb`).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.sphere import tangent_basis, unit_vectors
from iovolc.model.discview import DiscView

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outline:
    """The limb, direction by direction from the disc's centre.

    Parameters
    ----------
    angle : ndarray, shape (direction,)
        Radians, from image right towards image down.
    reach : ndarray, shape (direction,)
        Distance of the limb in units of the mean sphere's limb.
    sun_across : ndarray, shape (direction,)
        Cosine between the direction to the Sun and the outward direction.
    sun_along : float
        Cosine of the phase angle at Io's centre.
    """

    angle: Values
    reach: Values
    sun_across: Values
    sun_along: float

    def every(self, step: int) -> "Outline":
        """Each ``step``-th direction."""
        return Outline(self.angle[::step], self.reach[::step], self.sun_across[::step], self.sun_along)

    @property
    def right(self) -> Values:
        """Column component of the outward directions."""
        return np.cos(self.angle)

    @property
    def down(self) -> Values:
        """Row component of the outward directions."""
        return np.sin(self.angle)

    @property
    def shade(self) -> Values:
        """Depth of the night at the limb: from the limb inwards to the terminator; 0 where lit, infinite without."""
        if self.sun_along <= 0.0:  # a crescent or the night side: what is lit lies along the limb
            return np.where(self.sun_across > 0.0, 0.0, np.inf)
        terminator = self.sun_along / np.hypot(self.sun_along, self.sun_across)
        return np.where(self.sun_across >= 0.0, 0.0, 1.0 - terminator)


def outline(view: DiscView, angle: Values) -> Outline:
    """The limb of the triaxial body seen from a finite distance.

    Lines of sight ``o + t d`` touch the body ``x A x = 1`` where ``(d A o)**2 = (d A d)(o A o - 1)``; in the plane
    through the centre this is a conic, solved for the distance from the centre.

    Parameters
    ----------
    view : DiscView
        From where Io is seen.
    angle : ndarray, shape (direction,)
        Radians, from image right towards image down.
    """
    across = _outward(view, angle)
    towards = unit_vectors(view.sub_observer_lat, view.sub_observer_lon_e)
    inverse = 1.0 / np.square(body.TRIAXIAL_RADII_KM)
    polar = inverse * towards * view.range_km
    size = float(polar @ towards) * view.range_km
    linear = across @ polar
    square = linear**2 - (size - 1.0) * np.sum(across * across * inverse, axis=-1)
    reach_km = (linear - np.sqrt(linear**2 - square * size)) / square
    sun = towards
    if view.sub_solar_lat is not None and view.sub_solar_lon_e is not None:
        sun = unit_vectors(view.sub_solar_lat, view.sub_solar_lon_e)
    return Outline(angle, reach_km / limb_km(view.range_km), across @ sun, float(towards @ sun))


def limb_km(range_km: float) -> float:
    """Radius of the mean sphere's limb in the plane through its centre, seen from a finite distance."""
    return body.RADIUS_KM * range_km / math.sqrt(range_km**2 - body.RADIUS_KM**2)


def _outward(view: DiscView, angle: Values) -> Values:
    """Body-fixed unit vectors of the image's directions, shape (direction, 3)."""
    east, north = tangent_basis(view.sub_observer_lat, view.sub_observer_lon_e)
    turned = angle + math.radians(view.north_angle_deg)
    return np.cos(turned)[:, None] * east - np.sin(turned)[:, None] * north
