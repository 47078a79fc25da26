"""How well temperature, area and power of simulated hot spots come back.

Ten thousand sources of 400 to 1400 K and 1 to 400 km2 are seen at 2.27, 3.78 and 4.67 um with 3, 5 or 10 % of normal
error. Printed are the mean and median ratio of fitted to true value, and how often the 68 % interval holds the truth.

    python benchmarks/thermal_recovery.py [sources]
"""

import sys

import numpy as np

from iovolc.light.thermal import intensity, power
from iovolc.light.thermal_fit import BandValue, fit_one

BANDS_UM = np.array([2.27, 3.78, 4.67])
ERRORS = (0.03, 0.05, 0.10)


def recover(count: int, seed: int = 20130815) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of fitted over true temperature, area and power, and their stated sigmas, shape (count, 3)."""
    rng = np.random.default_rng(seed)
    off, sigma = np.empty((count, 3)), np.empty((count, 3))
    for row in range(count):
        temperature, area = np.exp(rng.uniform(*np.log([400.0, 1400.0]))), np.exp(rng.uniform(0.0, np.log(400.0)))
        true = intensity(BANDS_UM, temperature, area)
        error = ERRORS[row % len(ERRORS)] * true
        seen = true + error * rng.standard_normal(true.size)
        fit = fit_one([BandValue(*band) for band in zip(BANDS_UM, seen, error, strict=True)])
        found = (fit.temperature_k[0] / temperature, fit.area_km2[0] / area, fit.power_gw / power(temperature, area))
        off[row], sigma[row] = np.log(found), (*fit.log_sigmas, fit.log_power_sigma)
    return off, sigma


def main(count: int) -> None:
    off, sigma = recover(count)
    held = np.abs(off) <= sigma
    for column, name in enumerate(("temperature", "area", "power")):
        ratio = np.exp(off[:, column])
        print(f"{name}: mean {ratio.mean():.4f}, median {np.median(ratio):.4f}, held {held[:, column].mean():.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
