"""Cells that mend a catalogue: what placement would be right, and the catalogue with it written in.

Not for deciding that something is wrong (:mod:`iovolc.archive.convention`).
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iovolc.archive.rules import EDGES
from iovolc.geometry import views
from iovolc.geometry.projections import source
from iovolc.geometry.variants import Variant
from iovolc.model.observation import Bounds, Disc, Placement

SNAP_DEG: Final = 1.5
"""Readings are known to a degree: this close to a likely one, the likely one is meant."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One cell of a row: its column and new text."""

    column: str
    cell: str

    def __str__(self) -> str:
        return f"{self.column}={self.cell}"


def edges_of(placement: Placement, shape: tuple[int, int]) -> Bounds | None:
    """Outer edges of an image that is even in longitude and latitude; None for others.

    Raises
    ------
    AmbiguousGeometry
        If the placement is not one on Io.
    """
    if isinstance(placement, Bounds):
        return placement
    found = source(placement, shape)
    if found.kind != views.EQUIRECTANGULAR:
        return None
    left, per_lon, top, per_lat = (float(number) for number in found.parameters[:4])
    left, top = math.degrees(left), math.degrees(top)
    return Bounds(left, left + shape[1] / math.radians(per_lon), top, top + shape[0] / math.radians(per_lat))


def reread(placement: Placement, shape: tuple[int, int], variant: Variant) -> tuple[Mend, ...]:
    """The cells that place an image as a reading says; empty if no cells can."""
    if variant.upside_down:
        return ()
    if isinstance(placement, Disc):
        if variant.mirrored:
            return ()
        return (Mend("sub_observer_lon_w", _number(-(placement.sub_observer_lon_e + variant.east_deg) % 360.0)),)
    edges = edges_of(placement, shape)
    if edges is None:
        return ()
    sign = -1.0 if variant.mirrored else 1.0
    east = _snapped(variant.east_deg, edges) if variant.mirrored or not variant.is_near else variant.east_deg
    left, right = sign * edges.left_lon_e + east, sign * edges.right_lon_e + east
    turn = 360.0 * math.floor((min(left, right) + 180.0) / 360.0)
    return _placed(left - turn, right - turn, edges, variant.north_deg)


def shifted(placement: Placement, shape: tuple[int, int], *, east_deg: float, north_deg: float) -> tuple[Mend, ...]:
    """The cells that take a shift (stated less true) out; empty if no cells can."""
    edges = None if isinstance(placement, Disc) else edges_of(placement, shape)
    if edges is None:
        return ()
    return _placed(edges.left_lon_e - east_deg, edges.right_lon_e - east_deg, edges, -north_deg)


def negated(scale: float, offset: float, low: float, high: float) -> tuple[Mend, ...]:
    """The cells that make a positive of a negative, its values staying between the same ends."""
    return (Mend("scale", _number(-scale)), Mend("offset", _number(low + high - offset)))


def mended(text: str, mends: Mapping[int, Sequence[Mend]]) -> str:
    """A catalogue with new cells.

    Parameters
    ----------
    text : str
        The catalogue.
    mends : mapping of int to sequence of Mend
        By line, counted from 1 (the header); columns that are not there yet are appended.
    """
    columns = list(dict.fromkeys(mend.column for found in mends.values() for mend in found))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    header: list[str] = []
    number = 1
    for cells in reader:
        if not header and any(cell.strip() for cell in cells):
            header = [name.strip() for name in cells]
            header += [name for name in columns if name not in header]
            writer.writerow(header)
        elif any(cell.strip() for cell in cells):
            row = cells + [""] * (len(header) - len(cells))
            for mend in mends.get(number, ()):
                row[header.index(mend.column)] = mend.cell
            writer.writerow(row)
        number = reader.line_num + 1
    return out.getvalue()


def _placed(left: float, right: float, edges: Bounds, north_deg: float) -> tuple[Mend, ...]:
    top, bottom = edges.top_lat + north_deg, edges.bottom_lat + north_deg
    if max(abs(top), abs(bottom)) > 90.0:
        top, bottom = edges.top_lat, edges.bottom_lat
    cells = zip(EDGES, (left, right, top, bottom), strict=True)
    return (Mend("projection", "bounds"), *(Mend(name, _number(edge)) for name, edge in cells))


def _snapped(east_deg: float, edges: Bounds) -> float:
    """The likely longitude nearest to a measured one: none, quarter turns, or about the image's own middle."""
    likely = (0.0, 180.0, -180.0, 90.0, -90.0, edges.left_lon_e + edges.right_lon_e)
    off = [(likely_deg - east_deg + 180.0) % 360.0 - 180.0 for likely_deg in likely]
    nearest = min(off, key=abs)
    return east_deg + nearest if abs(nearest) <= SNAP_DEG else east_deg


def _number(value: float) -> str:
    return f"{round(value, 5) + 0.0:.9g}"
