"""How an image could have been misread, and which reading the base map bears out.

The image is compared with the base map as its label puts it, mirrored, upside down and turned, each as a positive and
a negative and at every longitude. Readings are judged by the correlations of blocks of the map, paired with those of
the stated reading; how far such a statistic strays by chance is measured on readings that are certainly wrong. Not
for displacements of less than a few degrees (:mod:`iovolc.geometry.distortion`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from iovolc.geometry.blockwise import MAX_LAT, Blocks, Correlations, sigma_of_mean
from iovolc.geometry.even import Plane, lattice
from iovolc.geometry.lags import NEAR_DEG, by_orientation

SIGMAS: Final = 5.0
"""A reading is decided at five sigma, after allowing for the number of readings that were tried."""
NULL_STEP_DEG: Final = 45

ORIENTATIONS: Final = ((False, False), (True, False), (False, True), (True, True))


@dataclass(frozen=True, slots=True)
class Variant:
    """A reading: what is stated as (lat, lon) lies at (+-lat + north_deg, +-lon + east_deg).

    Parameters
    ----------
    mirrored, upside_down : bool
        Whether the sign of the longitude, of the latitude, is the other one.
    negative : bool
        Whether bright and dark are exchanged.
    east_deg, north_deg : float
        Whole degrees.
    """

    mirrored: bool = False
    upside_down: bool = False
    negative: bool = False
    east_deg: float = 0.0
    north_deg: float = 0.0

    @property
    def name(self) -> str:
        """In words."""
        parts = [word for word, is_so in (
            ("rotated by 180 degrees", self.mirrored and self.upside_down),
            ("mirrored east-west", self.mirrored and not self.upside_down),
            ("upside down", self.upside_down and not self.mirrored),
            (f"moved {self.east_deg:+g} degrees east", self.east_deg != 0.0),
            (f"moved {self.north_deg:+g} degrees north", self.north_deg != 0.0),
            ("as a negative", self.negative),
        ) if is_so]  # fmt: skip
        return ", ".join(parts) or "as stated"

    @property
    def is_near(self) -> bool:
        """Whether it is the stated reading but for a shift that registration finds, and perhaps the sign."""
        turned = self.mirrored or self.upside_down
        return not turned and max(abs(self.east_deg), abs(self.north_deg)) <= NEAR_DEG


STATED: Final = Variant()


@dataclass(frozen=True, slots=True)
class Score:
    """How well a reading suits the base map.

    Parameters
    ----------
    variant : Variant
        The reading.
    correlation : float
        Mean over the blocks.
    correlation_sigma : float
        In standard errors from zero.
    margin, margin_sigma : float
        Correlation of the stated reading less this one's, and the same in standard errors.
    """

    variant: Variant
    correlation: float
    correlation_sigma: float
    margin: float
    margin_sigma: float


@dataclass(frozen=True, slots=True)
class VariantTable:
    """The readings of an image.

    Parameters
    ----------
    scores : tuple of Score
        Best first; empty if the image shows too little of Io to tell.
    blocks : int
        Number of blocks.
    null_rms : float
        Root mean square of the statistic over wrong readings, by which all sigmas are divided; at least 1.
    needed_sigma : float
        From here on a reading is decided.
    """

    scores: tuple[Score, ...]
    blocks: int
    null_rms: float
    needed_sigma: float

    @property
    def stated(self) -> Score | None:
        """The reading of the label."""
        return next((score for score in self.scores if score.variant == STATED), None)

    @property
    def misread(self) -> Score | None:
        """The reading that suits decisively better than the label's; None if there is none."""
        best = self.scores[0] if self.scores else None
        decided = best is not None and -best.margin_sigma >= self.needed_sigma <= best.correlation_sigma
        return best if decided else None

    @property
    def can_be_told(self) -> bool:
        """Whether the image is like the base map in any reading."""
        return bool(self.scores) and self.scores[0].correlation_sigma >= self.needed_sigma


