"""The detectors that people would otherwise use, one function each: a cube in, a map of scores out.

Each takes the cubes of all bands, shape (epoch, row, col), in ln albedo with NaN gaps, and gives a score that is higher
where a change is more likely, swept over all thresholds later. nrt's and scikit-learn's run in their own code; nrt is
not a dependency and is left out, with the reason said, where it is not installed.
"""

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.stats import chi2
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest

Plane = NDArray[np.float32]
Matrix = NDArray[np.float64]
Bands = Mapping[str, Plane]

_ITERATIONS: Final = 15


@dataclass(frozen=True, slots=True)
class Peer:
    """A detector.

    Parameters
    ----------
    name : str
        For the report.
    score : callable
        Bands and times to a score map.
    configuration : str
        Its settings, in words.
    needs : str
        A package it needs, or nothing.
    """

    name: str
    score: Callable[[Bands, tuple[datetime, ...]], Plane]
    configuration: str
    needs: str = ""

    @property
    def missing(self) -> str:
        """Why it cannot run here; empty if it can."""
        if self.needs and importlib.util.find_spec(self.needs) is None:
            return f"the package {self.needs} is not installed"
        return ""


def two_date(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """Each epoch minus the latest earlier look, in robust standard deviations of the pair; largest of all pairs."""
    return _largest(_scaled(step) for cube in bands.values() for step in _steps(cube))


def ratio(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """The same with the ratio of albedos."""
    return _largest(_scaled(np.expm1(step)) for cube in bands.values() for step in _steps(cube))


def ir_mad(bands: Bands, times: tuple[datetime, ...]) -> Plane:
    """IR-MAD (Nielsen 2007) of each epoch against the latest earlier looks; chi-square in units of its median."""
    cubes = list(bands.values())
    scores = []
    for k in range(1, len(times)):
        first = np.stack([_latest(cube, k) for cube in cubes], axis=-1)
        second = np.stack([cube[k] for cube in cubes], axis=-1)
        scores.append(_mad_score(first, second))
    return _largest(scores)


def rst(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """RST / ALICE: each epoch against mean and standard deviation of the earlier ones, clipped at two sigma twice."""
    scores = []
    for cube in bands.values():
        for k in range(3, len(cube)):
            past = cube[:k].copy()
            for _ in range(2):
                mean, spread = _moments(past)
                past[np.abs(past - mean) > 2.0 * spread] = np.nan
            mean, spread = _moments(past)
            enough = np.isfinite(past).sum(axis=0) >= 3
            scores.append(np.where(enough, np.abs(cube[k] - mean) / np.maximum(spread, 1e-3), np.nan))
    return _largest(scores)


def rst_pooled(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """RST with the spread of the whole map instead of each pixel's: the form that few epochs allow."""
    return _largest(_scaled(cube[k] - _mean(cube[:k])) for cube in bands.values() for k in range(2, len(cube)))


def pca_residual(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """What the first component of the epochs (scikit-learn), the common albedo, leaves; largest over epochs."""
    scores = []
    for cube in bands.values():
        flat, known, filled = _filled(cube)
        model = PCA(n_components=1, random_state=0).fit(filled[_sample(len(filled), 200_000)])
        left = filled - model.inverse_transform(model.transform(filled))
        left = np.where(np.isfinite(flat[known]), np.abs(left), np.nan)
        scores.append(_back(np.nanmax(left / _mad(left), axis=1), known, cube.shape[1:]))
    return _largest(scores)


def isolation_forest(bands: Bands, _times: tuple[datetime, ...]) -> Plane:
    """IsolationForest (scikit-learn) on each pixel's largest step and range in every band; lower is more isolated."""
    features, known = [], np.ones(next(iter(bands.values())).shape[1:], bool)
    for cube in bands.values():
        steps = np.stack([_scaled(step, signed=True) for step in _steps(cube)])
        at = np.argmax(np.nan_to_num(np.abs(steps)), axis=0)
        features.append(np.take_along_axis(steps, at[None], axis=0)[0])
        features.append(_range(cube))
        known &= np.isfinite(features[-1]) & np.isfinite(features[-2])
    table = np.stack([plane[known] for plane in features], axis=1)
    rows = _sample(len(table), 100_000)
    model = IsolationForest(n_estimators=60, random_state=0).fit(table[rows])
    return _back(-model.score_samples(table), known.ravel(), known.shape)


def _monitored(name: str) -> Callable[[Bands, tuple[datetime, ...]], Plane]:
    def score(bands: Bands, times: tuple[datetime, ...]) -> Plane:
        from benchmarks.iobench.nrt_peers import monitor  # noqa: PLC0415 - imports nrt, which may be missing

        return _largest(monitor(name, cube, times) for cube in bands.values())

    return score


_HISTORY = "the first half of the epochs as history, intercept only (no season, no trend on Io)"
PEERS: Final = (
    Peer("two-date difference", two_date, "ln albedo, each epoch against the latest earlier look, scaled by pair"),
    Peer("ratio", ratio, "albedo ratio, otherwise the same"),
    Peer(
        "IR-MAD",
        ir_mad,
        f"all bands, {_ITERATIONS} iterations on 40 000 pixels, epoch against the latest earlier looks",
    ),
    Peer("RST / ALICE", rst, "mean and standard deviation per pixel of >= 3 earlier epochs, 2-sigma clipping"),
    Peer("RST, pooled spread", rst_pooled, "mean per pixel of the earlier epochs, robust spread of the map"),
    Peer("nrt EWMA", _monitored("ewma"), f"lambda 0.3; {_HISTORY}", "nrt"),
    Peer("nrt CuSum", _monitored("cusum"), f"OLS; {_HISTORY}", "nrt"),
    Peer("nrt MoSum", _monitored("mosum"), f"OLS, window 0.5; {_HISTORY}", "nrt"),
    Peer("nrt IQR", _monitored("iqr"), f"distance in interquartile ranges, one observation; {_HISTORY}", "nrt"),
    Peer("nrt CCDC", _monitored("ccdc"), f"OLS, two consecutive observations; {_HISTORY}", "nrt"),
    Peer("IsolationForest", isolation_forest, "60 trees; largest step and range per band"),
    Peer("PCA residual", pca_residual, "one component of the epochs, gaps filled by the pixel's mean"),
)


def _steps(cube: Plane) -> list[Plane]:
    return [cube[k] - _latest(cube, k) for k in range(1, len(cube))]


def _latest(cube: Plane, k: int) -> Plane:
    """The latest look before epoch ``k`` at each pixel."""
    out = cube[0].copy()
    for plane in cube[1:k]:
        out = np.where(np.isfinite(plane), plane, out)
    return out


def _scaled(step: Plane, *, signed: bool = False) -> Plane:
    known = np.isfinite(step)
    if not known.any():
        return np.full(step.shape, np.nan, np.float32)
    middle = np.median(step[known])
    spread = 1.4826 * np.median(np.abs(step[known] - middle))
    out = ((step - middle) / max(float(spread), 1e-6)).astype(np.float32)
    return out if signed else np.abs(out)


def _largest(scores: Iterable[Plane]) -> Plane:
    known = (np.where(np.isfinite(score), score, -np.inf).astype(np.float32) for score in scores)
    return reduce(np.maximum, known)


def _mean(cube: Plane) -> Plane:
    known = np.isfinite(cube)
    return np.where(
        known.any(axis=0), np.where(known, cube, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
    )


def _moments(cube: Plane) -> tuple[Plane, Plane]:
    mean = _mean(cube)
    count = np.isfinite(cube).sum(axis=0)
    square = np.where(np.isfinite(cube), (cube - mean) ** 2, 0.0).sum(axis=0)
    return mean, np.sqrt(square / np.maximum(count - 1, 1))


def _range(cube: Plane) -> Plane:
    high = np.where(np.isfinite(cube), cube, -np.inf).max(axis=0)
    low = np.where(np.isfinite(cube), cube, np.inf).min(axis=0)
    return np.where(np.isfinite(high - low), high - low, np.nan).astype(np.float32)


def _filled(cube: Plane) -> tuple[Plane, NDArray[np.bool_], Plane]:
    flat = cube.reshape(len(cube), -1).T
    known = np.isfinite(flat).sum(axis=1) >= 3
    filled = np.where(np.isfinite(flat[known]), flat[known], _mean(cube).ravel()[known][:, None])
    return flat, known, filled.astype(np.float32)


def _mad(values: NDArray[np.floating]) -> float:
    return max(1.4826 * float(np.nanmedian(values)), 1e-6)


def _sample(count: int, most: int) -> NDArray[np.int64]:
    return np.arange(0, count, max(1, count // most), dtype=np.int64)


def _back(values: NDArray[np.floating], known: NDArray[np.bool_], shape: tuple[int, ...]) -> Plane:
    out = np.full(known.size, np.nan, np.float32)
    out[known] = values
    return out.reshape(shape)


def _mad_score(first: Plane, second: Plane) -> Plane:
    shape, bands = first.shape[:2], first.shape[2]
    a, b = first.reshape(-1, bands).astype(np.float64), second.reshape(-1, bands).astype(np.float64)
    known = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    out = np.full(len(a), np.nan, np.float32)
    if known.sum() < 1000:
        return out.reshape(shape)
    a, b = a[known], b[known]
    rows = _sample(len(a), 40_000)
    pair = _variates(a[rows], b[rows], np.ones(len(rows)))
    for _ in range(_ITERATIONS):
        pair = _variates(a[rows], b[rows], chi2.sf(pair.statistic(a[rows], b[rows]), bands))
    statistic = pair.statistic(a, b)
    out[known] = statistic / np.median(statistic)
    return out.reshape(shape)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Canonical variates of two images: their axes, centres and the variance of their differences."""

    left: Matrix
    right: Matrix
    centres: tuple[Matrix, Matrix]
    spread: Matrix

    def statistic(self, a: Matrix, b: Matrix) -> Matrix:
        difference = (a - self.centres[0]) @ self.left - (b - self.centres[1]) @ self.right
        return (difference**2 / self.spread).sum(axis=1)


def _variates(a: Matrix, b: Matrix, weight: Matrix) -> _Pair:
    share = (weight / weight.sum())[:, None]
    centres = (share * a).sum(axis=0), (share * b).sum(axis=0)
    x, y = a - centres[0], b - centres[1]
    ridge = 1e-6 * np.eye(a.shape[1])
    aa, bb, ab = (share * x).T @ x, (share * y).T @ y, (share * x).T @ y
    aa += ridge * np.trace(aa)
    bb += ridge * np.trace(bb)
    values, left = eigh(ab @ np.linalg.solve(bb, ab.T), aa)
    rho = np.sqrt(np.clip(values, 1e-12, 1.0 - 1e-9))
    return _Pair(left, np.linalg.solve(bb, ab.T @ left) / rho, centres, 2.0 * (1.0 - rho))
