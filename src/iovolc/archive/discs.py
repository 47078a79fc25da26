"""A catalogue's view of a disc becomes a placement: as given, or from the limb in the pixels.

Not for the fit itself (:mod:`iovolc.geometry.limb`).
"""

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.origin import Origin
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.disc import place_disc, placed_by_limb
from iovolc.model.discview import DiscView
from iovolc.model.observation import Disc


def known_disc(view: DiscView) -> Disc | None:
    """The placement, if the view gives centre and radius; else None."""
    if view.centre_x is None or view.centre_y is None or view.radius_px is None:
        return None
    return place_disc(view, centre_x=view.centre_x, centre_y=view.centre_y, radius_px=view.radius_px)


def finish_disc(view: DiscView, pixels: NDArray[np.float32], origin: Origin) -> Disc:
    """The placement of a disc whose centre or radius may have been left to the limb.

    Parameters
    ----------
    view : DiscView
        Of the catalogue's row or the label.
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    origin : Origin
        For the message.

    Raises
    ------
    AmbiguousGeometry
        E206 if the limb cannot be fitted.
    """
    known = known_disc(view)
    if known is not None:
        return known
    # The optimiser takes a third of a second to load, and few images need it.
    from iovolc.geometry.limb import fit_limb  # noqa: PLC0415

    fit = fit_limb(pixels, view)
    if not fit.is_usable:
        raise AmbiguousGeometry([origin.finding("E206", fit.problem, "disc_x")])
    return placed_by_limb(view, fit)
