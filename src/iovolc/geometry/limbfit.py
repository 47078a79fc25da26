"""The result of a limb fit, and whether it may be used.

Not for the fit (:mod:`iovolc.geometry.limb`).
"""

from dataclasses import dataclass
from typing import Final

from iovolc.geometry.discsearch import Candidate
from iovolc.model.discview import DiscView

MIN_POINTS: Final = 40
MIN_LIT_USED: Final = 0.3
MAX_RMS: Final = 0.04
MAX_CENTRE_SIGMA: Final = 0.02
MAX_RADIUS_SIGMA: Final = 0.03
MAX_SWELL: Final = 0.06
OTHER_RADIUS: Final = 0.12
OTHER_SCORE: Final = 1.1
ROUNDING_PX: Final = 0.3


@dataclass(frozen=True, slots=True)
class LimbFit:
    """Where the limb lies.

    Parameters
    ----------
    centre_x, centre_y : float
        Column and row of the projection of Io's centre; the centre of the first pixel is (0.5, 0.5).
    radius_px : float
        Radius of the limb of the mean sphere, as the catalogue's ``disc_radius_px``.
    centre_sigma_px, radius_sigma_px : float
        Standard errors: the larger of the centre's two; 0 for what was given.
    psf_fwhm_px : float
        Width of the blur, full width at half maximum.
    n_points : int
        Limb points used, at most 360.
    rms_px : float
        Scatter of the points used about the limb.
    swell_px : float
        How far outside a limb of given radius the edge is seen; 0 where the radius is fitted.
    problem : str
        Why the fit cannot be used; empty if it can.
    """

    centre_x: float
    centre_y: float
    radius_px: float
    centre_sigma_px: float
    radius_sigma_px: float
    psf_fwhm_px: float
    n_points: int
    rms_px: float
    swell_px: float
    problem: str

    @property
    def is_usable(self) -> bool:
        """Whether the disc may be placed by this fit."""
        return not self.problem


def limb_problem(fit: LimbFit, *, given: DiscView, other: Candidate, score: float, n_lit: int) -> str:
    """Why a fit cannot be used; empty if it can.

    Parameters
    ----------
    fit : LimbFit
        The fit; its own ``problem`` is passed over.
    given : DiscView
        What was known before.
    other : Candidate
        The disc that the image supports best, whatever radius was given.
    score : float
        Support of the disc from which the fit was begun.
    n_lit : int
        Directions with a lit limb.
    """
    if given.radius_px is not None:
        differs = abs(other.radius_px / given.radius_px - 1.0) > OTHER_RADIUS
        if differs and other.score > OTHER_SCORE * score:
            return f"the limb has a radius of about {other.radius_px:.0f} px, not the {given.radius_px:.1f} px given"
    if fit.n_points < max(MIN_POINTS, MIN_LIT_USED * n_lit):
        return f"only {fit.n_points} of {n_lit} directions with a lit limb show it"
    if given.radius_px is not None and abs(fit.swell_px) > MAX_SWELL * given.radius_px + ROUNDING_PX:
        seen_px = given.radius_px + fit.swell_px
        return f"the limb has a radius of {seen_px:.1f} px, not the {given.radius_px:.1f} px given"
    return _scatter(fit)


def _scatter(fit: LimbFit) -> str:
    """Whether the points determine the disc."""
    if fit.rms_px > MAX_RMS * fit.radius_px + ROUNDING_PX:
        return f"the limb points scatter by {fit.rms_px:.1f} px about a disc of {fit.radius_px:.1f} px"
    if fit.centre_sigma_px > MAX_CENTRE_SIGMA * fit.radius_px + ROUNDING_PX:
        return f"the lit limb leaves the centre open by {fit.centre_sigma_px:.1f} px"
    if fit.radius_sigma_px > MAX_RADIUS_SIGMA * fit.radius_px + ROUNDING_PX:
        return f"the lit limb leaves the radius open by {fit.radius_sigma_px:.1f} px"
    return ""
