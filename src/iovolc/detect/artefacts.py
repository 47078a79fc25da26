"""How much a change looks like what light, seams and blur do to maps.

None of these measures decides significance: they flag changes and order them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from iovolc.detect.cutout import Cutout
from iovolc.detect.lightplace import PlaceLight
from iovolc.detect.marks import along_edge, flat, smeared, tracks
from iovolc.detect.rivals import blurred, displaced, retoned
from iovolc.detect.straight import straight_edge
from iovolc.light.resolution import blur_px, relative_blur_px
from iovolc.robust import MAD_TO_SIGMA

Values = NDArray[np.float64]

LOBE = 0.25
"""A lobe is where the difference exceeds this part of the change's contrast, with the opposite sign."""
_BESIDE = 1.6
"""An opposite lobe lies within this many radii of the footprint."""
_RIM = 0.75
"""Edges are compared out to this many radii from the footprint."""
_EDGE_CELLS = 1.0
_LEAST_CELLS = 8
_FULL_SOFTENING_PX = 1.4
"""Relative blur from which a feature's loss of contrast is all put down to blur (measured on the real maps)."""


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Measures of what may have made a change without any change of the surface; 0 means no sign of it.

    Parameters
    ----------
    relief : float
        Share of the change that the lit and shaded flanks of one map explain (:func:`relief`).
    relit : float
        How far the two maps have their slopes in the same places but in other directions (:func:`relit`).
    seam : float
        Share of a straight line across the surroundings along which the difference steps the same way.
    clutter : float
        Scatter of the difference around the footprint, as a share of the change.
    disagreement : float
        Half of one minus the correlation of the two maps around the footprint.
    streaks : float
        How far the steepest slopes of either map around here share one direction (coherence of the structure tensor).
    clipped : float
        Share of the footprint at the ends of either map's scale of tones.
    blur : float
        Relative blur of the two maps over the footprint's radius.
    softened : float
        Share of the contrast that the blurrier map shows too, in the same place.
    noise : float
        Excess of the noisier map's fine-scale power over that of sharp terrain.
    displacement : float
        Registration sigma over the footprint's radius.
    foreshortening : float
        By how much the view is stretched here: 1 over the cosine of the emission angle, less 1.
    shadow : float
        How well two lobes lie along a light that has moved (:func:`iovolc.detect.lightflags.shadow_alignment`).
    displaced, blurred, retoned : float
        Share of the difference that one map displaced, blurred or toned otherwise explains (:mod:`.rivals`).
    tracks, flat, smeared, along_edge : float
        Marks of cameras and mosaics (:mod:`.marks`).
    blocks : float
        How clearly either map falls into the blocks of a strong compression (:func:`iovolc.detect.marks.blocks`).
    """

    relief: float = 0.0
    relit: float = 0.0
    seam: float = 0.0
    clutter: float = 0.0
    disagreement: float = 0.0
    streaks: float = 0.0
    clipped: float = 0.0
    blur: float = 0.0
    softened: float = 0.0
    noise: float = 0.0
    displacement: float = 0.0
    foreshortening: float = 0.0
    shadow: float = 0.0
    displaced: float = 0.0
    blurred: float = 0.0
    retoned: float = 0.0
    tracks: float = 0.0
    flat: float = 0.0
    smeared: float = 0.0
    along_edge: float = 0.0
    blocks: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a change besides its surroundings.

    Parameters
    ----------
    sharpness : tuple of float
        Fine-scale power of the newer and the older map over that of sharp terrain; nan where unknown.
    clipped : float
        Share of the footprint at the ends of either map's scale of tones.
    registration_px : float
        Registration sigma in pixels.
    foreshortening : float
        1 over the cosine of the emission angle, less 1.
    lights : tuple of PlaceLight
        Of the newer epoch, of the best predecessor that shows the place, and of the others.
    blocks : float
        How clearly either map falls into blocks here.
    stretched : bool
        Whether the maps are stretched pictures, whose tones may be clipped.
    blur_px : float
        Sigma by which one map may be duller than it is taken to be.
    optics_px : tuple of float
        Least full width at half maximum of a point in the newer map and in the baseline; 0 where unknown.
    """

    sharpness: tuple[float, float]
    clipped: float
    registration_px: float
    foreshortening: float
    lights: tuple[PlaceLight, ...] = ()
    blocks: float = 0.0
    stretched: bool = False
    blur_px: float = math.inf
    optics_px: tuple[float, float] = (0.0, 0.0)


def artefacts(cutout: Cutout, contrast: float, setting: Setting) -> Artefacts:
    """Measure a change of this mean contrast."""
    around = cutout.around
    quiet = around & ~cutout.others
    radius_px = cutout.radius_px * cutout.step
    blurrier = blur_px(setting.sharpness[0]) - blur_px(setting.sharpness[1])
    relative = relative_blur_px(*setting.sharpness)
    seen = quiet.sum() >= _LEAST_CELLS and contrast != 0.0
    return Artefacts(
        relief=relief(cutout, contrast) if seen else 0.0,
        relit=relit(cutout),
        seam=straight_edge(cutout.difference, cutout.inside, contrast) if seen else 0.0,
        clutter=MAD_TO_SIGMA * float(np.median(np.abs(cutout.difference[quiet]))) / abs(contrast) if seen else 0.0,
        disagreement=0.5 - 0.5 * _correlation(cutout.newer[quiet], cutout.older[quiet]) if seen else 0.5,
        streaks=max(streaks(plane, cutout) for plane in (cutout.newer, cutout.older)),
        clipped=setting.clipped,
        blur=relative / radius_px,
        softened=_softened(cutout, contrast, quiet, blurrier) * min(1.0, relative / _FULL_SOFTENING_PX)
        if seen
        else 0.0,
        noise=max(0.0, *(value - 1.0 for value in setting.sharpness if math.isfinite(value)), 0.0),
        displacement=setting.registration_px / radius_px,
        foreshortening=setting.foreshortening,
        displaced=displaced(cutout) if seen else 0.0,
        blurred=blurred(cutout, setting.blur_px) if seen else 0.0,
        retoned=retoned(cutout) if seen else 0.0,
        tracks=tracks(cutout, contrast, setting.optics_px[0 if contrast > 0.0 else 1]),
        flat=flat(cutout) if setting.stretched else 0.0,
        smeared=smeared(cutout),
        along_edge=along_edge(cutout, contrast),
        blocks=setting.blocks,
    )


