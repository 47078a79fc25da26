"""Clusters: pieces joined across scales, across the seam and across sheets into one change each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.noise import Noise
from iovolc.detect.pieces import Field, Piece, Search, find_pieces, strongest
from iovolc.detect.ring_pieces import ring_pieces
from iovolc.detect.ringfit import Ring
from iovolc.detect.rings import shape_of
from iovolc.detect.segment import Regions, connected, pixels_by_label
from iovolc.geometry.sphere import pixel_lat_lon, sheet_pixel
from iovolc.model.detection import Footprint
from iovolc.model.grid import OWNER_LAT, Grid, Sheet, SheetName


@dataclass(frozen=True, slots=True)
class Cluster:
    """One connected change.

    Parameters
    ----------
    sign : int
        +1 brighter, -1 darker.
    scale : int
        Index of the scale that sees it best.
    z, amplitude, sigma : float
        At that scale: significance, amplitude (signed) and its standard deviation.
    footprint : Footprint
        Its pixels.
    ring : Ring or None
        The annulus that sees it best, if one does.
    """

    sign: int
    scale: int
    z: float
    amplitude: float
    sigma: float
    footprint: Footprint
    ring: Ring | None = None

    def rank_class(self, search: Search) -> int:
        """The class among whose null clusters it ranks: its scale, or that of rings."""
        return self.scale if self.ring is None else search.ring_class


def owned_pixels(grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """Which pixels belong to each sheet, so that every place of Io is counted once."""
    owned: dict[str, NDArray[np.bool_]] = {}
    for sheet in grid.sheets:
        lat, _ = pixel_lat_lon(sheet)
        owned[sheet.name] = (np.abs(lat) < OWNER_LAT) == (sheet.name == "equator")
    return owned


def footprint_km2(footprint: Footprint, area_km2: Mapping[str, NDArray[np.floating]]) -> float:
    """Area of a footprint on the sphere, from the areas of each sheet's pixels (flat, row-major)."""
    return sum(float(area_km2[name][pixels].sum(dtype=np.float64)) for name, pixels in footprint.pixels)


