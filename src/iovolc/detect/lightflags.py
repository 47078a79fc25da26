"""The words that say what light may have done to a detection: glints, long shadows, the limb, shadows that move.

They flag and decide nothing. Only epochs whose light is known are told of (:mod:`iovolc.light.lit`).
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.artefacts import LOBE
from iovolc.detect.cutout import Cutout
from iovolc.detect.lightplace import PlaceLight
from iovolc.light.classes import LightClass
from iovolc.model.grid import SheetName

LOW_LIGHT_DEG: Final = 70.0
"""Incidence from which relief of one part in three casts shadows."""
OBLIQUE_DEG: Final = 60.0
MIRROR_DEG: Final = 6.0
"""Tilt of a facet that would mirror the source into the observer's eye (assumed; slopes of lava and frost)."""
JUPITER_HALF_WIDTH_DEG: Final = 9.8
LEAST_MIRROR_PHASE_DEG: Final = 20.0
"""Below it mirror and opposition geometry cannot be told apart."""
TURNED_DEG: Final = 15.0
HIGHER_DEG: Final = 5.0


def light_words(lights: Sequence[PlaceLight]) -> list[str]:
    """Flags from the light at a place in the epochs that show the change.

    Parameters
    ----------
    lights : sequence of PlaceLight
        Of the newer epoch and of those it is compared with; those that know no azimuth are passed over.
    """
    known = [light for light in lights if math.isfinite(light.azimuth_deg)]
    words: list[str] = []
    if any(light.incidence_deg > LOW_LIGHT_DEG for light in known):
        words.append("terminator")
    if any(light.emission_deg > OBLIQUE_DEG for light in known):
        words.append("limb")
    if any(_mirrors(light) for light in known):
        words.append("specular")
    if any(light.after_eclipse for light in known):
        words.append("post_eclipse")
    return words


def _mirrors(light: PlaceLight) -> bool:
    """Whether level ground nearly mirrors the source; one as wide as Jupiter is mirrored by a quarter of it more."""
    if not light.phase_deg >= LEAST_MIRROR_PHASE_DEG:
        return False
    incidence, emission, half_phase = (
        math.radians(angle) for angle in (light.incidence_deg, light.emission_deg, 0.5 * light.phase_deg)
    )
    cosine = (math.cos(incidence) + math.cos(emission)) / (2.0 * max(math.cos(half_phase), 1e-9))
    allowed = MIRROR_DEG + (0.5 * JUPITER_HALF_WIDTH_DEG if light.light == LightClass.JUPITER else 0.0)
    return math.degrees(math.acos(min(cosine, 1.0))) <= allowed


def shadow_alignment(
    cutout: Cutout, contrast: float, newer: PlaceLight, older: PlaceLight, place: tuple[SheetName, float]
) -> float:
    """How well the two lobes of a change lie along the light of the epoch that made them.

    A mountain is bright where it faces the light and dark where it does not. Where the light has moved between two
    epochs, their difference has both lobes, in line with one epoch's light.

    Parameters
    ----------
    cutout : Cutout
        The surroundings.
    contrast : float
        Mean difference over the footprint.
    newer, older : PlaceLight
        Light at the place in both epochs.
    place : tuple of (sheet name, longitude)
        Where it is: on polar sheets north is not up.

    Returns
    -------
    float
        Cosine of the angle between the lobes and the nearer of the two directions of light; 0 where light did not move
        or is not known.
    """
    lobes = _dark_to_bright(cutout, contrast)
    if lobes is None or not _moved(newer, older):
        return 0.0
    found = [
        side * float(lobes @ _on_sheet(light.azimuth_deg, *place)) for light, side in ((newer, 1.0), (older, -1.0))
    ]
    return max(*found, 0.0)


def _moved(newer: PlaceLight, older: PlaceLight) -> bool:
    turned = abs((newer.azimuth_deg - older.azimuth_deg + 180.0) % 360.0 - 180.0)
    return turned > TURNED_DEG or (turned >= 0.0 and abs(newer.incidence_deg - older.incidence_deg) > HIGHER_DEG)


def _dark_to_bright(cutout: Cutout, contrast: float) -> NDArray[np.float64] | None:
    """Unit vector (right, down) on the sheet between the lobes; None without two."""
    sign = math.copysign(1.0, contrast)
    own = cutout.inside & np.isfinite(cutout.difference)
    lobe = cutout.around & (-sign * cutout.difference > LOBE * abs(contrast))
    if not (own.any() and lobe.any()):
        return None
    down = np.broadcast_to(np.arange(own.shape[0], dtype=np.float64)[:, None], own.shape)
    way = sign * np.array([plane[own].mean() - plane[lobe].mean() for plane in (cutout.east, down)])
    length = float(np.hypot(*way))
    return way / length if length > 0.0 else None


def _on_sheet(azimuth_deg: float, sheet: SheetName, lon_e: float) -> NDArray[np.float64]:
    """A direction on the ground as a unit vector (right, down) on its sheet."""
    turn = {"equator": 0.0, "north": lon_e, "south": -lon_e}[sheet]
    angle = math.radians(azimuth_deg - turn)
    return np.array([math.sin(angle), -math.cos(angle)])
