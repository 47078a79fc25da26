"""Where the origin of a map projection lies among the rows or columns: the readings of PDS3's projection offsets.

The standard counts from the centre of the first pixel. Products exist that count from its corner, or from the origin
to the pixel; where the label also gives the map's edges, these settle it. One axis at a time, in degrees.
"""

from dataclasses import dataclass
from typing import Final, Literal

from iovolc.archive.labels.cartography import MapError
from iovolc.geometry.longitudes import wrap180

FIT_PX: Final = 0.2
"""Edges within this of a reading's prove it: readings lie half a pixel apart."""
EXCESS_PX: Final = 1.5
"""Labelled edges may lie this far outside the image, for they are often rounded."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a cylindrical map.

    Parameters
    ----------
    name : str
        Of the offset's keyword, for messages.
    offset : float
        Projection offset of the label, in pixels.
    count : int
        Pixels.
    step_deg : float
        Degrees from one pixel to the next; negative for rows.
    centre_deg : float
        Degrees at the projection's origin.
    ends_deg : tuple of float or None
        Degrees at the outer edges of the first and the last pixel as the label gives them.
    is_longitude : bool
        Whether whole turns do not count.
    """

    name: str
    offset: float
    count: int
    step_deg: float
    centre_deg: float
    ends_deg: tuple[float, float] | None
    is_longitude: bool

    def off_px(self, origin: float) -> tuple[float, float]:
        """How far the labelled ends lie after those of the image, in pixels, if the origin is at this position."""
        if self.ends_deg is None:
            return 0.0, 0.0
        found = (
            end - self.centre_deg - (position - origin) * self.step_deg
            for end, position in zip(self.ends_deg, (0.0, float(self.count)), strict=True)
        )
        first, last = ((wrap180(off) if self.is_longitude else off) / self.step_deg for off in found)
        return first, last


def origin(axis: Axis, style: Literal["PDS3", "ISIS2"]) -> float:
    """The position of the projection's origin, in pixels from the outer edge of the first pixel.

    Parameters
    ----------
    axis : Axis
        What the label says.
    style : {'PDS3', 'ISIS2'}
        PDS3's standard reading holds unless the labelled edges prove another. ISIS2 cubes are written with both
        signs, so the edges must prove one.

    Raises
    ------
    MapError
        E207 if the label contradicts itself or an ISIS2 label leaves the sign open.
    """
    readings = (axis.offset + 0.5, axis.offset, 0.5 - axis.offset, -axis.offset)
    if axis.ends_deg is not None:
        for reading in readings:
            if max(map(abs, axis.off_px(reading))) <= FIT_PX:
                return reading
    if style == "ISIS2":
        detail = f"the label's edges fit no reading of `{axis.name}` = {axis.offset:g}, so its sign is open"
        raise MapError("E207", detail)
    before, after = axis.off_px(readings[0])
    closed = axis.is_longitude and axis.count * abs(axis.step_deg) > 360.0 - 2.0 * abs(axis.step_deg)
    if not closed and (before < -EXCESS_PX or after > EXCESS_PX):
        detail = (
            f"`{axis.name}` = {axis.offset:g} puts the image's edges {-before:.1f} and {after:.1f} pixels inside of "
            "the edges that the label gives in degrees"
        )
        raise MapError("E207", detail)
    return readings[0]
