"""How earlier epochs saw the places of changes, by detection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from iovolc.errors import AlgorithmError
from iovolc.model.detection import EpochInfo
from iovolc.track.changes import epoch_order


@dataclass(frozen=True, slots=True)
class Look:
    """How one earlier epoch saw the place of a change.

    Parameters
    ----------
    epoch : EpochInfo
        The earlier epoch.
    state : str
        ``without``, ``with`` or ``inadequate``.
    contrast, contrast_sigma : float
        Mean difference of the detecting epoch from this one, and its sigma.
    """

    epoch: EpochInfo
    state: str
    contrast: float
    contrast_sigma: float


Looks = Mapping[str, Sequence[Look]]
"""By detection id, oldest first."""


def read_looks(frame: pd.DataFrame, epochs: Sequence[EpochInfo]) -> dict[str, tuple[Look, ...]]:
    """The adequate looks by detection id, oldest first, whatever the order of the rows.

    Raises
    ------
    AlgorithmError
        If a look is at an unknown epoch.
    """
    by_id = {epoch.observation_id: epoch for epoch in epochs}
    found: dict[str, list[Look]] = {}
    columns = ("detection_id", "observation_id", "state", "contrast", "contrast_sigma")
    for name, observation, state, contrast, sigma in zip(*(frame[column] for column in columns), strict=True):
        if observation not in by_id:
            raise AlgorithmError(f"a look of {name} is at the unknown epoch {observation}: hand on all epochs")
        if state != "inadequate":
            found.setdefault(name, []).append(Look(by_id[observation], state, float(contrast), float(sigma)))
    return {name: tuple(sorted(found[name], key=lambda look: epoch_order(look.epoch))) for name in sorted(found)}
