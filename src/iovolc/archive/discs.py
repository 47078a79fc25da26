"""A disc's view becomes a placement: from what is known of it, and from the limb in the pixels.

Not for the fit itself (:mod:`iovolc.geometry.limb`).
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import place_disc, placed_by_limb
from iovolc.model.discview import DiscView
from iovolc.model.observation import Disc, Placement

VIEW: Final = ("sub_observer_lat", "sub_observer_lon_e", "range_km", "north_angle_deg")
SUN: Final = ("sub_solar_lat", "sub_solar_lon_e")
LIMB: Final = ("disc_x", "disc_y", "disc_radius_px")
LIMB_FIT: Final = "limb fit"
SUN_BEHIND_KM: Final = 3e8
"""From beyond 2 au, as from Earth, Io's phase angle stays below 12 degrees."""


def view_of(values: Mapping[str, Any], origin: Origin) -> DiscView:
    """The view of a disc from fields that all sources together have filled.

    The centre and the radius may be blank, to be found from the limb. A limb can only be found if it is known where the
    Sun stands, except for an observer so far away that he sees the day side anyway.

    Parameters
    ----------
    values : mapping
        Those of :data:`VIEW`, :data:`SUN` and :data:`LIMB` that are known.
    origin : Origin
        For the message.

    Raises
    ------
    AmbiguousGeometry
        E205 if the view is not known.
    """
    needed = VIEW
    if any(name not in values for name in LIMB) and values.get("range_km", SUN_BEHIND_KM) < SUN_BEHIND_KM:
        needed += SUN
    missing = [name.replace("lon_e", "lon_w") for name in needed if name not in values]
    if missing:
        detail = f"blank: {', '.join(missing)}; neither label nor descriptor, kernels or ephemeris give it"
        raise AmbiguousGeometry([origin.finding("E205", detail, missing[0])])
    return DiscView(
        sub_observer_lat=values["sub_observer_lat"],
        sub_observer_lon_e=values["sub_observer_lon_e"],
        north_angle_deg=values["north_angle_deg"],
        range_km=values["range_km"],
        sub_solar_lat=values.get("sub_solar_lat"),
        sub_solar_lon_e=values.get("sub_solar_lon_e"),
        centre_x=values.get("disc_x"),
        centre_y=values.get("disc_y"),
        radius_px=values.get("disc_radius_px"),
    )


def known_disc(view: DiscView) -> Disc | None:
    """The placement, if the view gives centre and radius; else None."""
    if view.centre_x is None or view.centre_y is None or view.radius_px is None:
        return None
    return place_disc(view, centre_x=view.centre_x, centre_y=view.centre_y, radius_px=view.radius_px)


def finish_disc(view: DiscView, pixels: NDArray[np.float32], origin: Origin) -> Disc:
    """The placement of a disc whose centre or radius is left to the limb.

    Parameters
    ----------
    view : DiscView
        Of :func:`view_of`.
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    origin : Origin
        For the message.

    Raises
    ------
    AmbiguousGeometry
        E206 if the limb cannot be fitted.
    """
    # The optimiser takes a third of a second to load, and few images need it.
    from iovolc.geometry.limb import fit_limb  # noqa: PLC0415

    fit = fit_limb(pixels, view)
    if not fit.is_usable:
        raise AmbiguousGeometry([origin.finding("E206", fit.problem, "disc_x")])
    return placed_by_limb(view, fit)


def limb_sigma_km(placement: Placement, values: Mapping[str, Any]) -> float | None:
    """The position error of a fitted disc that its instrument's usual error would hide; None if it would not.

    Parameters
    ----------
    placement : Placement
        Of the image.
    values : mapping
        With ``registration_sigma_km`` where the instrument has a usual one.
    """
    if not isinstance(placement, Disc) or placement.centre_sigma_km <= values.get("registration_sigma_km", 0.0):
        return None
    return placement.centre_sigma_km
