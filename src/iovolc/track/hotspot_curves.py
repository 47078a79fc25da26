"""The light curve of every hot spot: its detections and limits, and none where nobody looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from iovolc.config import HeatConfig, TrackConfig
from iovolc.light.thermal_class import Thresholds, brightness_class, log_sigma
from iovolc.light.thermal_power import L_BAND_UM, M_BAND_UM
from iovolc.model.glow import Glow
from iovolc.track.hotspot_sites import Sighting, Site, open_gate
from iovolc.track.hotspot_states import Look

_BANDS_UM: Final = (("L", L_BAND_UM), ("M", M_BAND_UM), ("K", (1.9, 2.5)), ("H", (1.4, 1.9)))


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A place that glows, and all looks at it.

    Parameters
    ----------
    site : Site
        Where it is.
    looks : tuple of Sighting
        Detections and limits in order of time.
    """

    site: Site
    looks: tuple[Sighting, ...]


def with_limits(sites: Sequence[Site], glows: Iterable[Glow], config: TrackConfig) -> tuple[HotSpot, ...]:
    """Every place with the looks at it.

    Parameters
    ----------
    sites : sequence of Site
        From :func:`iovolc.track.hotspot_sites.find_sites`.
    glows : iterable of Glow
        All measurements; an upper limit belongs to the place that its source names, else to the nearest within the
        gate, and to none where that place was seen in the same observation.
    config : TrackConfig
        The gate.
    """
    limits: list[list[Sighting]] = [[] for _ in sites]
    for glow in sorted((one for one in glows if not one.is_seen), key=lambda one: one.order):
        at = _home(glow, sites, config)
        if at is not None and glow.observation_id not in sites[at].observations:
            limits[at].append(Sighting(glow))
    joined = ((*site.sightings, *more) for site, more in zip(sites, limits, strict=True))
    return tuple(
        HotSpot(site, tuple(sorted(looks, key=lambda look: look.glow.order)))
        for site, looks in zip(sites, joined, strict=True)
    )


def series_name(glow: Glow) -> str:
    """Looks of one series can be compared: intensities of one band, powers, or one source's own relative values."""
    if glow.quantity == "relative":
        return f"{glow.source} {glow.band}"
    if glow.quantity == "power":
        return "power"
    waves = glow.wavelength_um or 0.0
    return next((name for name, (low, high) in _BANDS_UM if low <= waves <= high), f"{waves:.1f} um")


def lead_series(looks: Sequence[Sighting]) -> str:
    """The series with the most detections; of equal ones intensities first, then by name."""
    names = {series_name(look.glow): look.glow.quantity for look in looks if look.glow.is_seen}
    counts = {name: sum(look.glow.is_seen and series_name(look.glow) == name for look in looks) for name in names}
    return min(names, key=lambda name: (names[name] != "intensity", -counts[name], name))


def look_of(glow: Glow, config: HeatConfig) -> Look:
    """A measurement as the states see it."""
    sigma = sigma_of(glow, config)
    calibration = config.picture_error if glow.quantity == "relative" else config.calibration_error
    error = log_sigma(glow.value, sigma, calibration=calibration, emission_deg=glow.emission_deg or 0.0)
    bright = None
    if glow.quantity == "intensity" and glow.wavelength_um is not None and glow.is_seen:
        bright = brightness_class(
            glow.wavelength_um, glow.value, sigma, lower_limit=glow.limit == "lower", thresholds=thresholds(config)
        )
    return Look(glow.time_utc, glow.value, error, glow.limit, None if bright is None else bright.outburst)


def sigma_of(glow: Glow, config: HeatConfig) -> float:
    """The error of a measurement, or the configuration's share of it where none is known."""
    return glow.sigma if glow.sigma is not None else config.default_error * glow.value


def thresholds(config: HeatConfig) -> Thresholds:
    """Where the classes of brightness begin."""
    return Thresholds(config.outburst_gw_um_sr, config.mini_outburst_gw_um_sr)


def _home(glow: Glow, sites: Sequence[Site], config: TrackConfig) -> int | None:
    gates = ((open_gate(glow, site, config), number) for number, site in enumerate(sites))
    named = {number for number, site in enumerate(sites) if glow.label and (glow.source, glow.label) in site.names}
    ranked = sorted((number not in named, gate[0], number) for gate, number in gates if gate is not None)
    return ranked[0][2] if ranked else None
