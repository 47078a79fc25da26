"""Convention findings: whether an image is mirrored, upside down, turned, shifted or a negative, by the base map.

Not for the statistics behind it (:mod:`iovolc.geometry.variants`, :mod:`iovolc.geometry.distortion`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from iovolc import body
from iovolc.archive.mending import Mend, edges_of, negated, reread, shifted
from iovolc.archive.origin import Origin
from iovolc.archive.reference import ReferenceMap
from iovolc.errors import Finding
from iovolc.geometry.distortion import Distortion, Measured, distortion
from iovolc.geometry.even import Plane, even_plane
from iovolc.geometry.variants import STATED, Score, VariantTable, compare
from iovolc.model.observation import Disc, Observation

SIGMAS: Final = 5.0
LABEL_SIGMAS: Final = 3.0
"""A label may be wrong by so many of its own standard errors."""
GRAPHIC_SIGMAS: Final = 3.0
POSITIVE_CHANNELS: Final = frozenset({"violet", "blue", "green", "orange", "red", "nir", "methane", "clear"})
"""Where what is bright to the eye is bright; frost is dark in the ultraviolet, paterae glow in the thermal infrared."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the base map says of an image's placement.

    Parameters
    ----------
    findings : tuple of Finding
        E21x and E410.
    mends : tuple of Mend
        Cells of the row that mend them, where cells can.
    table : VariantTable
        The readings with their margins.
    distortion : Distortion or None
        Small faults; None where they were not, or cannot be, measured.
    """

    findings: tuple[Finding, ...]
    mends: tuple[Mend, ...]
    table: VariantTable
    distortion: Distortion | None = None


def misreading(observation: Observation, reference: Plane, origin: Origin) -> Diagnosis:
    """Gross misreadings: those that no registration can mend.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    reference : ndarray, shape (180, 360)
        The base map of even contrast.
    origin : Origin
        For the findings.

    Returns
    -------
    Diagnosis
        With E210, E211 or E212, and E410; nothing where the base map cannot tell.
    """
    record = observation.record
    table = compare(even_plane(observation.pixels, record.placement), reference)
    best, stated = table.misread, table.stated
    if best is None or stated is None:
        return Diagnosis((), (), table)
    findings: list[Finding] = []
    mends: list[Mend] = []
    variant = best.variant
    seen = _seen(stated, best, table)
    if not variant.is_near:
        mends += reread(record.placement, observation.pixels.shape, variant)
        code = "E211" if variant.upside_down else "E210" if variant.mirrored else "E212"
        column = "left_lon_e" if code != "E211" else None
        findings.append(origin.finding(code, seen + _advice(mends), column))
    if variant.negative and record.channel in POSITIVE_CHANNELS:
        low, high = (float(end(observation.pixels)) for end in (np.nanmin, np.nanmax))
        cells = negated(record.scale, record.offset, low, high)
        findings.append(origin.finding("E410", seen + _advice(cells), "scale"))
        mends += cells
    return Diagnosis(tuple(findings), tuple(mends), table)


def diagnose(
    observation: Observation, reference: ReferenceMap, even_reference: Plane, origin: Origin, *, default_sigma_km: float
) -> Diagnosis:
    """Everything that the base map says: gross misreadings and, where there is none of place, small faults.

    Parameters
    ----------
    observation : Observation
        Pixels and record.
    reference : ReferenceMap
        The base map.
    even_reference : ndarray, shape (180, 360)
        The same of even contrast.
    origin : Origin
        For the findings.
    default_sigma_km : float
        Error of a label that states none.
    """
    gross = misreading(observation, even_reference, origin)
    best = gross.table.scores[0].variant if gross.table.can_be_told else None
    if best is None or not best.is_near:
        return gross
    record, shape = observation.record, observation.pixels.shape
    edges = None if isinstance(record.placement, Disc) else edges_of(record.placement, shape)
    middle = 180.0 if edges is None else 0.5 * (edges.left_lon_e + edges.right_lon_e)
    pixels = -observation.pixels if best.negative else observation.pixels
    small = distortion(
        pixels, record.placement, reference.pixels, reference.placement,
        middle_lon_e=middle, east_deg=-best.east_deg, north_deg=-best.north_deg,
    )  # fmt: skip
    if small is None:
        return gross
    sigma_km = record.registration_sigma_km
    label_deg = LABEL_SIGMAS * (sigma_km if np.isfinite(sigma_km) else default_sigma_km) / body.KM_PER_DEGREE
    findings = _latitude_kind(small, origin) + ([] if edges is None else _scale(small, label_deg, origin))
    mends: tuple[Mend, ...] = ()
    if any(part.exceeds(label_deg, sigmas=SIGMAS) for part in (small.east_deg, small.north_deg)):
        east, north = (part.value if abs(part.sigmas) >= SIGMAS else 0.0 for part in (small.east_deg, small.north_deg))
        mends = shifted(record.placement, shape, east_deg=east, north_deg=north)
        findings.append(origin.finding("E215", _shift_seen(small, gross.table) + _advice(mends), "left_lon_e"))
    return Diagnosis((*gross.findings, *findings), (*gross.mends, *mends), gross.table, small)


def _seen(stated: Score, best: Score, table: VariantTable) -> str:
    return (
        f"its correlation with the base map is {stated.correlation:.2f} as stated and {best.correlation:.2f} "
        f"{best.variant.name} ({-best.margin_sigma:.1f} sigma better over {table.blocks} blocks, "
        f"{table.needed_sigma:.1f} needed)"
    )


def _advice(mends: "tuple[Mend, ...] | list[Mend]") -> str:
    return f"; right would be {', '.join(map(str, mends))}" if mends else ""


def _latitude_kind(small: Distortion, origin: Origin) -> list[Finding]:
    """E213 where one whole difference is seen rather than none; the reverse speaks against the base map."""
    share = small.graphic
    nearer_one = 0.5 + GRAPHIC_SIGMAS * share.error <= share.value <= 1.5
    if share.sigmas < SIGMAS or not nearer_one:
        return []
    detail = (
        f"north-south offsets follow {_text(share)} times the difference of planetographic and planetocentric "
        f"latitudes, 0.43 degrees at 45 ({share.sigmas:.0f} sigma, {small.tiles} tiles)"
    )
    return [origin.finding("E213", detail)]


def _scale(small: Distortion, label_deg: float, origin: Origin) -> list[Finding]:
    at_end = Measured(small.scale.value * small.reach_deg, small.scale.error * small.reach_deg)
    if not at_end.exceeds(label_deg, sigmas=SIGMAS):
        return []
    radius_km = body.RADIUS_KM * (1.0 + small.scale.value)
    detail = (
        f"its coordinates are {100.0 * small.scale.value:+.2f} +- {100.0 * small.scale.error:.2f} % too large, "
        f"{abs(at_end.value):.1f} degrees at its ends, as if metres for a radius of {radius_km:.1f} km were read with "
        f"{body.RADIUS_KM:.1f} km ({abs(small.scale.sigmas):.0f} sigma, {small.tiles} tiles)"
    )
    return [origin.finding("E214", detail)]


def _shift_seen(small: Distortion, table: VariantTable) -> str:
    east, north = small.east_deg, small.north_deg
    best = table.scores[0]
    stated = next(score for score in table.scores if score.variant == STATED)
    text = (
        f"it lies {_text(east)} degrees too far east and {_text(north)} too far north ({small.tiles} tiles); its "
        f"correlation with the base map is {stated.correlation:.2f} as stated"
    )
    return text if best.variant == STATED else f"{text}, {best.correlation:.2f} {best.variant.name}"


def _text(measured: Measured) -> str:
    return f"{measured.value:.2f} +- {measured.error:.2f}"
