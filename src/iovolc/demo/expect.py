"""The truth of a replay: where each eruption lies, how each view shows it, and whether it must be found."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc import body
from iovolc.demo.eruptions import Eruption, Patch, lay_out
from iovolc.demo.observe import seen
from iovolc.demo.plan import View
from iovolc.demo.surface import BANDS, Surface
from iovolc.demo.view import Vectors, distance_km, places, unit_vectors
from iovolc.model.observation import format_utc

MIN_RESOLUTION_ELEMENTS: Final = 5.0
MIN_CONTRAST: Final = 0.15
MIN_SEEN: Final = 0.6
"""Share of the main deposit that the look before and the look after must both show."""
MAX_PLACES: Final = 4000
"""Footprints are sampled at about this many pixels."""
LIMITS_DEG: Final = {"max_incidence_deg": 80.0, "max_emission_deg": 69.0}
"""A view counts where it is not at its very edge."""

TRUTH_COLUMNS: Final = (
    "truth_id", "site", "lat", "lon_e", "onset_utc", "growth_days", "fade_years", "area_km2", "radius_km", "reach_km",
    "deposits", "band", "contrast_red", "contrast_green", "contrast_blue", "visible_epoch", "visible_utc",
    "reference_epoch", "resolution_km", "resolution_elements", "must_find", "reason", "source",
)  # fmt: skip
LOOK_COLUMNS: Final = (
    "truth_id", "epoch", "time_utc", "seen_fraction", "resolution_elements", "contrast_red", "contrast_green",
    "contrast_blue",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looks:
    """How the views show the eruptions.

    Parameters
    ----------
    table : DataFrame
        One row per eruption and view, :data:`LOOK_COLUMNS`; contrasts are NaN in bands that the view lacks.
    shown : tuple of ndarray, shape (view, place), bool
        Per eruption: which places of its main deposit each view shows.
    footprints : tuple of Footprint
        Per eruption: place and size of all deposits together.
    min_resolution_km : float
        Below this the pixels, not the view, bound the resolution.
    """

    table: pd.DataFrame
    shown: tuple[NDArray[np.bool_], ...]
    footprints: tuple["Extent", ...]
    min_resolution_km: float


@dataclass(frozen=True, slots=True)
class Extent:
    """Place and size of an eruption's deposits together: degrees, km2 and km.

    ``radius_km`` is that of the disc of equal area (for a ring, of its outer edge); ``reach_km`` is the distance of
    the farthest edge from the centre.
    """

    lat: float
    lon_e: float
    area_km2: float
    radius_km: float
    reach_km: float


def expected_looks(eruptions: Sequence[Eruption], views: Sequence[View], surface: Surface, *, seed: int) -> Looks:
    """How each view shows each eruption, its gaps included.

    Parameters
    ----------
    eruptions, views : sequence
        The replay; the position of a view is its index in the rendering.
    surface : Surface
        Gives the pixels on which footprints are measured.
    seed : int
        Seed of the rendering.
    """
    least_km = 2.0 * surface.pixel_km
    rows: list[dict[str, Any]] = []
    shown: list[NDArray[np.bool_]] = []
    extents: list[Extent] = []
    for eruption in eruptions:
        patches = lay_out([eruption], surface)
        main = patches[eruption.deposits.index(eruption.main)]
        vectors = _core(main, surface)
        masks = np.stack([seen(view, vectors, seed, index, **LIMITS_DEG) for index, view in enumerate(views)])
        shown.append(masks)
        extents.append(_extent(eruption, patches, surface))
        rows += [_look(eruption, view, mask, least_km) for view, mask in zip(views, masks, strict=True)]
    table = pd.DataFrame(rows, columns=list(LOOK_COLUMNS))
    return Looks(table, tuple(shown), tuple(extents), least_km)


def expected_truth(eruptions: Sequence[Eruption], views: Sequence[View], looks: Looks) -> pd.DataFrame:
    """One row per eruption, :data:`TRUTH_COLUMNS`: what happened, and whether the views suffice to find it."""
    rows = [
        _truth(eruption, views, masks, extent, looks.min_resolution_km)
        for eruption, masks, extent in zip(eruptions, looks.shown, looks.footprints, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(TRUTH_COLUMNS))


@dataclass(frozen=True, slots=True)
class _Pair:
    before: View
    after: View
    common: float
    resolution_km: float
    elements: float
    contrast: float
    band: str

    @property
    def lacks(self) -> str:
        if self.common < MIN_SEEN:
            return "not covered both before and after"
        if self.elements <= MIN_RESOLUTION_ELEMENTS:
            return "too small for the views"
        return "" if abs(self.contrast) > MIN_CONTRAST else "too faint when seen"


def _look(eruption: Eruption, view: View, mask: NDArray[np.bool_], least_km: float) -> dict[str, Any]:
    strength = eruption.strength(view.time_utc)
    contrasts = {
        f"contrast_{band}": round(strength * dln + 0.0, 4) if band in view.bands else math.nan
        for band, dln in zip(BANDS, eruption.main.dln, strict=True)
    }
    resolution = max(view.resolution_km, least_km)
    return {
        "truth_id": eruption.id,
        "epoch": view.name,
        "time_utc": format_utc(view.time_utc),
        "seen_fraction": round(float(mask.mean()), 3),
        "resolution_elements": round(eruption.main.area_km2 / resolution**2, 1),
        **contrasts,
    }


def _pairs(eruption: Eruption, views: Sequence[View], masks: NDArray[np.bool_], least_km: float) -> Iterator[_Pair]:
    """Every look after the onset with every look before it: earliest after, then sharpest and latest before."""
    order = sorted(range(len(views)), key=lambda index: views[index].time_utc)
    after = [index for index in order if views[index].time_utc > eruption.onset_utc]
    before = [index for index in reversed(order) if views[index].time_utc <= eruption.onset_utc]
    before.sort(key=lambda index: max(views[index].resolution_km, least_km))
    for late in after:
        strength = eruption.strength(views[late].time_utc)
        for early in before:
            shared = [band for band in BANDS if band in views[late].bands and band in views[early].bands]
            contrasts = {band: strength * eruption.main.dln[BANDS.index(band)] for band in shared}
            if contrasts:
                band = max(contrasts, key=lambda name: abs(contrasts[name]))
                resolution = max(views[late].resolution_km, views[early].resolution_km, least_km)
                common = float((masks[late] & masks[early]).mean())
                elements = eruption.main.area_km2 / resolution**2
                yield _Pair(views[early], views[late], common, resolution, elements, contrasts[band], band)


def _truth(
    eruption: Eruption, views: Sequence[View], masks: NDArray[np.bool_], extent: Extent, least_km: float
) -> dict[str, Any]:
    pairs = list(_pairs(eruption, views, masks, least_km))
    pair = next((pair for pair in pairs if not pair.lacks), None)
    covered = [pair for pair in pairs if pair.common >= MIN_SEEN]
    row: dict[str, Any] = {
        "truth_id": eruption.id,
        "site": eruption.site,
        "lat": round(extent.lat, 3),
        "lon_e": round(extent.lon_e, 3),
        "onset_utc": format_utc(eruption.onset_utc),
        "growth_days": eruption.growth_days,
        "fade_years": eruption.fade_years,
        "area_km2": round(extent.area_km2, 1),
        "radius_km": round(extent.radius_km, 1),
        "reach_km": round(extent.reach_km, 1),
        "deposits": len(eruption.deposits),
        "must_find": pair is not None,
        "reason": "" if pair else (covered[0].lacks if covered else "not covered both before and after"),
        "source": eruption.source,
    }
    full = dict(zip(BANDS, eruption.main.dln, strict=True))
    row["band"] = pair.band if pair else max(full, key=lambda band: abs(full[band]))
    row |= {f"contrast_{band}": dln for band, dln in full.items()}
    return row | (_visible(pair) if pair else {})


def _visible(pair: _Pair) -> dict[str, Any]:
    return {
        "visible_epoch": pair.after.name,
        "visible_utc": format_utc(pair.after.time_utc),
        "reference_epoch": pair.before.name,
        "resolution_km": round(pair.resolution_km, 1),
        "resolution_elements": round(pair.elements, 1),
    }


def _core(patch: Patch, surface: Surface) -> Vectors:
    """The places where a deposit has at least half its strength."""
    lats, lons = surface.places()
    core = patch.pixels[patch.weights >= 0.5]
    rows, cols = np.divmod(core[:: max(1, core.size // MAX_PLACES)], lons.size)
    return unit_vectors(lats[rows], lons[cols])


def _extent(eruption: Eruption, patches: Sequence[Patch], surface: Surface) -> Extent:
    lats, lons = surface.places()
    pixels = np.concatenate([patch.pixels for patch in patches])
    weights = np.concatenate([patch.weights for patch in patches]).astype(np.float64)
    kept, inverse = np.unique(pixels, return_inverse=True)
    union = np.zeros(kept.size)
    np.maximum.at(union, inverse, weights)
    rows, cols = np.divmod(kept, lons.size)
    areas = union * surface.pixel_km**2 * np.cos(np.radians(lats[rows]))
    lat, lon = places((unit_vectors(lats[rows], lons[cols]) * areas).sum(axis=1))
    area = float(areas.sum())
    radius = max(math.sqrt(area / math.pi), *(deposit.radius_km for deposit in eruption.deposits), 0.0)
    reach = max(
        float(distance_km(float(lat), float(lon), np.array(deposit.lat), np.array(deposit.lon_e)))
        + max(deposit.length_km, deposit.width_km) / 2.0
        for deposit in eruption.deposits
    )
    return Extent(float(lat), float(lon), area, min(radius, math.pi * body.RADIUS_KM), reach)
