"""The empirical null: whether what is left outside the changes found scatters as the noise model says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from iovolc.detect.clusters import Cluster
from iovolc.detect.matched import respond
from iovolc.detect.noise import noise_factor
from iovolc.detect.pieces import Field, Search
from iovolc.detect.skirts import reached
from iovolc.model.grid import Grid

TOLERATED_WIDTH = 1.3
"""Up to this width the noise model stands; beyond it significances are divided by the width."""
_LEAST_PIXELS = 1000


@dataclass(frozen=True, slots=True)
class Bulk:
    """Centre and width of the bulk of significances outside all changes found; 0 and 1 if the model is right.

    Parameters
    ----------
    centre : float
        Median.
    width : float
        Width of the normal distribution with the same middle 95 %.
    """

    centre: float = 0.0
    width: float = 1.0

    @property
    def inflation(self) -> float:
        """By how much significances are to be divided."""
        return self.width if self.width > TOLERATED_WIDTH else 1.0


def bulk(fields: Mapping[str, Field], clusters: Sequence[Cluster], search: Search, grid: Grid) -> Bulk:
    """Measure the bulk at the finest scale of the search.

    Parameters
    ----------
    fields : mapping of str to Field
        The differences searched.
    clusters : sequence of Cluster
        The changes found in them, which are left out as far as they reach: the skirts of a large one would pass for
        scatter.
    search : Search
        As they were found.
    grid : Grid
        The grid.

    Notes
    -----
    After Efron 2004, J. Am. Stat. Assoc. 99, 96: artefacts that no model holds widen the bulk itself.
    """
    weights = {name: np.where(field.owned, field.weight, np.float32(0.0)) for name, field in fields.items()}
    changed = reached(clusters, grid, search.scales[-1].fwhm_km)
    for name, weight in weights.items():
        weight[changed[name]] = 0.0
    responses = {
        name: respond(field.difference, weights[name], grid.sheet(name), search.scales[0])
        for name, field in fields.items()
    }
    factor = noise_factor(responses, {name: field.owned for name, field in fields.items()})
    z = np.concatenate(
        [
            response.amplitude[known] / response.sigma[known]
            for response in responses.values()
            if (known := np.isfinite(response.sigma)).any()
        ]
        or [np.empty(0)]
    )
    if z.size < _LEAST_PIXELS or not factor > 0:
        return Bulk()
    low, middle, high = np.quantile(z / factor, [0.025, 0.5, 0.975])
    return Bulk(float(middle), float(high - low) / (2 * 1.959964))
