"""Which source gives the viewing geometry: the label, else the user's SPICE kernels, else the ephemeris.

Not for the sources themselves: labels are read by the formats, see :mod:`iovolc.archive.kernels` and
:mod:`iovolc.geometry.ephemeris`. Not for mosaics, which have no single moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, Literal

from iovolc.archive.kernels import SkyOf
from iovolc.geometry.ephemeris import sky_from_earth, sky_from_place
from iovolc.geometry.sky import Sky, angle_between_points_deg, angular_diameter_arcsec, light_time_s

Source = Literal["label", "kernels", "ephemeris"]

_POINTS: Final = (
    ("sub_observer_lat", "sub_observer_lon_e"),
    ("sub_solar_lat", "sub_solar_lon_e"),
    ("sub_jovian_lat", "sub_jovian_lon_e"),
)
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "light_time_s": ("range_km",),
    "angular_diameter_arcsec": ("range_km",),
    "phase_deg": ("sub_observer_lat", "sub_solar_lat"),
    "jupiter_phase_deg": ("sub_solar_lat", "sub_jovian_lat"),
}


@dataclass(frozen=True, slots=True)
class Viewing:
    """A sky put together from several sources.

    Parameters
    ----------
    sky : Sky
        None for what no source gives.
    sources : mapping of str to {'label', 'kernels', 'ephemeris'}
        By name of the field, for those that are known. Numbers that follow from the label's alone count as its own.
    label_off_deg : float or None
        Largest angle between a point of the label and the same point by kernels or ephemeris; None where nothing can be
        compared. More than the label's rounding speaks for a wrong time or longitude.
    """

    sky: Sky
    sources: Mapping[str, Source]
    label_off_deg: float | None = None


def choose(
    label: Sky,
    time_utc: datetime,
    *,
    earth_based: bool,
    kernels: SkyOf | None = None,
    observer: str | int | None = None,
) -> Viewing:
    """Io's sky from the label, completed from the kernels, else from the ephemeris.

    Parameters
    ----------
    label : Sky
        What label and catalogue say. A point counts only if both its coordinates are given.
    time_utc : datetime
        Middle of the exposure at the observer; timezone-aware.
    earth_based : bool
        Whether the observer is on the Earth or in a low orbit (Hubble, not JWST at L2). For other observers the
        ephemeris gives Sun and Jupiter if the label places the observer by sub-observer point and range; if neither
        label nor kernels do, their fields stay None and are never those of the Earth.
    kernels : callable or None
        As :func:`iovolc.archive.kernels.opened` gives it.
    observer : str, int or None
        The observer's name or number in the kernels.

    Raises
    ------
    ConfigError
        If the kernels lack leap seconds or rotation.
    ValueError
        If the time has no zone.
    """
    said = _whole_points(label)
    computed, source = _computed(said, time_utc, earth_based, kernels, observer)
    given = _known(said)
    sky = replace(computed, **given)
    derived = {name: value for name, value in _derived(sky).items() if name not in given}
    sources: dict[str, Source] = {name: "label" if name in given else source for name in _known(sky)}
    for name in derived:
        sources[name] = "label" if all(sources[needed] == "label" for needed in _NEEDS[name]) else source
    return Viewing(replace(sky, **derived), sources, _label_off_deg(said, computed))


def _computed(
    said: Sky, time_utc: datetime, earth_based: bool, kernels: SkyOf | None, observer: str | int | None
) -> tuple[Sky, Source]:
    """The sky that kernels or ephemeris give, without what they only repeat from the label."""
    if kernels is not None and observer is not None:
        sky = kernels(time_utc, observer)
        if sky is not None:
            return sky, "kernels"
    if earth_based:
        return sky_from_earth(time_utc), "ephemeris"
    lat, lon_e, range_km = said.sub_observer_lat, said.sub_observer_lon_e, said.range_km
    if lat is None or lon_e is None or range_km is None:
        return Sky(), "ephemeris"
    sky = sky_from_place(time_utc, sub_observer_lat=lat, sub_observer_lon_e=lon_e, range_km=range_km)
    return replace(sky, sub_observer_lat=None, sub_observer_lon_e=None, range_km=None), "ephemeris"


def _whole_points(label: Sky) -> Sky:
    """The label without points of which it gives one coordinate alone."""
    halves = [pair for pair in _POINTS if None in (getattr(label, pair[0]), getattr(label, pair[1]))]
    return replace(label, **{name: None for pair in halves for name in pair})


def _known(sky: Sky) -> dict[str, Any]:
    values = {item.name: getattr(sky, item.name) for item in fields(sky)}
    return {name: value for name, value in values.items() if value is not None}


def _derived(sky: Sky) -> dict[str, float]:
    """What follows from the points and the range, so that a sky of several sources agrees with itself."""
    found: dict[str, float] = {}
    if sky.range_km is not None:
        found["light_time_s"] = light_time_s(sky.range_km)
        found["angular_diameter_arcsec"] = angular_diameter_arcsec(sky.range_km)
    observer, sun, jupiter = (_point(sky, pair) for pair in _POINTS)
    if observer and sun:
        found["phase_deg"] = angle_between_points_deg(*observer, *sun)
    if sun and jupiter:
        found["jupiter_phase_deg"] = 180.0 - angle_between_points_deg(*sun, *jupiter)
    return found


def _point(sky: Sky, pair: tuple[str, str]) -> tuple[float, float] | None:
    lat, lon_e = getattr(sky, pair[0]), getattr(sky, pair[1])
    return None if lat is None or lon_e is None else (lat, lon_e)


def _label_off_deg(said: Sky, computed: Sky) -> float | None:
    pairs = [(_point(said, pair), _point(computed, pair)) for pair in _POINTS]
    return max((angle_between_points_deg(*a, *b) for a, b in pairs if a and b), default=None)
