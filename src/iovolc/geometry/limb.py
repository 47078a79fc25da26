"""Io's limb in an image, fitted to a fraction of a pixel: the disc's centre and, where it is not known, its radius.

Only limb that the Sun lights is used; the terminator is none. Each direction from the centre gives one limb point,
where its profile fits a limb-darkened edge blurred by a Gaussian; volcanoes on the limb shift a few points, which a
robust fit leaves out. Long profiles find the edge, short ones then place it: what lies beside the limb pulls the
former. Not for where the disc roughly lies (:mod:`iovolc.geometry.discsearch`), nor for placing
pixels (:mod:`iovolc.geometry.disc`).
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.geometry.discsearch import search_disc
from iovolc.geometry.limbfit import LimbFit, limb_problem
from iovolc.geometry.limbpass import (
    FWHM_PER_SIGMA,
    NARROW,
    WIDE,
    DiscGuess,
    Profiles,
    Window,
    blurred,
    limb_shift,
)
from iovolc.geometry.limbpoints import CENTRE, RADIUS, Shift
from iovolc.geometry.outline import Outline, outline
from iovolc.model.discview import DiscView

Image = NDArray[np.float32]

N_DIRECTIONS: Final = 360
FIRST_SIGMA: Final = 0.04
FIRST_SIGMA_PX: Final = 0.8
MAX_PASSES: Final = 16
N_BLUR_PASSES: Final = 8
SETTLED_PX: Final = 0.01
MIN_LIT_TO_SWELL: Final = 0.6


def fit_limb(pixels: Image, view: DiscView, *, psf_fwhm_px: float | None = None) -> LimbFit:
    """Fit the limb of Io's disc.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data; brighter is more light.
    view : DiscView
        From where Io is seen. A centre or a radius that it gives is held fixed.
    psf_fwhm_px : float or None
        Blur of the image; None lets it be fitted.

    Returns
    -------
    LimbFit
        Its ``problem`` says where it cannot be used.

    Notes
    -----
    Standard errors come from the scatter of arcs of the limb, and are as large as the errors of drawn discs with Io's
    ground and volcanoes. A radius fitted to a blurred disc also hangs on the photometry and on a picture's stretch, by
    some hundredths; a centre does not.
    """
    found = search_disc(pixels, view)
    sigma_px = FIRST_SIGMA * found.radius_px if psf_fwhm_px is None else psf_fwhm_px / FWHM_PER_SIGMA
    guess = DiscGuess(
        centre_x=found.centre_x if view.centre_x is None else view.centre_x,
        centre_y=found.centre_y if view.centre_y is None else view.centre_y,
        radius_px=found.radius_px,
        sigma_px=max(sigma_px, FIRST_SIGMA_PX),
    )
    limb = outline(view, np.linspace(0.0, 2.0 * np.pi, N_DIRECTIONS, endpoint=False))
    fit_radius = view.radius_px is None
    free = () if view.centre_x is not None and view.centre_y is not None else CENTRE
    if fit_radius or not free or guess.lit(limb).mean() > MIN_LIT_TO_SWELL:
        free += (RADIUS,)
    fit_sigma = psf_fwhm_px is None
    guess, _ = _settled(pixels, limb, guess, free, WIDE, fit_sigma=fit_sigma, fit_radius=fit_radius)
    guess, shift = _settled(pixels, limb, guess, free, NARROW, fit_sigma=fit_sigma, fit_radius=fit_radius)
    fit = LimbFit(
        centre_x=guess.centre_x,
        centre_y=guess.centre_y,
        radius_px=guess.radius_px,
        centre_sigma_px=max(shift.sigma[:RADIUS]),
        radius_sigma_px=shift.sigma[RADIUS] if fit_radius else 0.0,
        psf_fwhm_px=FWHM_PER_SIGMA * guess.sigma_px,
        n_points=int(shift.used.sum()),
        rms_px=shift.rms,
        swell_px=guess.swell_px,
        problem="",
    )
    other = found if fit_radius else search_disc(pixels, replace(view, radius_px=None))
    n_lit = int(guess.lit(limb).sum())
    return replace(fit, problem=limb_problem(fit, given=view, other=other, score=found.score, n_lit=n_lit))


def _settled(
    pixels: Image,
    limb: Outline,
    guess: DiscGuess,
    free: tuple[int, ...],
    window: Window,
    *,
    fit_sigma: bool,
    fit_radius: bool,
) -> tuple[DiscGuess, Shift]:
    """The disc moved until it lies on its limb points, its blur being found anew in the first passes."""
    profiles = Profiles.of(pixels, limb, guess, window=window)
    shift = limb_shift(profiles, guess, free=free)
    for step in range(MAX_PASSES):
        if fit_sigma and step < N_BLUR_PASSES:
            guess = blurred(profiles, guess)
        shift = limb_shift(profiles, guess, free=free)
        moved = guess.moved(shift, fit_radius=fit_radius)
        if moved.radius_px < 0.5 * guess.radius_px:
            break
        guess, profiles = moved, Profiles.of(pixels, limb, moved, window=window)
        if step >= N_BLUR_PASSES and max(map(abs, (shift.right, shift.down, shift.outward))) < SETTLED_PX:
            break
    return guess, shift