def compare(image: Plane, reference: Plane) -> VariantTable:
    """Judge the readings of an image.

    Parameters
    ----------
    image, reference : ndarray, shape (180, 360)
        Pictures of even contrast (:func:`iovolc.geometry.even.even_plane`).

    Returns
    -------
    VariantTable
        The stated reading, the eight simple ones and, where none of these is decided, the best of all shifts.
    """
    lat, _ = lattice()
    image = np.where(np.abs(lat)[:, None] < MAX_LAT, image, np.nan)
    blocks = Blocks.of(image)
    if blocks is None:
        return VariantTable((), 0, 1.0, SIGMAS)
    turned = {key: _turned(reference, *key) for key in ORIENTATIONS}
    simple = [Variant(*key, east_deg=float(east)) for key in ORIENTATIONS for east in range(-180, 180, NULL_STEP_DEG)]
    found = {variant: blocks.correlations(_moved(turned, variant)) for variant in simple}
    table = _judged(found, simple, 2.0 * len(found))
    if table.can_be_told and table.scores[0].variant == STATED:
        return table
    lags, trials = by_orientation(image, turned)
    shifts = [_at(key, *lag) for key, pair in lags.items() for lag in pair]
    found |= {variant: blocks.correlations(_moved(turned, variant)) for variant in shifts if variant not in found}
    return _judged(found, simple, trials)


def _judged(found: Mapping[Variant, Correlations], simple: Sequence[Variant], trials: float) -> VariantTable:
    """Scores of all readings as positive and as negative; the simple ones unlike the best tell what chance does."""
    best = max(found, key=lambda variant: abs(float(found[variant].mean())))
    wrong = [sigma_of_mean(found[variant]) for variant in simple if not _alike(variant, best)]
    null_rms = max(1.0, float(np.sqrt(np.mean(np.square(wrong)))))
    stated = found[STATED]
    scores = [
        _score(replace(variant, negative=sign < 0.0), sign * plain, stated, null_rms)
        for variant, plain in found.items()
        for sign in (1.0, -1.0)
    ]
    scores.sort(key=lambda score: -score.correlation)
    return VariantTable(tuple(scores), stated.size, null_rms, -float(ndtri(ndtr(-SIGMAS) / trials)))


def _score(variant: Variant, correlations: Correlations, stated: Correlations, null_rms: float) -> Score:
    margin = stated - correlations
    return Score(
        variant,
        float(correlations.mean()),
        sigma_of_mean(correlations) / null_rms,
        float(margin.mean()),
        0.0 if variant == STATED else sigma_of_mean(margin) / null_rms,
    )


def _alike(first: Variant, second: Variant) -> bool:
    """Whether two readings put details nearly at the same place."""
    same = (first.mirrored, first.upside_down) == (second.mirrored, second.upside_down)
    east = abs((first.east_deg - second.east_deg + 180.0) % 360.0 - 180.0)
    return same and east < 2 * NEAR_DEG and abs(first.north_deg - second.north_deg) < 2 * NEAR_DEG


def _turned(reference: Plane, mirrored: bool, upside_down: bool) -> Plane:
    return reference[:: -1 if upside_down else 1, :: -1 if mirrored else 1]


def _at(key: tuple[bool, bool], down: int, right: int) -> Variant:
    """The reading for which the turned base map is to be looked at so many pixels further down and right."""
    mirrored, upside_down = key
    return Variant(
        mirrored, upside_down, east_deg=float(-right if mirrored else right),
        north_deg=float(down if upside_down else -down),
    )  # fmt: skip


def _moved(turned: Mapping[tuple[bool, bool], Plane], variant: Variant) -> Plane:
    """What the image would show under a reading: the base map at the places that it then shows."""
    plane = turned[variant.mirrored, variant.upside_down]
    right = round(variant.east_deg if variant.mirrored else -variant.east_deg)
    down = round(-variant.north_deg if variant.upside_down else variant.north_deg)
    moved = np.roll(plane, (down, right), axis=(0, 1))
    if down > 0:
        moved[:down] = np.nan
    elif down < 0:
        moved[down:] = np.nan
    return moved
