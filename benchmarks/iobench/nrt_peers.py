"""The near-real-time monitors of the package nrt (EUPL 1.2) on one band. Imported only where nrt is installed.

Each is given the first half of the epochs as history and then the rest one by one, without stopping at a break, so that
its statistic can be swept over all sensitivities.
"""

import warnings
from datetime import datetime

import numpy as np
import xarray as xr
from nrt.monitor.ccdc import CCDC
from nrt.monitor.cusum import CuSum
from nrt.monitor.ewma import EWMA
from nrt.monitor.iqr import IQR
from nrt.monitor.mosum import MoSum
from numpy.typing import NDArray

Plane = NDArray[np.float32]

LEAST_HISTORY = 3
"""Earlier looks that a pixel must have: fewer have no spread."""


def monitor(name: str, cube: Plane, times: tuple[datetime, ...]) -> Plane:
    """Largest statistic of one monitor, in units of its boundary, over the monitored epochs.

    Parameters
    ----------
    name : str
        ``ewma``, ``cusum``, ``mosum``, ``iqr`` or ``ccdc``.
    cube : ndarray, shape (epoch, row, col)
        One band; NaN where not seen.
    times : tuple of datetime
        Of the epochs.
    """
    split = len(times) // 2
    dates = [time.replace(tzinfo=None) for time in times]
    rows, cols = cube.shape[1:]
    history = xr.DataArray(
        cube[:split], dims=("time", "y", "x"),
        coords={"time": np.array(dates[:split], "datetime64[ns]"), "y": -np.arange(rows), "x": np.arange(cols)},
    )  # fmt: skip
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = _fitted(name, history, _known(cube[:split]))
        model.mask[model.mask == 2] = 1  # what is unstable at one sensitivity is not at another
        statistic = np.full((rows, cols), -np.inf, np.float32)
        before = np.full((rows, cols), np.inf, np.float32)
        for plane, date in zip(cube[split:], dates[split:], strict=True):
            one, before = _after(name, model, plane, date, before)
            one = np.where(np.isfinite(one) & (model.mask == 1), one, -np.inf)
            statistic = np.maximum(statistic, one)
    return statistic


def _known(history: Plane) -> NDArray[np.uint8]:
    """Where a spread can be told; nrt's window of sums fails elsewhere."""
    enough = np.isfinite(history).sum(axis=0) >= LEAST_HISTORY
    return (enough & (np.nanstd(history, axis=0) > 0.0)).astype(np.uint8)


def _fitted(name: str, history: xr.DataArray, mask: NDArray[np.uint8]) -> EWMA | CuSum | MoSum | IQR | CCDC:
    plain = {"trend": False, "harmonic_order": 0, "mask": mask}
    if name == "ewma":
        model = EWMA(**plain, sensitivity=1.0, lambda_=0.3, threshold_outlier=1e9)
        model.fit(history, method="OLS", screen_outliers=None)
    elif name == "cusum":
        model = CuSum(**plain)
        model.fit(history, method="OLS")
    elif name == "mosum":
        model = MoSum(**plain, h=0.5)
        model.fit(history, method="OLS")
    elif name == "iqr":
        model = IQR(**plain)
        model.fit(history, method="OLS")
    else:
        model = CCDC(**plain)
        model.fit(history, method="OLS", screen_outliers=None)
    return model


def _after(
    name: str, model: EWMA | CuSum | MoSum | IQR | CCDC, plane: Plane, date: datetime, before: Plane
) -> tuple[Plane, Plane]:
    """The statistic after one more epoch, and what the next one needs of this one."""
    if name in ("ewma", "cusum", "mosum"):
        model.monitor(plane.astype(np.float64), date, update_mask=False)
        return (np.abs(model.process) / model.boundary).astype(np.float32), before
    residual = plane - model.predict(date)
    if name == "iqr":
        width = np.maximum(model.q75 - model.q25, 1e-6)
        return np.maximum(residual - model.q75, model.q25 - residual) / width, before
    size = np.abs(residual) / np.maximum(model.rmse, 1e-6)
    both = np.minimum(size, before)
    return np.where(np.isfinite(before), both, -np.inf), np.where(np.isfinite(size), size, before)
