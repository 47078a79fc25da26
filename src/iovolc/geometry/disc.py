"""From a fitted limb to the placement of a disc's pixels.

Not for fitting (:mod:`iovolc.geometry.limb`).
"""

from dataclasses import replace

from iovolc.geometry.limbfit import LimbFit
from iovolc.geometry.outline import limb_km
from iovolc.model.discview import DiscView
from iovolc.model.observation import Disc


def place_disc(view: DiscView, *, centre_x: float, centre_y: float, radius_px: float) -> Disc:
    """The placement of a disc; its pixel scale follows from the mean sphere's limb as seen from the distance."""
    return Disc(
        sub_observer_lat=view.sub_observer_lat,
        sub_observer_lon_e=view.sub_observer_lon_e,
        north_angle_deg=view.north_angle_deg,
        centre_x=centre_x,
        centre_y=centre_y,
        km_per_px=limb_km(view.range_km) / radius_px,
        range_km=view.range_km,
    )


def placed_by_limb(view: DiscView, fit: LimbFit) -> Disc:
    """The placement that a usable fit gives, with the error of its centre.

    Raises
    ------
    ValueError
        If the fit cannot be used.
    """
    if not fit.is_usable:
        raise ValueError(fit.problem)
    disc = place_disc(view, centre_x=fit.centre_x, centre_y=fit.centre_y, radius_px=fit.radius_px)
    return replace(disc, centre_sigma_km=fit.centre_sigma_px * disc.km_per_px)
