"""Where, roughly, a disc lies in an image: a vote of the gradients that point to the inside of the expected limb.

Every strong gradient counts alike, so that a volcano outshining the disc gets no more votes than a piece of the limb.
Good to a few hundredths of the radius; :mod:`iovolc.geometry.limb` refines it.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from iovolc.geometry.coarsen import area_mean
from iovolc.geometry.outline import outline
from iovolc.model.discview import DiscView

Values = NDArray[np.float64]

MAX_SIDE: Final = 128
SMALLEST_PX: Final = 4.0
RADIUS_STEP: Final = 1.05
RIDGE_PX: Final = 1.5
STRONG_SHARE: Final = 0.04
MAX_SHADE: Final = 0.03
MAX_FLATTENING: Final = 0.01
KNOWN_COARSE_PX: Final = 12.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A disc in pixels, the first pixel's centre being (0.5, 0.5), and how well its limb is voted for.

    ``score`` is the mean vote along the limb, -1 to 1, by the root of the radius in pixels of the search.
    """

    centre_x: float
    centre_y: float
    radius_px: float
    score: float


def search_disc(pixels: NDArray[np.float32], view: DiscView) -> Candidate:
    """The disc whose lit limb the image's gradients support best.

    Parameters
    ----------
    pixels : ndarray, shape (row, col), float32
        NaN where there is no data.
    view : DiscView
        A radius, where given, is the only one tried.
    """
    factor = max(1.0, max(pixels.shape) / MAX_SIDE)
    if view.radius_px is not None:
        factor = max(1.0, min(factor, view.radius_px / KNOWN_COARSE_PX))
    rows, cols = (max(1, round(side / factor)) for side in pixels.shape)
    coarse = area_mean(np.ascontiguousarray(pixels, np.float32), rows, cols)
    by_row, by_col = pixels.shape[0] / rows, pixels.shape[1] / cols
    votes = _Votes.of(coarse)
    if view.radius_px is None:
        largest = 0.75 * max(rows, cols)
        radii = np.geomspace(SMALLEST_PX, largest, 1 + int(np.log(largest / SMALLEST_PX) / np.log(RADIUS_STEP)))
    else:
        radii = np.array([view.radius_px / factor])
    best = max((votes.best(view, float(radius)) for radius in radii), key=lambda found: found.score)
    return Candidate(best.centre_x * by_col, best.centre_y * by_row, best.radius_px * factor, best.score)


@dataclass(frozen=True, slots=True)
class _Votes:
    """Fourier transforms of the limited gradient."""

    down: NDArray[np.complex128]
    right: NDArray[np.complex128]
    shape: tuple[int, int]
    padded: tuple[int, int]

    @classmethod
    def of(cls, image: NDArray[np.float32]) -> "_Votes":
        seen = np.isfinite(image)
        weight = ndimage.gaussian_filter(seen.astype(np.float64), 1.0)
        smooth = ndimage.gaussian_filter(np.where(seen, image, 0.0).astype(np.float64), 1.0) / np.maximum(weight, 1e-6)
        down, right = np.gradient(smooth)
        solid = ndimage.binary_erosion(seen, iterations=2, border_value=1)
        size = np.where(solid, np.hypot(down, right), 0.0)
        limit = max(float(np.quantile(size, 1.0 - STRONG_SHARE)), 1e-12)
        scale = np.where(solid, 1.0, 0.0) / np.maximum(size, limit)
        rows, cols = image.shape
        padded = fft.next_fast_len(2 * rows, real=True), fft.next_fast_len(2 * cols, real=True)
        down, right = (np.asarray(fft.rfft2(part * scale, padded)) for part in (down, right))
        return cls(down, right, (rows, cols), padded)

    def best(self, view: DiscView, radius: float) -> Candidate:
        """The best centre for a radius: the mean, along the lit limb, of the gradient that points inwards."""
        down, right = (np.fft.fftfreq(side, 1.0 / side) for side in self.padded)
        distance = np.hypot(down[:, None], right)
        near = np.abs(distance - radius) < radius * MAX_FLATTENING + 3.0 * RIDGE_PX
        row, col = np.nonzero(near)
        limb = outline(view, np.arctan2(down[row], right[col]))
        ridge = np.exp(-0.5 * ((distance[near] - radius * limb.reach) / RIDGE_PX) ** 2) * (limb.shade < MAX_SHADE)
        total = float(ridge.sum())
        if total == 0.0:
            return Candidate(0.0, 0.0, radius, -np.inf)
        rings = np.zeros((2, *self.padded))
        rings[:, row, col] = -ridge * np.stack((limb.down, limb.right)) / total
        spectrum = self.down * np.conj(_spectrum(rings[0])) + self.right * np.conj(_spectrum(rings[1]))
        score = _image(spectrum, self.padded)[: self.shape[0], : self.shape[1]]
        at, across = np.unravel_index(int(np.argmax(score)), score.shape)
        # Votes count by the root of their number: a volcano's own round glow must not win over the limb.
        return Candidate(float(across) + 0.5, float(at) + 0.5, radius, float(score[at, across]) * math.sqrt(radius))


def _spectrum(image: NDArray[np.float64]) -> NDArray[np.complex128]:
    return np.asarray(fft.rfft2(image))


def _image(spectrum: NDArray[np.complex128], shape: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(fft.irfft2(spectrum, shape))