def relief(cutout: Cutout, contrast: float) -> float:
    """Share of a change that lit and shaded flanks explain, of one map or of both where each is lit from another side.

    Parameters
    ----------
    cutout : Cutout
        The surroundings.
    contrast : float
        Mean difference over the footprint.

    Returns
    -------
    float
        0 where no opposite lobe lies beside the change, where it lies all around it (a ring), or where the two lobes
        come from different maps (a deposit that moved); up to 1 where one map alone shows both.
    """
    sign = math.copysign(1.0, contrast)
    own = cutout.inside & np.isfinite(cutout.difference)
    lobe = cutout.around & (-sign * cutout.difference > LOBE * abs(contrast)) & (cutout.distance <= _BESIDE)
    rest = cutout.around & ~lobe & ~cutout.others
    if not lobe.any() or not own.any() or rest.sum() < _LEAST_CELLS:
        return 0.0
    shared = 0.0
    for plane, side in ((cutout.newer, sign), (cutout.older, -sign)):
        stands_out = plane - float(np.median(plane[rest]))
        mine = _made_by(side * stands_out[own], cutout.difference[own])
        theirs = _made_by(-side * stands_out[lobe], cutout.difference[lobe])
        shared += min(mine, theirs)
    mass = abs(contrast) * float(own.sum())
    return min(shared / mass, 1.0) * _sidedness(own, lobe, cutout.east)


def _made_by(stands_out: Values, difference: Values) -> float:
    """Sum of the difference that this map makes, where it makes a good part of it."""
    size = np.abs(difference)
    return float(np.minimum(stands_out, size)[stands_out >= LOBE * size].sum())


def _sidedness(own: NDArray[np.bool_], lobe: NDArray[np.bool_], east: Values) -> float:
    """Length of the mean unit vector from the footprint's centre to the lobe: 1 on one side, 0 all around."""
    south = np.broadcast_to(np.arange(own.shape[0], dtype=np.float64)[:, None], own.shape)
    dx, dy = east[lobe] - east[own].mean(), south[lobe] - south[own].mean()
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    return float(np.hypot((dx / length).mean(), (dy / length).mean()))


def relit(cutout: Cutout) -> float:
    """Correlation of the steepness of the two maps at the footprint, less that of their slopes with direction.

    Terrain under another light keeps its edges in place but lights other sides of them; a new deposit has edges of
    its own. 0 for edges of their own and for edges that stay as they were, 1 for edges that stay and turn round.
    """
    known = np.isfinite(cutout.difference)
    good = known & (cutout.distance <= _RIM)
    if good.sum() < _LEAST_CELLS:
        return 0.0
    squeeze = cutout.east[0, 1] - cutout.east[0, 0]
    slopes: list[Values] = []
    for plane in (cutout.newer, cutout.older):
        down, right = np.gradient(gaussian_filter(np.where(known, plane, float(plane[known].mean())), _EDGE_CELLS))
        slopes.append(np.stack([down[good], right[good] / squeeze]))
    steep = [np.hypot(*slope) for slope in slopes]
    power = math.sqrt(float((steep[0] ** 2).sum()) * float((steep[1] ** 2).sum()))
    along = float((slopes[0] * slopes[1]).sum()) / power if power > 0 else 0.0
    return min(max(_correlation(steep[0], steep[1]) - along, 0.0), 1.0)


def streaks(plane: Values, cutout: Cutout) -> float:
    """Coherence of the structure tensor within the change's own size: 0.6 means twice as steep across as along."""
    known = np.isfinite(plane)
    down, right = np.gradient(np.where(known, plane, 0.0))
    right = right / (cutout.east[0, 1] - cutout.east[0, 0])
    good = np.zeros_like(known)
    good[1:-1, 1:-1] = known[1:-1, :-2] & known[1:-1, 2:] & known[:-2, 1:-1] & known[2:, 1:-1] & known[1:-1, 1:-1]
    good &= cutout.near
    rr, dd, rd = (float(product[good].sum()) for product in (right * right, down * down, right * down))
    return math.hypot(rr - dd, 2.0 * rd) / (rr + dd) if rr + dd > 0 else 0.0


def _softened(cutout: Cutout, contrast: float, quiet: NDArray[np.bool_], blurrier: float) -> float:
    """Contrast of the feature in the blurrier map over that in the sharper one, if both show it and that one less."""
    sign = math.copysign(1.0, contrast)
    own = cutout.inside & np.isfinite(cutout.difference)
    newer, older = (
        side * (float(plane[own].mean()) - float(np.median(plane[quiet])))
        for plane, side in ((cutout.newer, sign), (cutout.older, sign))
    )
    strong, weak = (newer, older) if blurrier < 0 else (-older, -newer)
    return min(max(weak / strong, 0.0), 1.0) if strong > abs(weak) else 0.0


def _correlation(first: Values, second: Values) -> float:
    a, b = first - first.mean(), second - second.mean()
    spread = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return float((a * b).sum()) / spread if spread > 0 else 0.0
