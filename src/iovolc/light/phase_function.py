"""How the brightness of one place falls with the phase angle: a slope, and a surge near opposition.

Not for how it changes over the disc (:mod:`iovolc.light.disc_functions`), nor for Jupiter's own phases.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

PHASE_PARAMETERS: Final = ("phase_slope_per_deg", "surge", "surge_width_deg")
"""Fall of ln brightness per degree (1 mag = 0.921); height of the surge over the rest at opposition; e-fold width."""


def phase_function(phase_deg: Values, slope: float, surge: float, width_deg: float) -> Values:
    """Brightness at a phase angle over that at opposition: ``exp(-slope g) (1 + surge exp(-g/width)) / (1 + surge)``.

    The exponential surge is gone within three widths, so that it and the slope can be told apart; the one of Hapke
    (1986, Icarus 67, 264) has a tail that lasts to large phase.
    """
    peak = surge * np.exp(-phase_deg / width_deg)
    return np.exp(-slope * phase_deg) * (1.0 + peak) / (1.0 + surge)


def phase_derivatives(phase_deg: Values, slope: float, surge: float, width_deg: float) -> tuple[Values, ...]:
    """Derivatives of :func:`phase_function` with respect to :data:`PHASE_PARAMETERS`, each of its shape."""
    fall, shape = np.exp(-slope * phase_deg), np.exp(-phase_deg / width_deg)
    return (
        -phase_deg * fall * (1.0 + surge * shape) / (1.0 + surge),
        fall * (shape - 1.0) / (1.0 + surge) ** 2,
        fall * surge * shape * phase_deg / width_deg**2 / (1.0 + surge),
    )
