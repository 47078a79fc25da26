"""Which displacements of tiles belong together: neighbours agree, and all lie near one global motion.

A place that really changed matches something else by chance; here it drops out. Not for fitting the field
(:mod:`iovolc.geometry.warpfield`).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from iovolc import body

Vectors = NDArray[np.float64]

NEIGHBOURS: Final = 9
DEVIATIONS: Final = 3.0
MIN_FOR_CONSENSUS: Final = 8
SAMPLE: Final = 6
TRIALS: Final = 60


def near_one_motion(points: Vectors, displacements: Vectors, threshold_km: float) -> NDArray[np.bool_]:
    """Tiles near the affine motion that most tiles share.

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

    Notes
    -----
    Fischler and Bolles 1981, Commun. ACM 24, 381: of the motions that random samples of six tiles propose, the one
    with most followers. Scikit-learn's takes longer to load than all the rest of a check takes.
    """
    if len(points) < MIN_FOR_CONSENSUS:
        return np.ones(len(points), dtype=np.bool_)
    near = threshold_km / body.RADIUS_KM
    rng = np.random.default_rng(0)
    samples = np.array([rng.choice(len(points), SAMPLE, replace=False) for _ in range(TRIALS)])
    affine = np.column_stack((points, np.ones(len(points))))
    proposed = affine @ (np.linalg.pinv(affine[samples]) @ displacements[samples])
    followers = max(_distance(displacements, proposed) <= near, key=np.count_nonzero)
    # The motion of all its followers, not of the few that proposed it, decides.
    motion = np.linalg.lstsq(affine[followers], displacements[followers], rcond=None)[0]
    return _distance(displacements, affine @ motion) <= near


def _distance(measured: Vectors, model: Vectors) -> Vectors:
    return np.linalg.norm(measured - model, axis=-1)


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
