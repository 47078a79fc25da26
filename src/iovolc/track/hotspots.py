"""Hot spots: the tables of places that glow and of their light curves, from measurements of heat.

Tables and images come in as the same values (:class:`iovolc.model.glow.Glow`). Not for the surface's changes.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from iovolc.config import HeatConfig, TrackConfig
from iovolc.geometry.longitudes import west_from_east
from iovolc.light.thermal_class import brightness_class, persistence
from iovolc.light.thermal_fit import BandValue
from iovolc.light.thermal_power import NO_POWER, Power, derive_power
from iovolc.model.detection import Feature
from iovolc.model.frames import conform, empty
from iovolc.model.glow import Glow
from iovolc.model.tables import HOTSPOTS, LIGHT_CURVES
from iovolc.track.hotspot_advance import advance, growth
from iovolc.track.hotspot_changepoints import change_probability
from iovolc.track.hotspot_curves import (
    HotSpot,
    lead_series,
    look_of,
    series_name,
    sigma_of,
    thresholds,
    with_limits,
)
from iovolc.track.hotspot_flares import Flare, flare
from iovolc.track.hotspot_places import Place
from iovolc.track.hotspot_series import Cycle, Point, baseline
from iovolc.track.hotspot_sites import Sighting, find_sites
from iovolc.track.hotspot_states import Phase, Rules, detection_probability, phases
from iovolc.track.names import Match, Names, index, nearest_feature

LEAST_BASELINE: Final = 5
"""With fewer detections nothing is usual."""
ADEQUATE: Final = 0.8
UNSEEN: Final = "unseen"
"""In place of the id of a hot spot where there is none."""
_AS_MEASURED: Final = ("night_looks", "night_borne_out", "width_km", "width_sigma_km", "extent_km2")
_VALUES: Final = {
    "intensity": ("radiance_gw_um_sr", "sigma_gw_um_sr"),
    "power": ("power_gw", "power_sigma_gw"),
    "relative": ("relative_value", "relative_sigma"),
}


@dataclass(frozen=True, slots=True)
class Heat:
    """Hot spots and their light curves (schemas :data:`HOTSPOTS` and :data:`LIGHT_CURVES`)."""

    hotspots: pd.DataFrame
    light_curves: pd.DataFrame


def follow_heat(glows: Iterable[Glow], features: Iterable[Feature], track: TrackConfig, heat: HeatConfig) -> Heat:
    """Hot spots and their light curves.

    Parameters
    ----------
    glows : iterable of Glow
        Measurements of tables and images, in any order: the result is the same.
    features : iterable of Feature
        Named features of Io.
    track, heat : TrackConfig, HeatConfig
        Gates, thresholds and errors.
    """
    measured = tuple(glows)
    spots = with_limits(find_sites(measured, track), measured, track)
    if not spots:
        return Heat(empty(HOTSPOTS), empty(LIGHT_CURVES))
    names, ids = index(features), [spot.site.id for spot in spots]
    states = [_states(spot, heat) for spot in spots]
    rows = [
        _spot_row(spot, state, ids, nearest(spot.site.place, names, track.name_within_km), heat)
        for spot, state in zip(spots, states, strict=True)
    ]
    curve = [
        _curve_row(look, spot.site.id, ids, state.activity_of(look.glow))
        for spot, state in zip(spots, states, strict=True) for look in spot.looks
    ]  # fmt: skip
    return Heat(conform(pd.DataFrame(rows), HOTSPOTS), conform(pd.DataFrame(curve), LIGHT_CURVES))


def curve_of_limits(glows: Iterable[Glow]) -> pd.DataFrame:
    """The light curve of a place that was never seen (schema :data:`LIGHT_CURVES`): limits alone."""
    rows = [_curve_row(Sighting(glow), UNSEEN, (), None) for glow in glows]
    return conform(pd.DataFrame(rows), LIGHT_CURVES) if rows else empty(LIGHT_CURVES)


def nearest(place: Place, names: Names, within_km: float) -> Match | None:
    """The nearest name, its probability lowered by what the place's own error makes likely by chance.

    The chance that an unrelated feature lies within d counts ``d^2 + 2 sigma^2`` in place of ``d^2``: for adaptive
    optics (50 to 95 km) it is about one in five, however near the name is.
    """
    match = nearest_feature(place.vector, names, within_km)
    if match is None or match.distance_km == 0.0 or match.probability in {0.0, 1.0}:
        return match
    rate = -math.log(match.probability) / match.distance_km**2
    widened = match.distance_km**2 + 2.0 * place.sigma_km**2
    return Match(match.name, match.distance_km, math.exp(-rate * widened))


@dataclass(frozen=True, slots=True)
class _States:
    """The leading series of a hot spot and what it says."""

    lead: str
    looks: tuple[Sighting, ...]
    phases: tuple[Phase, ...]
    cycle: Cycle | None
    flare: Flare | None
    changed: float | None

    def activity_of(self, glow: Glow) -> str | None:
        """What the place does in a look; None outside the leading series."""
        begun = [phase.activity for phase in self.phases if phase.before_utc <= glow.time_utc]
        return begun[-1] if begun and series_name(glow) == self.lead else None


def _states(spot: HotSpot, heat: HeatConfig) -> _States:
    lead = lead_series(spot.looks)
    series = tuple(look for look in spot.looks if series_name(look.glow) == lead)
    looks = [look_of(look.glow, heat) for look in series]
    seen = sum(look.limit == "detection" for look in looks)
    start = looks[0].time_utc
    points = [
        Point((look.time_utc - start) / timedelta(days=1), math.log(look.value), look.log_sigma, look.limit)
        for look in looks
    ]
    usual = baseline(points) if seen >= LEAST_BASELINE else None
    found = phases(looks, Rules(heat.quiescent_days, heat.quiescent_share, usual))
    own = usual if isinstance(usual, Cycle) else None
    burst = flare(points) if own is None else None  # the rise of a cycle is no flare
    return _States(lead, series, found, own, burst, change_probability(points))


def _spot_row(
    spot: HotSpot, states: _States, ids: Sequence[str], match: Match | None, heat: HeatConfig
) -> dict[str, Any]:
    site, last, first = spot.site, states.phases[-1], states.phases[0]
    lat, lon_e = site.place.lat_lon_e
    seen = [look.glow for look in spot.looks if look.glow.is_seen]
    begun = first.after_utc if first.activity in {"new", "outburst"} else None
    return {
        "site_id": site.id,
        "name": match.name if match is not None else None,
        "lat": lat, "lon_e": lon_e, "lon_w": west_from_east(lon_e), "position_sigma_km": site.place.sigma_km,
        "n_detections": len(seen), "n_upper": len(spot.looks) - len(seen),
        "first_seen_utc": seen[0].time_utc, "last_seen_utc": seen[-1].time_utc,
        "activity": last.activity, "activity_after_utc": last.after_utc, "activity_before_utc": last.before_utc,
        "onset_after_utc": begun, "onset_before_utc": seen[0].time_utc,
        "nearest_km": match.distance_km if match is not None else None,
        "match_probability": match.probability if match is not None else None,
        "aliases": [*sorted({label for _, label in site.names}), *site.joined],
        "parents": [ids[number] for number in site.parents],
        "lead_band": states.lead,
        "persistence": _persistence(states),
        "period_days": states.cycle.period_days if states.cycle is not None else None,
        "period_fap": states.cycle.fap if states.cycle is not None else None,
        "change_probability": states.changed,
        **_flare(states),
        **_movement(states),
        **_peak(spot, states, heat),
    }  # fmt: skip


def _flare(states: _States) -> Mapping[str, Any]:
    found = states.flare
    if found is None:
        return {}
    return {
        "flare_utc": states.looks[0].glow.time_utc + timedelta(days=found.start_days),
        "flare_efold_days": found.efold_days, "flare_efold_low_days": found.low_days,
        "flare_efold_high_days": found.high_days, "flare_p": found.p_value,
    }  # fmt: skip


def _movement(states: _States) -> Mapping[str, Any]:
    """How its middle moved and its width grew, where that can be told."""
    glows = [look.glow for look in states.looks]
    moved, grown = advance(glows), growth(glows)
    told: dict[str, Any] = {}
    if moved is not None:
        told |= {
            "advance_km": moved.km, "advance_sigma_km": moved.sigma_km, "advance_azimuth_deg": moved.azimuth_deg,
            "advance_p": moved.p_value,
        }  # fmt: skip
    if grown is not None:
        told |= {"growth_km": grown.km, "growth_sigma_km": grown.sigma_km, "growth_p": grown.p_value}
    return told


def _persistence(states: _States) -> float:
    seen = [look.glow for look in states.looks if look.glow.is_seen]
    usual = float(pd.Series([glow.value for glow in seen]).median())
    dark = [
        look.glow for look in states.looks
        if not look.glow.is_seen and detection_probability(usual, look.glow.value) >= ADEQUATE
    ]  # fmt: skip
    times = sorted(glow.time_utc for glow in (*seen, *dark))
    return persistence(len(seen), len(times), (times[-1] - times[0]) / timedelta(days=1))


def _peak(spot: HotSpot, states: _States, heat: HeatConfig) -> Mapping[str, Any]:
    """Class, temperature, area and power of the brightest look of the leading series; nothing for relative values."""
    peak = max((look.glow for look in states.looks if look.glow.is_seen), key=lambda glow: glow.value)
    if peak.quantity != "intensity":
        return {"power_method": NO_POWER.method}
    bright = None
    if peak.wavelength_um is not None:
        bright = brightness_class(
            peak.wavelength_um, peak.value, sigma_of(peak, heat), lower_limit=peak.limit == "lower",
            thresholds=thresholds(heat),
        )  # fmt: skip
    likeliest = bright.likeliest if bright is not None else (None, None)
    power = _power_at(spot, peak.time_utc, heat)
    fit = power.fit
    return {
        "bright_class": likeliest[0], "bright_probability": likeliest[1],
        "peak_gw_um_sr": peak.value, "peak_utc": peak.time_utc,
        "temperature_k": float(fit.temperature_k[0]) if fit is not None else None,
        "area_km2": float(fit.area_km2[0]) if fit is not None else None,
        "power_gw": power.gw, "power_low_gw": power.low_gw, "power_high_gw": power.high_gw,
        "power_method": power.method,
    }  # fmt: skip


def _power_at(spot: HotSpot, time_utc: datetime, heat: HeatConfig) -> Power:
    near = timedelta(hours=heat.moment_hours)
    bands = [
        BandValue(glow.wavelength_um, glow.value, sigma_of(glow, heat), glow.limit)
        for glow in (look.glow for look in spot.looks)
        if glow.quantity == "intensity" and glow.wavelength_um is not None and abs(glow.time_utc - time_utc) <= near
    ]
    return derive_power(bands, emissivity=heat.emissivity, max_area_km2=heat.max_area_km2, k48=heat.k48)


def _curve_row(look: Sighting, site_id: str, ids: Sequence[str], activity: str | None) -> dict[str, Any]:
    glow = look.glow
    value, sigma = _VALUES[glow.quantity]
    return {
        "site_id": site_id, "time_utc": glow.time_utc, "observation_id": glow.observation_id,
        "band": glow.band, "wavelength_um": glow.wavelength_um, "limit": glow.limit, "emission_deg": glow.emission_deg,
        "quantity": glow.quantity, value: glow.value, sigma: glow.sigma,
        "activity": activity,
        "source": glow.source, "label": glow.label,
        "rivals": [f"{ids[rival.number]} {rival.probability:.2f}" for rival in look.rivals],
        "blended": look.blended, "snr": glow.snr, "flags": list(glow.flags),
        **{name: getattr(glow, name) for name in _AS_MEASURED},
    }  # fmt: skip