def covered(footprints: Iterable[Footprint], grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """The pixels of all footprints, on every sheet."""
    found = {sheet.name: np.zeros(sheet.shape, bool) for sheet in grid.sheets}
    for footprint in footprints:
        for name, pixels in footprint.pixels:
            found[name].ravel()[pixels] = True
    return found


def find_clusters(
    fields: Mapping[str, Field], grid: Grid, search: Search
) -> tuple[tuple[Cluster, ...], tuple[Noise, ...]]:
    """All connected changes of a field of differences, strongest first, and the noise factor of each scale.

    Parameters
    ----------
    fields : mapping of str to Field
        By sheet name; sheets without data may be absent.
    grid : Grid
        The grid.
    search : Search
        Scales and thresholds.
    """
    found = find_pieces(fields, grid, search)
    owned = {name: field.owned for name, field in fields.items()}
    clusters = _joined(found.pieces, owned, grid)
    if search.rings:
        shapes = [shape_of(cluster.footprint, grid) for cluster in clusters]
        rings = ring_pieces(fields, found.left, shapes, grid, search)
        if any(rings.values()):
            clusters = _joined({name: [*mine, *rings[name]] for name, mine in found.pieces.items()}, owned, grid)
    return tuple(clusters), found.factors


def _joined(pieces: Mapping[str, Sequence[Piece]], owned: Mapping[str, NDArray[np.bool_]], grid: Grid) -> list[Cluster]:
    """The clusters of both signs, strongest first."""
    clusters = [cluster for sign in (-1, 1) for cluster in join_pieces(pieces, sign, owned, grid)]
    return sorted(clusters, key=lambda cluster: (-cluster.z, cluster.sign, int(cluster.footprint.pixels[0][1][0])))


@dataclass(frozen=True, slots=True)
class _Part:
    """A connected region of one sheet with its pieces."""

    sheet: SheetName
    pixels: NDArray[np.int64]
    pieces: tuple[Piece, ...]


def join_pieces(
    pieces: Mapping[str, Sequence[Piece]], sign: int, owned: Mapping[str, NDArray[np.bool_]], grid: Grid
) -> list[Cluster]:
    """Pieces of one sign that touch, across scales, the seam and sheets, as one change each.

    Parameters
    ----------
    pieces : mapping of str to sequence of Piece
        By sheet name.
    sign : int
        +1 or -1; others are left out.
    owned : mapping of str to ndarray of bool
        Pixels that belong to each sheet.
    grid : Grid
        The grid.
    """
    parts: list[_Part] = []
    numbers: dict[str, NDArray[np.int32]] = {}
    links: list[tuple[int, int]] = []
    for sheet in grid.sheets:
        mine = [piece for piece in pieces.get(sheet.name, ()) if piece.sign == sign]
        if mine:
            numbers[sheet.name] = _label_parts(mine, sheet, parts)
            links += _within_pieces(mine, numbers[sheet.name])
    groups = _groups(len(parts), [*links, *_within_rings(parts), *_across_sheets(numbers, grid)])
    clusters = [_cluster([parts[i] for i in group], sign, owned) for group in groups]
    return [cluster for cluster in clusters if cluster is not None]


def _label_parts(pieces: Sequence[Piece], sheet: Sheet, parts: list[_Part]) -> NDArray[np.int32]:
    """Append the sheet's parts; give the plane of their positions in the list, -1 outside."""
    mask = np.zeros(sheet.shape, bool)
    for piece in pieces:
        mask.ravel()[piece.pixels] = True
    regions: Regions = connected(mask, sheet)
    flat = regions.labels.ravel()
    members: list[list[Piece]] = [[] for _ in range(regions.count + 1)]
    for piece in pieces:
        members[int(flat[piece.pixels[0]])].append(piece)
    first = len(parts) - 1
    parts.extend(
        _Part(sheet.name, pixels, tuple(mine))
        for pixels, mine in zip(pixels_by_label(regions), members[1:], strict=True)
    )
    return np.where(regions.labels > 0, regions.labels + first, -1).astype(np.int32)


def _within_pieces(pieces: Sequence[Piece], numbers: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Pairs of parts that one piece spans: its footprint may have fallen apart where it is weak."""
    pairs: list[tuple[int, int]] = []
    for piece in pieces:
        first, *others = np.unique(numbers.ravel()[piece.pixels]).tolist()
        pairs += [(first, other) for other in others]
    return pairs


def _within_rings(parts: Sequence[_Part]) -> list[tuple[int, int]]:
    """Pairs of parts that one ring spans, on one sheet or several."""
    first: dict[Ring, int] = {}
    return [
        (first.setdefault(piece.ring, number), number)
        for number, part in enumerate(parts)
        for piece in part.pieces
        if piece.ring is not None
    ]


def _across_sheets(numbers: Mapping[str, NDArray[np.int32]], grid: Grid) -> list[tuple[int, int]]:
    """Pairs of parts of overlapping sheets that touch where ownership changes."""
    equator = grid.sheet("equator")
    pairs: set[tuple[int, int]] = set()
    for name in ("north", "south"):
        if name not in numbers or "equator" not in numbers:
            continue
        sheet = grid.sheet(name)
        lat, lon_e = pixel_lat_lon(sheet)
        step_deg = 1.5 / grid.pixels_per_degree
        border = (np.abs(np.abs(lat) - OWNER_LAT) < step_deg) & (numbers[name] >= 0)
        row, col = sheet_pixel(equator, lat[border], lon_e[border])
        rows = np.clip(np.rint(row).astype(int), 0, equator.shape[0] - 1)
        cols = np.rint(col).astype(int) % equator.shape[1]
        other = numbers["equator"][rows, cols]
        mine = numbers[name][border]
        both = other >= 0
        pairs.update(zip(other[both].tolist(), mine[both].tolist(), strict=True))
    return sorted(pairs)


def _groups(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for a, b in pairs:
        ra, rb = root(a), root(b)
        parent[max(ra, rb)] = min(ra, rb)
    groups: dict[int, list[int]] = {}
    for i in range(count):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _cluster(parts: Sequence[_Part], sign: int, owned: Mapping[str, NDArray[np.bool_]]) -> Cluster | None:
    pixels: tuple[tuple[SheetName, NDArray[np.int32]], ...] = tuple(
        (part.sheet, mine.astype(np.int32))
        for part in parts
        if (mine := part.pixels[owned[part.sheet].ravel()[part.pixels]]).size
    )
    if not pixels:
        return None
    best = strongest([piece for part in parts for piece in part.pieces])
    return Cluster(sign, best.scale, best.z, best.amplitude, best.sigma, Footprint(_merged(pixels)), best.ring)


def _merged(
    pixels: tuple[tuple[SheetName, NDArray[np.int32]], ...],
) -> tuple[tuple[SheetName, NDArray[np.int32]], ...]:
    """One ascending array per sheet."""
    names: dict[SheetName, None] = dict.fromkeys(name for name, _ in pixels)
    merged: list[tuple[SheetName, NDArray[np.int32]]] = [
        (name, np.sort(np.concatenate([mine for other, mine in pixels if other == name]))) for name in names
    ]
    return tuple(merged)
