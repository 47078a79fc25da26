"""An epoch as detection takes it in."""

from dataclasses import dataclass

from iovolc.light.match import Side
from iovolc.model.epoch import Lattice
from iovolc.model.observation import ObservationRecord


@dataclass(frozen=True, slots=True)
class Look:
    """An epoch with all that detection needs of it.

    Parameters
    ----------
    record : ObservationRecord
        What is known of it.
    side : Side
        Its tone.
    registration_sigma : Lattice
        One component: local registration sigma in kilometres.
    """

    record: ObservationRecord
    side: Side
    registration_sigma: Lattice
