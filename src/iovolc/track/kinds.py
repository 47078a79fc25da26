"""What changed: rings by their shape, colours by the change in several channels, else the majority."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.model.detection import Footprint
from iovolc.model.grid import Grid
from iovolc.model.tables import KINDS
from iovolc.track.changes import Change
from iovolc.track.places import areas_km2, places_of, vectors

BLUE_SIDE: Final = ("uv", "violet", "blue")
RED_SIDE: Final = ("orange", "red", "nir")
_FACTOR: Final = 2.0
_LEAST_PIXELS: Final = 24
_SECTORS: Final = 24
_LEAST_HOLE: Final = 0.6
_LEAST_ROUND: Final = 0.8


def kind_of(changes: Sequence[Change], dlna: Mapping[str, float], ring: bool) -> str:
    """The kind of an event.

    Parameters
    ----------
    changes : sequence of Change
        Its detections.
    dlna : mapping of str to float
        Change of ln albedo by channel; empty or NaN where unknown.
    ring : bool
        Whether its footprint is annular.
    """
    if ring:
        return "ring"
    weight: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for change in changes:
        weight[change.kind] += change.snr
    majority = max(KINDS, key=lambda kind: (weight[kind], -KINDS.index(kind)))
    known = {channel: value for channel, value in dlna.items() if math.isfinite(value)}
    return majority if majority in {"ring", "thermal"} or len(known) < 2 else colour_kind(known)


def colour_kind(dlna: Mapping[str, float]) -> str:
    """The kind that a change in two or more channels stands for.

    Parameters
    ----------
    dlna : mapping of str to float
        Change of ln albedo by channel.

    Notes
    -----
    One sign within a factor of 2 is plain; red deposits darken the blue most, frosts brighten it most (science of
    Galileo's deposits: Geissler et al. 2004, Icarus 169, 29). Without a blue or a red channel green takes its place.
    """
    values = np.array(list(dlna.values()))
    one_sign = bool((values < 0).all() or (values > 0).all())
    plain = "darkening" if values[0] < 0 else "brightening"
    sizes = np.abs(values)
    if one_sign and sizes.max() <= _FACTOR * sizes.min():
        return plain
    blue, green, red = _mean(dlna, BLUE_SIDE), dlna.get("green"), _mean(dlna, RED_SIDE)
    if blue is not None and green is not None and red is not None and green - max(blue, red) > sizes.max() / _FACTOR:
        return "greening"
    short, long = (green if blue is None else blue), (green if red is None else red)
    if short is None or long is None:
        return plain if one_sign else "mixed"
    much_more = abs(short) > _FACTOR * abs(long)
    if short < 0 and (much_more or long > 0):
        return "reddening"
    return "whitening" if short > 0 and much_more else "mixed"


def is_ring(footprint: Footprint, grid: Grid) -> bool:
    """Whether a footprint is annular: its inner half is mostly a hole, and it runs most of the way round.

    The distances from its centre are measured on the sphere; the inner half is the cap of half the radius within which
    95 % of its area lies.
    """
    places = places_of(footprint, grid)
    if places.size < _LEAST_PIXELS:
        return False
    km2, directions = areas_km2(places, grid), vectors(places, grid)
    centre = km2 @ directions
    centre /= np.linalg.norm(centre)
    height = directions @ centre
    arcs = np.arccos(np.clip(height, -1.0, 1.0))
    order = np.argsort(arcs, kind="stable")
    outer = arcs[order][np.searchsorted(np.cumsum(km2[order]), 0.95 * km2.sum())]
    cap_km2 = 2.0 * math.pi * body.RADIUS_KM**2 * (1.0 - math.cos(outer / 2.0))
    hole = 1.0 - float(km2[arcs < outer / 2.0].sum()) / cap_km2
    return hole >= _LEAST_HOLE and _round_share(directions, centre) >= _LEAST_ROUND


def _round_share(directions: NDArray[np.float64], centre: NDArray[np.float64]) -> float:
    """Share of the sectors around the centre that hold a pixel."""
    across = np.cross(centre, np.eye(3)[int(np.argmin(np.abs(centre)))])
    along = np.cross(centre, across)
    angle = np.arctan2(directions @ along, directions @ across)
    sectors = np.unique(np.floor((angle + math.pi) / (2.0 * math.pi) * _SECTORS).astype(int) % _SECTORS)
    return sectors.size / _SECTORS


def _mean(dlna: Mapping[str, float], channels: Sequence[str]) -> float | None:
    known = [dlna[channel] for channel in channels if channel in dlna]
    return sum(known) / len(known) if known else None
