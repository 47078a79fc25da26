"""A view of the whole disc whose centre or size in the image may still be unknown. Frozen.

Not a placement: that is :class:`iovolc.model.observation.Disc`, which a fit of the limb makes of it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscView:
    """From where Io is seen, and what is known of its disc in the image.

    Parameters
    ----------
    sub_observer_lat, sub_observer_lon_e : float
        Planetocentric degrees.
    north_angle_deg : float
        Direction of Io's north, anticlockwise from image up.
    range_km : float
        Distance of the observer from Io's centre.
    sub_solar_lat, sub_solar_lon_e : float or None
        Planetocentric degrees; None is a Sun behind the observer.
    centre_x, centre_y : float or None
        Column and row of the disc's centre, the first pixel's centre being (0.5, 0.5); both or none.
    radius_px : float or None
        Radius of the limb of the mean sphere.
    """

    sub_observer_lat: float
    sub_observer_lon_e: float
    north_angle_deg: float
    range_km: float
    sub_solar_lat: float | None = None
    sub_solar_lon_e: float | None = None
    centre_x: float | None = None
    centre_y: float | None = None
    radius_px: float | None = None
