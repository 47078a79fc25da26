"""Where Io was seen from, completed: what catalogue and label leave blank, from SPICE kernels or the ephemeris.

Not for mosaics, which have no single moment.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Final

from iovolc.archive.instrument import Descriptor
from iovolc.archive.kernels import opened
from iovolc.archive.layers import Layer, choose
from iovolc.archive.viewing import Viewing
from iovolc.archive.viewing import choose as choose_viewing
from iovolc.geometry.sky import Sky

GEOMETRY: Final = ("sub_observer_lat", "sub_observer_lon_e", "range_km", "sub_solar_lat", "sub_solar_lon_e")


def completed(
    layers: tuple[Layer, ...],
    time_utc: datetime,
    descriptor: Descriptor | None,
    mission: str,
    kernels: Sequence[Path] = (),
) -> Layer:
    """The layer of viewing geometry below all others.

    Parameters
    ----------
    layers : tuple of Layer
        What catalogue, label and descriptor say.
    time_utc : datetime
        Middle of the exposure.
    descriptor : Descriptor or None
        Tells whether the observer is on the Earth, and its number in SPICE.
    mission : str
        The observer's name in SPICE where the descriptor has no number.
    kernels : sequence of Path
        The user's SPICE kernels; none leaves the ephemeris.

    Raises
    ------
    ConfigError
        If kernels are named that cannot be used.
    """
    said = Sky(**choose(GEOMETRY, layers)[0])
    found = _viewing(said, time_utc, descriptor, mission, kernels)
    new = [item.name for item in fields(Sky) if found.sources.get(item.name, "label") != "label"]
    values = {name: getattr(found.sky, name) for name in new if name in GEOMETRY}
    source = next((found.sources[name] for name in values), "ephemeris")
    return Layer(source, values)


def _viewing(
    said: Sky, time_utc: datetime, descriptor: Descriptor | None, mission: str, kernels: Sequence[Path]
) -> Viewing:
    earth_based = descriptor is not None and descriptor.earth_based
    if not kernels:
        return choose_viewing(said, time_utc, earth_based=earth_based)
    observer = descriptor.naif_id if descriptor is not None and descriptor.naif_id is not None else mission
    with opened(kernels) as sky_of:
        return choose_viewing(said, time_utc, earth_based=earth_based, kernels=sky_of, observer=observer or None)
