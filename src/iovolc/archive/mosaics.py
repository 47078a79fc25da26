"""What a map says of how it was put together: E413 for seams.

Not for finding them (:mod:`iovolc.geometry.seams`).
"""

from typing import Final

from iovolc.archive.origin import Origin
from iovolc.errors import Finding
from iovolc.geometry.seams import Seam, find_seams
from iovolc.model.observation import Observation

SHOWN: Final = 3
NOTEWORTHY_TONE: Final = 0.2
NOTEWORTHY_GRAIN: Final = 1.25


def seams(observation: Observation, origin: Origin) -> tuple[Finding, ...]:
    """E413 with the clearest seams, if the map has any.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    origin : Origin
        For the finding.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    found = find_seams(observation.pixels, observation.record.placement)
    if not found:
        return ()
    count = "one line stands" if len(found) == 1 else f"{len(found)} lines stand"
    clearest = "; ".join(_text(seam) for seam in found[:SHOWN])
    return (origin.finding("E413", f"{count} out among all parallel ones: {clearest}"),)


def _text(seam: Seam) -> str:
    steps = [
        *([f"grain changes {seam.grain:.1f}-fold"] if seam.grain >= NOTEWORTHY_GRAIN else []),
        *([f"tone steps by {seam.tone:.1f} of its spread"] if seam.tone >= NOTEWORTHY_TONE else []),
    ]
    return f"{_place(*seam.start)} to {_place(*seam.stop)} ({', '.join((*steps, f'{seam.sigmas:.1f} sigma'))})"


def _place(lat: float, lon_e: float) -> str:
    return f"{abs(lat):.0f} {'N' if lat >= 0.0 else 'S'} {lon_e % 360.0:.0f} E"
