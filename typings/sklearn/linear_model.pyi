from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

class LinearRegression:
    def __init__(self) -> None: ...

class RANSACRegressor:
    def __init__(
        self,
        estimator: LinearRegression,
        *,
        min_samples: int,
        residual_threshold: float,
        loss: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
        max_trials: int,
        random_state: int,
    ) -> None: ...
    def fit(self, points: NDArray[np.float64], values: NDArray[np.float64], /) -> RANSACRegressor: ...
    def predict(self, points: NDArray[np.float64], /) -> NDArray[np.float64]: ...
