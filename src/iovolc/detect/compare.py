"""An epoch held against its predecessors: partners, differences, their median, variance; before any search.

Causal: nothing here knows a later epoch. Not for finding changes in it (:mod:`iovolc.detect.epoch`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.config import DetectConfig, LightConfig
from iovolc.detect.classes import noise_classes
from iovolc.detect.displaced import Sloped, displaced_shares
from iovolc.detect.evidence import Compared
from iovolc.detect.joined import joined
from iovolc.detect.look import Look
from iovolc.detect.pieces import Field, Search
from iovolc.detect.pyramid import scales
from iovolc.detect.residual import Combined, combine, shared_gradient, slopes
from iovolc.detect.settle import Settled, mean_left_km2, settled
from iovolc.detect.variance import residual_variance, variance
from iovolc.geometry.lattice import sample
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.hands import both, by_rows, each
from iovolc.light.match import Difference, Frame, by_rank, difference
from iovolc.light.partners import Candidate, Law, mismatch, rank_partners
from iovolc.model.epoch import Lattice
from iovolc.model.grid import Grid, Sheet
from iovolc.model.keeping import Keep, in_memory

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.floating]

_HELD_BYTES: Final = 1 << 25
"""So much of all differences is in memory at a time to take their median."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """One sheet before misregistration counts: what is known, its variance, and how both maps slope per kilometre."""

    known: Mask
    still: Plane
    steepest: Plane
    slopes: tuple[Plane, Plane]
    newer_slopes: tuple[Plane, Plane]


def compare(
    newer: Look,
    predecessors: Sequence[Look],
    frame: Frame,
    config: DetectConfig,
    unchanged: Mapping[str, NDArray[np.float64]] | None = None,
    light: LightConfig | None = None,
    keep: Keep = in_memory,
) -> Compared:
    """Hold an epoch against its predecessors: match, difference, variance.

    One predecessor is matched at a time, and the median is taken of some rows at a time, so that memory does not grow
    with their number as far as ``keep`` takes their planes out of it.

    Parameters
    ----------
    newer : Look
        The epoch.
    predecessors : sequence of Look
        Earlier epochs of the same channel, by stop time and then id; at least one.
    frame : Frame
        What all epochs of the grid share.
    config : DetectConfig
        Scales and errors.
    unchanged : mapping of str to ndarray, shape (block,), or None
        Probability of no change per block and predecessor id, where several bands tell it.
    light : LightConfig or None
        How the light model errs; None is the default.
    keep : callable
        Keeps what belongs to one predecessor.
    """
    light = light or LightConfig()
    law = Law(config.sigma_model, light.sigma_phase, light.sigma_slant)
    ordered, groups = _partners(newer, predecessors, frame, law, config.max_predecessors)
    relative = any(look.side.quantity == "relative" for look in (newer, *ordered))
    if relative:
        newer = replace(newer, side=by_rank(newer.side, frame))
    settles, shown = _pairs(newer, ordered, frame, config, unchanged or {}, law, keep)
    pairs = [one.pair for one in settles]
    combined, stated_km = both(
        lambda: _combine(pairs, groups, frame.grid, keep), lambda: _registration_sigma(newer, ordered, frame.grid)
    )
    of_light = _of_light(pairs, combined)
    classes = noise_classes(combined, of_light)
    noise = residual_variance(combined, frame.owned, frame.grid, of_light, classes)
    grounds = _grounds(shown, combined, noise, frame, config)
    resolution_km = min(pair.resolution_km for pair in pairs)
    sloped = {
        name: _sloped(ground, stated_km[name], combined[name].median, frame.owned[name])
        for name, ground in grounds.items()
    }
    shares = displaced_shares(sloped, frame.grid, resolution_km)
    borne_out_km = {name: (np.sqrt(share) * stated_km[name]).astype(np.float32) for name, share in shares.items()}
    registration_km = {
        name: np.sqrt(own**2 + mean_left_km2(settles, frame.grid.sheet(name))) for name, own in borne_out_km.items()
    }
    fields = {
        name: _field(
            ground, combined[name], borne_out_km[name], registration_km[name], frame.owned[name], classes[name],
            relative=relative,
        )
        for name, ground in grounds.items()
    }  # fmt: skip
    bare = {name: _weight(ground.known, ground.still) for name, ground in grounds.items()}
    search = Search(
        scales(frame.grid, max(config.scales_km[0], resolution_km), config.scales_km[1], config.scale_step),
        config.seed_z,
        config.grow_z,
        config.sigma_rank if relative else config.sigma_model,
        local=not relative,  # stretched pictures err at all sizes: nothing drops out against their surroundings
        rings=True,
    )
    median, count = ({name: getattr(part, one) for name, part in combined.items()} for one in ("median", "count"))
    return Compared(
        newer, tuple(ordered), tuple(pairs), keep(median), keep(count), keep(shown), fields, keep(bare),
        registration_km, search, resolution_km, relative,
    )  # fmt: skip


def _partners(
    newer: Look, predecessors: Sequence[Look], frame: Frame, law: Law, most: int
) -> tuple[list[Look], list[int]]:
    """The predecessors that an epoch is compared with, best first, and the group of each.

    Those that share no ground with it are left out: they have no say in how sharp or how well placed the rest is.
    """
    apart = [_mismatch(newer, look, frame, law) for look in predecessors]
    shared = [k for k, own in enumerate(apart) if own is not None] or [0]
    predecessors, apart = [predecessors[k] for k in shared], [apart[k] for k in shared]
    candidates = [
        Candidate(
            max(newer.side.resolution_km, look.side.resolution_km), own or 0.0, look.record.stop_utc, look.record.id
        )
        for look, own in zip(predecessors, apart, strict=True)
    ]
    order, groups = rank_partners(candidates)
    return [predecessors[k] for k in order[:most]], groups[:most]


def _pairs(
    newer: Look,
    ordered: Sequence[Look],
    frame: Frame,
    config: DetectConfig,
    unchanged: Mapping[str, NDArray[np.float64]],
    law: Law,
    keep: Keep,
) -> tuple[list[Settled], dict[str, Plane]]:
    """The settled differences, and what of the newer epoch the best that has a sheet shows there."""
    settles: list[Settled] = []
    shown: dict[str, Plane] = {}

    def settle(look: Look) -> tuple[Settled, Mapping[str, Plane]]:
        known = unchanged.get(look.record.id)
        pair = difference(
            newer.side, look.side, frame, reuse_correlation=config.reuse_correlation, unchanged=known, law=law
        )
        one = settled(pair, newer, look, frame.owned, frame.grid)
        pair = one.pair
        kept = replace(
            pair, value=keep(pair.value), reused=keep(pair.reused), of_light=keep(pair.of_light),
            light_variance=keep(pair.light_variance), shown={},
        )  # fmt: skip
        return replace(one, pair=kept), pair.shown

    for one, seen in each(settle, ordered):
        settles.append(one)
        shown = {**seen, **shown}
    return settles, shown


def _mismatch(newer: Look, older: Look, frame: Frame, law: Law) -> float | None:
    ours, theirs = newer.side, older.side
    return mismatch((ours.lit, theirs.lit), (ours.blocks, theirs.blocks), frame.places, law)


def _combine(
    pairs: Sequence[Difference], groups: Sequence[int], grid: Grid, keep: Keep = in_memory
) -> dict[str, Combined]:
    out: dict[str, Combined] = {}
    for sheet in grid.sheets:
        places = [place for place, pair in enumerate(pairs) if sheet.name in pair.value]
        if places:
            held = [pairs[place] for place in places]
            levelled = [keep({sheet.name: plane}) for plane in joined((pair.value[sheet.name] for pair in held), sheet)]
            part = _together(held, levelled, [groups[place] for place in places], sheet)
            out[sheet.name] = replace(part, first=np.array(places, np.uint8)[part.first])  # one number on all sheets
    return out


def _together(
    held: Sequence[Difference], levelled: Sequence[Mapping[str, Plane]], groups: Sequence[int], sheet: Sheet
) -> Combined:
    """The median of the differences of some rows at a time."""
    name, (height, width) = sheet.name, sheet.shape
    step = max(1, _HELD_BYTES // (4 * len(held) * width))
    nothing = np.zeros((1, 1), np.float32)

    def some(top: int) -> Combined:
        rows = slice(top, top + step)
        return combine(
            [one[name][rows] for one in levelled],
            groups,
            [pair.tone_variance(name, rows) for pair in held],
            [pair.light_variance[name][rows] if name in pair.light_variance else nothing for pair in held],
        )

    parts = list(each(some, range(0, height, step)))
    planes = (
        np.concatenate([getattr(part, one) for part in parts])
        for one in ("median", "spread", "count", "first", "tone", "light")
    )
    return Combined(*planes)


def _of_light(pairs: Sequence[Difference], combined: Mapping[str, Combined]) -> dict[str, NDArray[np.uint16]]:
    """A code at each pixel for the sources of light by which the best predecessor that shows it is compared."""
    met = sorted({light.pair for pair in pairs for light in pair.lights})
    codes = {name: np.zeros(part.median.shape, np.uint16) for name, part in combined.items()}
    if len(met) < 2:
        return codes
    for name, own_codes in codes.items():
        for pair in reversed([pair for pair in pairs if name in pair.value]):
            known = np.isfinite(pair.value[name])
            own = np.array([met.index(light.pair) for light in pair.lights], np.uint16)
            own_codes[known] = own[pair.of_light[name][known]] if pair.of_light else own[0]
    return codes


def _registration_sigma(newer: Look, older: Sequence[Look], grid: Grid) -> dict[str, Plane]:
    """Local registration sigma of a difference, in kilometres, by sheet."""
    before = np.mean([look.registration_sigma.values**2 for look in older], axis=0)
    whole = Lattice(np.sqrt(newer.registration_sigma.values**2 + before), newer.registration_sigma.step_deg)
    return {sheet.name: sample(whole, *pixel_lat_lon(sheet))[..., 0].astype(np.float32) for sheet in grid.sheets}


def _grounds(
    shown: Mapping[str, Plane],
    combined: Mapping[str, Combined],
    noise: Mapping[str, Plane],
    frame: Frame,
    config: DetectConfig,
) -> dict[str, _Ground]:
    grounds: dict[str, _Ground] = {}
    for name, part in combined.items():
        sheet, newest = frame.grid.sheet(name), shown[name]
        before, after = slopes(newest - part.median, sheet), slopes(newest, sheet)
        grounds[name] = _Ground(
            np.isfinite(part.median) & (part.count >= config.min_predecessors),
            variance(part, noise[name], config.shrinkage),
            shared_gradient(after, before, sheet),
            before,
            after,
        )
    return grounds


def _sloped(ground: _Ground, stated_km: Plane, difference: Plane, owned: Mask) -> Sloped:
    own = ground.known & owned & (ground.still > 0)
    ratio, again = (
        by_rows(_moved, *both_ways, stated_km, own, ground.still) for both_ways in (ground.slopes, ground.newer_slopes)
    )
    return Sloped(by_rows(_squared, difference, own, ground.still), ratio, again, own)


def _squared(difference: Plane, own: Mask, still: Plane) -> Floats:
    return _in_units(difference**2, own, still)


def _moved(along: Plane, across: Plane, stated_km: Plane, own: Mask, still: Plane) -> Floats:
    return _in_units(stated_km**2 * (along**2 + across**2), own, still)


def _in_units(squares: Floats, own: Mask, still: Plane) -> Floats:
    return np.where(own, squares / np.where(own, still, np.float32(1.0)), np.float32(0.0))


def _field(
    ground: _Ground,
    part: Combined,
    borne_out_km: Plane,
    registration_km: Plane,
    owned: Mask,
    classes: NDArray[np.uint16],
    *,
    relative: bool,
) -> Field:
    variance_of = by_rows(_with_shift, ground.still, borne_out_km, ground.steepest)
    return Field(
        by_rows(_where_known, ground.known, part.median),
        _weight(ground.known, variance_of),
        owned,
        np.sqrt(part.tone),
        np.sqrt(part.light),
        None if relative else ground.slopes,
        registration_km,
        classes,
    )


def _with_shift(still: Plane, borne_out_km: Plane, steepest: Plane) -> Floats:
    return still + (borne_out_km * steepest) ** 2


def _where_known(known: Mask, values: Plane) -> Floats:
    return np.where(known, values, np.float32(0.0))


def _weight(known: Mask, variance_of: Plane) -> Plane:
    return by_rows(_inverse, known, variance_of)


def _inverse(known: Mask, variance_of: Plane) -> Floats:
    return np.where(known & (variance_of > 0), 1.0 / np.maximum(variance_of, 1e-12), 0.0)
