"""Which displacements of tiles belong together: neighbours agree, and all lie near one global motion.

A place that really changed matches something else by chance; here it drops out. Not for fitting the field
(:mod:`iovolc.geometry.warpfield`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from sklearn.linear_model import LinearRegression, RANSACRegressor

from iovolc import body

Vectors = NDArray[np.float64]

NEIGHBOURS: Final = 9
DEVIATIONS: Final = 3.0
MIN_FOR_CONSENSUS: Final = 8
TRIALS: Final = 60


def near_one_motion(points: Vectors, displacements: Vectors, threshold_km: float) -> NDArray[np.bool_]:
    """Tiles near the affine motion that most tiles share (RANSAC).

    Parameters
    ----------
    points : ndarray, shape (tile, 3)
        Unit vectors.
    displacements : ndarray, shape (tile, 3)
        In units of the radius.
    threshold_km : float
        Farther from the motion than this is an outlier; generous, because maps are warped against each other.

    Returns
    -------
    ndarray of bool, shape (tile,)
        All true with fewer than eight tiles.
    """
    if len(points) < MIN_FOR_CONSENSUS:
        return np.ones(len(points), dtype=np.bool_)
    search = RANSACRegressor(
        LinearRegression(),
        min_samples=MIN_FOR_CONSENSUS - 2,
        residual_threshold=threshold_km / body.RADIUS_KM,
        loss=_distance,
        max_trials=TRIALS,
        random_state=0,
    )
    model = search.fit(points, displacements)
    # The motion of all its followers, not of the few that proposed it, decides.
    return _distance(displacements, model.predict(points)) <= threshold_km / body.RADIUS_KM


def _distance(measured: Vectors, model: Vectors) -> Vectors:
    return np.linalg.norm(measured - model, axis=1)


def like_neighbours(points: Vectors, displacements: Vectors, least_km: float) -> NDArray[np.bool_]:
    """Tiles whose displacement is close to the median of their neighbours'.

    Parameters
    ----------
    points, displacements : ndarray, shape (tile, 3)
        As for :func:`near_one_motion`.
    least_km : float
        Deviations under this are never outliers.

    Returns
    -------
    ndarray of bool, shape (tile,)
        False where the deviation exceeds three times its median over all tiles.
    """
    if len(points) < 3:
        return np.ones(len(points), dtype=np.bool_)
    nearest = np.asarray(KDTree(points).query(points, min(NEIGHBOURS + 1, len(points)))[1])
    medians = np.median(displacements[nearest[:, 1:]], axis=1)
    deviation = _distance(displacements, medians) * body.RADIUS_KM
    return deviation <= max(DEVIATIONS * float(np.median(deviation)), least_km)
