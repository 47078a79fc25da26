"""Photometric functions with plausible parameters, and angles that are possible together."""

import numpy as np
from numpy.typing import NDArray

from iovolc.light.photometric import Photometry

Values = NDArray[np.float64]

PHASE = (0.008, 0.15, 3.0)
SAMPLES = {
    "lambert": Photometry("lambert", PHASE),
    "lommel_seeliger": Photometry("lommel_seeliger", PHASE),
    "lunar_lambert": Photometry("lunar_lambert", (0.6, -0.004, *PHASE)),
    "minnaert": Photometry("minnaert", (0.6, 0.002, *PHASE)),
    "akimov": Photometry("akimov", PHASE),
    "hapke": Photometry("hapke", (0.94, -0.30, 27.0, 0.7, 0.04)),
}


def angles(count: int, *, most_deg: float = 89.0, seed: int = 1) -> tuple[Values, Values, Values]:
    """Incidence, emission and phase of random places, Sun and observers."""
    rng = np.random.default_rng(seed)
    incidence, emission = rng.uniform(0.0, most_deg, (2, count))
    return incidence, emission, phase_of(incidence, emission, rng.uniform(0.0, 180.0, count))


def phase_of(incidence_deg: Values, emission_deg: Values, azimuth_deg: Values) -> Values:
    """Phase angle of two rays whose planes are ``azimuth_deg`` apart."""
    i, e, azimuth = (np.radians(plane) for plane in (incidence_deg, emission_deg, azimuth_deg))
    return np.degrees(np.arccos(np.clip(np.cos(i) * np.cos(e) + np.sin(i) * np.sin(e) * np.cos(azimuth), -1.0, 1.0)))
